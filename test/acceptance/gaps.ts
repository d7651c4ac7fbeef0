import { ApplicationAutoScalingClient, PutScheduledActionCommand } from "@aws-sdk/client-application-auto-scaling";
import { CloudWatchLogsClient, PutDeliverySourceCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateVpcCommand, CreateVpcEndpointCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateDetectorCommand, GuardDutyClient } from "@aws-sdk/client-guardduty";
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  Route53Client,
  type ResourceRecordSet,
} from "@aws-sdk/client-route-53";
import { EnableSecurityHubCommand, SecurityHubClient } from "@aws-sdk/client-securityhub";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, DeleteQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { CreateWebACLCommand, PutLoggingConfigurationCommand, WAFV2Client } from "@aws-sdk/client-wafv2";
import { REGION } from "./world.ts";

/*
 * Where moto 5.2.1 is too kind, so that a setting is run against less than AWS; missing.ts lists what it lacks altogether. All of it is tested on
 * the simulator. gaps.test.ts fails once moto has become stricter.
 */

/** The clients of a moto server, in the stack's region and in us-east-1. */
export function motoClients(endpoint: string) {
  const own = { endpoint, region: REGION, credentials: { accessKeyId: "testing", secretAccessKey: "testing" } };
  return {
    autoScaling: new ApplicationAutoScalingClient(own),
    ec2: new EC2Client(own),
    guardDuty: new GuardDutyClient(own),
    logs: new CloudWatchLogsClient(own),
    route53: new Route53Client(own),
    securityHub: new SecurityHubClient(own),
    sns: new SNSClient(own),
    sqs: new SQSClient(own),
    waf: new WAFV2Client(own),
  };
}

/** A call that moto answers as AWS does not. */
export interface WrongAnswer {
  readonly setting: string;
  /** What AWS does, and who says so. */
  readonly onAws: string;
  /** Does it to moto; resolves with what `moto` says as long as moto answers wrongly, rejects where it refuses. */
  readonly probe: (clients: ReturnType<typeof motoClients>) => Promise<unknown>;
  readonly moto: unknown;
}

export const WRONG: readonly WrongAnswer[] = [
  {
    setting: "domain",
    onAws: "a record that exists cannot be created (botocore route53, ChangeResourceRecordSets: InvalidChangeBatch)",
    async probe({ route53 }) {
      const made = new CreateHostedZoneCommand({ Name: "example.com", CallerReference: "gap" });
      const HostedZoneId = (await route53.send(made)).HostedZone?.Id;
      const create = (Value: string) => {
        const ResourceRecordSet: ResourceRecordSet = {
          Name: "gap.example.com.",
          Type: "A",
          TTL: 60,
          ResourceRecords: [{ Value }],
        };
        const ChangeBatch = { Changes: [{ Action: "CREATE" as const, ResourceRecordSet }] };
        return route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch }));
      };
      await create("192.0.2.1");
      return (await create("192.0.2.2")).$metadata.httpStatusCode;
    },
    moto: 200,
  },
  {
    setting: "accessLogs",
    onAws:
      'the source of a distribution is created in us-east-1 only (CloudFront Developer Guide, "Configure standard logging (v2)")',
    async probe({ logs }) {
      const resourceArn = "arn:aws:cloudfront::123456789012:distribution/E2EXAMPLE1GAPS";
      const name = "gap";
      const { deliverySource } = await logs.send(
        new PutDeliverySourceCommand({ name, resourceArn, logType: "ACCESS_LOGS" }),
      );
      return deliverySource?.service;
    },
    moto: "cloudfront",
  },
  {
    setting: "alarms.emails",
    onAws: "an e-mail address has to confirm first (botocore sns, Subscribe: the ARN is then `pending confirmation`)",
    async probe({ sns }) {
      const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "gap" }));
      const Endpoint = "ops@example.com";
      const { SubscriptionArn } = await sns.send(new SubscribeCommand({ TopicArn, Protocol: "email", Endpoint }));
      return SubscriptionArn?.startsWith(`${TopicArn}:`);
    },
    moto: true,
  },
  {
    setting: "schedule, scaling.schedule",
    onAws:
      "an invalid expression or time zone is refused (botocore application-autoscaling, PutScheduledAction: ValidationException)",
    async probe({ autoScaling }) {
      const target = {
        ServiceNamespace: "ecs",
        ResourceId: "service/gap/gap",
        ScalableDimension: "ecs:service:DesiredCount",
      } as const;
      const { $metadata } = await autoScaling.send(
        new PutScheduledActionCommand({
          ...target,
          ScheduledActionName: "gap",
          Schedule: "cron(99 99 99)",
          Timezone: "Nowhere/City",
          ScalableTargetAction: { MinCapacity: 0 },
        }),
      );
      return $metadata.httpStatusCode;
    },
    moto: 200,
  },
  {
    setting: "network.endpoints",
    onAws: "an interface endpoint is pending first (botocore ec2, VpcEndpoint: State)",
    async probe({ ec2 }) {
      const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
      const ServiceName = `com.amazonaws.${REGION}.sqs`;
      const made = await ec2.send(
        new CreateVpcEndpointCommand({ VpcId: Vpc?.VpcId, ServiceName, VpcEndpointType: "Interface" }),
      );
      return made.VpcEndpoint?.State;
    },
    moto: "available",
  },
  {
    setting: "security.guardDuty",
    onAws: "a region has one detector (botocore guardduty, CreateDetector: BadRequestException)",
    async probe({ guardDuty }) {
      const create = () => guardDuty.send(new CreateDetectorCommand({ Enable: true }));
      const [one, other] = [await create(), await create()];
      return one.DetectorId !== other.DetectorId;
    },
    moto: true,
  },
  {
    setting: "security.securityHub",
    onAws: "a hub that is on is not enabled again (botocore securityhub, EnableSecurityHub: ResourceConflictException)",
    async probe({ securityHub }) {
      const enable = () => securityHub.send(new EnableSecurityHubCommand({ EnableDefaultStandards: false }));
      await enable();
      return (await enable()).$metadata.httpStatusCode;
    },
    moto: 200,
  },
  {
    setting: "edge.firewall",
    onAws: "a web ACL for CloudFront is created in us-east-1 only (botocore wafv2, Scope)",
    probe: async ({ waf }) => typeof (await webAcl(waf, "gap-region")),
    moto: "string",
  },
  {
    setting: "edge.firewall.log",
    onAws: "the name of its log group begins with aws-waf-logs- (botocore wafv2, LoggingConfiguration)",
    async probe({ waf }) {
      const ResourceArn = await webAcl(waf, "gap-log");
      const LogDestinationConfigs = [`arn:aws:logs:${REGION}:123456789012:log-group:another-name`];
      const made = await waf.send(
        new PutLoggingConfigurationCommand({ LoggingConfiguration: { ResourceArn, LogDestinationConfigs } }),
      );
      return made.$metadata.httpStatusCode;
    },
    moto: 200,
  },
  {
    setting: "services.NAME.queue",
    onAws:
      "a queue's name is taken for 60 seconds after its deletion (botocore sqs, CreateQueue: QueueDeletedRecently)",
    async probe({ sqs }) {
      const create = () => sqs.send(new CreateQueueCommand({ QueueName: "gap" }));
      await sqs.send(new DeleteQueueCommand({ QueueUrl: (await create()).QueueUrl }));
      return (await create()).$metadata.httpStatusCode;
    },
    moto: 200,
  },
];

async function webAcl(waf: WAFV2Client, Name: string): Promise<string | undefined> {
  const VisibilityConfig = { SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false, MetricName: Name };
  const command = new CreateWebACLCommand({
    Name,
    Scope: "CLOUDFRONT",
    DefaultAction: { Allow: {} },
    VisibilityConfig,
  });
  return (await waf.send(command)).Summary?.ARN;
}
