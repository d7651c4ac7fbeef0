import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { GetQueueUrlCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { stackOnMoto } from "./stack-on-moto.ts";
import { NOTHING } from "./whole.ts";
import { mutating, REGION } from "./world.ts";

const WEB = "web: {}";
const API = (port = 8080) => `api: { path: "/api/*", container: { port: ${port} } }`;
const SEARCH = "search: { internal: true, container: { port: 9200 } }";
const MAIL = `mail: { type: "worker", queue: { maxReceives: 3 } }`;

/** A stack with services, a queue and a security group of the user's own, and a patch. */
const file = (...services: string[]) => `import { defineStack, kinds } from "fairlead";

export default defineStack({
  services: { ${services.join(", ")} },
  patch: { "balancer/load-balancer": { attributes: { "routing.http2.enabled": "false" } } },
  resources: (scope, { network }) => {
    const orders = scope.add("orders", kinds.Queue, {
      name: scope.name("orders"),
      visibilityTimeout: 30,
      retentionSeconds: 86_400,
      receiveWaitSeconds: 20,
      redrivePolicy: undefined,
      managedEncryption: true,
      policy: undefined,
    });
    scope.add("database-group", kinds.SecurityGroup, {
      name: scope.name("database"),
      description: "Database",
      vpcId: network.vpcId,
    });
    return {
      environment: { ORDERS_URL: orders.url },
      permissions: [{ Sid: "Orders", Effect: "Allow", Action: ["sqs:SendMessage"], Resource: orders.arn }],
    };
  },
});
`;

describe("several services on an AWS that answers at once", () => {
  const at = stackOnMoto(() => write(WEB, API(), SEARCH, MAIL));
  const { stack, run, changes } = at;
  const write = (...services: string[]) => writeFileSync(join(stack.directory, "stack.config.ts"), file(...services));

  it("are created with one command, next to the user's own resources", async () => {
    const { code, stderr } = await run("reconcile", "--yes");
    expect(stderr).not.toContain("failed:");
    expect(code).toBe(0);
    expect(await at.moto.count()).toMatchObject({
      services: 4,
      targetGroups: 2,
      rules: 2,
      repositories: 4,
      taskDefinitions: 4,
      scalableTargets: 4,
      roles: 11,
      securityGroups: 6,
      queues: 3,
      namespaces: 1,
      loadBalancers: 1,
      distributions: 1,
      pipelines: 1,
    });
  });

  it("need nothing the second time, and no call changes anything", async () => {
    await at.moto.forget();
    expect(await changes()).toEqual({});
    expect((await run("reconcile", "--yes")).code).toBe(0);
    expect(mutating(await at.moto.calls())).toEqual([]);
  });

  it("are changed one by one", async () => {
    write(WEB, API(8081), SEARCH, MAIL);
    const planned = await changes();
    expect(planned).toMatchObject({ "api/compute/task-definition": "update", "api/security/tasks-rules": "update" });
    expect(Object.keys(planned).filter((id) => !id.startsWith("api/"))).toEqual(["security/balancer-rules"]);
    expect((await run("reconcile", "--yes")).code).toBe(0);
    expect(await changes()).toEqual({});
  });

  it("have changes outside Fairlead reverted", async () => {
    const credentials = { accessKeyId: "t", secretAccessKey: "t" };
    const sqs = new SQSClient({ endpoint: at.moto.endpoint, region: REGION, credentials });
    for (const QueueName of ["fairlead-app-dev-mail-queue", "fairlead-app-dev-resources-orders"]) {
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: "5" } }));
    }
    expect(await changes()).toEqual({ "mail/queue/queue": "update", "resources/orders": "update" });
    expect((await run("reconcile", "--yes")).code).toBe(0);
    expect(await changes()).toEqual({});
  });

  it("are removed one by one, with everything that only they used", async () => {
    write(WEB, SEARCH, MAIL);
    expect((await run("reconcile", "--yes")).code).toBe(0);
    expect(await changes()).toEqual({});
    expect(await at.moto.count()).toMatchObject({ services: 3, targetGroups: 1, rules: 1, repositories: 3, queues: 3 });
  });

  it("leave nothing behind", async () => {
    const { code, json } = await run("teardown", "--yes");
    expect(code).toBe(0);
    expect(json.summary).toMatchObject({ failed: 0 });
    expect(await at.moto.count()).toEqual(NOTHING);
  });
});
