import { Certificate } from "../acm/certificate.ts";
import { Record as DnsRecord } from "../route53/record.ts";
import { ValidationRecord } from "../route53/validation-record.ts";
import { ScalableTarget } from "../autoscaling/scalable-target.ts";
import { ScalingPolicy } from "../autoscaling/scaling-policy.ts";
import { ScheduledAction } from "../autoscaling/scheduled-action.ts";
import { StepPolicy } from "../autoscaling/step-policy.ts";
import type { AwsKind } from "../aws.ts";
import { Budget } from "../budgets/budget.ts";
import { Distribution } from "../cloudfront/distribution.ts";
import { VpcOrigin } from "../cloudfront/vpc-origin.ts";
import { ResponseHeadersPolicy } from "../cloudfront/response-headers-policy.ts";
import { Alarm } from "../cloudwatch/alarm.ts";
import { Dashboard } from "../cloudwatch/dashboard.ts";
import { metricsIn } from "../cloudwatch/metric.ts";
import { Project } from "../codebuild/project.ts";
import { Pipeline } from "../codepipeline/pipeline.ts";
import { EgressOnlyGateway } from "../ec2/egress-only-gateway.ts";
import { ElasticIp } from "../ec2/elastic-ip.ts";
import { FlowLog } from "../ec2/flow-log.ts";
import { InternetGateway } from "../ec2/internet-gateway.ts";
import { NatGateway } from "../ec2/nat-gateway.ts";
import { NetworkAcl } from "../ec2/network-acl.ts";
import { RouteTable } from "../ec2/route-table.ts";
import { SecurityGroup } from "../ec2/security-group.ts";
import { SecurityGroupRules } from "../ec2/security-group-rules.ts";
import { Subnet } from "../ec2/subnet.ts";
import { VpcEndpoint } from "../ec2/vpc-endpoint.ts";
import { Vpc } from "../ec2/vpc.ts";
import { EnhancedScanning } from "../ecr/enhanced-scanning.ts";
import { Repository } from "../ecr/repository.ts";
import { ScanFilter } from "../ecr/scan-filter.ts";
import { Cluster } from "../ecs/cluster.ts";
import { Service } from "../ecs/service.ts";
import { TaskDefinition } from "../ecs/task-definition.ts";
import { AccessPoint } from "../efs/access-point.ts";
import { FileSystem } from "../efs/file-system.ts";
import { MountTarget } from "../efs/mount-target.ts";
import { ListenerRule } from "../elb/listener-rule.ts";
import { Listener } from "../elb/listener.ts";
import { LoadBalancer } from "../elb/load-balancer.ts";
import { TargetGroup } from "../elb/target-group.ts";
import { Rule } from "../eventbridge/rule.ts";
import { Detector } from "../guardduty/detector.ts";
import { Role } from "../iam/role.ts";
import { Delivery } from "../logs/delivery.ts";
import { DeliveryDestination } from "../logs/delivery-destination.ts";
import { DeliverySource } from "../logs/delivery-source.ts";
import { LogGroup } from "../logs/log-group.ts";
import type { PriceName } from "../prices/items.ts";
import { Bucket } from "../s3/bucket.ts";
import { Schedule } from "../scheduler/schedule.ts";
import { Secret } from "../secretsmanager/secret.ts";
import { Hub } from "../securityhub/hub.ts";
import { HttpNamespace } from "../servicediscovery/http-namespace.ts";
import { Subscription } from "../sns/subscription.ts";
import { Topic } from "../sns/topic.ts";
import { Queue } from "../sqs/queue.ts";
import { capacityOf, INCLUDED_CAPACITY } from "../wafv2/capacity.ts";
import { WebAcl } from "../wafv2/web-acl.ts";
import type { Seen } from "../../engine/resource-kind.ts";
import { byUse, exactly, fixed, hours, rate, type Charges, type Surroundings } from "./charge.ts";
import { clusterMetrics, serviceMetrics } from "./insights.ts";
import { runningTasks, scheduledTask } from "./tasks.ts";

type ChargesOf = (spec: Readonly<Record<string, unknown>>, around: Surroundings) => Charges;

/** What a kind is charged for, by its spec. */
const charged = <Spec extends object, Attrs extends object>(
  kind: AwsKind<Spec, Attrs>,
  of: (spec: Seen<Spec>, around: Surroundings) => Charges,
): readonly [string, ChargesOf] => [kind.type, (spec, around) => of(spec as Seen<Spec>, around)];

/** How many zones a resource is taken to be in whose subnets nobody knows any more. */
const USUAL_ZONES = 2;
const zonesOf = (subnetIds: readonly unknown[] | undefined): number => subnetIds?.length ?? USUAL_ZONES;

/** The machines that the table has prices for (infracost/infracost, internal/resources/aws/codebuild_project.go, names the usage types). */
const MACHINES: Readonly<Record<string, PriceName>> = {
  BUILD_GENERAL1_SMALL: "buildSmall",
  BUILD_GENERAL1_MEDIUM: "buildMedium",
  BUILD_GENERAL1_LARGE: "buildLarge",
};

const TEN_ALARMS = "The first ten alarms of an account are without charge; they are counted here.";

/** Without charge of their own. */
const FREE = [
  AccessPoint,
  // A budget without actions (AWS Budgets pricing).
  Budget,
  // Public certificates (AWS Certificate Manager pricing).
  Certificate,
  // "There are no additional charges for log delivery to Amazon S3" (CloudFront developer guide, "Configure standard logging (v2)"); what goes
  // to CloudWatch Logs is charged for as ingested: its log group has the prices.
  Delivery,
  DeliveryDestination,
  DeliverySource,
  // What it writes is charged for as logs ("Vended Logs", Amazon CloudWatch pricing): its log group has the prices.
  FlowLog,
  HttpNamespace,
  InternetGateway,
  Listener,
  ListenerRule,
  MountTarget,
  NetworkAcl,
  // "There is no charge for an egress-only internet gateway" but for data transfer (VPC User Guide, "Egress-only internet gateways").
  EgressOnlyGateway,
  // Records themselves, and queries for aliases to AWS (Amazon Route 53 pricing).
  DnsRecord,
  ResponseHeadersPolicy,
  Role,
  RouteTable,
  // AWS's own events, which the rules of a stack match, are without charge (Amazon EventBridge pricing).
  Rule,
  ScalableTarget,
  ScheduledAction,
  SecurityGroup,
  SecurityGroupRules,
  // Its alarm is a resource of its own.
  StepPolicy,
  Subnet,
  // The first thousand e-mails and the first hundred thousand requests of a month are without charge (Amazon SNS pricing).
  Subscription,
  TargetGroup,
  TaskDefinition,
  Topic,
  ValidationRecord,
  Vpc,
  // "There is no additional cost for VPC origins" (Amazon CloudFront pricing, and the announcement of November 2024).
  VpcOrigin,
].map(({ type }) => [type, () => fixed()] as const);

/** What every kind of Fairlead is charged for. A test demands a row of each. */
const CHARGES: ReadonlyMap<string, ChargesOf> = new Map([
  ...FREE,
  charged(NatGateway, () => ({ fixed: [hours("natHour")], use: [rate("natGigabyte")] })),
  // Every public IPv4 address, in use or not, since February 2024.
  charged(ElasticIp, () => fixed(hours("ipv4Hour"))),
  charged(VpcEndpoint, ({ type, subnetIds }) =>
    type === "Gateway"
      ? fixed()
      : { fixed: [hours("endpointHour", zonesOf(subnetIds))], use: [rate("endpointGigabyte")] },
  ),
  charged(LoadBalancer, ({ scheme, subnetIds }) => ({
    fixed: [
      hours("balancerHour"),
      // One address in each of its zones (Amazon VPC pricing, "Public IPv4 addresses").
      ...(scheme === "internal" ? [] : [hours("ipv4Hour", zonesOf(subnetIds))]),
    ],
    use: [rate("lcuHour")],
  })),
  charged(Service, (spec, around) => {
    const tasks = runningTasks(spec, around);
    return around.insights ? { ...tasks, fixed: [...tasks.fixed, serviceMetrics] } : tasks;
  }),
  charged(Schedule, scheduledTask),
  // Each policy keeps an alarm for scaling out and one for scaling in, and an alarm is charged for each metric that it reads (Amazon
  // CloudWatch pricing).
  charged(ScalingPolicy, ({ metric }) => ({
    ...fixed({
      price: "alarmMonth",
      quantity: exactly(typeof metric === "object" && metric.type === "backlog-per-task" ? 4 : 2),
    }),
    note: TEN_ALARMS,
  })),
  // "Alarms are billed based on the number of metrics per alarm" (Amazon CloudWatch pricing).
  charged(Alarm, ({ watches }) => ({
    ...fixed({ price: "alarmMonth", quantity: exactly(watches === undefined ? 1 : metricsIn(watches)) }),
    note: TEN_ALARMS,
  })),
  charged(Cluster, ({ containerInsights }) => (containerInsights ? fixed(clusterMetrics) : fixed())),
  charged(WebAcl, ({ rules = [] }) => {
    const groups = rules.flatMap(({ Statement }) => Statement?.ManagedRuleGroupStatement?.Name ?? []);
    const isLarge = capacityOf(groups) > INCLUDED_CAPACITY;
    return {
      // A rule group of AWS counts as one rule (AWS WAF pricing).
      fixed: [
        { price: "webAclMonth", quantity: exactly(1) },
        { price: "webAclRuleMonth", quantity: exactly(rules.length) },
      ],
      use: [rate("webAclMillion")],
      ...(isLarge
        ? {
            note: `The rule groups take more than ${INCLUDED_CAPACITY} capacity units, for which AWS charges requests extra; that is not counted.`,
          }
        : {}),
    };
  }),
  // By events and by gigabytes of logs of the whole account, in tiers (Amazon GuardDuty pricing), which nobody can say of one stack.
  charged(Detector, () => ({
    ...fixed(),
    note: "GuardDuty is charged by the events and logs of the whole account, which is not counted (https://aws.amazon.com/guardduty/pricing/).",
  })),
  charged(Hub, () => ({
    ...fixed(),
    note: "Security Hub is charged by the findings and checks of the whole account, which is not counted (https://aws.amazon.com/security-hub/pricing/).",
  })),
  charged(EnhancedScanning, () => ({
    ...fixed(),
    note: "Amazon Inspector charges the scans of other repositories of the account too, which are not counted (https://aws.amazon.com/inspector/pricing/).",
  })),
  charged(ScanFilter, () => byUse("imageScan", "imageRescan")),
  charged(Dashboard, () => ({
    ...fixed({ price: "dashboardMonth", quantity: exactly(1) }),
    note: "The first three dashboards of an account are without charge; they are counted here.",
  })),
  charged(Project, ({ computeType, type }) =>
    byUse(type === "ARM_CONTAINER" ? "buildOther" : (MACHINES[computeType ?? ""] ?? "buildOther")),
  ),
  charged(Pipeline, () => byUse("pipelineMinute")),
  charged(Repository, () => byUse("imagesMonth")),
  charged(Bucket, () => byUse("objectsMonth")),
  charged(LogGroup, () => byUse("logsGigabyte", "logsMonth")),
  charged(FileSystem, () => byUse("filesMonth")),
  charged(Distribution, () => byUse("cdnGigabyte")),
  charged(Secret, () => fixed({ price: "secretMonth", quantity: exactly(1) })),
  charged(Queue, () => byUse("queueMillion")),
]);

/** What a resource of a type is charged for; `undefined` for a kind that is not Fairlead's. */
export const chargesOf = (
  type: string,
  spec: Readonly<Record<string, unknown>>,
  around: Surroundings = {},
): Charges | undefined => CHARGES.get(type)?.(spec, around);
