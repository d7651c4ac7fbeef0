// What commands ask of AWS beside the resource kinds.
import { of } from "./kind-actions.ts";

/** Facts that every run reads before it plans, and the inventory of what has the stack's owner tags. */
export const FACTS = [
  ...of("ec2", "DescribeAvailabilityZones DescribeManagedPrefixLists"),
  "codepipeline:ListPipelineExecutions",
  ...of("ecr", "BatchGetImage DescribeImages"),
  ...of("ecs", "DescribeServices DescribeTaskDefinition"),
  "tag:GetResources",
];

/** What is read of an existing VPC (`network.vpc`). */
export const EXISTING_VPC = of(
  "ec2",
  "DescribeInternetGateways DescribeRouteTables DescribeSubnets DescribeVpcAttribute DescribeVpcEndpoints DescribeVpcs",
);

/** What is read of the stack that this one shares, and what is read of the stacks that share this one. */
export const SHARED = [
  "cloudfront:GetDistribution",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeSubnets",
  "tag:GetResources",
];

/** `regions`: what the first one reads of the second one, and what `failover` does from either of them. */
export const TWO_REGIONS = [
  ...of("cloudfront", "GetDistribution GetDistributionConfig ListDistributions ListTagsForResource"),
  ...of("cloudfront", "TagResource UntagResource UpdateDistribution"),
  ...of("elasticloadbalancing", "DescribeListeners DescribeLoadBalancers DescribeRules DescribeTags"),
  ...of("elasticloadbalancing", "DescribeTargetGroups DescribeTargetHealth"),
];

/** `replicate.secrets`, on, off and at a teardown. */
export const REPLICATION = of(
  "secretsmanager",
  "DescribeSecret RemoveRegionsFromReplication ReplicateSecretToRegions RestoreSecret StopReplicationToReplica",
);

/** The hosted zones of `domain`. */
export const ZONES = of("route53", "GetHostedZone ListHostedZonesByName");

/** Secrets that the config names, and parameters. No action returns a value. */
export const STORED_SECRETS = of("secretsmanager", "DescribeSecret ListSecretVersionIds");
export const STORED_PARAMETERS = ["ssm:DescribeParameters"];

/** What `status`, `releases`, `logs`, `doctor`, `history`, `outputs` and the release commands read. */
export const LOOKING = [
  "application-autoscaling:DescribeScalableTargets",
  "application-autoscaling:DescribeScheduledActions",
  "cloudwatch:DescribeAlarms",
  "cloudwatch:GetMetricData",
  "codebuild:BatchGetBuilds",
  ...of(
    "codepipeline",
    "GetPipeline GetPipelineExecution GetPipelineState ListActionExecutions ListPipelineExecutions",
  ),
  ...of("ec2", "DescribeInternetGateways DescribeNatGateways DescribeRouteTables DescribeSecurityGroups"),
  ...of("ec2", "DescribeSubnets DescribeVpcEndpoints DescribeVpcs"),
  ...of("ecr", "DescribeImageScanFindings DescribeImages"),
  ...of(
    "ecs",
    "DescribeServiceDeployments DescribeServiceRevisions DescribeServices DescribeTaskDefinition DescribeTasks",
  ),
  ...of("ecs", "ListServiceDeployments ListTaskDefinitions ListTasks"),
  ...of("elasticloadbalancing", "DescribeRules DescribeTargetGroups DescribeTargetHealth"),
  ...of("logs", "FilterLogEvents GetLogEvents"),
  // Access logs in a bucket.
  ...of("s3", "GetObject ListBucket"),
  "pricing:GetProducts",
  "scheduler:GetSchedule",
  "secretsmanager:ListSecrets",
];

/** What `deploy` reads of the objects that it uploads. */
const SOURCE_READS = of("s3", "GetObject GetObjectVersion ListBucket ListBucketVersions");

/** Deleting old task definition revisions (`delivery.keepRevisions`), and what is read of those that may name one. */
export const PRUNING = [
  ...of("ecs", "DeleteTaskDefinitions DeregisterTaskDefinition DescribeTasks ListTasks"),
  ...of("events", "ListRuleNamesByTarget ListTargetsByRule"),
  ...of("scheduler", "GetSchedule ListSchedules"),
];

/** `deploy`, `approve`, `reject`, `rollback` and `release stop`. */
export const RELEASING = [
  ...SOURCE_READS,
  "s3:PutObject",
  "application-autoscaling:RegisterScalableTarget",
  ...of("codepipeline", "PutApprovalResult StartPipelineExecution StopPipelineExecution"),
  "ecr:PutImage",
  ...of("ecs", "StopServiceDeployment UpdateService"),
  ...PRUNING,
  "scheduler:UpdateSchedule",
  "iam:PassRole",
];

/** `task`, `job run`, `exec`, and `secret set`, `restart` and `rm`. */
export const RUNNING = [
  ...of("ecs", "ExecuteCommand RunTask StopTask TagResource UpdateService"),
  "iam:PassRole",
  ...of("secretsmanager", "CreateSecret DeleteSecret DescribeSecret PutSecretValue RestoreSecret TagResource"),
];

/** The state in S3 (`state.s3`). Its bucket is created by `state init`, once, by someone who may create buckets. */
export const STATE = of("s3", "DeleteObject GetObject ListBucket PutObject");
export const STATE_READS = of("s3", "GetObject ListBucket");
