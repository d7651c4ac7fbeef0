import { afterAll, describe, expect, it } from "vitest";
import type { PolicyDocument } from "../../../src/aws/permissions/policy.ts";
import type { StackConfig } from "../../../src/index.ts";
import { Stage } from "../../support/stage.ts";

const stage = new Stage();
afterAll(() => stage.remove());

async function documents(config: StackConfig, ...flags: string[]): Promise<PolicyDocument[]> {
  stage.edit(config);
  const said = await stage.type("policy", "--account", "111122223333", "--json", ...flags);
  expect(said).toMatchObject({ exit: 0 });
  return (JSON.parse(said.answer) as { policies: PolicyDocument[] }).policies;
}

const statements = (policies: readonly PolicyDocument[]) => policies.flatMap(({ Statement }) => Statement);
const actions = (policies: readonly PolicyDocument[]) => statements(policies).flatMap(({ Action }) => Action);

async function refused(...argv: string[]): Promise<string> {
  const said = await stage.type("policy", ...argv);
  expect(said.exit).toBe(2);
  return said.lines.join("\n");
}

describe("policy", () => {
  it("prints documents that fit managed policies and are plain enough for a permissions boundary", async () => {
    const policies = await documents({}, "--all");
    for (const document of policies) expect(JSON.stringify(document).length).toBeLessThanOrEqual(6_144);
    const sids = statements(policies).map(({ Sid }) => Sid);
    expect(new Set(sids).size).toBe(sids.length);
    for (const statement of statements(policies)) {
      expect(statement.Sid).toMatch(/^[A-Za-z0-9]+$/);
      expect(statement.Effect).toBe("Allow");
      expect(statement.Action.join()).not.toContain("*");
      expect(Object.keys(statement)).not.toContain("Principal");
      expect(Object.keys(statement)).not.toContain("NotAction");
    }
    // IAM user guide, "IAM and AWS STS quotas": a role can have ten managed policies.
    expect(policies.length).toBeLessThanOrEqual(10);
  });

  it("allows to replicate secrets where there is a second region, and to end it in one that was given up", async () => {
    const container = { secrets: { KEY: { generate: { length: 40 } } } };
    const replication = async (config: StackConfig, ...flags: string[]) =>
      statements(await documents({ name: "shop", container, ...config }, ...flags)).flatMap(({ Action, Resource }) =>
        Action.filter((action) => /Replica/.test(action)).map((action) => `${action} ${String(Resource)}`),
      );
    const [first, second] = ["eu-west-1", "us-west-2"].map(
      (region) => `arn:aws:secretsmanager:${region}:111122223333:secret:shop-dev/*`,
    );
    expect(await replication({ region: "eu-west-1" })).toEqual([]);
    expect(await replication({ regions: ["eu-west-1", "us-west-2"] })).toEqual(
      ["RemoveRegionsFromReplication", "ReplicateSecretToRegions", "StopReplicationToReplica"].map(
        (action) => `secretsmanager:${action} ${first},${second}`,
      ),
    );
    expect(await replication({ region: "eu-west-1" }, "--region", "us-west-2")).toEqual([
      `secretsmanager:StopReplicationToReplica ${second}`,
    ]);
  });

  it("names the stack wherever AWS can tell its resources from others'", async () => {
    const everything = statements(await documents({ name: "shop", region: "eu-west-1" }));
    const of = (action: string) => everything.filter(({ Action }) => Action.includes(action));
    expect(of("ecs:UpdateService").map(({ Resource }) => Resource)).toEqual([
      ["arn:aws:ecs:eu-west-1:111122223333:service/shop-dev-cluster/shop-dev-*"],
    ]);
    expect(of("iam:PassRole").map(({ Resource, Condition }) => ({ Resource, Condition }))).toEqual([
      {
        Resource: ["arn:aws:iam::111122223333:role/shop-dev-eu-west-1-*"],
        Condition: {
          StringEquals: {
            "iam:PassedToService": [
              "codebuild.amazonaws.com",
              "codepipeline.amazonaws.com",
              "ecs-tasks.amazonaws.com",
              "events.amazonaws.com",
              "scheduler.amazonaws.com",
            ],
          },
        },
      },
    ]);
    const owner = { "aws:ResourceTag/fairlead:stack": "shop", "aws:ResourceTag/fairlead:environment": "dev" };
    expect(of("ec2:DeleteVpc").map(({ Condition }) => Condition)).toEqual([{ StringEquals: owner }]);
    expect(of("ec2:CreateTags").map(({ Condition }) => Condition?.["Null"])).toEqual([
      undefined,
      { "ec2:CreateAction": "false" },
    ]);
  });

  it("allows what the config needs, and no more", async () => {
    const plain = actions(await documents({}));
    const more = actions(
      await documents({ domain: "shop.example.com", budget: { monthly: 9, emails: ["a@b.example"] } }),
    );
    const added = ["acm:RequestCertificate", "budgets:ModifyBudget", "route53:ChangeResourceRecordSets"];
    expect(added.filter((action) => plain.includes(action))).toEqual([]);
    expect(added.filter((action) => more.includes(action))).toEqual(added);
    const existing = actions(
      await documents({
        network: {
          vpc: "vpc-0123456789abcdef0",
          publicSubnets: ["subnet-1", "subnet-2"].map((id) => id.padEnd(24, "0")),
          privateSubnets: ["subnet-3", "subnet-4"].map((id) => id.padEnd(24, "0")),
        },
      }),
    );
    expect(existing).toContain("ec2:CreateSecurityGroup");
    expect(existing).not.toContain("ec2:CreateVpc");
  });

  it("changes nothing with --read-only, and no role with --release", async () => {
    const reads = actions(await documents({}, "--read-only"));
    expect(reads.filter((action) => !/:(Get|List|Describe|BatchGet|Filter|View)/.test(action))).toEqual([]);
    const release = actions(await documents({}, "--release"));
    expect(release).toEqual(expect.arrayContaining(["codepipeline:PutApprovalResult", "ecs:UpdateService"]));
    expect(release.filter((action) => /^iam:(?!Get|List|PassRole)/.test(action))).toEqual([]);
  });

  it("prints the role of a repository's workflows", async () => {
    const role = async (...flags: string[]) => {
      const said = await stage.type(
        "policy",
        "--account",
        "111122223333",
        "--json",
        "--role",
        "github",
        "octo-org/shop",
        ...flags,
      );
      return JSON.parse(said.answer) as {
        role: string;
        trust: { Statement: { Condition: Record<string, Record<string, unknown>> }[] };
      };
    };
    const subject = "token.actions.githubusercontent.com:sub";
    const main = await role();
    expect(main.trust.Statement[0]?.Condition["StringLike"]?.[subject]).toEqual([
      "repo:octo-org/shop:ref:refs/heads/main",
      "repo:octo-org@*/shop@*:ref:refs/heads/main",
    ]);
    const prod = await role("--environment", "prod", "--repository-id", "42", "--release");
    expect(prod.trust.Statement[0]?.Condition).toEqual({
      StringEquals: {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:repository_id": "42",
      },
      StringLike: { [subject]: ["repo:octo-org/shop:environment:prod", "repo:octo-org@*/shop@42:environment:prod"] },
    });
    const { answer } = await stage.type("policy", "--account", "111122223333", "--role", "github", "octo-org/shop");
    expect(answer).toContain("aws iam create-open-id-connect-provider");
    expect(answer).not.toContain("delete");
    expect(prod.role).not.toBe(main.role);
  });

  it("refuses what would let others in, or means nothing", async () => {
    expect(await refused("--role", "github")).toContain("The repository is missing");
    expect(await refused("--role", "github", "octo-org")).toContain("allowed: OWNER/REPOSITORY");
    expect(await refused("--role", "github", "octo-org/*")).toContain("is no repository on GitHub");
    expect(await refused("--role", "github", "a/b", "--branch", "*")).toContain("--branch *");
    expect(await refused("--role", "github", "a/b", "--branch", "x", "--environment", "y")).toContain("exclude");
    expect(await refused("--role", "github", "a/b", "--repository-id", "x")).toContain("gh api repos/a/b");
    expect(await refused("octo-org/shop")).toContain("add --role github");
    expect(await refused("--account", "12")).toContain("allowed: twelve digits");
    expect(await refused("--read-only", "--release")).toContain("exclude each other");
  });
});
