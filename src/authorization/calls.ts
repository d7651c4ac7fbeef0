// What a call is authorized as. Most calls are authorized as the action of their own name (service authorization reference); the tables here
// have the others. They are AWS's, not Fairlead's: the printed policies, the documents and the simulator's check all read them.

/** Of the SDK's clients, the prefix of their actions where that is not the client's name (service authorization reference). */
const PREFIXES: Readonly<Record<string, string>> = {
  applicationautoscaling: "application-autoscaling",
  cloudwatchlogs: "logs",
  efs: "elasticfilesystem",
  elasticloadbalancingv2: "elasticloadbalancing",
  eventbridge: "events",
  resourcegroupstaggingapi: "tag",
};

/** The prefix of a service's actions: `logs` for `CloudWatchLogs`, and for the package `cloudwatch-logs`. */
export function prefixOf(client: string): string {
  const plain = client.replaceAll(/[^A-Za-z0-9]/g, "").toLowerCase();
  return PREFIXES[plain] ?? plain;
}

/**
 * Calls that are authorized as actions of another name, or of several: Amazon S3 user guide, "Required permissions for Amazon S3 API
 * operations"; AWS Cost Management user guide, "Managing access permissions for AWS Budgets"; CloudFront developer guide, "Amazon
 * CloudFront API permissions"; EFS API Reference, the calls on mount targets, which also act on their network interfaces;
 * AWS WAF Developer Guide, "Logging: CloudWatch Logs log group permissions".
 */
const AUTHORIZED_AS: Readonly<Record<string, readonly string[]>> = {
  "budgets:CreateBudget": ["budgets:ModifyBudget"],
  "budgets:CreateNotification": ["budgets:ModifyBudget"],
  "budgets:DeleteBudget": ["budgets:ModifyBudget"],
  "budgets:DeleteNotification": ["budgets:ModifyBudget"],
  "budgets:DescribeBudget": ["budgets:ViewBudget"],
  "budgets:DescribeNotificationsForBudget": ["budgets:ViewBudget"],
  "budgets:DescribeSubscribersForNotification": ["budgets:ViewBudget"],
  "budgets:UpdateBudget": ["budgets:ModifyBudget"],
  "cloudfront:CreateDistributionWithTags": ["cloudfront:CreateDistribution", "cloudfront:TagResource"],
  // VPC user guide, "Control the use of flow logs": the log delivery of CloudWatch Logs is created and deleted along.
  "ec2:CreateFlowLogs": ["ec2:CreateFlowLogs", "logs:CreateLogDelivery"],
  "ec2:DeleteFlowLogs": ["ec2:DeleteFlowLogs", "logs:DeleteLogDelivery"],
  // ECR user guide, "IAM permissions required for enhanced scanning": what turns it on is authorized by Amazon Inspector too.
  "ecr:PutRegistryScanningConfiguration": [
    "ecr:PutRegistryScanningConfiguration",
    "inspector2:Enable",
    "inspector2:ListAccountPermissions",
  ],
  "elasticfilesystem:CreateMountTarget": [
    "elasticfilesystem:CreateMountTarget",
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
  ],
  "elasticfilesystem:DeleteMountTarget": ["elasticfilesystem:DeleteMountTarget", "ec2:DeleteNetworkInterface"],
  "elasticfilesystem:DescribeMountTargetSecurityGroups": [
    "elasticfilesystem:DescribeMountTargetSecurityGroups",
    "ec2:DescribeNetworkInterfaceAttribute",
  ],
  "elasticfilesystem:ModifyMountTargetSecurityGroups": [
    "elasticfilesystem:ModifyMountTargetSecurityGroups",
    "ec2:ModifyNetworkInterfaceAttribute",
  ],
  // CloudWatch Logs user guide, "Logging that requires additional permissions [V2]": the service whose logs they are has to be asked, and the
  // resource policy of log groups is written with the caller's permissions.
  "logs:CreateDelivery": [
    "logs:CreateDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:PutResourcePolicy",
  ],
  "logs:PutDeliverySource": ["logs:PutDeliverySource", "cloudfront:AllowVendedLogDeliveryForResource"],
  "s3:DeleteBucketLifecycle": ["s3:PutLifecycleConfiguration"],
  "s3:DeleteObject": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
  "s3:DeleteObjects": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
  "s3:GetBucketEncryption": ["s3:GetEncryptionConfiguration"],
  "s3:GetBucketLifecycleConfiguration": ["s3:GetLifecycleConfiguration"],
  "s3:GetBucketNotificationConfiguration": ["s3:GetBucketNotification"],
  "s3:GetObject": ["s3:GetObject", "s3:GetObjectVersion"],
  "s3:GetPublicAccessBlock": ["s3:GetBucketPublicAccessBlock"],
  "s3:HeadBucket": ["s3:ListBucket"],
  "s3:HeadObject": ["s3:GetObject", "s3:GetObjectVersion"],
  "s3:ListBuckets": ["s3:ListAllMyBuckets"],
  "s3:ListMultipartUploads": ["s3:ListBucketMultipartUploads"],
  "s3:ListObjectVersions": ["s3:ListBucketVersions"],
  "s3:ListObjectsV2": ["s3:ListBucket"],
  "s3:PutBucketEncryption": ["s3:PutEncryptionConfiguration"],
  "s3:PutBucketLifecycleConfiguration": ["s3:PutLifecycleConfiguration"],
  "s3:PutBucketNotificationConfiguration": ["s3:PutBucketNotification"],
  "s3:PutPublicAccessBlock": ["s3:PutBucketPublicAccessBlock"],
  "wafv2:DeleteLoggingConfiguration": ["wafv2:DeleteLoggingConfiguration", "logs:DeleteLogDelivery"],
  "wafv2:PutLoggingConfiguration": [
    "wafv2:PutLoggingConfiguration",
    "logs:CreateLogDelivery",
    "logs:DescribeResourcePolicies",
    "logs:PutResourcePolicy",
  ],
};

/**
 * What a create call with tags is authorized as in addition: in the service's own guide, the section on tags at creation ("Grant permission to
 * tag resources on creation" for EC2, ECS, EFS and Elastic Load Balancing; the API Reference of the calls for the others). Services that are
 * not listed, such as CodeBuild, authorize tags as part of the call.
 */
const TAGGED_AS: Readonly<Record<string, string>> = {
  "acm:RequestCertificate": "acm:AddTagsToCertificate",
  "application-autoscaling:RegisterScalableTarget": "application-autoscaling:TagResource",
  "budgets:CreateBudget": "budgets:TagResource",
  "cloudwatch:PutMetricAlarm": "cloudwatch:TagResource",
  "cloudfront:CreateVpcOrigin": "cloudfront:TagResource",
  "codepipeline:CreatePipeline": "codepipeline:TagResource",
  "ecr:CreateRepository": "ecr:TagResource",
  "ecs:CreateCluster": "ecs:TagResource",
  "ecs:CreateService": "ecs:TagResource",
  "ecs:RegisterTaskDefinition": "ecs:TagResource",
  "ecs:RunTask": "ecs:TagResource",
  "elasticfilesystem:CreateAccessPoint": "elasticfilesystem:TagResource",
  "elasticfilesystem:CreateFileSystem": "elasticfilesystem:TagResource",
  "elasticloadbalancing:CreateListener": "elasticloadbalancing:AddTags",
  "elasticloadbalancing:CreateLoadBalancer": "elasticloadbalancing:AddTags",
  "elasticloadbalancing:CreateRule": "elasticloadbalancing:AddTags",
  "elasticloadbalancing:CreateTargetGroup": "elasticloadbalancing:AddTags",
  "events:PutRule": "events:TagResource",
  "iam:CreateRole": "iam:TagRole",
  "logs:CreateDelivery": "logs:TagResource",
  "logs:CreateLogGroup": "logs:TagResource",
  "logs:PutDeliveryDestination": "logs:TagResource",
  "logs:PutDeliverySource": "logs:TagResource",
  "s3:CreateBucket": "s3:TagResource",
  "secretsmanager:CreateSecret": "secretsmanager:TagResource",
  "servicediscovery:CreateHttpNamespace": "servicediscovery:TagResource",
  "sns:CreateTopic": "sns:TagResource",
  "sqs:CreateQueue": "sqs:TagQueue",
  "wafv2:CreateWebACL": "wafv2:TagResource",
};

/** Calls that give a service a role, and that service: IAM user guide, "Grant a user permissions to pass a role to an AWS service". */
export const PASSES_TO: Readonly<Record<string, string>> = {
  "codebuild:CreateProject": "codebuild.amazonaws.com",
  "codebuild:UpdateProject": "codebuild.amazonaws.com",
  "codepipeline:CreatePipeline": "codepipeline.amazonaws.com",
  "codepipeline:UpdatePipeline": "codepipeline.amazonaws.com",
  "ec2:CreateFlowLogs": "vpc-flow-logs.amazonaws.com",
  "ecs:RegisterTaskDefinition": "ecs-tasks.amazonaws.com",
  "ecs:RunTask": "ecs-tasks.amazonaws.com",
  "events:PutTargets": "events.amazonaws.com",
  "scheduler:CreateSchedule": "scheduler.amazonaws.com",
  "scheduler:UpdateSchedule": "scheduler.amazonaws.com",
};

/** A role that a service creates for itself in an account, with the permissions of whoever calls it first. */
export interface LinkedRole {
  /** `iam:AWSServiceName`. */
  readonly service: string;
  readonly name: string;
}

/**
 * Calls that create a service-linked role where the account has none yet: the section "Using service-linked roles" in the guides of ECS,
 * Elastic Load Balancing, Application Auto Scaling, EFS,
 * CloudFront (VPC origins), GuardDuty, Security Hub and Amazon Inspector.
 */
export const CREATES_LINKED_ROLE: Readonly<Record<string, LinkedRole>> = {
  "application-autoscaling:RegisterScalableTarget": {
    service: "ecs.application-autoscaling.amazonaws.com",
    name: "AWSServiceRoleForApplicationAutoScaling_ECSService",
  },
  "cloudfront:CreateVpcOrigin": {
    service: "vpcorigin.cloudfront.amazonaws.com",
    name: "AWSServiceRoleForCloudFrontVPCOrigin",
  },
  "ecr:PutRegistryScanningConfiguration": {
    service: "inspector2.amazonaws.com",
    name: "AWSServiceRoleForAmazonInspector2",
  },
  "ecs:CreateCluster": { service: "ecs.amazonaws.com", name: "AWSServiceRoleForECS" },
  "elasticfilesystem:CreateMountTarget": {
    service: "elasticfilesystem.amazonaws.com",
    name: "AWSServiceRoleForAmazonElasticFileSystem",
  },
  "guardduty:CreateDetector": { service: "guardduty.amazonaws.com", name: "AWSServiceRoleForAmazonGuardDuty" },
  "securityhub:EnableSecurityHub": { service: "securityhub.amazonaws.com", name: "AWSServiceRoleForSecurityHub" },
  "elasticloadbalancing:CreateLoadBalancer": {
    service: "elasticloadbalancing.amazonaws.com",
    name: "AWSServiceRoleForElasticLoadBalancing",
  },
};

/** The actions that a call of a client (`ECS`, or the package `ecs`) is authorized as, whatever is in it. */
export function actionsOf(client: string, operation: string): readonly string[] {
  const action = `${prefixOf(client)}:${operation}`;
  return AUTHORIZED_AS[action] ?? [action];
}

/** The action that the tags of a create call are authorized as, if they are. All of EC2's are `ec2:CreateTags`. */
export function tagActionOf(client: string, operation: string): string | undefined {
  const action = `${prefixOf(client)}:${operation}`;
  return action.startsWith("ec2:") ? "ec2:CreateTags" : TAGGED_AS[action];
}
