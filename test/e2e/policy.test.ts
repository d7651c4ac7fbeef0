import { afterAll, describe, expect, it } from "vitest";
import { KIND_ACTIONS } from "../../src/aws/permissions/kinds.ts";
import { actionsIn, lifeOf, permit, printed, take, without } from "../support/policy-life.ts";
import { ALL_ON, PLAIN, SHOP } from "../support/stacks.ts";
import { Stage } from "../support/stage.ts";

/** Of the actions that a life asks for, every so many one is taken away; POLICY_STEP=1 takes each of them. */
const STRIDE = Number(process.env["POLICY_STEP"] ?? 40);

/** Actions without which a command goes on, and what it does instead. All other actions but those that follow fail it. */
const TOLERATED: Readonly<Record<string, string>> = {
  "ec2:DescribeVpcEndpoints": "doctor asks ahead, and needs the answer where private subnets have no route out",
  "codepipeline:StartPipelineExecution": "asked for only where EventBridge lost the upload, which is by chance",
  "ec2:DescribeVpcEndpointServices": "the zones of a service are not checked, and the plan says so",
  "ecr:PutImage": "the running image gets no tag that keeps it from expiring, and the release says so",
  "ecr:BatchGetImage": "an image is not looked at, and the release says so",
  "ecr:DescribeImageScanFindings": "the approval shows no findings, and says so",
  "iam:ListInstanceProfilesForRole": "what keeps a role from being deleted is not named, and the deletion goes on",
  "pricing:GetProducts": "the estimate takes the prices of the repository, and says so",
  "s3:GetBucketTagging": "a bucket whose tags cannot be read counts as someone else's, so the plan is refused",
  "s3:ListBucketVersions": "releases leaves the object's version out; the teardown fails",
  "tag:GetResources": "the inventory lists each kind, and says so",
};

/** Actions that no step of these lives needs, and what needs them. Tests of their own make these calls. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "budgets:UntagResource": "a tag of a budget taken away",
  "codepipeline:StopPipelineExecution": "release stop, and a deploy whose upload was noticed twice",
  "ec2:AssociateSubnetCidrBlock": "network.ipv6 turned on",
  "ec2:AssociateVpcCidrBlock": "network.ipv6 turned on",
  "ec2:DisassociateSubnetCidrBlock": "network.ipv6 turned off",
  "ec2:DisassociateVpcCidrBlock": "network.ipv6 turned off",
  "ec2:ModifyVpcEndpoint": "network.endpoints edited",
  "ec2:ReplaceRouteTableAssociation": "a subnet moved to another table by hand",
  "ec2:UpdateSecurityGroupRuleDescriptionsEgress": "a description changed by hand",
  "ec2:UpdateSecurityGroupRuleDescriptionsIngress": "a description changed by hand",
  "ecr:DeleteLifecyclePolicy": "registry.keepImages turned off",
  "ecr:DeleteRepositoryPolicy": "the last job or scan that CodeBuild pulls for removed",
  "ecr:PutImageTagMutability": "registry.mutableTags",
  "ecs:DescribeServiceDeployments": "a failed or stopped deployment",
  "ecs:DescribeServiceRevisions": "a failed or stopped deployment",
  "ecs:ExecuteCommand": "exec, which runs the AWS CLI",
  "ecs:ListServiceDeployments": "a failed or stopped deployment",
  "ecs:PutClusterCapacityProviders": "spot turned on",
  "ecs:StopServiceDeployment": "release stop",
  "ecs:StopTask": "task --timeout, and a teardown while a job runs",
  "elasticfilesystem:DeleteFileSystemPolicy": "a policy added by hand",
  "elasticfilesystem:UpdateFileSystem": "storage.throughput",
  "elasticloadbalancing:AddListenerCertificates": "a second domain",
  "elasticloadbalancing:DeleteListener": "HTTPS taken out; a teardown deletes the load balancer with its listeners",
  "elasticloadbalancing:DeleteRule": "a service taken out",
  "elasticloadbalancing:RemoveListenerCertificates": "a second domain removed",
  "elasticloadbalancing:SetIpAddressType": "network.ipv6 without a CDN",
  "elasticloadbalancing:SetRulePriorities": "a path edited",
  "elasticloadbalancing:SetSecurityGroups": "a security group replaced",
  "elasticloadbalancing:SetSubnets": "network.zones",
  "events:ListRuleNamesByTarget": "more revisions than delivery.keepRevisions",
  "iam:AttachRolePolicy": "a role with a policy of AWS's",
  "iam:DeleteRolePermissionsBoundary": "a boundary added by hand",
  "iam:DetachRolePolicy": "a policy attached by hand",
  "iam:PutRolePermissionsBoundary": "a boundary in a role of the user's",
  "iam:UpdateAssumeRolePolicy": "a trust policy changed by hand",
  "logs:DeleteRetentionPolicy": "logs.retentionDays turned off",
  "logs:DescribeDeliveries": "a delivery whose create was not answered",
  "logs:DescribeDeliverySources": "a source of someone else's on the same distribution",
  "route53:GetHostedZone": "dns.zone",
  "s3:AbortMultipartUpload": "an upload that died",
  "s3:DeleteBucketPolicy": "a policy added by hand",
  "s3:PutBucketOwnershipControls": "an ownership changed by hand",
  "secretsmanager:ListSecretVersionIds": "a restart for a changed secret",
  "secretsmanager:RestoreSecret": "a secret scheduled for deletion",
  "sns:Unsubscribe": "a confirmed subscription",
};

const obstacles = new Set(Object.values(KIND_ACTIONS).flatMap((row) => row.obstacles ?? []));
/** What a run looks for leftovers with: it says which of them it could not. */
const lists = new Set(Object.values(KIND_ACTIONS).flatMap((row) => row.lists ?? []));
const granted = new Set<string>();
const asked = new Set<string>();

describe.each([PLAIN, ALL_ON, SHOP])("the policy of $title", (under) => {
  const stage = new Stage();
  afterAll(() => stage.remove());

  it("permits its whole life, which fails without any action of it", async () => {
    under.write(stage);
    let policies = await printed(stage);
    const seen = new Set<string>();
    const unexpected: string[] = [];
    for (const step of lifeOf(under)) {
      await step.before?.(stage);
      if (step.printed) policies = await printed(stage);
      permit(stage, policies);
      for (const action of actionsIn(policies)) granted.add(action);
      const back = stage.keep();
      const said = await take(stage, step);
      expect(said.exit, `${step.title}: ${said.lines.join("\n")}`).toBe(0);
      const fresh = said.asked.filter((action) => !seen.has(action));
      const chosen = fresh.filter((action) => {
        seen.add(action);
        asked.add(action);
        return (seen.size - 1) % STRIDE === 0 && !(action in TOLERATED);
      });
      const on = stage.keep();
      for (const action of chosen) {
        back();
        permit(stage, without(policies, action));
        const failed = await take(stage, step);
        on();
        const told = failed.lines.join("\n").includes(action);
        // What stands in the way of a deletion is looked at to name it, and the deletion goes on.
        if (!told || (failed.exit === 0 && !obstacles.has(action) && !lists.has(action)))
          unexpected.push(
            `${step.title} without ${action}: ${failed.exit}, ${told ? "told" : failed.lines.slice(-3).join(" ")}`,
          );
      }
    }
    expect(unexpected).toEqual([]);
    // What is the account's stays on.
    const left = Object.keys(stage.things()).filter((table) => !/^(guardduty|securityhub|ecr\.scanning)/.test(table));
    expect(left).toEqual([]);
  }, 3_600_000);
});

describe("the policies of all stacks", () => {
  it("have no action that none of them needs", () => {
    const unused = [...granted].filter((action) => !asked.has(action) && !obstacles.has(action) && !lists.has(action));
    expect(unused.toSorted()).toEqual(
      Object.keys(ELSEWHERE)
        .filter((action) => !asked.has(action))
        .toSorted(),
    );
  });
});
