import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Role, type RoleSpec } from "../../../../src/aws/iam/role.ts";
import type { PolicyDocument } from "../../../../src/aws/policy.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked, OTHERS, OWNED } from "../../../support/mocked.ts";

const iam = mockClient(IAMClient);
beforeEach(() => iam.reset());
const sent = () => iam.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const allow = (Action: string): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, Resource: "*" }],
});
const trust: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
};
const tags = {
  "fairlead:stack": "demo",
  "fairlead:environment": "test",
  "fairlead:region": "ap-northeast-1",
  "fairlead:id": "network/it",
};
const MANAGED = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const OTHER = "arn:aws:iam::aws:policy/PowerUserAccess";
const spec: RoleSpec = {
  name: "task",
  description: "Runs the application",
  trust,
  policies: { logs: allow("logs:PutLogEvents"), queue: allow("sqs:SendMessage") },
  managedPolicyArns: [MANAGED],
  permissionsBoundary: "",
  maxSessionSeconds: 3600,
  tags,
};
const ARN = "arn:aws:iam::123456789012:role/task";
const attrs = { name: "task", arn: ARN };
const role = {
  RoleName: "task",
  RoleId: "AROA1",
  Arn: ARN,
  Path: "/",
  CreateDate: new Date(0),
  Description: "Runs the application",
  AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trust)),
  Tags: OWNED,
};
const observed = { id: "task", spec, attrs, owner: "demo/test/ap-northeast-1:network/it", ready: true };
const RoleName = "task";
const put = (PolicyName: string, policy: PolicyDocument) => [
  "PutRolePolicyCommand",
  { RoleName, PolicyName, PolicyDocument: JSON.stringify(policy) },
];
const attach = (PolicyArn: string) => ["AttachRolePolicyCommand", { RoleName, PolicyArn }];
const detach = (PolicyArn: string) => ["DetachRolePolicyCommand", { RoleName, PolicyArn }];
const drop = (PolicyName: string) => ["DeleteRolePolicyCommand", { RoleName, PolicyName }];
const remove = ["DeleteRoleCommand", { RoleName }];
const create = [
  "CreateRoleCommand",
  { RoleName, Description: "Runs the application", AssumeRolePolicyDocument: JSON.stringify(trust), Tags: OWNED },
];
const gone = (message = "The role with name task cannot be found.") => awsError("NoSuchEntityException", message, 404);

function thereIs() {
  const document = (policy: PolicyDocument | undefined) => encodeURIComponent(JSON.stringify(policy));
  iam.on(GetRoleCommand).rejects(gone());
  iam.on(GetRoleCommand, { RoleName }).resolves({ Role: role });
  iam.on(ListRolePoliciesCommand).resolves({ PolicyNames: ["logs"], IsTruncated: true, Marker: "more" });
  iam.on(ListRolePoliciesCommand, { Marker: "more" }).resolves({ PolicyNames: ["queue"] });
  for (const PolicyName of ["logs", "queue"])
    iam
      .on(GetRolePolicyCommand, { RoleName, PolicyName })
      .resolves({ RoleName, PolicyName, PolicyDocument: document(spec.policies[PolicyName]) });
  iam.on(ListAttachedRolePoliciesCommand).resolves({ AttachedPolicies: [{ PolicyArn: MANAGED }], Marker: "more" });
  iam.on(ListAttachedRolePoliciesCommand, { Marker: "more" }).resolves({ AttachedPolicies: [{ PolicyArn: OTHER }] });
}

describe("iam/role", () => {
  it("creates with trust policy and tags, reports its name, and only then attaches the policies, one after the other", async () => {
    const told: string[] = [];
    let before: string[] = [];
    iam.onAnyCommand().resolves({});
    iam.on(CreateRoleCommand).resolves({ Role: role });
    iam.on(PutRolePolicyCommand).callsFakeOnce(() => void (before = [...told]));
    expect(await Role.create(mocked(), spec, making(told))).toEqual({ id: "task", attrs });
    expect(before).toEqual(["task"]);
    expect(sent()).toEqual([
      create,
      put("logs", allow("logs:PutLogEvents")),
      put("queue", allow("sqs:SendMessage")),
      attach(MANAGED),
    ]);
  });

  it("asks again while IAM knows neither the principal nor the new role everywhere", async () => {
    const principal = 'Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:role/young"';
    iam.onAnyCommand().resolves({});
    iam
      .on(CreateRoleCommand)
      .rejectsOnce(awsError("MalformedPolicyDocumentException", principal))
      .resolves({ Role: role });
    iam
      .on(PutRolePolicyCommand)
      .rejectsOnce(gone())
      .rejectsOnce(awsError("ConcurrentModificationException", "at the same time", 409))
      .resolves({});
    const policies = { logs: allow("logs:PutLogEvents") };
    await Role.create(mocked(), { ...spec, policies, managedPolicyArns: [] }, making());
    const putting = put("logs", allow("logs:PutLogEvents"));
    expect(sent()).toEqual([create, create, putting, putting, putting]);
  });

  it("does not ask again where a document is wrong for good", async () => {
    iam.on(CreateRoleCommand).rejects(awsError("MalformedPolicyDocumentException", "Syntax errors in policy."));
    await expect(Role.create(mocked(), spec, making())).rejects.toThrow("Syntax errors in policy.");
    expect(sent()).toEqual([create]);
  });

  it("never repeats a create whose response was lost, and reports no name", async () => {
    const told: string[] = [];
    iam.on(CreateRoleCommand).rejects(awsError("ServiceFailureException", "injected", 500));
    await expect(Role.create(mocked(), spec, making(told))).rejects.toBeInstanceOf(UncertainAnswer);
    expect(sent()).toEqual([create]);
    expect(told).toEqual([]);
  });

  it("observes by its known name with every page of its policies, decoded", async () => {
    thereIs();
    const found = await Role.observe(mocked(), lookFor({ name: "other" }, "task"));
    expect(found).toEqual({ ...observed, spec: { ...spec, managedPolicyArns: [OTHER, MANAGED] } });
    expect(iam.commandCalls(GetRoleCommand).map(({ args }) => args[0].input)).toEqual([{ RoleName }]);
  });

  it("finds by its declared name where the known one is gone, and leaves out a policy deleted meanwhile", async () => {
    thereIs();
    iam.on(GetRolePolicyCommand, { RoleName, PolicyName: "queue" }).rejects(gone("The role policy cannot be found."));
    const found = await Role.observe(mocked(), lookFor({ name: "task" }, "old"));
    expect(found?.spec.policies).toEqual({ logs: allow("logs:PutLogEvents") });
    const asked = iam.commandCalls(GetRoleCommand).map(({ args }) => args[0].input.RoleName);
    expect(asked).toEqual(["old", "task"]);
  });

  it("returns undefined for absence, and throws if the read is denied", async () => {
    iam.on(GetRoleCommand).rejects(gone());
    expect(await Role.observe(mocked(), lookFor(spec, "task"))).toBeUndefined();
    expect(await Role.observe(mocked(), lookFor<RoleSpec>({}))).toBeUndefined();
    expect(sent()).toEqual([["GetRoleCommand", { RoleName }]]);
    iam.on(GetRoleCommand).rejects(awsError("AccessDenied", "not authorized", 403));
    await expect(Role.observe(mocked(), lookFor(spec))).rejects.toThrow("not authorized");
  });

  it("treats a role as gone that GetRole still returns after its deletion", async () => {
    thereIs();
    iam.on(ListRolePoliciesCommand).rejects(gone());
    iam.on(ListAttachedRolePoliciesCommand).rejects(gone());
    expect(await Role.observe(mocked(), lookFor(spec, "task"))).toBeUndefined();
  });

  it("updates trust, description and tags by their own calls, and nothing where nothing differs", async () => {
    iam.onAnyCommand().resolves({});
    await Role.update(mocked(), observed, spec, new Set());
    expect(sent()).toEqual([]);
    const federated = { ...trust, Statement: [] };
    await Role.update(mocked(), observed, { ...spec, trust: federated }, new Set(["trust"]));
    await Role.update(mocked(), observed, { ...spec, description: "" }, new Set(["description"]));
    const labelled = { ...observed, spec: { ...spec, tags: { ...tags, "fairlead:id": "other", "fairlead:old": "x" } } };
    await Role.update(mocked(), labelled, spec, new Set(["tags"]));
    expect(sent()).toEqual([
      ["UpdateAssumeRolePolicyCommand", { RoleName, PolicyDocument: JSON.stringify(federated) }],
      ["UpdateRoleCommand", { RoleName, Description: "", MaxSessionDuration: 3600 }],
      ["UntagRoleCommand", { RoleName, TagKeys: ["fairlead:old"] }],
      ["TagRoleCommand", { RoleName, Tags: [{ Key: "fairlead:id", Value: "network/it" }] }],
    ]);
  });

  it("puts on what is missing before it takes off what is too much, even what is gone already", async () => {
    iam.onAnyCommand().resolves({});
    iam.on(DeleteRolePolicyCommand).rejects(gone("The role policy with name queue cannot be found."));
    iam.on(DetachRolePolicyCommand).rejects(gone(`Policy ${MANAGED} was not found.`));
    const policies = { logs: allow("logs:*"), events: allow("events:PutEvents") };
    const wanted = { ...spec, policies, managedPolicyArns: [OTHER] };
    await Role.update(mocked(), observed, wanted, new Set(["policies", "managedPolicyArns"]));
    expect(sent()).toEqual([
      put("logs", allow("logs:*")),
      put("events", allow("events:PutEvents")),
      attach(OTHER),
      drop("queue"),
      detach(MANAGED),
    ]);
  });

  it("takes every policy off and deletes, once IAM no longer counts them", async () => {
    iam.onAnyCommand().resolves({});
    const conflict = awsError("DeleteConflictException", "Cannot delete entity, must detach all policies first.", 409);
    iam.on(DeleteRoleCommand).rejectsOnce(conflict).resolves({});
    await expect(Role.delete(mocked(), observed)).resolves.toBeUndefined();
    const look = ["ListInstanceProfilesForRoleCommand", { RoleName: spec.name }];
    expect(sent()).toEqual([drop("logs"), drop("queue"), detach(MANAGED), remove, look, remove]);
  });

  it("counts a role that is gone already as deleted", async () => {
    iam.onAnyCommand().rejects(gone());
    await expect(Role.delete(mocked(), observed)).resolves.toBeUndefined();
    expect(sent()).toEqual([drop("logs"), drop("queue"), detach(MANAGED), remove]);
  });

  it("writes documents and lists as IAM returns them", () => {
    const verbose: PolicyDocument = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["logs:PutLogEvents"], Resource: ["*"] }],
    };
    const spelled = { ...spec, policies: { logs: verbose }, managedPolicyArns: [MANAGED, OTHER, MANAGED] };
    expect(Role.canonical?.(spelled)).toEqual({
      ...spec,
      policies: { logs: allow("logs:PutLogEvents") },
      managedPolicyArns: [OTHER, MANAGED],
    });
  });

  it("lists what the stack owns: every page, by the tags that only the role itself returns", async () => {
    const named = (name: string) => ({ ...role, RoleName: name, Tags: undefined });
    iam
      .on(ListRolesCommand)
      .resolves({ Roles: [named("demo-test-task"), named("task")], IsTruncated: true, Marker: "more" });
    iam
      .on(ListRolesCommand, { Marker: "more" })
      .resolves({ Roles: [named("demo-test-2-task"), named("demo-test-gone"), named("demo-testing-task")] });
    iam.on(GetRoleCommand).rejects(gone());
    iam.on(GetRoleCommand, { RoleName: "demo-test-task" }).resolves({ Role: role });
    iam.on(GetRoleCommand, { RoleName: "demo-test-2-task" }).resolves({ Role: { ...role, Tags: OTHERS } });
    expect(await Role.list?.(mocked(), ["demo-test-gone"])).toEqual([
      { id: "demo-test-task", owner: "demo/test/ap-northeast-1:network/it" },
    ]);
    expect(iam.commandCalls(GetRoleCommand)).toHaveLength(3);
  });

  it("leaves out a role that it may not read if its name is of another region or stack, and no other", async () => {
    const denied = awsError("AccessDenied", "not authorized to perform: iam:GetRole", 403);
    const all = ["demo-test-us-west-2-task", "demo-test-2-ap-northeast-1-task"].map((name) => ({
      ...role,
      RoleName: name,
    }));
    iam.on(ListRolesCommand).resolves({ Roles: all });
    iam.on(GetRoleCommand).rejects(denied);
    expect(await Role.list?.(mocked(), [])).toEqual([]);
    iam.on(ListRolesCommand).resolves({ Roles: [...all, { ...role, RoleName: "demo-test-ap-northeast-1-task" }] });
    await expect(Role.list?.(mocked(), [])).rejects.toThrow("not authorized");
  });

  it("is read with its policies at once where it is expected, and the list decides which those are", async () => {
    thereIs();
    let answerRole = () => {};
    const waits = new Promise<void>((resolve) => (answerRole = resolve));
    iam.on(GetRoleCommand, { RoleName }).callsFake(async () => {
      await waits;
      return { Role: role };
    });
    // `old` was recorded and is there no more; `queue` was added since.
    const recorded = { ...spec, policies: { logs: allow("logs:PutLogEvents"), old: allow("s3:GetObject") } };
    const seen = Role.observe(mocked(), { ...lookFor(recorded, "task"), expected: true });
    await new Promise((resolve) => setImmediate(resolve));
    const names = sent().map(([command]) => command);
    expect(names).toContain("ListRolePoliciesCommand");
    expect(names).toContain("ListAttachedRolePoliciesCommand");
    const asked = () => iam.commandCalls(GetRolePolicyCommand).map(({ args: [{ input }] }) => input.PolicyName);
    expect(asked()).toEqual(expect.arrayContaining(["logs", "old"]));
    answerRole();
    expect((await seen)?.spec.policies).toEqual(spec.policies);
    expect(new Set(asked())).toEqual(new Set(["logs", "old", "queue"]));
  });

  it("is gone where its policies say so although GetRole still answers", async () => {
    iam.on(GetRoleCommand).resolves({ Role: role });
    iam.on(ListRolePoliciesCommand).rejects(gone());
    iam.on(ListAttachedRolePoliciesCommand).rejects(gone());
    iam.on(GetRolePolicyCommand).rejects(gone());
    expect(await Role.observe(mocked(), { ...lookFor(spec, "task"), expected: true })).toBeUndefined();
  });
});
