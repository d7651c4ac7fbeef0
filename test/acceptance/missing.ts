/*
 * What moto 5.2.1 lacks of what Fairlead needs, so that a setting cannot be run against it. gaps.test.ts fails once moto has gained something: the
 * setting belongs into ON of test/support/optional-stack.ts then.
 */

/** Operations that are missing, and what is therefore tested on the simulator alone. */
export const MISSING: Readonly<Record<string, string>> = {
  "Budgets.DescribeSubscribersForNotification": "budget: it is observed by this call",
  "Budgets.ListTagsForResource": "budget: it is observed by this call",
  "Budgets.TagResource": "tags of a budget",
  "Budgets.UntagResource": "tags of a budget",
  "Budgets.UpdateBudget": "budget.monthly edited",
  "CloudFront.CreateVpcOrigin": 'edge.origin "vpc"',
  "CloudFront.DeleteVpcOrigin": 'edge.origin "vpc"',
  "CloudFront.GetVpcOrigin": 'edge.origin "vpc"',
  "CloudFront.ListDistributionsByResponseHeadersPolicyId": "what prevents a policy's deletion is not named",
  "CloudFront.ListDistributionsByVpcOriginId": 'edge.origin "vpc"',
  "CloudFront.ListDistributionsByWebACLId": "what prevents a firewall's deletion is not named",
  "CloudFront.ListVpcOrigins": 'edge.origin "vpc"',
  "CloudFront.UpdateVpcOrigin": 'edge.origin "vpc"',
  "CloudWatchLogs.PutLogGroupDeletionProtection": "no setting; a log group that someone protected",
  "CloudWatchLogs.UpdateDeliveryConfiguration": "accessLogs.cookies and queryStrings edited without accessLogs.to",
  "ECS.DescribeServiceDeployments": "release stop, and why a deployment failed",
  "ECS.DescribeServiceRevisions": "release stop, and why a deployment failed",
  "ECS.ListServiceDeployments": "release stop, and why a deployment failed",
  "ECS.StopServiceDeployment": "release stop",
  "ECS.UpdateClusterSettings": "cluster.containerInsights edited",
  "EFS.DeleteFileSystemPolicy": "a file system policy that someone added",
  "EFS.PutBackupPolicy": "storage.backups edited",
  "EFS.UpdateFileSystem": "storage.throughput edited",
  "Pricing.GetProducts": "--live-prices",
  "SecretsManager.StopReplicationToReplica": "replicate.secrets turned off, and teardowns of a stack that has it",
};

/**
 * The kinds that cannot live on moto, and for each the missing operation without which it cannot. The suites `faults` and `acceptance` have all
 * others (test/unit/judges/suites.test.ts).
 */
export const NOT_ON_MOTO: Readonly<Record<string, string>> = {
  "budgets/budget": "Budgets.DescribeSubscribersForNotification",
  "cloudfront/vpc-origin": "CloudFront.CreateVpcOrigin",
};
