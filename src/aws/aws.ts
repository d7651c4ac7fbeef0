import type * as ACM from "@aws-sdk/client-acm";
import type * as AutoScaling from "@aws-sdk/client-application-auto-scaling";
import type * as Budgets from "@aws-sdk/client-budgets";
import type * as CloudFront from "@aws-sdk/client-cloudfront";
import type * as CloudWatch from "@aws-sdk/client-cloudwatch";
import type * as Logs from "@aws-sdk/client-cloudwatch-logs";
import type * as CodeBuild from "@aws-sdk/client-codebuild";
import type * as CodePipeline from "@aws-sdk/client-codepipeline";
import type * as EC2 from "@aws-sdk/client-ec2";
import type * as ECR from "@aws-sdk/client-ecr";
import type * as ECS from "@aws-sdk/client-ecs";
import type * as EFS from "@aws-sdk/client-efs";
import type * as ELB from "@aws-sdk/client-elastic-load-balancing-v2";
import type * as EventBridge from "@aws-sdk/client-eventbridge";
import type * as GuardDuty from "@aws-sdk/client-guardduty";
import type * as IAM from "@aws-sdk/client-iam";
import type * as Tagging from "@aws-sdk/client-resource-groups-tagging-api";
import type * as Pricing from "@aws-sdk/client-pricing";
import type * as Route53 from "@aws-sdk/client-route-53";
import type * as S3 from "@aws-sdk/client-s3";
import type * as Scheduler from "@aws-sdk/client-scheduler";
import type * as SecretsManager from "@aws-sdk/client-secrets-manager";
import type * as SecurityHub from "@aws-sdk/client-securityhub";
import type * as ServiceDiscovery from "@aws-sdk/client-servicediscovery";
import type * as SNS from "@aws-sdk/client-sns";
import type * as SQS from "@aws-sdk/client-sqs";
import type * as SSM from "@aws-sdk/client-ssm";
import type * as STS from "@aws-sdk/client-sts";
import type * as WAF from "@aws-sdk/client-wafv2";
import type { Command, MetadataBearer } from "@smithy/types";
import type { Owned, ResourceKind } from "../engine/resource-kind.ts";
import type { Snapshot } from "../engine/snapshot.ts";
import type { CallOptions } from "./call.ts";
import type { Identity } from "./owner.ts";
import type { ClientClass, ClientPlace, SendOf } from "./sdk-client.ts";

/** Sends a command to one AWS service, with retries; non-idempotent creates pass `{ once: true }`. */
export type Send<ClientInput extends object, ClientOutput extends MetadataBearer, Config> = <
  Input extends ClientInput,
  Output extends ClientOutput,
>(
  command: Command<ClientInput, Input, ClientOutput, Output, Config>,
  options?: CallOptions,
) => Promise<Output>;

/** Everything a resource kind needs from AWS: account, region, and a way to send commands to each service. */
export interface Aws {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** `aws`, or another of AWS's partitions. */
  readonly partition: string;
  /** The time of the run, in milliseconds since the epoch. */
  now(): number;
  /** `<name>-<environment>`: the prefix of the stack's resource names. */
  readonly stack: string;
  /** The owner of the stack's resources. */
  readonly owner: Identity;
  readonly acm: Send<ACM.ServiceInputTypes, ACM.ServiceOutputTypes, ACM.ACMClientResolvedConfig>;
  readonly autoScaling: Send<
    AutoScaling.ServiceInputTypes,
    AutoScaling.ServiceOutputTypes,
    AutoScaling.ApplicationAutoScalingClientResolvedConfig
  >;
  /**
   * Sends commands of any other client of the AWS SDK, which the user installs: `aws.client(DynamoDBClient)`. They get the same region,
   * credentials, endpoint, rate limits, retries and log as Fairlead's own calls. On the target `local` it throws if the simulated AWS has no
   * handlers for the service (`simulated` of the kind).
   */
  client<Client>(client: ClientClass<Client>, place?: ClientPlace): SendOf<Client>;
  /** AWS Budgets, which is in us-east-1. */
  readonly budgets: Send<Budgets.ServiceInputTypes, Budgets.ServiceOutputTypes, Budgets.BudgetsClientResolvedConfig>;
  readonly cloudFront: Send<
    CloudFront.ServiceInputTypes,
    CloudFront.ServiceOutputTypes,
    CloudFront.CloudFrontClientResolvedConfig
  >;
  readonly cloudWatch: Send<
    CloudWatch.ServiceInputTypes,
    CloudWatch.ServiceOutputTypes,
    CloudWatch.CloudWatchClientResolvedConfig
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
  readonly efs: Send<EFS.ServiceInputTypes, EFS.ServiceOutputTypes, EFS.EFSClientResolvedConfig>;
  readonly elb: Send<ELB.ServiceInputTypes, ELB.ServiceOutputTypes, ELB.ElasticLoadBalancingV2ClientResolvedConfig>;
  readonly eventBridge: Send<
    EventBridge.ServiceInputTypes,
    EventBridge.ServiceOutputTypes,
    EventBridge.EventBridgeClientResolvedConfig
  >;
  readonly guardDuty: Send<
    GuardDuty.ServiceInputTypes,
    GuardDuty.ServiceOutputTypes,
    GuardDuty.GuardDutyClientResolvedConfig
  >;
  /** The same services in another region, such as us-east-1 for what belongs to a distribution. */
  in(region: string): Senders;
  readonly iam: Send<IAM.ServiceInputTypes, IAM.ServiceOutputTypes, IAM.IAMClientResolvedConfig>;
  readonly logs: Send<Logs.ServiceInputTypes, Logs.ServiceOutputTypes, Logs.CloudWatchLogsClientResolvedConfig>;
  /** AWS's price list, which is only in some regions. */
  readonly pricing: Send<Pricing.ServiceInputTypes, Pricing.ServiceOutputTypes, Pricing.PricingClientResolvedConfig>;
  readonly route53: Send<Route53.ServiceInputTypes, Route53.ServiceOutputTypes, Route53.Route53ClientResolvedConfig>;
  readonly s3: Send<S3.ServiceInputTypes, S3.ServiceOutputTypes, S3.S3ClientResolvedConfig>;
  readonly scheduler: Send<
    Scheduler.ServiceInputTypes,
    Scheduler.ServiceOutputTypes,
    Scheduler.SchedulerClientResolvedConfig
  >;
  readonly secretsManager: Send<
    SecretsManager.ServiceInputTypes,
    SecretsManager.ServiceOutputTypes,
    SecretsManager.SecretsManagerClientResolvedConfig
  >;
  readonly securityHub: Send<
    SecurityHub.ServiceInputTypes,
    SecurityHub.ServiceOutputTypes,
    SecurityHub.SecurityHubClientResolvedConfig
  >;
  readonly serviceDiscovery: Send<
    ServiceDiscovery.ServiceInputTypes,
    ServiceDiscovery.ServiceOutputTypes,
    ServiceDiscovery.ServiceDiscoveryClientResolvedConfig
  >;
  readonly sns: Send<SNS.ServiceInputTypes, SNS.ServiceOutputTypes, SNS.SNSClientResolvedConfig>;
  readonly sqs: Send<SQS.ServiceInputTypes, SQS.ServiceOutputTypes, SQS.SQSClientResolvedConfig>;
  readonly ssm: Send<SSM.ServiceInputTypes, SSM.ServiceOutputTypes, SSM.SSMClientResolvedConfig>;
  readonly sts: Send<STS.ServiceInputTypes, STS.ServiceOutputTypes, STS.STSClientResolvedConfig>;
  /** The tagging API of the stack's region. */
  readonly tagging: Send<
    Tagging.ServiceInputTypes,
    Tagging.ServiceOutputTypes,
    Tagging.ResourceGroupsTaggingAPIClientResolvedConfig
  >;
  readonly waf: Send<WAF.ServiceInputTypes, WAF.ServiceOutputTypes, WAF.WAFV2ClientResolvedConfig>;
}

/** A kind of AWS resource. */
export interface AwsKind<Spec extends object, Attrs extends object> extends ResourceKind<Spec, Attrs, Aws> {
  /** How the inventory finds resources of this kind; omitted for kinds that are deleted or found together with another. */
  readonly inventory?: {
    /** The id, as `observe` accepts it, for an ARN from the Resource Groups Tagging API; `undefined` for an ARN of another kind. */
    readonly idIn?: (arn: Arn, aws: Pick<Aws, "region">) => string | undefined;
    /**
     * Set if `list` takes a call or two regardless of what else is in the account. It is called for every plan (`plan`); for that of a teardown, and
     * for others if the state does not record all resources of the kind, whose names cannot be duplicated (`stateless`); or only in that case, for
     * that of a teardown, because the tagging API has them (`receipt`). The receipt of a teardown has the lists of `plan` kinds, and of others those
     * of which the stack had some, or may have had.
     */
    readonly lists?: "plan" | "stateless" | "receipt";
    /** What the provider made for the stack without its tags: asked for by the plan of a teardown that does not call `list`. */
    readonly untagged?: (aws: Aws, snapshot: Snapshot) => Promise<readonly Owned[]>;
    /**
     * For a user's kind with `idIn`: what the tagging API is asked for, as in `ResourceTypeFilters` of its GetResources: `dynamodb`, or
     * `service:type`. Fairlead asks for the types of its own kinds.
     */
    readonly tagged?: string;
  };
  /**
   * The simulated AWS's side of a user's kind, for the target `local`: handlers of the operations that it calls on services that Fairlead does
   * not simulate, by the name of the SDK's client without `Client`. Each takes a command's input and a `Sim`, and returns its output.
   */
  readonly simulated?: Simulated;
  /**
   * For a user's kind: what its calls are authorized as, for `fairlead policy`. An action such as `s3:GetObject` is limited to the resources
   * of the stack if Fairlead knows its service; a statement says itself what it is about.
   */
  readonly permissions?: readonly (string | OwnPermission)[];
}

/** A permission of a user's kind. */
export interface OwnPermission {
  readonly Action: readonly string[];
  /** ARNs; `*` stands for any characters. */
  readonly Resource: readonly string[];
}

/** Any kind of AWS resource. */
// oxlint-disable-next-line typescript/no-explicit-any -- as AnyKind
export type AnyAwsKind = AwsKind<any, any>;

/** Handlers by service and operation. `satisfies Operations` checks their own types. */
type Simulated = Readonly<Record<string, Readonly<Record<string, (input: never, sim: never) => object | void>>>>;

/** An ARN and its parts: `arn:<partition>:<service>:<region>:<account>:<resource>`. */
export interface Arn {
  readonly text: string;
  readonly service: string;
  readonly resource: string;
}

/** The services that Fairlead calls, by their field in `Aws`. */
export type ServiceName = Exclude<
  keyof Aws,
  "account" | "region" | "partition" | "stack" | "owner" | "client" | "in" | "now"
>;

/** The ways to send commands: to the services that Fairlead calls, to any other, and to other regions. */
export type Senders = Pick<Aws, ServiceName | "client" | "in" | "now">;
