// First: it takes the place of what the others load.
import { attended, calm, scene } from "../support/scene.ts";
import { readFileSync, statSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { rollback } from "../../src/cli/commands/rollback.ts";
import { teardown } from "../../src/cli/commands/teardown.ts";
import type { Run } from "../../state/state.ts";
import { awsError } from "../support/failing.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage, type Answer } from "../support/stage.ts";

const ME = `${userInfo().username}@${hostname()}`;

/** A stack that is made, looked at, changed with and without luck, and taken down: what is told of it afterwards. */
describe("the history", () => {
  const stage = new Stage();
  const path = join(stage.directory, ".fairlead", "fairlead-app-dev.json");
  const worldFile = join(stage.directory, ".fairlead", "local", "world.json");
  /** What the first three runs and the last one said, and what the first three logged. */
  const answers: Answer[] = [];
  const logs: { readonly text: string; readonly mode: number }[] = [];
  let secret = "";
  let early: Awaited<ReturnType<Stage["type"]>>[];

  const told = async (...argv: string[]) =>
    JSON.parse((await stage.type("history", ...argv, "--json")).answer) as Run[];
  const one = async (number: number) =>
    JSON.parse((await stage.type("history", String(number), "--json")).answer) as Run;
  const lines = async (...argv: string[]) => (await stage.type("history", ...argv)).lines;

  beforeAll(async () => {
    early = [await stage.type("history"), await stage.type("history", "--json"), await stage.type("history", "1")];
    const run = async (...argv: string[]) => {
      const { exit, answer } = await stage.type(...argv, "--json");
      answers.push(JSON.parse(answer) as Answer);
      return exit;
    };
    const log = join(stage.directory, "calls.jsonl");
    const logged = async (...argv: string[]) => {
      const exit = await run(...argv, "--log", "calls.jsonl");
      logs.push({ text: readFileSync(log, "utf8"), mode: statSync(log).mode & 0o777 });
      return exit;
    };
    // 1, and 2 with nothing to do.
    expect(await logged("reconcile")).toBe(0);
    expect(await logged("reconcile")).toBe(0);
    // 3: a part of it fails.
    scene.intercept = (_table, moment, { operation }) => {
      if (moment === "before" && operation === "PutRetentionPolicy") throw awsError("InvalidParameterException", "no");
    };
    stage.edit({ logs: { retentionDays: 90 }, edge: { priceClass: "PriceClass_200" } });
    expect(await logged("reconcile")).toBe(1);
    calm();
    secret = /"X-Origin-Verify","Values":\["([^"]+)"/.exec(readFileSync(worldFile, "utf8"))?.[1] ?? "";
    // 4: it ends before anything is done.
    stage.edit({ protect: true });
    expect((await stage.type("teardown")).exit).toBe(2);
    stage.edit({});
    // 5: somebody says no.
    scene.question = () => false;
    expect((await stage.act((around) => teardown({ target: "local" }, attended(around)))).exit).toBe(1);
    calm();
    // 6, after commands that only read, which are not remembered.
    for (const verb of ["plan", "status", "outputs", "history"]) expect((await stage.type(verb)).exit).toBe(0);
    expect(await run("teardown")).toBe(0);
  });
  beforeEach(calm);
  afterAll(() => stage.remove());

  it("says that it is empty before there was a run", () => {
    const [list, json, first] = early;
    expect(list).toMatchObject({ exit: 0, lines: [`No runs are recorded next to ${path} yet.`], answer: "" });
    expect(json).toMatchObject({ exit: 0, lines: [], answer: "[]\n" });
    expect(first).toMatchObject({
      exit: 2,
      lines: [`Error: There is no run 1 next to ${path}. To list the runs: npx fairlead history`],
    });
  });

  it("lists the runs, the latest first, one line each: who, when, which command, and the outcome", async () => {
    const ends = (await lines()).map((line) => {
      const [, sign, number, when, who, what] =
        /^(\S) +(\d+) {2}(\S+) {2}(\S+) {2}(.+), [\d.]+ ?m?s?.*$/.exec(line) ?? [];
      expect([when, who]).toEqual([expect.stringMatching(/^20\d\d-\d\d-\d\dT[\d:.]+Z$/), ME]);
      return `${sign} ${number} ${what}`;
    });
    expect(ends).toEqual([
      "✓ 6 teardown (local): done: 42 deleted",
      "· 5 teardown (local): declined",
      "✗ 4 teardown (local): failed",
      expect.stringMatching(/^✗ 3 reconcile \(local\): partly: 1 updated, \d+ unchanged, 1 failed$/),
      "✓ 2 reconcile (local): done: 42 unchanged",
      "✓ 1 reconcile (local): done: 42 created",
    ]);
    expect(await lines("--limit", "2")).toEqual((await lines()).slice(0, 2));
  });

  it("compares two runs: what took longer, what only one did, and their calls", async () => {
    const [head, second, first, ...rest] = await lines("1", "6");
    expect([head, second]).toEqual([(await lines()).at(-1), (await lines())[0]]);
    expect(first).toMatch(/^Run 6 took [\d.]+ .*(longer|less) than run 1\.$/);
    expect(rest).toContainEqual(expect.stringMatching(/^ +-[\d.]+ .*network\/nat-1: create .+, then delete /));
    expect(rest.at(-1)).toMatch(/^\d+ API calls in run 1, \d+ in run 6 \([+-]\d+\): .*\d+ -> \d+/);
    const { answer } = await stage.type("history", "1", "6", "--json");
    expect(JSON.parse(answer)).toMatchObject({ first: { number: 1, verb: "reconcile" }, second: { number: 6 } });
    expect((await lines("1", "3")).filter((line) => line.startsWith("Only in run"))).toEqual([
      expect.stringContaining("network/vpc"),
    ]);
    expect(await stage.type("history", "1", "99")).toMatchObject({
      exit: 2,
      lines: [`Error: There is no run 99 next to ${path}. To list the runs: npx fairlead history`],
    });
    const { exit } = await stage.type("history", "1", "6", "--html", "two.html");
    const page = readFileSync(join(stage.directory, "two.html"), "utf8");
    expect(exit).toBe(0);
    for (const text of ["Runs 1 and 6 of fairlead-app dev", "What took longer or less time", "network/nat-1"])
      expect(page).toContain(text);
  });

  it("shows one run in full: each action, its outcome and duration, and the calls", async () => {
    const [head, ...rest] = await lines("3");
    // The list says why in a few words; here each action does.
    const listed = (await lines()).find((line) => line.includes(" 3  "));
    expect(listed).toMatch(/ s: InvalidParameterException/);
    expect(listed?.replace(/: InvalidParameterException.*$/, "")).toBe(head);
    expect(rest).toContainEqual(
      expect.stringMatching(/^ {2}update cloudfront\/distribution edge\/distribution: done, /),
    );
    expect(rest).toContainEqual(
      expect.stringMatching(/^ {2}update logs\/log-group observability\/\S+: failed, .+InvalidParameterException/),
    );
    expect(rest).toContainEqual(
      expect.stringMatching(/^ {2}noop ecs\/service compute\/service: skipped, 0 ms: observability\/\S+ failed$/),
    );
    expect(rest.at(-1)).toMatch(/^ {2}\d+ API calls: .*logs\.PutRetentionPolicy \d+/);
    const { actions, calls, chain = [], seconds } = await one(3);
    // The critical path has a line of its own for each step.
    const chainAt = rest.findIndex((line) => /^ {2}Critical path, [\d.]+ m?/.test(line));
    expect(chainAt).toBe(actions.length);
    expect(rest[chainAt + chain.length]).toMatch(/updated edge\/distribution, waited until ready$/);
    expect(rest).toHaveLength(chainAt + 1 + chain.length + 1);
    const said = answers[2];
    expect([sum(calls), seconds]).toEqual([said?.calls, said?.seconds]);
    expect(actions.map(({ id, outcome }) => [id, outcome])).toEqual(
      said?.actions.filter(({ outcome }) => outcome !== "unchanged").map(({ id, outcome }) => [id, outcome]),
    );
  });

  it("says why a run ended before it did anything, and that a declined run did nothing", async () => {
    const failed = await one(4);
    expect(failed).toMatchObject({ verb: "teardown", outcome: "failed", actions: [], summary: {} });
    expect(failed.error).toContain("fairlead-app-dev is protected: no changes were made.");
    expect((await lines("4"))[1]).toBe(`  ${failed.error}`);
    const declined = await one(5);
    expect(declined).toMatchObject({ verb: "teardown", outcome: "declined", actions: [], summary: {} });
    expect(Object.keys(declined.calls).filter((call) => /\.(Create|Put|Delete|Update|Modify)/.test(call))).toEqual([]);
    expect(await lines("5")).toHaveLength(2);
  });

  it("records a run without changes, and what it took", async () => {
    const idle = await one(2);
    expect(idle).toMatchObject({ outcome: "done", actions: [], summary: { unchanged: 42, created: 0 } });
    expect(sum(idle.calls)).toBe(answers[1]?.calls);
    expect((await lines("2"))[1]).toMatch(/^ {2}\d+ API calls: /);
  });

  it("has the same content as JSON, for one run and for all", async () => {
    const all = await told();
    expect(all.map(({ number }) => number)).toEqual([6, 5, 4, 3, 2, 1]);
    for (const run of all) {
      expect(await one(run.number)).toEqual(run);
      expect(run).toMatchObject({ who: ME, target: "local", calls: { "ec2.DescribeSubnets": expect.any(Number) } });
    }
    expect(all[5]?.actions).toHaveLength(42);
    expect(all[0]?.actions.every(({ action, outcome }) => action === "delete" && outcome === "done")).toBe(true);
  });

  it.each(["0", "7", "12345"])("says of a run that it does not know what to do: %s", async (number) => {
    const message = `There is no run ${number} next to ${path}. To list the runs: npx fairlead history`;
    for (const [more, answer] of [
      [[], ""],
      [["--json"], `${JSON.stringify({ error: { message, exit: 2 } })}\n`],
    ] as const)
      expect(await stage.type("history", number, ...more)).toMatchObject({
        exit: 2,
        lines: [`Error: ${message}`],
        answer,
      });
  });

  it("comes with a log of every call, one per line and without secrets, if --log asks for it", async () => {
    for (const [number, { text }] of logs.entries()) {
      const calls = text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      const counted = new Map<string, number>();
      for (const { at, service, operation, ms, ...more } of calls) {
        const name = [service, operation].join(".");
        expect([at, ms]).toEqual([expect.stringMatching(/^20\d\d-\d\d-\d\dT[\d:.]+Z$/), expect.any(Number)]);
        // AWS gives every answer an id, and only what failed says more.
        const asked = ["region", "attempt", "input"];
        const shapes = [
          asked,
          [...asked, "requestId"],
          [...asked, "error", "message", "status"],
          [...asked, "error", "message"],
        ];
        expect(shapes).toContainEqual(Object.keys(more));
        counted.set(name, (counted.get(name) ?? 0) + 1);
      }
      expect(Object.fromEntries(counted)).toEqual((await one(number + 1)).calls);
      expect(calls).toHaveLength(answers[number]?.calls ?? 0);
    }
    expect(logs.map(({ text }) => text.includes('"error":"InvalidParameterException","message":"no"'))).toEqual([
      false,
      false,
      true,
    ]);
    expect(secret).toMatch(/^[0-9a-f]{40}$/);
    expect(logs.filter(({ text, mode }) => text.includes(secret) || mode !== 0o600)).toEqual([]);
  });

  it("does not record a run that could not write its log and changed nothing", async () => {
    const before = await told();
    const { exit, lines: said } = await stage.type("reconcile", "--log", "no/such/folder/calls.jsonl");
    expect(exit).toBe(2);
    expect(said).toEqual([expect.stringMatching(/^Error: Could not write the log \S+: .+ No changes were made\.$/)]);
    expect(await told()).toEqual(before);
    expect(stage.things()).toEqual({});
  });
});

describe("the history of releases", () => {
  const stage = new Stage();
  beforeEach(calm);
  afterAll(() => stage.remove());

  it("records a release as a run, and a declined rollback as declined", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    for (const version of ["1", "2"]) {
      writeService(stage, "", { "version.txt": version });
      expect((await deployed(stage)).exit).toBe(0);
    }
    scene.question = () => false;
    const said = await stage.act((around) => rollback(undefined, { target: "local" }, attended(around)));
    expect([said.exit, said.lines.at(-1)]).toEqual([1, "No changes were made."]);
    const runs = JSON.parse((await stage.type("history", "--json")).answer) as Run[];
    expect(runs.map(({ verb, outcome }) => `${verb} ${outcome}`)).toEqual([
      "rollback declined",
      "deploy done",
      "deploy done",
      "reconcile done",
    ]);
  });
});

const sum = (calls: Readonly<Record<string, number>>) => Object.values(calls).reduce((all, times) => all + times, 0);
