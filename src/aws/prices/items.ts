/*
 * What AWS charges for, in its own units. `code` and `usage` are the service code and the usage type in AWS's price list, without the
 * region's prefix (AWS Billing user guide, "Using the bulk API"); infracost/infracost names the same ones.
 */

/** Something that AWS has a price for. */
export interface Item {
  /** In words, after `per GB`: "through NAT gateways". */
  readonly what: string;
  readonly unit: string;
  readonly code: string;
  readonly usage: string;
  /** The product family, where several have the usage type. */
  readonly family?: string;
}

const item = (what: string, unit: string, code: string, usage: string, family?: string): Item => ({
  what,
  unit,
  code,
  usage,
  ...(family === undefined ? {} : { family }),
});

export const ITEMS = {
  natHour: item("NAT gateway", "hour", "AmazonEC2", "NatGateway-Hours"),
  natGigabyte: item("through NAT gateways", "GB", "AmazonEC2", "NatGateway-Bytes"),
  balancerHour: item("application load balancer", "hour", "AWSELB", "LoadBalancerUsage", "Load Balancer-Application"),
  lcuHour: item("load balancer capacity unit (LCU)", "hour", "AWSELB", "LCUUsage", "Load Balancer-Application"),
  vcpuHour: item("vCPU on Fargate, x86", "hour", "AmazonECS", "Fargate-vCPU-Hours:perCPU"),
  memoryHour: item("GB of memory on Fargate, x86", "hour", "AmazonECS", "Fargate-GB-Hours"),
  armVcpuHour: item("vCPU on Fargate, ARM", "hour", "AmazonECS", "Fargate-ARM-vCPU-Hours:perCPU"),
  armMemoryHour: item("GB of memory on Fargate, ARM", "hour", "AmazonECS", "Fargate-ARM-GB-Hours"),
  diskHour: item("GB of task storage above 20", "hour", "AmazonECS", "Fargate-EphemeralStorage-GB-Hours"),
  ipv4Hour: item("public IPv4 address", "hour", "AmazonVPC", "PublicIPv4:InUseAddress"),
  endpointHour: item("VPC endpoint in a zone", "hour", "AmazonVPC", "VpcEndpoint-Hours"),
  endpointGigabyte: item("through VPC endpoints", "GB", "AmazonVPC", "VpcEndpoint-Bytes"),
  logsGigabyte: item("written to CloudWatch Logs", "GB", "AmazonCloudWatch", "DataProcessing-Bytes"),
  logsMonth: item("kept in CloudWatch Logs for a month", "GB", "AmazonCloudWatch", "TimedStorage-ByteHrs"),
  alarmMonth: item("CloudWatch alarm", "month", "AmazonCloudWatch", "CW:AlarmMonitorUsage"),
  dashboardMonth: item("CloudWatch dashboard", "month", "AmazonCloudWatch", "DashboardsUsageHour"),
  metricMonth: item(
    "custom metric, such as those of Container Insights",
    "month",
    "AmazonCloudWatch",
    "CW:MetricMonitorUsage",
  ),
  buildSmall: item("build on a small machine", "minute", "CodeBuild", "Build-Min:Linux:g1.small"),
  buildMedium: item("build on a medium machine", "minute", "CodeBuild", "Build-Min:Linux:g1.medium"),
  buildLarge: item("build on a large machine", "minute", "CodeBuild", "Build-Min:Linux:g1.large"),
  buildOther: item("build on this machine", "minute", "CodeBuild", "Build-Min"),
  pipelineMinute: item("pipeline action", "minute", "AWSCodePipeline", "actionExecutionMinute"),
  imagesMonth: item("of images kept for a month", "GB", "AmazonECR", "TimedStorage-ByteHrs"),
  imageScan: item("first scan of an image", "image", "AmazonInspectorV2", "ECR-Initial-Scan"),
  imageRescan: item("further scan of an image", "scan", "AmazonInspectorV2", "ECR-Rescan"),
  objectsMonth: item("in S3 for a month", "GB", "AmazonS3", "TimedStorage-ByteHrs"),
  filesMonth: item("in EFS for a month", "GB", "AmazonEFS", "TimedStorage-ByteHrs"),
  cdnGigabyte: item("from CloudFront to viewers", "GB", "AmazonCloudFront", "DataTransfer-Out-Bytes"),
  secretMonth: item("secret in Secrets Manager", "month", "AWSSecretsManager", "AWSSecretsManager-Secrets"),
  webAclMonth: item("web ACL", "month", "awswaf", "WebACLV2"),
  webAclRuleMonth: item("rule of a web ACL", "month", "awswaf", "RuleV2"),
  webAclMillion: item("million requests through a web ACL", "million", "awswaf", "RequestV2-Tier1"),
  queueMillion: item("million SQS requests", "million", "AWSQueueService", "Requests"),
} satisfies Readonly<Record<string, Item>>;

export type PriceName = keyof typeof ITEMS;

/** The prices of a region: US dollars per unit, and where and when each was read. */
export interface PriceTable {
  readonly region: string;
  /** When most of them were read: `2026-09-25`. */
  readonly date: string;
  readonly prices: Readonly<Partial<Record<PriceName, Price>>>;
}

/** US dollars per unit, and the document that says so, with its date. */
export interface Price {
  readonly usd: number;
  readonly date: string;
  readonly source: string;
}

/** Prices that one document gives. */
export const readFrom = (
  source: string,
  date: string,
  prices: Readonly<Partial<Record<PriceName, number>>>,
): Readonly<Partial<Record<PriceName, Price>>> =>
  Object.fromEntries(Object.entries(prices).map(([name, usd]) => [name, { usd, date, source }]));
