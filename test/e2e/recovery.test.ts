// First: it takes the place of what the others load.
import { calm, scene } from "../support/scene.ts";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DeleteRepositoryCommand } from "@aws-sdk/client-ecr";
import { DeleteServiceCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { DeleteLoadBalancerCommand, DescribeLoadBalancersCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { DeleteSecretCommand } from "@aws-sdk/client-secrets-manager";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import type { SimSecret } from "../../src/simulator/secretsmanager/records.ts";
import { awsError } from "../support/failing.ts";
import { answeredBy } from "../support/failover.ts";
import { setEvents } from "../support/release.ts";
import { CONFIG_OF_RUNBOOK, RUNBOOK, typed } from "../support/runbook.ts";
import { writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const [FIRST, SECOND] = ["ap-northeast-1", "us-west-2"] as const;
const NAMES = { cluster: "shop-dev-cluster", service: "shop-dev-service" };
const stage = new Stage();
/** Writes the config of the document, or an edited one. */
const configure = (edited = (text: string) => text) =>
  writeFileSync(join(stage.directory, "stack.config.ts"), edited(CONFIG_OF_RUNBOOK));
const left = new Map(Array.from(RUNBOOK, ([heading, blocks]) => [heading, blocks.length]));

/** Runs the `number`th block of commands below a heading: each does what it says. What they said, line by line. */
async function follow(heading: string, number: number, given?: Readonly<Record<string, string>>): Promise<string> {
  left.set(heading, (left.get(heading) ?? 0) - 1);
  const said: string[] = [];
  for (const line of RUNBOOK.get(heading)?.[number - 1] ?? ["no such block"]) {
    const { exit, lines } = await typed(stage, line, given);
    // The simulated AWS keeps its state beside it, whatever the config says: test/acceptance/shared-state.test.ts has the bucket.
    const wanted = line.includes(" state init ") ? 2 : 0;
    expect([line, exit, exit === wanted ? "" : lines.join("\n")]).toEqual([line, wanted, ""]);
    said.push(...lines);
  }
  return said.join("\n");
}

const types = async (...argv: string[]) => {
  const { exit, lines } = await stage.type(...argv);
  expect([argv, exit, exit === 0 ? "" : lines.join("\n")]).toEqual([argv, 0, ""]);
  return lines.join("\n");
};
/** Whether nothing is left to do in any region. */
const idle = async () => (await stage.type("plan", "--check")).exit === 0;
/** What exists, but for the log groups that Container Insights creates by itself after a while. */
const standing = () => {
  const { "logs.groups@ap-northeast-1": _first, "logs.groups@us-west-2": _second, ...things } = stage.things();
  return things;
};
const stateOf = (region: string) =>
  join(stage.directory, ".fairlead", region === FIRST ? "shop-dev.json" : `shop-dev.local.${region}.json`);
const asked = (method: "GET" | "POST" = "POST", path = "/api/a") => answeredBy(stage.world().world, { method, path });
const valueOf = (name: string, region: string = FIRST) => {
  const secret = stage.world().world.data.tables[`secretsmanager.secrets@${region}`]?.[`shop-dev/${name}`];
  return (secret as SimSecret | undefined)?.versions.find(({ stages }) => stages.includes("AWSCURRENT"))?.value;
};
/** Works in a region as somebody else, and lets AWS carry it out. */
async function meddle(work: (aws: Aws) => Promise<unknown>, region: string = FIRST, seconds = 240) {
  const { world, aws, clock } = stage.world(region);
  await work(aws);
  await clock.sleep(seconds * 1_000);
  world.data.now = Math.max(world.data.now, clock.now());
  world.save();
}
/** No task runs in a region, and no call is answered there, until `calm`. */
async function down(region: string): Promise<void> {
  await meddle((aws) => aws.ecs(new UpdateServiceCommand({ ...NAMES, desiredCount: 0 })), region);
  scene.intercept = (_table, _moment, { service, region: place }) => {
    if (place === region && !["CloudFront", "IAM", "STS"].includes(service))
      throw awsError("ServiceUnavailableException", `${service} in ${region} is unavailable.`, 503);
  };
}

describe("docs/recovery.md", { timeout: 240_000 }, () => {
  let asBefore: () => void;
  beforeAll(async () => {
    configure();
    writeService(stage);
    stage.piped = "key-1";
    await types("secret", "set", "API_KEY");
    await types("secret", "set", "API_KEY", "--region", SECOND);
    stage.piped = undefined;
    await types("reconcile");
    await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
    await types("deploy", "--approve");
    await types("reconcile");
    asBefore = stage.keep();
  });
  beforeEach(() => {
    calm();
    configure();
    asBefore();
  });
  afterEach(calm);
  afterAll(() => {
    stage.remove();
    // Every command of the document was run.
    expect(Object.fromEntries([...left].filter(([, count]) => count !== 0))).toEqual({});
  });

  it("gets users through the loss of the first region, and back", async () => {
    const heading = "A region is gone";
    await down(FIRST);
    expect([asked("GET", "/"), asked()]).toEqual([SECOND, "503"]);
    await follow(heading, 1);
    expect(asked()).toBe(SECOND);
    writeService(stage, "", { "version.txt": "2" });
    await follow(heading, 2);
    calm();
    await follow(heading, 3);
    expect([asked("GET", "/"), asked()]).toEqual([FIRST, FIRST]);
    expect(await idle()).toBe(true);
  });

  it("keeps editing and releasing in the first region while the second one is gone", async () => {
    await down(SECOND);
    expect(asked()).toBe(FIRST);
    configure((text) => text.replace("edge: {", 'edge: { priceClass: "PriceClass_All",'));
    writeService(stage, "", { "version.txt": "2" });
    const said = await follow("A region is gone", 4);
    expect(said).toContain(
      `The load balancer of shop dev in ${SECOND} could not be read: ServiceUnavailableException: ElasticLoadBalancingV2 in ${SECOND} is unavailable. The distribution keeps what it has of ${SECOND}`,
    );
    calm();
    await types("reconcile");
    await types("deploy", "--region", SECOND, "--approve");
    expect(await idle()).toBe(true);
  });

  it("brings a stack whose only region is gone back in another one, and deletes what the first one has left", async () => {
    const heading = "The only region is gone";
    configure((text) => text.replace(/regions: .*/, `region: "${FIRST}",`));
    await types("reconcile");
    await types("teardown", "--region", SECOND);
    await meddle(async ({ secretsManager }) => {
      for (const name of ["API_KEY", "SESSION_KEY"])
        await secretsManager(
          new DeleteSecretCommand({ SecretId: `shop-dev/${name}`, ForceDeleteWithoutRecovery: true }),
        );
    }, SECOND);
    await down(FIRST);
    configure((text) => text.replace(/regions: .*/, `region: "${SECOND}",`));
    writeFileSync(join(stage.directory, "api-key.txt"), "key-1\n");
    await follow(heading, 1);
    expect(await idle()).toBe(true);
    expect([valueOf("API_KEY", SECOND), (await stage.type("doctor")).exit]).toEqual(["key-1", 0]);
    calm();
    await follow(heading, 2);
    await types("teardown");
    const names = Object.keys(stage.things()).filter((table) => !table.startsWith("secretsmanager."));
    expect(names).toEqual([]);
  });

  it("finds everything without a state", async () => {
    const before = standing();
    for (const region of [FIRST, SECOND]) rmSync(stateOf(region));
    const said = await follow("The state is lost", 1);
    expect(said).not.toMatch(/^ {2}(\+|-|-\/\+) /m);
    expect(said).toMatch(/^Plan: 43 to adopt; 0 unchanged\.$/m);
    expect(standing()).toEqual(before);
    expect(await idle()).toBe(true);
    await follow("The state is lost", 2);
  });

  it("continues from an old state as from a new one", async () => {
    const backups = async () =>
      JSON.parse((await stage.type("state", "backups", "--json")).answer) as { serial: number }[];
    configure((text) => text.replace("edge: {", "network: { flowLogs: {}, endpoints: ['s3'] },\n  edge: {"));
    await types("reconcile");
    const before = standing();
    // Lists of AWS tell of what was created a moment ago only after a while, as the document says.
    await meddle(async () => {});
    const [{ serial } = { serial: 0 }] = await backups();
    await follow("The state is damaged, or older than AWS", 1, { "12": String(serial) });
    expect(standing()).toEqual(before);
    expect(await idle()).toBe(true);
  });

  it("creates what somebody deleted, and builds images again", async () => {
    const heading = "A resource was deleted outside Fairlead";
    const key = valueOf("SESSION_KEY");
    await meddle(async ({ ecs, secretsManager, elb }) => {
      await ecs(new DeleteServiceCommand({ ...NAMES, force: true }));
      await secretsManager(new DeleteSecretCommand({ SecretId: "shop-dev/SESSION_KEY" }));
      const { LoadBalancers: [balancer] = [] } = await elb(new DescribeLoadBalancersCommand({}));
      await elb(new DeleteLoadBalancerCommand({ LoadBalancerArn: balancer?.LoadBalancerArn }));
    });
    await follow(heading, 1);
    expect([asked(), valueOf("SESSION_KEY")]).toEqual([FIRST, key]);
    expect(await idle()).toBe(true);
    await meddle(({ ecr }) => ecr(new DeleteRepositoryCommand({ repositoryName: "shop-dev", force: true })));
    await types("reconcile");
    await follow(heading, 2);
    expect([asked(), await idle()]).toEqual([FIRST, true]);
  });

  it("stops a bad release, and rolls one back that is live", async () => {
    const heading = "A bad release";
    writeService(stage, "", { "version.txt": "2" });
    const { answer } = await stage.type("deploy", "--region", FIRST, "--detach", "--json");
    const { executionId } = (JSON.parse(answer) as { release: { executionId: string } }).release;
    expect(await follow(heading, 1, { ID: executionId.slice(0, 8) })).toContain(`Release ${executionId} is stopped`);
    await types("deploy", "--approve");
    await follow(heading, 2);
    expect(asked()).toBe(FIRST);
    expect(await idle()).toBe(true);
  });

  it("brings the value of a secret back that was overwritten or deleted", async () => {
    const heading = "A secret was overwritten or deleted";
    stage.piped = "key-2";
    await types("secret", "set", "API_KEY");
    stage.piped = undefined;
    expect(valueOf("API_KEY")).toBe("key-2");
    expect(await follow(heading, 1)).not.toContain("key-1");
    expect(valueOf("API_KEY")).toBe("key-1");
    expect(await idle()).toBe(true);
    await meddle((aws) => aws.secretsManager(new DeleteSecretCommand({ SecretId: "shop-dev/API_KEY" })));
    expect((await stage.type("plan")).exit).toBe(1);
    await follow(heading, 2);
    expect([valueOf("API_KEY"), await idle()]).toEqual(["key-1", true]);
  });

  it("creates a stack again that was torn down by mistake, with its secrets", async () => {
    const keys = [FIRST, SECOND].map((region) => valueOf("SESSION_KEY", region));
    await types("teardown");
    await follow("The stack was torn down by mistake", 1);
    expect([FIRST, SECOND].map((region) => valueOf("SESSION_KEY", region))).toEqual(keys);
    expect([asked(), await idle()]).toEqual([FIRST, true]);
  });
});
