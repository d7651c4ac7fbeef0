import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ListActionExecutionsCommand } from "@aws-sdk/client-codepipeline";
import { ModifyVpcAttributeCommand } from "@aws-sdk/client-ec2";
import { DescribeImagesCommand } from "@aws-sdk/client-ecr";
import { DescribeServicesCommand, DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import {
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetScheduleCommand } from "@aws-sdk/client-scheduler";
import { GetQueueUrlCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyExample } from "../support/example.ts";
import { makeNetwork, networkSettings, toldOf } from "../support/existing-network.ts";
import { setEvents } from "../support/release.ts";
import { Stage } from "../support/stage.ts";

const PREFIX = "shop-dev";
const BUCKET = `${PREFIX}-resources-files-123456789012-ap-northeast-1`;
const BUILT = ["web", "api", "orders", "report"] as const;
const repositoryOf = (service: string) => (service === "web" ? PREFIX : `${PREFIX}-${service}`);

describe("the example of a shop", { timeout: 180_000 }, () => {
  const stage = new Stage();
  beforeAll(() => copyExample("shop", stage.directory));
  afterAll(() => stage.remove());

  const schedule = () => stage.world().aws.scheduler(new GetScheduleCommand({ Name: `${PREFIX}-report` }));
  const object = { Bucket: BUCKET, Key: "catalog.json" };

  /** The image that each service, the job and the migration run. */
  async function images(): Promise<Record<string, string>> {
    const { ecs } = stage.world().aws;
    const names = { web: `${PREFIX}-service`, api: `${PREFIX}-api-service`, orders: `${PREFIX}-orders-service` };
    const { services = [] } = await ecs(
      new DescribeServicesCommand({ cluster: `${PREFIX}-cluster`, services: Object.values(names) }),
    );
    const live = Object.entries(names).map(
      ([name, service]) => [name, services.find(({ serviceName }) => serviceName === service)?.taskDefinition] as const,
    );
    const found: Record<string, string> = {};
    for (const [name, revision] of [
      ...live,
      ["report", `${PREFIX}-report`],
      ["before", `${PREFIX}-api-before_release`],
    ] as const) {
      const { taskDefinition } = await ecs(new DescribeTaskDefinitionCommand({ taskDefinition: revision }));
      found[name] = taskDefinition?.containerDefinitions?.[0]?.image ?? "";
    }
    return found;
  }

  /** How many images each repository has. */
  async function built(): Promise<Record<string, number>> {
    const { ecr } = stage.world().aws;
    const counts = BUILT.map(async (name) => {
      const { imageDetails } = await ecr(new DescribeImagesCommand({ repositoryName: repositoryOf(name) }));
      return [name, imageDetails?.length ?? 0] as const;
    });
    return Object.fromEntries(await Promise.all(counts));
  }

  it("is planned with the resources of each service, one network, one load balancer and one CDN", async () => {
    const { json } = await stage.run("plan");
    expect(json.problems).toEqual([]);
    expect(json.actions.every(({ action }) => action === "create")).toBe(true);
    const ids = json.actions.map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining([
        "compute/service",
        "balancer/cloudfront-rule",
        "balancer/target-group",
        "api/compute/service",
        "api/balancer/cloudfront-rule",
        "api/balancer/target-group",
        "api/compute/before-definition",
        "api/storage/volume-data",
        "orders/compute/service",
        "orders/queue/queue",
        "orders/queue/dead-letters",
        "report/compute/task-definition",
        "report/compute/schedule",
        "report/security/schedule-role",
        "resources/files",
        "resources/catalog",
      ]),
    );
    const count = (type: string) => json.actions.filter((action) => action.type === type).length;
    for (const type of [
      "ec2/vpc",
      "elb/load-balancer",
      "cloudfront/distribution",
      "ecs/cluster",
      "codepipeline/pipeline",
    ])
      expect(count(type)).toBe(1);
    expect(count("ecs/service")).toBe(3);
    expect(count("ecr/repository")).toBe(4);
    expect(count("shop/s3-object")).toBe(1);
  });

  it("is created, with the patch applied, the object of its own kind written and the job's schedule disabled", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
    const { aws } = stage.world();
    const { LoadBalancers } = await aws.elb(new DescribeLoadBalancersCommand({}));
    const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn;
    const { Attributes } = await aws.elb(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }));
    expect(Attributes).toContainEqual({ Key: "routing.http.drop_invalid_header_fields.enabled", Value: "true" });
    const { Body } = await aws.s3(new GetObjectCommand(object));
    expect(await Body?.transformToString()).toContain("Teapot");
    expect(await schedule()).toMatchObject({ State: "DISABLED" });
  });

  it("releases all services at once: the migration ends before any service is deployed, and then the schedule is enabled", async () => {
    const { exit, lines } = await stage.type("deploy", "--approve");
    expect(lines.join("\n")).toMatch(/api: the command before the release ended with exit code 0\./);
    expect(exit).toBe(0);
    const { actionExecutionDetails = [] } = await stage
      .world()
      .aws.codePipeline(new ListActionExecutionsCommand({ pipelineName: `${PREFIX}-pipeline` }));
    const released = actionExecutionDetails.filter(({ status }) => status === "Succeeded");
    const named = (names: RegExp) => released.filter(({ actionName = "" }) => names.test(actionName));
    const [migration] = named(/^Before/);
    const deploys = named(/^Deploy/);
    expect(deploys).toHaveLength(3);
    for (const { startTime } of deploys)
      expect(startTime?.getTime()).toBeGreaterThanOrEqual(migration?.lastUpdateTime?.getTime() ?? Infinity);
    const running = await images();
    for (const name of BUILT) expect(running[name]).toContain(`/${repositoryOf(name)}@sha256:`);
    expect(running["before"]).toBe(running["api"]);
    expect(await schedule()).toMatchObject({ State: "ENABLED" });
    expect(await stage.planned()).toEqual({});
    const doctor = await stage.type("doctor");
    expect(doctor.lines.join("\n")).toContain("All checks passed.");
  });

  it("builds the one service that was changed, and the others keep their images", async () => {
    const before = await images();
    const had = await built();
    appendFileSync(join(stage.directory, "service/web/server.js"), "\n// A second version.\n");
    expect((await stage.type("deploy", "--approve")).exit).toBe(0);
    const { web, ...others } = await images();
    const { web: old, ...kept } = before;
    expect(web).not.toBe(old);
    expect(others).toEqual(kept);
    expect(await built()).toEqual({ ...had, web: 2 });
    expect(await stage.planned()).toEqual({});
  });

  it("has what others changed shown and reverted, also in the resource of its own kind", async () => {
    await stage.meddle(async ({ sqs, s3 }, clock) => {
      const { QueueUrl } = await sqs(new GetQueueUrlCommand({ QueueName: `${PREFIX}-orders-queue` }));
      await sqs(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: "5" } }));
      const { Metadata } = await s3(new GetObjectCommand(object));
      await s3(new PutObjectCommand({ ...object, Body: "[]", Metadata }));
      await clock.sleep(120_000);
    });
    const { json } = await stage.run("plan");
    const drifted = json.actions
      .filter(({ action }) => action !== "noop")
      .map(({ id, action, drift, differences = [] }) => [id, action, drift, differences.map(({ path }) => path)]);
    expect(drifted.toSorted(([one], [other]) => String(one).localeCompare(String(other)))).toEqual([
      ["orders/queue/queue", "update", true, ["visibilityTimeout"]],
      ["resources/catalog", "update", true, ["body"]],
    ]);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    await stage.meddle(({ s3 }) => s3(new DeleteObjectCommand(object)));
    expect(await stage.planned()).toEqual({ "resources/catalog": "create" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it("runs a command in a service and the job now, and exits as they do", async () => {
    const task = await stage.type("task", "api", "--", "sh", "-c", "exit 3");
    expect(task.exit).toBe(3);
    expect((await stage.type("task", "api", "--", "node", "migrate.js")).exit).toBe(0);
    expect((await stage.type("job", "run", "report")).exit).toBe(0);
  });

  it("deploys no service if the migration fails, as its README says, and everything once it succeeds", async () => {
    const before = await images();
    const dockerfile = join(stage.directory, "service/api/Dockerfile");
    const good = readFileSync(dockerfile, "utf8");
    const readme = readFileSync(join(stage.directory, "README.md"), "utf8");
    const [, line = ""] = /`(# simulate: [^`]+)`/.exec(readme) ?? [];
    writeFileSync(dockerfile, `${good}${line}\n`);
    appendFileSync(join(stage.directory, "service/orders/worker.js"), "\n// A second version.\n");
    const failed = await stage.type("deploy", "--approve");
    expect(failed.exit).toBe(1);
    expect(failed.lines.join("\n")).toContain(
      "The command before the release of api (node migrate.js) ended with exit code 1. Nothing was deployed",
    );
    const { before: _tried, ...running } = await images();
    const { before: _old, ...expected } = before;
    expect(running).toEqual(expected);
    expect(await stage.planned()).toEqual({});
    writeFileSync(dockerfile, good);
    expect((await stage.type("deploy", "--approve")).exit).toBe(0);
    const { orders, ...others } = await images();
    expect(orders).not.toBe(before["orders"]);
    expect(others).toEqual({ web: before["web"], api: before["api"], report: before["report"], before: before["api"] });
    expect(await stage.planned()).toEqual({});
  });

  it("leaves nothing behind, and could be created again", async () => {
    const first = (await stage.run("plan")).json.actions.map(({ id }) => id);
    const { exit, lines } = await stage.say("teardown");
    expect(lines.at(-1)).toMatch(/^Receipt: no resources of shop-dev are left/);
    expect(exit).toBe(0);
    expect(stage.things()).toEqual({});
    const planned = await stage.planned();
    expect(new Set(Object.values(planned))).toEqual(new Set(["create"]));
    expect(Object.keys(planned).toSorted()).toEqual(first.toSorted());
  });
});

describe("the example of a shop in an existing VPC", { timeout: 180_000 }, () => {
  const stage = new Stage();
  afterAll(() => stage.remove());

  it("is released and torn down, and the VPC is as it was", async () => {
    copyExample("shop", stage.directory);
    // The volumes need DNS hostnames, which a new VPC does not have.
    const made = await stage.meddle(async (aws, clock) => {
      const network = await makeNetwork(aws, clock);
      await aws.ec2(new ModifyVpcAttributeCommand({ VpcId: network.vpc, EnableDnsHostnames: { Value: true } }));
      return network;
    });
    const told = () =>
      stage.meddle(async (aws, clock) => {
        await clock.sleep(300_000);
        return toldOf(aws, made);
      });
    const before = await told();
    const path = join(stage.directory, "stack.config.ts");
    const config = readFileSync(path, "utf8");
    const network = JSON.stringify(networkSettings(made));
    writeFileSync(path, config.replace('name: "shop",', `name: "shop", network: ${network},`));
    const { json } = await stage.run("plan");
    expect(json.problems).toEqual([]);
    expect(json.actions.filter(({ id }) => id.startsWith("network/"))).toEqual([]);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await stage.type("deploy", "--approve")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect((await stage.say("teardown")).exit).toBe(0);
    expect(await told()).toEqual(before);
  });
});
