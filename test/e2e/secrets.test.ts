// First: it takes the place of what the others load.
import { calm, scene } from "../support/scene.ts";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { awsError } from "../support/failing.ts";
import { Stage, type Said } from "../support/stage.ts";

/** The header by which the load balancer knows CloudFront again: whoever has it can pass CloudFront by. */
const HEADER = "X-Origin-Verify";

describe("the files and output of a stack", () => {
  const stage = new Stage();
  const said: Said[] = [];
  /** Runs a command line, and keeps all that it says, its log of calls too. */
  async function run(...argv: string[]) {
    const one = await stage.type(...argv, "--log", "calls.jsonl");
    said.push(one, { ...one, answer: readFileSync(join(stage.directory, "calls.jsonl"), "utf8") });
    return one;
  }
  const files = () =>
    readdirSync(join(stage.directory, ".fairlead"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  const named = (paths: readonly string[]) => paths.map((path) => path.slice(stage.directory.length)).toSorted();
  const open = () => files().filter((path) => (statSync(path).mode & 0o777) !== 0o600);
  const secret = () => {
    const world = readFileSync(join(stage.directory, ".fairlead/local/world.json"), "utf8");
    return new RegExp(`"HttpHeaderName":"${HEADER}","Values":\\["([^"]+)"`).exec(world)?.[1] ?? "";
  };

  beforeAll(async () => {
    expect((await run("reconcile", "--json")).exit).toBe(0);
  });
  afterEach(calm);
  afterAll(() => stage.remove());

  it("are readable by their owner only, including the locks of a run in progress", async () => {
    stage.edit({ logs: { retentionDays: 90 } });
    let meanwhile: string[] | undefined;
    scene.intercept = (_table, _moment, { operation }) => {
      if (operation !== "PutRetentionPolicy") return;
      expect(open()).toEqual([]);
      meanwhile = named(files());
    };
    expect((await run("reconcile")).exit).toBe(0);
    expect(meanwhile).toEqual(
      expect.arrayContaining(["/.fairlead/fairlead-app-dev.json.lock", "/.fairlead/local/world.json.lock"]),
    );
    expect(open()).toEqual([]);
    expect(named(files())).toEqual([
      "/.fairlead/.gitignore",
      expect.stringMatching(/^\/\.fairlead\/fairlead-app-dev\.backups\/\d+\.json$/),
      "/.fairlead/fairlead-app-dev.history.jsonl",
      "/.fairlead/fairlead-app-dev.json",
      "/.fairlead/local/world.json",
    ]);
  });

  it("contain no secret outside of the simulated AWS itself", async () => {
    expect(secret()).toMatch(/^[0-9a-f]{40}$/);
    for (const argv of [
      ["plan", "--full"],
      ["plan", "--full", "--json"],
      ["reconcile", "--json"],
      ["status", "--json"],
      ["outputs", "--json"],
      ["state", "show"],
      ["state", "show", "--json"],
      ["state", "show", "balancer/cloudfront-rule"],
      ["history", "1"],
      ["history", "--json"],
    ])
      expect((await run(...argv)).exit).toBe(0);
    expect(leaks()).toEqual([]);
  });

  it("contain none if AWS refuses a call and quotes it", async () => {
    const before = secret();
    let quoted = false;
    scene.intercept = (table, moment, { operation, input }) => {
      if (moment !== "before" || operation !== "UpdateDistribution") return;
      quoted = JSON.stringify(input).includes(before);
      expect(Object.keys(table("cloudfront.distributions"))).toHaveLength(1);
      throw awsError("InvalidArgument", `The parameter is not valid: ${JSON.stringify(input)}`);
    };
    stage.edit({ edge: { priceClass: "PriceClass_200" } });
    expect((await run("reconcile", "--json")).exit).toBe(1);
    expect(quoted).toBe(true);
    expect((await run("history", "--json")).answer).toContain("The parameter is not valid");
    expect(leaks(before)).toEqual([]);
    stage.edit({});
  });

  it("contain none of the values set in its place outside Fairlead", async () => {
    const ours = secret();
    await stage.meddle(async (_aws, _clock, { data }) => {
      const text = JSON.stringify(data.tables["elb.rules@ap-northeast-1"]).replace(ours, "somebody-elses-secret");
      data.tables["elb.rules@ap-northeast-1"] = JSON.parse(text) as Record<string, unknown>;
    });
    for (const argv of [
      ["plan", "--full", "--json"],
      ["plan", "--full"],
      ["reconcile", "--json"],
    ])
      expect((await run(...argv)).exit).toBe(0);
    expect(leaks(ours)).toEqual([]);
    expect(leaks("somebody-elses-secret")).toEqual([]);
  });

  it("contain none after a teardown", async () => {
    const before = secret();
    expect((await run("teardown", "--json")).exit).toBe(0);
    expect(leaks(before)).toEqual([]);
    expect(open()).toEqual([]);
  });

  /** Where the secret can be read that nobody should read. */
  function leaks(what = secret()): string[] {
    const onDisk = files().filter((path) => !path.endsWith("world.json") && readFileSync(path, "utf8").includes(what));
    const onScreen = said.flatMap(({ lines, answer }) => [...lines, answer]).filter((text) => text.includes(what));
    return [...named(onDisk), ...onScreen.map((text) => text.slice(0, 100))];
  }
});
