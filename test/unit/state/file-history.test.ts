import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { VirtualClock } from "../../../src/clock.ts";
import { fileHistory } from "../../../state/file-history.ts";
import { runOf } from "../../support/states.ts";

let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-history-"));
  path = join(folder, "s.history.jsonl");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lines = async () => (await readFile(path, "utf8")).split("\n").slice(0, -1);
const verbs = async (limit = 1000) =>
  (await fileHistory(path).runs(limit)).map(({ number, verb }) => `${number} ${verb}`);
const line = (number: number) => JSON.stringify({ number, ...runOf(`run ${number}`) });
const lockOf = (pid: number, host: string) =>
  JSON.stringify({ who: "ann@there", pid, host, verb: "history", since: "2024-01-01T00:00:00.000Z", token: "t" });

describe("a history in a file", () => {
  it("is a line a run for the owner alone, in a folder that it makes, and leaves nothing beside it", async () => {
    path = join(folder, "deep", "s.history.jsonl");
    expect(await fileHistory(path).runs(10)).toEqual([]);
    expect(await fileHistory(path).record(runOf("reconcile"))).toBe(1);
    expect(await fileHistory(path).record(runOf("teardown"))).toBe(2);
    expect(await verbs()).toEqual(["2 teardown", "1 reconcile"]);
    expect((await lines()).map((one) => (JSON.parse(one) as { number: number }).number)).toEqual([1, 2]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, "deep"))).toEqual(["s.history.jsonl"]);
  });

  it("keeps every run of many that end at once, each under its own number", async () => {
    const numbers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => fileHistory(path).record(runOf(`run ${n}`))),
    );
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect(new Set((await verbs()).map((one) => one.replace(/^\d+ /, ""))).size).toBe(20);
    expect(await readdir(folder)).toEqual(["s.history.jsonl"]);
  });

  it("loses no run to another that drops the oldest", async () => {
    await writeFile(path, Array.from({ length: 200 }, (_, n) => `${line(n + 1)}\n`).join(""));
    await Promise.all(Array.from({ length: 10 }, () => fileHistory(path).record(runOf("late"))));
    expect(await verbs(11)).toEqual([...Array.from({ length: 10 }, (_, n) => `${210 - n} late`), "200 run 200"]);
    expect(await lines()).toHaveLength(200);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("passes over what is damaged, and begins a new line after half a one", async () => {
    await writeFile(path, `${line(1)}\nnot a run\n${line(3)}\n${line(4).slice(0, 30)}`);
    expect(await verbs()).toEqual(["3 run 3", "1 run 1"]);
    expect(await fileHistory(path).record(runOf("next"))).toBe(4);
    expect(await verbs(2)).toEqual(["4 next", "3 run 3"]);
    expect(await lines()).toHaveLength(5);
  });

  it("goes on from the numbers of runs, and from none that no run ever has", async () => {
    const strange = `{"number":${"9".repeat(23)},"when":1}`;
    await writeFile(path, `${line(1)}\n${strange}\n${line(2)}\n`);
    expect(await fileHistory(path).record(runOf("next"))).toBe(3);
  });

  it("returns no more than requested", async () => {
    await writeFile(path, `${line(1)}\n${line(2)}\n${line(3)}\n`);
    expect(await verbs(0)).toEqual([]);
    expect(await verbs(2)).toEqual(["3 run 3", "2 run 2"]);
    expect(await verbs(9)).toHaveLength(3);
  });

  it("continues if a process died while adding a run, and removes what that one left", async () => {
    const dead = spawnSync(process.execPath, ["--version"]).pid;
    await writeFile(`${path}.lock`, lockOf(dead, hostname()));
    await writeFile(`${path}.lock.token.draft`, "{");
    await writeFile(`${path}.lock.token`, lockOf(dead, hostname()));
    await writeFile(`${path}.12345`, "half");
    expect(await fileHistory(path).record(runOf("reconcile"))).toBe(1);
    expect(await readdir(folder)).toEqual(["s.history.jsonl"]);
  });

  it("adds a run all the same where the lock never comes free, and drops nothing then", async () => {
    await writeFile(path, Array.from({ length: 200 }, (_, n) => `${line(n + 1)}\n`).join(""));
    const foreign = lockOf(1, "elsewhere");
    await writeFile(`${path}.lock`, foreign);
    const clock = new VirtualClock(0);
    expect(await fileHistory(path, clock).record(runOf("next"))).toBe(201);
    expect(clock.now()).toBeGreaterThanOrEqual(5000);
    expect(await verbs(2)).toEqual(["201 next", "200 run 200"]);
    expect(await lines()).toHaveLength(201);
    expect(await readFile(`${path}.lock`, "utf8")).toBe(foreign);
  });

  it("is not what it cannot write to", async () => {
    await appendFile(join(folder, "file"), "");
    await expect(fileHistory(join(folder, "file", "s.jsonl")).record(runOf("next"))).rejects.toMatchObject({
      code: /EEXIST|ENOTDIR/,
    });
  });
});
