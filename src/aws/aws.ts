import type * as AutoScaling from "@aws-sdk/client-application-auto-scaling";
import type * as CloudFront from "@aws-sdk/client-cloudfront";
import type * as Logs from "@aws-sdk/client-cloudwatch-logs";
import type * as CodeBuild from "@aws-sdk/client-codebuild";
import type * as CodePipeline from "@aws-sdk/client-codepipeline";
import type * as EC2 from "@aws-sdk/client-ec2";
import type * as ECR from "@aws-sdk/client-ecr";
import type * as ECS from "@aws-sdk/client-ecs";
import type * as ELB from "@aws-sdk/client-elastic-load-balancing-v2";
import type * as EventBridge from "@aws-sdk/client-eventbridge";
import type * as IAM from "@aws-sdk/client-iam";
import type * as Tagging from "@aws-sdk/client-resource-groups-tagging-api";
import type * as S3 from "@aws-sdk/client-s3";
import type * as Scheduler from "@aws-sdk/client-scheduler";
import type * as ServiceDiscovery from "@aws-sdk/client-servicediscovery";
import type * as SQS from "@aws-sdk/client-sqs";
import type * as STS from "@aws-sdk/client-sts";
import type { Command, MetadataBearer } from "@smithy/types";
import type { ResourceKind } from "../engine/resource-kind.ts";
import type { CallOptions } from "./call.ts";
import type { Identity } from "./owner.ts";

/** Sends a command of one AWS service, with retries; a call that makes something goes out with `{ once: true }`. */
export type Send<ClientInput extends object, ClientOutput extends MetadataBearer, Config> = <
  Input extends ClientInput,
  Output extends ClientOutput,
>(
  command: Command<ClientInput, Input, ClientOutput, Output, Config>,
  options?: CallOptions,
) => Promise<Output>;

/** Everything a kind needs of AWS: where it is, and a way to send commands to each service. */
export interface Aws {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** `aws`, or another of AWS's partitions. */
  readonly partition: string;
  /** `<name>-<environment>`: what the stack's names begin with. */
  readonly stack: string;
  /** Whose resources the stack's are. */
  readonly owner: Identity;
  readonly autoScaling: Send<
    AutoScaling.ServiceInputTypes,
    AutoScaling.ServiceOutputTypes,
    AutoScaling.ApplicationAutoScalingClientResolvedConfig
  >;
  readonly cloudFront: Send<
    CloudFront.ServiceInputTypes,
    CloudFront.ServiceOutputTypes,
    CloudFront.CloudFrontClientResolvedConfig
  >;
  readonly codeBuild: Send<
    CodeBuild.ServiceInputTypes,
    CodeBuild.ServiceOutputTypes,
    CodeBuild.CodeBuildClientResolvedConfig
  >;
  readonly codePipeline: Send<
    CodePipeline.ServiceInputTypes,
    CodePipeline.ServiceOutputTypes,
    CodePipeline.CodePipelineClientResolvedConfig
  >;
  readonly ec2: Send<EC2.ServiceInputTypes, EC2.ServiceOutputTypes, EC2.EC2ClientResolvedConfig>;
  readonly ecr: Send<ECR.ServiceInputTypes, ECR.ServiceOutputTypes, ECR.ECRClientResolvedConfig>;
  readonly ecs: Send<ECS.ServiceInputTypes, ECS.ServiceOutputTypes, ECS.ECSClientResolvedConfig>;
  readonly elb: Send<ELB.ServiceInputTypes, ELB.ServiceOutputTypes, ELB.ElasticLoadBalancingV2ClientResolvedConfig>;
  readonly eventBridge: Send<
    EventBridge.ServiceInputTypes,
    EventBridge.ServiceOutputTypes,
    EventBridge.EventBridgeClientResolvedConfig
  >;
  /** The tagging API of us-east-1, which tells of what is global. */
  readonly globalTagging: SendTagging;
  readonly iam: Send<IAM.ServiceInputTypes, IAM.ServiceOutputTypes, IAM.IAMClientResolvedConfig>;
  readonly logs: Send<Logs.ServiceInputTypes, Logs.ServiceOutputTypes, Logs.CloudWatchLogsClientResolvedConfig>;
  readonly s3: Send<S3.ServiceInputTypes, S3.ServiceOutputTypes, S3.S3ClientResolvedConfig>;
  readonly scheduler: Send<
    Scheduler.ServiceInputTypes,
    Scheduler.ServiceOutputTypes,
    Scheduler.SchedulerClientResolvedConfig
  >;
  readonly serviceDiscovery: Send<
    ServiceDiscovery.ServiceInputTypes,
    ServiceDiscovery.ServiceOutputTypes,
    ServiceDiscovery.ServiceDiscoveryClientResolvedConfig
  >;
  readonly sqs: Send<SQS.ServiceInputTypes, SQS.ServiceOutputTypes, SQS.SQSClientResolvedConfig>;
  readonly sts: Send<STS.ServiceInputTypes, STS.ServiceOutputTypes, STS.STSClientResolvedConfig>;
  /** The tagging API of the stack's region. */
  readonly tagging: SendTagging;
}

type SendTagging = Send<
  Tagging.ServiceInputTypes,
  Tagging.ServiceOutputTypes,
  Tagging.ResourceGroupsTaggingAPIClientResolvedConfig
>;

/** A kind of AWS resource. */
export interface AwsKind<Spec extends object, Attrs extends object> extends ResourceKind<Spec, Attrs, Aws> {
  /** How the inventory comes to know of what there is of the kind; left out for what goes with another or is found with it. */
  readonly inventory?: {
    /** The id, as `observe` takes it, of what the Resource Groups Tagging API calls by an ARN; `undefined` for an ARN of another kind. */
    readonly idIn?: (arn: Arn) => string | undefined;
    /**
     * Set where `owned` costs a call or two whatever others have in the account: asked at every `plan` and teardown; only where the state
     * does not know all of the kind (`stateless`: its names cannot be doubled) and at a teardown; or only at a `teardown`.
     */
    readonly lists?: "plan" | "stateless" | "teardown";
  };
}

/** An ARN and its parts: `arn:<partition>:<service>:<region>:<account>:<resource>`. */
export interface Arn {
  readonly text: string;
  readonly service: string;
  readonly resource: string;
}

/** The services that Fairlead calls, by their field in `Aws`. */
export type ServiceName = Exclude<keyof Aws, "account" | "region" | "partition" | "stack" | "owner">;
