import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { State } from "../../state/state.ts";
import type { StackConfig } from "../../src/index.ts";
import { Stage, type Answer } from "../support/stage.ts";

const withPassword = (DB_PASSWORD: string, more: StackConfig = {}): StackConfig => ({
  container: { environment: { DB_PASSWORD } },
  ...more,
});
const CONFIG = withPassword("hunter2");
const DOCS = readFileSync(new URL("../../docs/plans.md", import.meta.url), "utf8");
const stage = new Stage(CONFIG);
afterAll(() => stage.remove());
const file = join(stage.directory, "release.plan");
interface File {
  readonly salt: string;
  readonly regions: readonly { readonly actions: readonly { readonly digest: string }[] }[];
}
const read = () => JSON.parse(readFileSync(file, "utf8")) as File;
const digests = () => read().regions.flatMap(({ actions }) => actions.map(({ digest }) => digest));
const plan = async () => expect((await stage.type("plan", "--out", "release.plan")).exit).toBe(0);
const state = () =>
  JSON.parse(readFileSync(join(stage.directory, ".fairlead", "fairlead-app-dev.json"), "utf8")) as State;

/** Somebody else's hand. */
const keepLogs = (retentionInDays: number) =>
  stage.meddle(({ logs }) => {
    const group = Object.values(state().resources).find(({ type }) => type === "logs/log-group");
    return logs(new PutRetentionPolicyCommand({ logGroupName: group?.id ?? "", retentionInDays }));
  });

/** Plans into the file, changes something, and is told why the file is not applied. */
async function refused(change: () => Promise<unknown> | void, ...argv: string[]): Promise<string> {
  await plan();
  await change();
  const before = [stage.things(), state()];
  const { exit, answer } = await stage.type("reconcile", "release.plan", "--json", ...argv);
  const { error } = JSON.parse(answer) as { error: { message: string; exit: number } };
  expect([exit, error.exit > 0]).toEqual([error.exit, true]);
  expect(error.message).toMatch(
    /No changes were made\. To (?:plan again: npx fairlead plan --out|apply it there: npx fairlead reconcile) release\.plan/,
  );
  expect([stage.things(), state()]).toEqual(before);
  return error.message;
}

describe("a plan in a file", () => {
  beforeAll(async () => {
    writeFileSync(file, "an older plan");
    chmodSync(file, 0o644);
    const { lines } = await stage.type("plan", "--out", "release.plan");
    expect(lines.at(-1)).toMatch(/^Written to release\.plan\. /);
    expect(DOCS).toContain(`\n${lines.at(-1)}\n`);
  });

  it("is shown beside it as a comment, which says why if there is no plan", async () => {
    const { exit, answer, lines } = await stage.type("plan", "--markdown", "--check");
    expect([exit, lines]).toEqual([3, []]);
    const [head, ...blocks] = answer.split("\n\n<details><summary>");
    expect(DOCS).toContain(`\n${head}\n`);
    expect(answer).not.toContain("hunter2");
    expect(blocks.join("").match(/\n<\/details>\n/g)).toHaveLength(42);
    const failed = await stage.type("plan", "--markdown", "--env", "nope");
    expect([failed.exit, failed.answer]).toEqual([
      2,
      expect.stringMatching(/^### The plan failed\n\n```\n[^]*"nope" is not/),
    ]);
    expect((await stage.type("plan", "--markdown", "--json")).answer).toContain(
      "--json and --markdown are two answers",
    );
  });

  it("is nobody else's to read, and holds no secret", () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).not.toContain("hunter2");
    expect(new Set(digests()).size).toBe(42);
  });

  it("is applied as it is, also at another path and on another machine", async () => {
    const other = new Stage(CONFIG);
    mkdirSync(join(other.directory, "from ci"));
    cpSync(file, join(other.directory, "from ci", "it.json"));
    const { exit, answer, lines } = await other.type("reconcile", "from ci/it.json", "--json");
    expect([exit, (JSON.parse(answer) as Answer).summary["created"]]).toEqual([0, 42]);
    // What is applied is shown all the same.
    expect(lines.join("\n")).toMatch(/account 123456789012, region ap-northeast-1:\n[^]*Plan: 42 to create/);
    const again = await other.type("reconcile", "from ci/it.json");
    expect(again.errors.join()).toContain("To plan again: npx fairlead plan --out 'from ci/it.json'");
    other.remove();
  });

  it("is refused a second time, because the state has changed", async () => {
    expect((await stage.type("reconcile", "release.plan")).exit).toBe(0);
    const { exit, errors } = await stage.type("reconcile", "release.plan");
    expect([exit, errors.join()]).toEqual([
      1,
      expect.stringMatching(/another run has changed the state since \(serial \d+ then, \d+ now\)/),
    ]);
  });

  it("may have nothing to do", async () => {
    await plan();
    expect(read().regions).toEqual([expect.objectContaining({ actions: [] })]);
    const { exit, answer } = await stage.type("reconcile", "release.plan", "--json");
    expect([exit, (JSON.parse(answer) as Answer).summary["unchanged"]]).toEqual([0, 42]);
  });

  it("is refused once the config has changed, a setting or a secret", async () => {
    expect(await refused(() => stage.edit(withPassword("hunter2", { confirm: "name" })))).toContain(
      "the config was changed since",
    );
    stage.edit(withPassword("hunter3"));
    expect(await refused(() => stage.edit(withPassword("hunter4")))).toContain("a secret value was changed since");
    stage.edit(CONFIG);
  });

  it("is refused once a resource has changed, and is the way to mend that once it is planned", async () => {
    const drift = await refused(() => keepLogs(3));
    expect(drift).toMatch(/so that 1 resource would be treated otherwise: \S+ \(no change then, update now\)\./);
    expect(DOCS).toContain(`\nError: ${drift}\n`);
    expect(await refused(() => keepLogs(5))).toMatch(/\(update with other values\)/);
    const [salt, [digest]] = [read().salt, digests()];
    await stage.meddle(async (_aws, _clock, world) => void world.hex(32));
    await plan();
    // The digests of one file say nothing about those of another.
    expect([read().salt === salt, digests()[0] === digest]).toEqual([false, false]);
    expect((await stage.type("reconcile", "release.plan")).lines.join("\n")).toContain("1 updated");
  });

  it("is refused once the state has other resources, under the same serial", async () => {
    const path = join(stage.directory, ".fairlead", "fairlead-app-dev.json");
    const kept = readFileSync(path, "utf8");
    const { "network/vpc": vpc, ...resources } = state().resources;
    const forget = () => writeFileSync(path, JSON.stringify({ ...state(), resources }));
    expect(vpc?.type).toBe("ec2/vpc");
    expect(await refused(forget)).toContain("the state has other resources than the one that it is from");
    writeFileSync(path, kept);
  });

  it.each([
    ["another version", { version: "9.9.9", format: "fairlead plan 2" }, /written by Fairlead 9\.9\.9, and this is \d/],
    ["another stack", { stack: "other" }, /a plan of the stack other/],
    ["another environment", { env: "prod" }, /environment prod, .* reconcile release\.plan --target local --env prod$/],
    ["another target", { target: "aws" }, /for the target aws, .* reconcile release\.plan --target aws$/],
    ["another account", { account: "210987654321" }, /it is for account 210987654321/],
    [
      "another endpoint",
      { endpoint: "http://moto" },
      /it is for http:\/\/moto, and this run is for AWS's own endpoints/,
    ],
    [
      "another region",
      { region: "eu-west-1" },
      /a plan for eu-west-1, .* reconcile release\.plan --target local --region eu-west-1$/,
    ],
    ["a damaged file", { salt: 7 }, /is not a plan that plan --out has written, or is damaged/],
  ])("is refused for %s", async (_what, change, sentence) => {
    const change1 = () => {
      const { regions, ...rest } = read();
      const isOfRegion = ["account", "endpoint", "region"].some((name) => name in change);
      const whole = isOfRegion
        ? { ...rest, regions: regions.map((one) => ({ ...one, ...change })) }
        : { ...rest, regions, ...change };
      writeFileSync(file, JSON.stringify(whole));
    };
    expect(await refused(change1)).toMatch(sentence);
  });

  it("is refused together with flags that change what is done, and if it is no file", async () => {
    const said = async (...argv: string[]) => (await stage.type(...argv)).errors.join("\n");
    expect(await said("reconcile", "release.plan", "--watch", "5m")).toContain("without --watch and --adopt");
    expect(await said("reconcile", "nowhere.plan")).toContain("could not be read: there is no such file");
    expect(await said("plan", "--out", ".")).toContain("--out . is not a file");
    writeFileSync(join(stage.directory, "text"), "");
    expect(await said("plan", "--out", "text/release.plan")).toMatch(
      /could not be written to text\/release\.plan: E(?:NOTDIR|EXIST)/,
    );
  });

  it("is not written if the plan cannot be applied", async () => {
    stage.edit({ container: { secrets: { API_KEY: { own: "API_KEY" } } } });
    const { exit, errors } = await stage.type("plan", "--out", "wrong.plan");
    expect([exit, existsSync(join(stage.directory, "wrong.plan")), errors]).toEqual([
      1,
      false,
      ["The plan was not written to wrong.plan, because it cannot be applied: see the errors above."],
    ]);
    stage.edit(CONFIG);
  });
});

describe("a plan of two regions in a file", () => {
  const [FIRST, SECOND] = ["ap-northeast-1", "us-west-2"] as const;
  const two = new Stage({ region: FIRST, edge: { methods: "read" } });
  const path = join(two.directory, "release.plan");
  afterAll(() => two.remove());
  const planned = async () => expect((await two.type("plan", "--out", "release.plan")).exit).toBe(0);

  it("is checked in both before anything is changed in one, and gives the distribution its second origin", async () => {
    expect((await two.type("reconcile")).exit).toBe(0);
    two.edit({ regions: [FIRST, SECOND], edge: { methods: "read" } });
    expect((await two.type("plan", "--markdown", "--out", "release.plan")).answer.match(/^### Plan of .*/gm)).toEqual([
      "### Plan of fairlead-app dev: 40 to create; 0 unchanged",
      "### Plan of fairlead-app dev: No changes. 42 resources match the config",
    ]);
    const [good, before] = [readFileSync(path, "utf8"), two.things()];
    writeFileSync(path, good.replace(/("region": "ap-northeast-1",[^]*?"serial": )/, "$19"));
    const { exit, errors } = await two.type("reconcile", "release.plan");
    expect([exit, errors.join()]).toEqual([1, expect.stringContaining("another run has changed the state since")]);
    expect(errors.join()).toMatch(/No changes were made\. To plan again: npx fairlead plan --out release\.plan$/);
    expect(two.things()).toEqual(before);
    writeFileSync(path, good);
    const applied = await two.type("reconcile", "release.plan", "--json");
    const { regions } = JSON.parse(applied.answer) as { regions: (Answer & { region: string })[] };
    expect([
      applied.exit,
      regions.map(({ region, summary }) => [region, summary["created"], summary["updated"]]),
    ]).toEqual([
      0,
      [
        [SECOND, 40, 0],
        [FIRST, 0, 1],
      ],
    ]);
    expect((await two.type("plan", "--check")).exit).toBe(0);
  });

  it("is not applied in one region alone, nor that of one in both", async () => {
    await planned();
    expect((await two.type("reconcile", "release.plan", "--region", SECOND)).errors.join()).toMatch(
      /is a plan for ap-northeast-1 and us-west-2, and this run is for us-west-2\. .* reconcile release\.plan --target local$/,
    );
    expect((await two.type("plan", "--out", "release.plan", "--region", SECOND)).lines.at(-1)).toMatch(
      /reconcile release\.plan --region us-west-2$/,
    );
    expect((await two.type("reconcile", "release.plan")).errors.join()).toMatch(
      /this run is for ap-northeast-1 and us-west-2\. .* reconcile release\.plan --target local --region us-west-2$/,
    );
    expect((await two.type("reconcile", "release.plan", "--region", SECOND)).exit).toBe(0);
  });
});
