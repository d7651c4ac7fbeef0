import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import {
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { GetRolePolicyCommand } from "@aws-sdk/client-iam";
import { GetQueueUrlCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { afterAll, describe, expect, it } from "vitest";
import { Stage } from "../support/stage.ts";

const stage = new Stage();
afterAll(() => stage.remove());

const write = (body: string) =>
  writeFileSync(
    join(stage.directory, "stack.config.ts"),
    `import { defineStack, kinds } from "fairlead";\nexport default defineStack({ ${body} });\n`,
  );
const queue = (timeout: number) => `resources: (scope, { network }) => {
  const orders = scope.add("orders", kinds.Queue, { name: scope.name("orders"), visibilityTimeout: ${timeout},
    retentionSeconds: 86400, receiveWaitSeconds: 20, redrivePolicy: undefined, managedEncryption: true, policy: undefined });
  scope.add("database-group", kinds.SecurityGroup, { name: scope.name("database"), description: "Database", vpcId: network.vpcId });
  return { environment: { ORDERS_URL: orders.url },
    permissions: [{ Sid: "Orders", Effect: "Allow", Action: ["sqs:SendMessage"], Resource: orders.arn }] };
}`;
const NAME = "fairlead-app-dev-resources-orders";

describe("the user's own resources", () => {
  it("exist next to the stack's, and give its containers variables and permissions", async () => {
    write(queue(30));
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    const { aws } = stage.world();
    const { QueueUrl } = await aws.sqs(new GetQueueUrlCommand({ QueueName: NAME }));
    const { taskDefinition } = await aws.ecs(new DescribeTaskDefinitionCommand({ taskDefinition: "fairlead-app-dev" }));
    expect(taskDefinition?.containerDefinitions?.[0]?.environment).toContainEqual({
      name: "ORDERS_URL",
      value: QueueUrl,
    });
    const role = { RoleName: "fairlead-app-dev-ap-northeast-1-task", PolicyName: "task" };
    const { PolicyDocument = "" } = await aws.iam(new GetRolePolicyCommand(role));
    expect(decodeURIComponent(PolicyDocument)).toContain(`:${NAME}"`);
  });

  it("are changed with the config, and reverted if they were changed outside Fairlead", async () => {
    write(queue(45));
    expect(await stage.planned()).toEqual({ "resources/orders": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    const { aws, world, clock } = stage.world();
    const { QueueUrl } = await aws.sqs(new GetQueueUrlCommand({ QueueName: NAME }));
    await aws.sqs(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: "5" } }));
    await clock.sleep(120_000);
    world.data.now = clock.now();
    world.save();
    const { json } = await stage.run("plan");
    expect(json.actions.find(({ id }) => id === "resources/orders")).toMatchObject({ action: "update", drift: true });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it("are deleted when they are removed from the config, with the variables and permissions that they gave", async () => {
    write("");
    expect(await stage.planned()).toMatchObject({
      "resources/orders": "delete",
      "resources/database-group": "delete",
      "security/task-role": "update",
    });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it.each([
    ["resources: 5", "resources: is not a function; allowed: (scope, stack) => { scope.add(...); }"],
    [
      `resources: () => { throw new Error("no such thing."); }`,
      "The function resources of the config failed: no such thing.",
    ],
    [
      `resources: (scope) => { for (const n of [1, 2]) scope.add("x", kinds.LogGroup, { name: "x" + n, retentionDays: 1 }); }`,
      "Duplicate resource id: resources/x.",
    ],
  ])("are refused before AWS is asked anything: %s", async (body, message) => {
    write(body);
    const { exit, lines } = await stage.type("plan");
    expect(exit).toBe(2);
    expect(lines.join("\n")).toContain(message);
  });
});

describe("a patch", () => {
  it("changes a field that no setting exposes, and keeps the owner tags", async () => {
    write(
      `patch: { "balancer/load-balancer": { attributes: { "routing.http2.enabled": "false" }, tags: { team: "web", "fairlead:stack": "no" } } }`,
    );
    expect(await stage.planned()).toEqual({ "balancer/load-balancer": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    const { aws } = stage.world();
    const { LoadBalancers } = await aws.elb(new DescribeLoadBalancersCommand({}));
    const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn;
    const { Attributes } = await aws.elb(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }));
    expect(Attributes).toContainEqual({ Key: "routing.http2.enabled", Value: "false" });
    // What the settings say beside it stays.
    expect(Attributes).toContainEqual({ Key: "idle_timeout.timeout_seconds", Value: "60" });
  });

  it.each([
    [
      `{ "balancer/load-balancr": {} }`,
      /there is no resource balancer\/load-balancr; did you mean balancer\/load-balancer\?/,
    ],
    [
      `{ "network/vpc": { ipv6: true } }`,
      /ipv6 is not a field of network\/vpc \(ec2\/vpc\); allowed: cidr, dnsSupport, dnsHostnames/,
    ],
    [`{ "network/vpc": 5 }`, /allowed: an object of resource fields/],
  ])("of what there is not is refused before AWS is asked anything: %s", async (patch, message) => {
    write(`patch: ${patch}`);
    const { exit, lines } = await stage.type("plan");
    expect(exit).toBe(2);
    expect(lines.join("\n")).toMatch(message);
  });
});

describe("a user's own resource kind", () => {
  const file = () => join(stage.directory, "notes.json");
  const note = (text: string) => `resources: (scope) => {
  const read = () => { try { return JSON.parse(readFileSync(PATH, "utf8")); } catch { return undefined; } };
  const Note = defineKind({
    type: "own/note", fields: { text: {}, tags: {} },
    async observe() { const spec = read(); return spec && { id: "note", attrs: { id: "note" }, spec, ready: true }; },
    async create(aws, spec, making) { writeFileSync(PATH, JSON.stringify(spec)); await making.created("note"); return { id: "note", attrs: { id: "note" } }; },
    async update(aws, observed, spec) { writeFileSync(PATH, JSON.stringify(spec)); },
    async delete() { rmSync(PATH, { force: true }); },
  });
  scope.add("note", Note, { text: "${text}" });
}`;
  const written = (text: string) => {
    const path = JSON.stringify(file());
    const imports = `import { readFileSync, rmSync, writeFileSync } from "node:fs";\nimport { defineKind, defineStack } from "fairlead";\nconst PATH = ${path};\n`;
    writeFileSync(
      join(stage.directory, "stack.config.ts"),
      `${imports}export default defineStack({ ${note(text)} });\n`,
    );
  };

  it("is planned, created, updated, reverted and deleted like Fairlead's kinds", async () => {
    written("one");
    expect(await stage.planned()).toMatchObject({ "resources/note": "create" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect(JSON.parse(readFileSync(file(), "utf8"))).toMatchObject({
      text: "one",
      tags: { "fairlead:id": "resources/note" },
    });
    written("two");
    expect(await stage.planned()).toEqual({ "resources/note": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    rmSync(file());
    expect(await stage.planned()).toEqual({ "resources/note": "create" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(existsSync(file())).toBe(false);
  });
});
