import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DescribeSecurityGroupsCommand, DescribeVpcEndpointsCommand } from "@aws-sdk/client-ec2";
import { DescribeServicesCommand, DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { GetQueueUrlCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { setEvents } from "../support/release.ts";
import { Stage } from "../support/stage.ts";

const BASE = "FROM public.ecr.aws/docker/library/node:22\nCOPY . .\n";
const PREFIX = "fairlead-app-dev";
const CLUSTER = `${PREFIX}-cluster`;

const services = {
  web: {},
  search: { internal: true, container: { port: 9200 } },
  "daily-mail": { type: "worker", queue: { maxReceives: 3 } },
} as const satisfies StackConfig["services"];

/** What is built from these folders is there, and ECS tells at once what happens. */
async function prepare(stage: Stage, folders: readonly string[]): Promise<void> {
  await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
  for (const folder of folders) change(stage, folder, "1");
}

function change(stage: Stage, folder: string, text: string): void {
  for (const [name, content] of Object.entries({ Dockerfile: BASE, "main.js": text })) {
    const path = join(stage.directory, folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

/** The service on ECS, and the variables of its main container. */
async function running(stage: Stage, service: string) {
  const { aws } = stage.world();
  const { services: [found] = [] } = await aws.ecs(
    new DescribeServicesCommand({ cluster: CLUSTER, services: [`${PREFIX}-${service}`] }),
  );
  const { taskDefinition } = await aws.ecs(
    new DescribeTaskDefinitionCommand({ taskDefinition: found?.taskDefinition ?? "" }),
  );
  const [main] = taskDefinition?.containerDefinitions ?? [];
  const environment = Object.fromEntries(main?.environment?.map(({ name, value }) => [name, value]) ?? []);
  return { found, main, environment };
}

describe("a web service, an internal service and a worker", () => {
  const stage = new Stage({ services });
  afterAll(() => stage.remove());

  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    await prepare(stage, ["service/web", "service/search", "service/daily-mail"]);
    const { exit, lines } = await stage.type("deploy", "--approve");
    expect(exit).toBe(0);
    expect(lines).toContainEqual(expect.stringMatching(/^Live in .*: 3 services\.$/));
  }, 180_000);

  it("need no changes once they are released", async () => {
    expect(await stage.planned()).toEqual({});
  });

  it("run: the worker without a load balancer and a port", async () => {
    const worker = await running(stage, "daily-mail-service");
    expect(worker.found).toMatchObject({ runningCount: 2, loadBalancers: [] });
    expect(worker.main?.portMappings).toEqual([]);
    const { found } = await running(stage, "search-service");
    expect(found).toMatchObject({ runningCount: 2, loadBalancers: [] });
  });

  it("get variables for each other's queues and addresses, and the worker for its own queue", async () => {
    const { aws } = stage.world();
    const { QueueUrl } = await aws.sqs(new GetQueueUrlCommand({ QueueName: `${PREFIX}-daily-mail-queue` }));
    const [web, search, worker] = await Promise.all(
      ["service", "search-service", "daily-mail-service"].map(async (name) => (await running(stage, name)).environment),
    );
    const told = { DAILY_MAIL_QUEUE_URL: QueueUrl };
    expect(web).toMatchObject({ ...told, SEARCH_URL: "http://search:9200" });
    expect(search).toMatchObject(told);
    expect(search).not.toHaveProperty("SEARCH_URL");
    expect(worker).toMatchObject({ QUEUE_URL: QueueUrl, SEARCH_URL: "http://search:9200" });
    expect(worker).not.toHaveProperty("DAILY_MAIL_QUEUE_URL");
  });

  it("can reach the internal service, which nobody else can, and nobody can reach the worker", async () => {
    const { aws } = stage.world();
    const { SecurityGroups = [] } = await aws.ec2(new DescribeSecurityGroupsCommand({}));
    const group = (name: string) => SecurityGroups.find(({ GroupName }) => GroupName === `${PREFIX}-${name}`);
    const [web, search, worker] = ["tasks", "search-tasks", "daily-mail-tasks"].map(group);
    const peers = (found: typeof web, way: "IpPermissions" | "IpPermissionsEgress", port: number) =>
      found?.[way]?.flatMap(({ FromPort, UserIdGroupPairs = [] }) =>
        FromPort === port ? UserIdGroupPairs.map(({ GroupId }) => GroupId) : [],
      );
    expect(new Set(peers(search, "IpPermissions", 9200))).toEqual(new Set([web?.GroupId, worker?.GroupId]));
    expect(new Set(search?.IpPermissions?.map(({ FromPort }) => FromPort))).toEqual(new Set([9200]));
    expect(peers(web, "IpPermissionsEgress", 9200)).toEqual([search?.GroupId]);
    expect(peers(worker, "IpPermissionsEgress", 9200)).toEqual([search?.GroupId]);
    expect(worker?.IpPermissions).toEqual([]);
  });

  it("pass doctor, which checks no request path for those that have none", async () => {
    const doctor = await stage.type("doctor");
    expect(doctor.exit).toBe(0);
    const worker = await stage.type("doctor", "--service", "daily-mail", "--json");
    const { hops } = JSON.parse(worker.answer) as { hops: { name: string; what: string }[] };
    expect(hops.map(({ name }) => name)).toEqual([
      "tasks' security group",
      "public subnets' routes",
      "private subnets' routes",
      "service",
      "task definition and image",
    ]);
    expect(hops[0]?.what).toMatch(
      /^Security group sg-\w+ of the tasks allows outbound traffic on port 443 and no inbound traffic\.$/,
    );
    const internal = await stage.type("doctor", "--service", "search");
    expect(internal.lines.join("\n")).toMatch(/inbound traffic from service web and service daily-mail on port 9200/);
  });

  it("are released one by one: what was not changed keeps its image", async () => {
    const before = await Promise.all(["service", "search-service"].map((name) => running(stage, name)));
    const worker = await running(stage, "daily-mail-service");
    change(stage, "service/daily-mail", "2");
    expect((await stage.type("deploy", "--approve")).exit).toBe(0);
    expect((await running(stage, "daily-mail-service")).main?.image).not.toBe(worker.main?.image);
    const after = await Promise.all(["service", "search-service"].map((name) => running(stage, name)));
    expect(after.map(({ main }) => main?.image)).toEqual(before.map(({ main }) => main?.image));
  });

  it("get their queue back as the file says it where somebody changed it", async () => {
    await stage.meddle(async (aws, clock) => {
      const { QueueUrl } = await aws.sqs(new GetQueueUrlCommand({ QueueName: `${PREFIX}-daily-mail-queue` }));
      await aws.sqs(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: "5" } }));
      await clock.sleep(120_000);
    });
    expect(await stage.planned()).toEqual({ "daily-mail/queue/queue": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it("do not change with their order in the file", async () => {
    const { web, search, "daily-mail": worker } = services;
    stage.edit({ services: { "daily-mail": worker, search, web } });
    expect(await stage.planned()).toEqual({});
  });

  it("leave nothing behind", async () => {
    const { exit, lines } = await stage.say("teardown");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain(`no resources of ${PREFIX} are left`);
  });
});

describe("a stack of workers only, without NAT gateways", () => {
  const stage = new Stage({ services: { mail: { type: "worker", queue: true } }, network: { nat: "none" } });
  afterAll(() => stage.remove());

  it("has no load balancer and no CDN, and an SQS endpoint", async () => {
    const { exit, json } = await stage.run("reconcile");
    expect(exit).toBe(0);
    const ids = json.actions.map(({ id }) => id);
    expect(ids.filter((id) => /^(balancer|edge)\/|-group$/.test(id) && !id.includes("/security/"))).toEqual([
      "compute/endpoints-group",
    ]);
    const { aws } = stage.world();
    const { VpcEndpoints = [] } = await aws.ec2(new DescribeVpcEndpointsCommand({}));
    expect(VpcEndpoints.map(({ ServiceName }) => ServiceName)).toContain("com.amazonaws.ap-northeast-1.sqs");
    expect(await stage.planned()).toEqual({});
  });

  it("is released and reported like any other", async () => {
    await prepare(stage, ["service/mail"]);
    const released = await stage.type("deploy", "--approve");
    expect(released.exit).toBe(0);
    expect(released.lines.at(-1)).toMatch(/^Live in .*: fairlead-app-dev-mail:2\.$/);
    expect((await stage.type("status")).lines.at(-1)).toMatch(/^Service: 2 of 2 tasks run/);
    expect((await stage.type("doctor")).lines).toContain("All checks passed.");
    const { answer } = await stage.outputs();
    expect(answer).toContain("mail_queue_url = ");
    expect(answer).toContain("mail_dead_letters_url = ");
    expect(answer).not.toContain("url = undefined");
    expect((await stage.type("logs", "--since", "1h")).lines.join("\n")).not.toContain("undefined");
    expect(await stage.planned()).toEqual({});
    expect((await stage.say("teardown")).exit).toBe(0);
  });
});

describe("twenty services", () => {
  const many = (count: number): NonNullable<StackConfig["services"]> =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `s${index}`,
        [{ path: `/s${index}/*` }, { internal: true }, { type: "worker" as const, queue: true as const }][index % 3] ??
          {},
      ]),
    );

  it("fit in one stack, and lists are read once for all of them", async () => {
    const stage = new Stage({ services: many(20) });
    expect((await stage.run("reconcile")).exit).toBe(0);
    const { json } = await stage.run("plan");
    expect(json.summary).toMatchObject({ created: 0, updated: 0, deleted: 0 });
    const twenty = json.calls;
    expect((await stage.say("teardown")).exit).toBe(0);
    stage.edit({ services: many(3) });
    expect((await stage.run("reconcile")).exit).toBe(0);
    const three = (await stage.run("plan")).json.calls;
    // What AWS tells of one at a time alone: roles and their policies, revisions, repositories, tags of logs, queues, scaling.
    expect((twenty - three) / 17).toBeLessThanOrEqual(21);
    stage.remove();
  });
});

describe("services with similar names", () => {
  it.each<[string, NonNullable<StackConfig["services"]>]>([
    [
      "a worker's queue and a worker called after its dead letters",
      { mail: { type: "worker", queue: true }, "mail-dead-letter": { type: "worker", queue: true } },
    ],
    ["a hyphen apart", { a1: { type: "worker", queue: true }, "a-1": { type: "worker", queue: true }, web: {} }],
    [
      "as parts of the stack are called",
      { network: {}, delivery: { type: "worker" }, security: { internal: true }, resources: { internal: true } },
    ],
  ])("stand beside each other: %s", async (_what, own) => {
    const stage = new Stage({ services: own });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect((await stage.say("teardown")).exit).toBe(0);
    stage.remove();
  });

  it("are refused if one variable would be for both a queue and an address", async () => {
    const stage = new Stage({
      services: { web: {}, mail: { type: "worker", queue: true }, "mail-queue": { internal: true } },
    });
    const { exit, lines } = await stage.type("plan");
    expect(exit).toBe(2);
    expect(lines.join("\n")).toContain(
      `"mail-queue" would be passed to the other services as MAIL_QUEUE_URL, which is also the variable for the queue of mail; allowed: another name for one of them`,
    );
    stage.remove();
  });

  it("are refused with a user's policy statement that has a Sid of Fairlead", async () => {
    const taskPolicy = [{ Sid: "Work", Effect: "Allow", Action: ["s3:ListBucket"], Resource: "*" }] as const;
    const stage = new Stage({ services: { mail: { type: "worker", queue: true, taskPolicy } } });
    const { exit, lines } = await stage.type("plan");
    expect(exit).toBe(2);
    expect(lines.join("\n")).toContain("would have two statements with Sid Work; allowed: another Sid");
    stage.remove();
  });
});

describe("a service whose image source changes", () => {
  const build = { context: "service" };
  const stage = new Stage({ services: { web: { build }, mail: { type: "worker", build } } });
  afterAll(() => stage.remove());
  const repositories = async () => {
    const { json } = await stage.run("plan");
    return json.actions.map(({ id }) => id).filter((id) => id.endsWith("registry/repository"));
  };

  it("keeps the repository of its running image until a release deploys the other image", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    await prepare(stage, ["service"]);
    expect((await stage.type("deploy", "--approve")).exit).toBe(0);
    stage.edit({ services: { web: { build }, mail: { type: "worker", imageOf: "web" } } });
    expect(await stage.planned()).not.toHaveProperty(["mail/registry/repository"]);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect(await repositories()).toContain("mail/registry/repository");
    expect((await stage.type("doctor")).exit).toBe(0);
    change(stage, "service", "2");
    expect((await stage.type("deploy", "--approve")).exit).toBe(0);
    expect(await stage.planned()).toMatchObject({ "mail/registry/repository": "delete" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect(await repositories()).toEqual(["registry/repository"]);
    expect((await stage.type("doctor")).exit).toBe(0);
  });

  it("also keeps the repository of a service that was removed from the config", async () => {
    stage.edit({ services: { site: { build }, mail: { type: "worker", imageOf: "site" } } });
    const planned = await stage.planned();
    expect(planned).toMatchObject({ "compute/service": "delete", "site/balancer/cloudfront-rule": "create" });
    expect(planned).not.toHaveProperty(["registry/repository"]);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect((await running(stage, "mail-service")).found).toMatchObject({ runningCount: 2 });
    expect((await stage.type("doctor", "--service", "mail")).exit).toBe(0);
    expect((await stage.type("deploy", "--approve")).exit).toBe(0);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await repositories()).toEqual(["site/registry/repository"]);
    expect((await stage.say("teardown")).exit).toBe(0);
  });
});
