import { rmSync } from "node:fs";
import { join } from "node:path";
import { GetDistributionConfigCommand, UpdateDistributionCommand } from "@aws-sdk/client-cloudfront";
import { UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import type { SimDistribution } from "../../src/simulator/cloudfront/records.ts";
import { answeredBy } from "../support/failover.ts";
import { permit, printed } from "../support/policy-life.ts";
import { setEvents } from "../support/release.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage, type Answer } from "../support/stage.ts";

const [FIRST, SECOND] = ["ap-northeast-1", "us-west-2"] as const;
const BOTH: StackConfig = { regions: [FIRST, SECOND], edge: { methods: "read" } };

/** The answer of a command for both regions. */
interface InBoth {
  readonly regions: readonly (Answer & { readonly region: string; readonly notes?: readonly string[] })[];
}

const stage = new Stage(BOTH);
const both = async (verb: "plan" | "reconcile" | "teardown" | "status") => {
  const said = await stage.run(verb);
  return { ...said, ...(said.json as unknown as InBoth) };
};
const idle = async () => (await both("plan")).regions.map(({ region, summary }) => [region, summary["unchanged"]]);
const asked = (method: "GET" | "POST", path: string) => answeredBy(stage.world().world, { method, path });
const config = () => {
  const all = stage.world().world.table<SimDistribution>("cloudfront.distributions");
  return Object.values(all)[0]?.config;
};

/** Sets the count of the service in the first region by hand, and waits until it is so. */
const scaledByHand = (desiredCount: number) =>
  stage.meddle(async (aws, clock) => {
    const names = { cluster: "fairlead-app-dev-cluster", service: "fairlead-app-dev-service" };
    await aws.ecs(new UpdateServiceCommand({ ...names, desiredCount }));
    await clock.sleep(240_000);
  });

describe("a stack in two regions", () => {
  beforeAll(async () => {
    const { exit, regions } = await both("reconcile");
    expect(exit).toBe(0);
    expect(regions.map(({ region, summary }) => [region, summary["created"]])).toEqual([
      [SECOND, 40],
      [FIRST, 42],
    ]);
    await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
    writeService(stage);
    expect((await deployed(stage)).exit).toBe(0);
    expect((await both("reconcile")).exit).toBe(0);
  });
  afterAll(() => stage.remove());

  it("has one distribution with both load balancers, a release in each region, and nothing left to do", async () => {
    expect(await idle()).toEqual([
      [SECOND, 40],
      [FIRST, 42],
    ]);
    expect(
      config()?.Origins?.Items?.map(({ Id, DomainName, ConnectionTimeout }) => [Id, DomainName, ConnectionTimeout]),
    ).toEqual([
      ["fairlead-balancer", expect.stringContaining(`.${FIRST}.elb.`), 3],
      ["fairlead-failover", expect.stringContaining(`.${SECOND}.elb.`), 3],
    ]);
    const { lines } = await stage.say("status");
    expect(lines.filter((line) => /region|^Service/.test(line))).toEqual([
      expect.stringContaining(`region ${FIRST}:`),
      expect.stringMatching(/^Service: .*\.ap-northeast-1\./),
      expect.stringContaining(`region ${SECOND}:`),
      expect.stringMatching(/^Service: .*\.us-west-2\./),
    ]);
    for (const region of [FIRST, SECOND]) {
      const { exit, lines: told } = await stage.type("doctor", "--region", region);
      expect([exit, told.join("\n")]).toEqual([0, expect.stringContaining(`.${region}.elb.`)]);
    }
  });

  it("answers GET from the second region by itself where the first one fails, and POST after failover alone", async () => {
    expect([asked("GET", "/"), asked("GET", "/static/a.css"), asked("POST", "/api/a"), asked("POST", "/")]).toEqual([
      FIRST,
      FIRST,
      FIRST,
      "403",
    ]);
    await scaledByHand(0);
    expect([asked("GET", "/"), asked("GET", "/static/a.css"), asked("GET", "/api/a"), asked("POST", "/api/a")]).toEqual(
      [SECOND, SECOND, "503", "503"],
    );
    // Whoever has the policy of the second region can do it.
    permit(stage, await printed(stage, "--region", SECOND));
    const { exit, lines } = await stage.type("failover");
    rmSync(join(stage.directory, ".fairlead", "local", "caller.json"));
    expect([exit, lines.at(-1)]).toEqual([
      0,
      `A reconcile leaves it so. To go back once ${FIRST} serves again: npx fairlead failover ${FIRST}`,
    ]);
    expect([asked("GET", "/"), asked("GET", "/api/a"), asked("POST", "/api/a")]).toEqual([SECOND, SECOND, SECOND]);
  });

  it("leaves requests where failover sent them, also without a state, and sends them back when told to", async () => {
    rmSync(join(stage.directory, ".fairlead", "fairlead-app-dev.json"));
    const { regions } = await both("plan");
    expect(regions[1]?.actions.filter(({ id, action }) => id.startsWith("edge/") && action !== "adopt")).toEqual([]);
    expect(regions[1]?.notes?.join("\n")).toContain(`All requests go to ${SECOND}, since failover sent them there.`);
    const refused = await stage.type("failover", FIRST);
    expect([refused.exit, refused.lines.join("\n")]).toEqual([
      1,
      expect.stringContaining(
        `No task of web is healthy in ${FIRST}, so its users would get errors. No changes were made.`,
      ),
    ]);
    await scaledByHand(1);
    expect((await both("reconcile")).exit).toBe(0);
    expect(asked("POST", "/api/a")).toBe(SECOND);
    expect((await stage.type("failover", FIRST)).exit).toBe(0);
    expect([asked("GET", "/"), asked("POST", "/api/a")]).toEqual([FIRST, FIRST]);
    expect(await idle()).toEqual([
      [SECOND, 40],
      [FIRST, 42],
    ]);
  });

  it("reverts what somebody changes of the origin group", async () => {
    await stage.meddle(async (aws, _clock, world) => {
      const [Id] = Object.keys(world.table("cloudfront.distributions"));
      const { ETag: IfMatch, DistributionConfig: live } = await aws.cloudFront(
        new GetDistributionConfigCommand({ Id }),
      );
      const [group] = live?.OriginGroups?.Items ?? [];
      const changed = { ...group, FailoverCriteria: { StatusCodes: { Quantity: 1, Items: [404] } } };
      const DistributionConfig = { ...live, OriginGroups: { Quantity: 1, Items: [changed] } };
      await aws.cloudFront(new UpdateDistributionCommand({ Id, IfMatch, DistributionConfig } as never));
    });
    const planned = await both("plan");
    expect(planned.regions[1]?.actions.find(({ id }) => id === "edge/distribution")).toMatchObject({
      action: "update",
      drift: true,
      differences: [{ path: "failoverDomain" }],
    });
    expect((await stage.say("reconcile", { region: FIRST })).exit).toBe(0);
    expect(config()?.OriginGroups?.Items?.[0]?.FailoverCriteria?.StatusCodes?.Items).toEqual([500, 502, 503, 504]);
  });

  it("says what was not done in the other region where a command fails in one", async () => {
    stage.edit({ ...BOTH, protect: true });
    const { exit, lines } = await stage.type("teardown");
    expect([exit, lines.join("\n")]).toEqual([
      2,
      expect.stringContaining(
        `Nothing was done in ${SECOND}. To do it there alone: npx fairlead teardown --region ${SECOND}`,
      ),
    ]);
    const { answer } = await stage.type("teardown", "--json");
    expect(JSON.parse(answer)).toMatchObject({ error: { message: expect.stringContaining("is protected"), exit: 2 } });
  });

  it("gives up its second region in the order that loses no request, and is torn down to nothing", async () => {
    stage.edit({ edge: { methods: "read" } });
    const early = await stage.type("teardown", "--region", SECOND);
    expect([early.exit, early.lines.join("\n")]).toEqual([
      1,
      expect.stringMatching(
        /Distribution E\w+ still sends requests to the load balancer in us-west-2\. .* npx fairlead reconcile/,
      ),
    ]);
    expect((await stage.type("reconcile", "--region", SECOND)).lines.join("\n")).toContain(
      `${SECOND} is not a region of fairlead-app dev in the config, so nothing is created there.`,
    );
    const { lines } = await stage.say("plan");
    expect(lines.join("\n")).toContain(`To delete it after that: npx fairlead teardown --region ${SECOND}`);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect(config()?.OriginGroups).toEqual({ Quantity: 0 });
    expect(config()?.Origins?.Items).toMatchObject([
      { Id: "fairlead-balancer", ConnectionAttempts: 3, ConnectionTimeout: 10 },
    ]);
    expect([asked("GET", "/"), asked("POST", "/api/a")]).toEqual([FIRST, FIRST]);
    expect((await stage.type("teardown", "--region", SECOND)).exit).toBe(0);
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });
});
