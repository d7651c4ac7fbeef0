import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyExample } from "../support/example.ts";
import { setEvents } from "../support/release.ts";
import { Stage } from "../support/stage.ts";

const env = "preview";
/** The types of resources that only the first environment has. */
const SHARED_TYPES = /^(ec2\/(?!security-group)|elb\/(load-balancer|listener)$|cloudfront\/|ecs\/cluster$)/;
/** Where the simulated account keeps what the first environment's resources are made of. */
const SHARED_TABLES = /^(ec2|elb|cloudfront|iam|sqs|efs|s3|scheduler|ecs\.clusters|codepipeline\.pipelines)/;

describe("the second environment of the example of a shop", { timeout: 180_000 }, () => {
  const stage = new Stage();
  beforeAll(() => copyExample("shop", stage.directory));
  afterAll(() => stage.remove());

  const changes = async (flags: object = {}) =>
    (await stage.run("plan", flags)).json.actions.filter(({ action }) => action !== "noop").map(({ id }) => id);
  /** Those tables as text, each record on a line, when AWS has caught up. */
  const tables = () =>
    stage.meddle(async (_aws, clock, { data }) => {
      await clock.sleep(3_600_000);
      const chosen = Object.entries(data.tables).filter(([name]) => SHARED_TABLES.test(name));
      return chosen.flatMap(([name, table]) =>
        Object.entries(table).map(([key, record]) => `${name} ${key} ${JSON.stringify(record)}`),
      );
    });

  it("is refused before the first one exists, with the command that creates that one", async () => {
    const { exit, lines } = await stage.type("reconcile", "--env", env, "--yes");
    expect(exit).toBe(1);
    expect(lines.join("\n")).toContain("Run reconcile for it first: npx fairlead reconcile --env dev");
    expect(stage.things()).toEqual({});
  });

  let before: string[];

  it("has its own services, queue, volume, bucket and pipeline, and shares the rest", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
    expect((await stage.type("deploy", "--approve")).exit).toBe(0);
    before = await tables();
    expect(before.length).toBeGreaterThan(60);
    const { exit, json } = await stage.run("reconcile", { env });
    expect(exit).toBe(0);
    expect(json.actions.filter(({ type }) => SHARED_TYPES.test(type))).toEqual([]);
    const ids = json.actions.map(({ id }) => id);
    const own = ["compute/service", "api/storage/volume-data", "orders/queue/queue", "report/compute/schedule"];
    expect(ids).toEqual(expect.arrayContaining([...own, "resources/catalog", "delivery/pipeline"]));
    expect(json.outputs["application_url"]).toMatch(/^https:\/\/[a-z0-9]+\.cloudfront\.net\/preview\/$/);
    expect(await changes({ env })).toEqual([]);
    expect(await changes()).toEqual([]);
  });

  it("is released on its own: its migration runs, its job is enabled, and no request path is broken", async () => {
    const { exit, lines } = await stage.type("deploy", "--approve", "--env", env);
    expect(exit).toBe(0);
    expect(lines.join("\n")).toMatch(/api: the command before the release ended with exit code 0\./);
    expect(lines.join("\n")).toContain("The schedule of the job report is enabled");
    for (const flags of [["--env", env], []])
      expect((await stage.type("doctor", ...flags)).lines.join("\n")).toContain("All checks passed.");
    expect((await stage.type("task", "api", "--env", env, "--", "sh", "-c", "exit 3")).exit).toBe(3);
    expect((await stage.type("job", "run", "report", "--env", env)).exit).toBe(0);
    expect(await changes({ env })).toEqual([]);
    expect(await changes()).toEqual([]);
  });

  it("keeps the first one from being torn down, and leaves it as it was when it goes itself", async () => {
    const refused = await stage.type("teardown", "--yes");
    expect(refused.exit).toBe(1);
    expect(refused.lines.join("\n")).toMatch(
      /shop\/preview runs on shop\/dev, .* Tear that stack down first: npx fairlead teardown --env preview$/m,
    );
    const { exit, lines } = await stage.say("teardown", { env });
    expect(lines.at(-1)).toMatch(/^Receipt: no resources of shop-preview are left/);
    expect(exit).toBe(0);
    expect(await tables()).toEqual(before);
    expect(await changes()).toEqual([]);
  });

  it("leaves nothing behind once the first one is gone too", async () => {
    expect((await stage.say("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });
});
