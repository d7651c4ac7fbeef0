import { describe, expect, it } from "vitest";
import { Role, type RoleSpec } from "../../../src/aws/iam/role.ts";
import { resourcesOf } from "../../support/kinds-of.ts";
import { CRASHED } from "../../support/stacks.ts";
import { OF_ACTIONS } from "./action-roles.ts";
import { OF_ONE_SERVICE } from "./one-service-roles.ts";
import type { Row } from "./role-table.ts";
import { arn, ARTIFACTS, roleArn, TO_TASKS } from "./stack-arns.ts";
import { ACCOUNT, rolesOf, trustOf, verdictOf } from "./stack-roles.ts";
import { OF_TASKS } from "./task-roles.ts";

const REPOSITORY = arn("ecr", "repository/shop-prod");
const TASK = roleArn("task");
const TABLES = [...OF_ONE_SERVICE, ...OF_TASKS, ...OF_ACTIONS];

/** What no role of a stack may do. */
const NEVER: readonly Row[] = [
  ["iam:CreateRole", arn("iam", "role/new", "")],
  ["iam:PutRolePolicy", TASK],
  ["iam:PassRole", arn("iam", "role/admin", ""), TO_TASKS],
  ["sts:AssumeRole", arn("iam", "role/admin", "")],
  ["s3:ListAllMyBuckets", "*"],
  ["s3:DeleteBucket", ARTIFACTS],
  ["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:any")],
  ["ecs:DeleteService", arn("ecs", "service/shop-prod-cluster/shop-prod-service")],
];

/** `task-role` of `security/task-role` and of `api/security/task-role`. */
const purposeOf = (id: string): string => id.replace(/^.*\//, "");

/** What the policies of a role allow, but for what the users' own resources grant (`Catalog` is the statement of the example of a shop). */
const actionsOf = (policies: RoleSpec["policies"]): string[] =>
  Object.values(policies)
    .flatMap(({ Statement }) => Statement)
    .flatMap(({ Sid, Action = [] }) => (Sid === "Catalog" ? [] : Action));

const ask = ([action, resource, context = {}]: Row) => ({ action, resource, context });

describe.each(TABLES)("$role of $config", ({ role, config, secrets, jobs, besides }) => {
  const own = rolesOf(config, secrets)[role];

  it.each(jobs)("may do its job ($source)", ({ calls }) => {
    expect(calls.filter((row) => verdictOf(own, ask(row)) !== "allowed")).toEqual([]);
  });

  it("may do nothing beside its job", () => {
    expect([...besides, ...NEVER].filter((row) => verdictOf(own, ask(row)) === "allowed")).toEqual([]);
  });
});

describe("the roles of a stack", () => {
  const roles = rolesOf({ service: { enableExec: true }, network: { flowLogs: {} } });

  it("are all judged, and each permission is for a call of the role's job", async () => {
    const judged = new Set(
      TABLES.flatMap(({ role, jobs }) =>
        jobs.flatMap(({ calls }) => [purposeOf(role), ...calls.map(([action]) => `${purposeOf(role)} may ${action}`)]),
      ),
    );
    const made = (await resourcesOf(CRASHED)).filter(({ kind }) => kind.type === Role.type);
    const granted = made.flatMap(({ id, spec }) => [
      purposeOf(id),
      ...actionsOf(spec["policies"] as RoleSpec["policies"]).map((action) => `${purposeOf(id)} may ${action}`),
    ]);
    const without = [...new Set(granted)].filter((one) => !judged.has(one));
    expect(without, "roles and permissions without a row in TABLES").toEqual([]);
  });

  it("have no policy of AWS, which reaches every resource of the account", () => {
    expect(Object.values(roles).flatMap(({ managedPolicyArns }) => managedPolicyArns)).toEqual([]);
  });

  it("give the task no permission where nobody asked for one", () => {
    expect(rolesOf()["task-role"]?.policies).toEqual({});
  });
});

describe("the role that starts tasks", () => {
  const pull = (image: string, repository: string) =>
    verdictOf(rolesOf({ container: { image } })["task-execution-role"], {
      action: "ecr:BatchGetImage",
      resource: repository,
    });

  it("pulls an image of another repository that the config names", () => {
    const other = "arn:aws:ecr:us-east-1:999999999999:repository/team/base";
    expect(pull("999999999999.dkr.ecr.us-east-1.amazonaws.com/team/base:1", other)).toBe("allowed");
    expect(pull("public.ecr.aws/docker/library/httpd:2.4", other)).toBe("implicitly denied");
  });

  it("pulls from the stack's repository as well, whatever the config names", () => {
    expect(pull("public.ecr.aws/docker/library/httpd:2.4", REPOSITORY)).toBe("allowed");
  });
});

describe("the trust of the roles", () => {
  const roles = rolesOf({ network: { flowLogs: {} } });
  const from = (account: string, source: string) => ({ "aws:SourceAccount": account, "aws:SourceArn": source });
  const theirs = "999999999999";
  const cases = [
    ["task-execution-role", "ecs-tasks.amazonaws.com", arn("ecs", "*")],
    ["task-role", "ecs-tasks.amazonaws.com", arn("ecs", "*")],
    ["build-role", "codebuild.amazonaws.com", arn("codebuild", "project/shop-prod-build")],
    ["events-role", "events.amazonaws.com", arn("events", "rule/shop-prod-s3-change")],
    ["flow-logs-role", "vpc-flow-logs.amazonaws.com", arn("ec2", "vpc-flow-log/fl-1")],
  ] as const;

  it.each(cases)("%s trusts %s for this stack alone", (role, service, source) => {
    expect(trustOf(roles[role], service, from(ACCOUNT, source))).toBe("allowed");
    expect(trustOf(roles[role], service, from(theirs, source.replace(ACCOUNT, theirs)))).toBe("implicitly denied");
    expect(trustOf(roles[role], service)).toBe("implicitly denied");
    expect(trustOf(roles[role], "ec2.amazonaws.com", from(ACCOUNT, source))).toBe("implicitly denied");
  });

  it("does not demand of CodePipeline what CodePipeline does not document that it sends", () => {
    const trusts = (context = {}) => trustOf(roles["pipeline-role"], "codepipeline.amazonaws.com", context);
    expect(trusts()).toBe("allowed");
    expect(trusts({ "aws:SourceAccount": ACCOUNT })).toBe("allowed");
    expect(trusts({ "aws:SourceAccount": theirs })).toBe("implicitly denied");
    expect(trustOf(roles["pipeline-role"], "codebuild.amazonaws.com")).toBe("implicitly denied");
  });
});
