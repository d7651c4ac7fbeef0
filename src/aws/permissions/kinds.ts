import { of, type KindActions } from "./kind-actions.ts";
import { NETWORK_KINDS } from "./network-kinds.ts";

const SCALING = of(
  "application-autoscaling",
  "DescribeScalableTargets DescribeScalingPolicies DescribeScheduledActions ListTagsForResource",
);

/** Every resource kind with the actions that it needs. */
export const KIND_ACTIONS: Readonly<Record<string, KindActions>> = {
  ...NETWORK_KINDS,
  "autoscaling/scalable-target": {
    // Whether the release goes on for which the pipeline has raised the minimum.
    reads: [...SCALING, "codepipeline:ListPipelineExecutions"],
    lists: of("application-autoscaling", "DescribeScalableTargets ListTagsForResource"),
    changes: [
      ...of("application-autoscaling", "DeregisterScalableTarget RegisterScalableTarget TagResource UntagResource"),
      "iam:CreateServiceLinkedRole",
    ],
  },
  "autoscaling/scaling-policy": {
    reads: SCALING,
    changes: of("application-autoscaling", "DeleteScalingPolicy PutScalingPolicy"),
  },
  "autoscaling/scheduled-action": {
    reads: SCALING,
    changes: of("application-autoscaling", "DeleteScheduledAction PutScheduledAction"),
  },
  "autoscaling/step-policy": {
    reads: SCALING,
    changes: of("application-autoscaling", "DeleteScalingPolicy PutScalingPolicy"),
  },
  "budgets/budget": {
    reads: [...of("budgets", "ListTagsForResource ViewBudget"), "tag:GetResources"],
    lists: of("budgets", "ListTagsForResource ViewBudget"),
    changes: of("budgets", "ModifyBudget TagResource UntagResource"),
  },
  "cloudwatch/alarm": {
    reads: [...of("cloudwatch", "DescribeAlarms ListTagsForResource"), "tag:GetResources"],
    changes: of("cloudwatch", "DeleteAlarms PutMetricAlarm TagResource UntagResource"),
  },
  "cloudwatch/dashboard": {
    reads: of("cloudwatch", "GetDashboard ListDashboards"),
    lists: ["cloudwatch:ListDashboards"],
    changes: of("cloudwatch", "DeleteDashboards PutDashboard"),
  },
  "codebuild/project": {
    reads: ["codebuild:BatchGetProjects"],
    fallback: ["codebuild:ListProjects"],
    changes: [...of("codebuild", "CreateProject DeleteProject UpdateProject"), "iam:PassRole"],
  },
  "codepipeline/pipeline": {
    reads: of("codepipeline", "GetPipeline GetPipelineState ListPipelineExecutions ListTagsForResource"),
    fallback: ["codepipeline:ListPipelines"],
    changes: [
      ...of(
        "codepipeline",
        "CreatePipeline DeletePipeline StopPipelineExecution TagResource UntagResource UpdatePipeline",
      ),
      "iam:PassRole",
    ],
  },
  "ecr/enhanced-scanning": {
    reads: ["ecr:GetRegistryScanningConfiguration"],
    changes: [
      ...of("ecr", "DescribeRepositories PutRegistryScanningConfiguration"),
      ...of("inspector2", "Enable ListAccountPermissions"),
      "iam:CreateServiceLinkedRole",
    ],
  },
  "ecr/scan-filter": {
    reads: ["ecr:GetRegistryScanningConfiguration"],
    changes: [
      "ecr:PutRegistryScanningConfiguration",
      ...of("inspector2", "Enable ListAccountPermissions"),
      "iam:CreateServiceLinkedRole",
    ],
  },
  "ecr/repository": {
    reads: of("ecr", "DescribeRepositories GetLifecyclePolicy GetRepositoryPolicy ListTagsForResource"),
    changes: of(
      "ecr",
      "CreateRepository DeleteLifecyclePolicy DeleteRepository DeleteRepositoryPolicy PutImageScanningConfiguration PutImageTagMutability PutLifecyclePolicy SetRepositoryPolicy TagResource UntagResource",
    ),
  },
  "ecs/cluster": {
    reads: ["ecs:DescribeClusters"],
    fallback: ["ecs:ListClusters"],
    changes: [
      ...of(
        "ecs",
        "CreateCluster DeleteCluster PutClusterCapacityProviders TagResource UntagResource UpdateClusterSettings",
      ),
      "iam:CreateServiceLinkedRole",
    ],
    obstacles: of("ecs", "DescribeServices DescribeTasks ListContainerInstances ListServices ListTasks"),
  },
  "ecs/service": {
    reads: [
      ...of("ecs", "DescribeServices DescribeTaskDefinition ListTaskDefinitions ListTasks"),
      "elasticloadbalancing:DescribeTargetGroupAttributes",
    ],
    fallback: of("ecs", "ListClusters ListServices"),
    changes: of("ecs", "CreateService DeleteService TagResource UntagResource UpdateService"),
  },
  "ecs/task-definition": {
    reads: [
      ...of("ecs", "DescribeServices DescribeTaskDefinition ListTaskDefinitionFamilies ListTaskDefinitions"),
      "codepipeline:ListPipelineExecutions",
    ],
    lists: ["ecs:ListTaskDefinitionFamilies"],
    changes: [
      ...of("ecs", "DeleteTaskDefinitions DeregisterTaskDefinition RegisterTaskDefinition TagResource UntagResource"),
      "iam:PassRole",
    ],
  },
  "eventbridge/rule": {
    reads: of("events", "DescribeRule ListRules ListTagsForResource ListTargetsByRule"),
    lists: ["events:ListRules"],
    changes: [...of("events", "DeleteRule PutRule PutTargets RemoveTargets TagResource UntagResource"), "iam:PassRole"],
  },
  "guardduty/detector": {
    reads: of("guardduty", "GetDetector ListDetectors"),
    changes: ["guardduty:CreateDetector", "iam:CreateServiceLinkedRole"],
  },
  "iam/role": {
    reads: of(
      "iam",
      "GetRole GetRolePolicy ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies ListRoles",
    ),
    lists: ["iam:ListRoles"],
    changes: of(
      "iam",
      "AttachRolePolicy CreateRole DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DetachRolePolicy PutRolePermissionsBoundary PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole",
    ),
  },
  "logs/delivery": {
    reads: of("logs", "DescribeDeliveries GetDelivery ListTagsForResource"),
    changes: [
      ...of("logs", "CreateDelivery DeleteDelivery UpdateDeliveryConfiguration"),
      ...of("logs", "DescribeLogGroups DescribeResourcePolicies PutResourcePolicy TagResource UntagResource"),
    ],
  },
  "logs/delivery-destination": {
    reads: of("logs", "GetDeliveryDestination ListTagsForResource"),
    changes: of("logs", "DeleteDeliveryDestination PutDeliveryDestination TagResource UntagResource"),
  },
  "logs/delivery-source": {
    reads: of("logs", "DescribeDeliverySources GetDeliverySource ListTagsForResource"),
    changes: [
      ...of("logs", "DeleteDeliverySource PutDeliverySource TagResource UntagResource"),
      "cloudfront:AllowVendedLogDeliveryForResource",
    ],
  },
  "logs/log-group": {
    reads: of("logs", "DescribeLogGroups ListTagsForResource"),
    lists: ["logs:DescribeLogGroups"],
    changes: of(
      "logs",
      "CreateLogGroup DeleteLogGroup DeleteRetentionPolicy PutRetentionPolicy TagResource UntagResource",
    ),
  },
  "s3/bucket": {
    reads: of(
      "s3",
      "GetBucketNotification GetBucketOwnershipControls GetBucketPolicy GetBucketPublicAccessBlock GetBucketTagging GetBucketVersioning GetEncryptionConfiguration GetLifecycleConfiguration ListAllMyBuckets",
    ),
    lists: ["s3:ListAllMyBuckets"],
    changes: of(
      "s3",
      "AbortMultipartUpload CreateBucket DeleteBucket DeleteBucketPolicy DeleteObject DeleteObjectVersion ListBucketMultipartUploads ListBucketVersions PutBucketNotification PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock PutBucketTagging PutBucketVersioning PutEncryptionConfiguration PutLifecycleConfiguration TagResource",
    ),
  },
  "scheduler/schedule": {
    reads: of("scheduler", "GetSchedule ListSchedules"),
    lists: ["scheduler:ListSchedules"],
    changes: [
      ...of("scheduler", "CreateSchedule DeleteSchedule UpdateSchedule"),
      ...of("ecs", "ListTasks StopTask"),
      "iam:PassRole",
    ],
  },
  "securityhub/hub": {
    reads: ["securityhub:DescribeHub"],
    changes: ["securityhub:EnableSecurityHub", "iam:CreateServiceLinkedRole"],
  },
  "secretsmanager/secret": {
    reads: of("secretsmanager", "DescribeSecret ListSecretVersionIds ListSecrets"),
    lists: ["secretsmanager:ListSecrets"],
    changes: of("secretsmanager", "CreateSecret DeleteSecret PutSecretValue RestoreSecret TagResource UntagResource"),
  },
  "servicediscovery/http-namespace": {
    reads: of("servicediscovery", "GetNamespace GetOperation ListNamespaces ListTagsForResource"),
    lists: ["servicediscovery:ListNamespaces"],
    changes: of("servicediscovery", "CreateHttpNamespace DeleteNamespace TagResource UntagResource"),
    obstacles: ["servicediscovery:ListServices"],
  },
  "sns/subscription": {
    reads: [...of("sns", "ListSubscriptionsByTopic"), "tag:GetResources"],
    changes: of("sns", "Subscribe Unsubscribe"),
  },
  "sns/topic": {
    reads: [...of("sns", "GetTopicAttributes ListTagsForResource"), "tag:GetResources"],
    fallback: ["sns:ListTopics"],
    changes: of("sns", "CreateTopic DeleteTopic SetTopicAttributes TagResource UntagResource"),
  },
  "sqs/queue": {
    reads: of("sqs", "GetQueueAttributes GetQueueUrl ListQueueTags ListQueues"),
    lists: ["sqs:ListQueues"],
    changes: of("sqs", "CreateQueue DeleteQueue SetQueueAttributes TagQueue UntagQueue"),
  },
  "wafv2/web-acl": {
    reads: of("wafv2", "GetLoggingConfiguration GetWebACL ListTagsForResource ListWebACLs"),
    changes: [
      ...of("wafv2", "CreateWebACL DeleteLoggingConfiguration DeleteWebACL PutLoggingConfiguration"),
      ...of("wafv2", "TagResource UntagResource UpdateWebACL"),
      ...of("logs", "CreateLogDelivery DeleteLogDelivery DescribeResourcePolicies PutResourcePolicy"),
    ],
    obstacles: of("cloudfront", "ListDistributionsByWebACLId ListTagsForResource"),
  },
};
