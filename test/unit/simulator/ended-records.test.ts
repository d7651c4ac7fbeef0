import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { endOf } from "../../../src/simulator/ended-records.ts";
import { World, type WorldData } from "../../../src/simulator/world.ts";
import { deliverable, SOURCE } from "../../support/release.ts";

const TABLE = "codebuild.builds@ap-northeast-1";

interface Build {
  readonly id: string;
  happenings: string[];
  readonly note: string;
}

describe("the records of a world that nothing changes any more", () => {
  let directory: string;
  const file = () => join(directory, "world.json");
  const data = () => JSON.parse(readFileSync(file(), "utf8")) as WorldData;
  const folder = () => join(directory, "contents");
  const beside = () => (existsSync(folder()) ? readdirSync(folder()) : []);
  const idsIn = (world: World) => Object.keys(world.table<Build>(TABLE));
  const names = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `build-${from + index}`);
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "fairlead-world-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Puts builds into the world, over or not, and saves it. */
  function add(world: World, ids: readonly string[], isOver = true) {
    for (const id of ids) world.table<Build>(TABLE)[id] = { id, happenings: isOver ? [] : ["due"], note: `日本 ${id}` };
    world.save();
  }

  /** The world on disk, with so many builds that are over, all of them beside it, and one that is not. */
  function grown(count: number) {
    const world = World.open(file());
    world.data.now = 5;
    add(world, ["running"], false);
    for (let from = 0; from < count; from += 16) add(world, names(from, from + 16));
    return world;
  }

  it("are executions that are over, builds that have said all, and what only waits to expire", async () => {
    const release = await deliverable();
    const ended = (service: string) =>
      Object.entries(release.at.world.data.tables)
        .filter(([table]) => table.startsWith(service))
        .flatMap(([table, records]) =>
          Object.values(records as Record<string, object>).map(endOf(table) ?? (() => false)),
        );
    await release.upload(SOURCE);
    await release.wait(30);
    await release.runs();
    expect(ended("codepipeline.executions").filter(Boolean)).toHaveLength(1);
    expect(ended("codebuild.builds")).toEqual([false]);
    await release.wait(90);
    await release.answer("Approved");
    await release.wait(600);
    expect(await release.runs()).toMatchObject([{ status: "Succeeded" }, { status: "Failed" }]);
    expect(ended("codepipeline.executions")).toEqual([true, true]);
    expect(ended("codebuild.builds")).toEqual([true]);
    expect(ended("ecr.images")).toEqual([false]);
    expect(ended("s3.objects")).toEqual([false]);
  });

  it("are in the world's own file while they are few", () => {
    add(World.open(file()), names(0, 15));
    expect(Object.keys(data().tables[TABLE] ?? {})).toEqual(names(0, 15));
    expect(data().ended).toBeUndefined();
    expect(beside()).toEqual([]);
  });

  it("lie beside it once they are many, and are in the world that is opened", () => {
    const world = grown(48);
    expect(Object.keys(data().tables[TABLE] ?? {})).toEqual(["running"]);
    expect(beside()).toEqual(["ended-1.jsonl"]);
    for (const opened of [World.open(file()), World.open(file(), false)])
      expect(opened.data.tables).toEqual(world.data.tables);
  });

  it("are written once: what is there of them does not grow the file that each change writes", () => {
    const world = grown(160);
    const before = readFileSync(join(folder(), "ended-1.jsonl"));
    const length = readFileSync(file()).length;
    add(world, ["one-more"]);
    expect(readFileSync(join(folder(), "ended-1.jsonl"))).toEqual(before);
    expect(readFileSync(file()).length - length).toBeLessThan(200);
    expect(length).toBeLessThan(300);
  });

  it("cannot be changed in place from then on, only be replaced", () => {
    const world = grown(16);
    const [build] = Object.values(world.table<Build>(TABLE)).filter(({ happenings }) => happenings.length === 0);
    expect(() => build?.happenings.push("more")).toThrow(TypeError);
    const id = build?.id ?? "";
    world.table<Build>(TABLE)[id] = { id, happenings: ["again"], note: "" };
    world.save();
    const opened = World.open(file());
    expect(opened.data.tables).toEqual(world.data.tables);
    expect(opened.table<Build>(TABLE)[id]?.happenings).toEqual(["again"]);
  });

  it("stay in their file while few of them are gone, which the world says", () => {
    const world = grown(32);
    const table = world.table<Build>(TABLE);
    const before = readFileSync(join(folder(), "ended-1.jsonl"));
    delete table["build-3"];
    table["build-5"] = { id: "build-5", happenings: ["again"], note: "" };
    world.save();
    expect(data().ended).toEqual({ name: "ended-1.jsonl", bytes: before.length, gone: [3, 5] });
    expect(readFileSync(join(folder(), "ended-1.jsonl"))).toEqual(before);
    const opened = World.open(file());
    expect(opened.data.tables).toEqual(world.data.tables);
    expect(idsIn(opened)).not.toContain("build-3");
    // One that is gone in the world that was opened, and one that has ended a second time.
    delete opened.table<Build>(TABLE)["build-4"];
    add(opened, ["build-5"]);
    add(opened, names(100, 115));
    expect(data().ended).toMatchObject({ name: "ended-1.jsonl", gone: [3, 5, 4] });
    expect(data().tables[TABLE]).toEqual({ running: expect.objectContaining({ id: "running" }) });
    expect(World.open(file()).data.tables).toEqual(opened.data.tables);
    expect(idsIn(World.open(file()))).toContain("build-5");
  });

  it("are in another file once many of them are gone, and the one before goes with them", () => {
    const world = grown(32);
    for (const id of names(0, 8)) delete world.table<Build>(TABLE)[id];
    world.save();
    expect(beside()).toEqual(["ended-1.jsonl"]);
    delete world.table<Build>(TABLE)["build-9"];
    world.save();
    expect(data().ended).toEqual({ name: "ended-2.jsonl", bytes: expect.any(Number) });
    expect(beside()).toEqual(["ended-2.jsonl"]);
    expect(readFileSync(join(folder(), "ended-2.jsonl"), "utf8")).not.toContain('build-3"');
    expect(World.open(file()).data.tables).toEqual(world.data.tables);
    // Its lines are counted anew.
    delete world.table<Build>(TABLE)["build-10"];
    add(world, names(100, 116));
    expect(data().ended).toMatchObject({ name: "ended-2.jsonl", gone: [1] });
    expect(World.open(file()).data.tables).toEqual(world.data.tables);
    for (const id of idsIn(world)) if (id !== "running") delete world.table<Build>(TABLE)[id];
    world.save();
    expect(beside()).toEqual([]);
    expect(idsIn(World.open(file()))).toEqual(["running"]);
  });

  it("are those of the world on disk where a process died after it wrote more of them", () => {
    const world = grown(32);
    appendFileSync(join(folder(), "ended-1.jsonl"), `["${TABLE}","lost",{"id":"lost","happ`);
    const next = World.open(file());
    expect(next.data.tables).toEqual(world.data.tables);
    add(next, names(100, 116));
    expect(idsIn(World.open(file()))).toContain("build-115");
    expect(World.open(file()).data.tables).toEqual(next.data.tables);
  });

  it("are those of the world on disk where a process died before the world referred to the new file", () => {
    const world = grown(32);
    copyFileSync(join(folder(), "ended-1.jsonl"), join(folder(), "ended-2.jsonl"));
    appendFileSync(join(folder(), "ended-2.jsonl"), "no line of it");
    for (const id of names(0, 9)) delete world.table<Build>(TABLE)[id];
    const before = World.open(file());
    expect(idsIn(before)).toContain("build-3");
    world.save();
    expect(data().ended?.name).toBe("ended-3.jsonl");
    expect(World.open(file()).data.tables).toEqual(world.data.tables);
  });

  it("are read anew with the world that another process has written", () => {
    const [one, other] = [grown(16), World.open(file())];
    add(one, names(16, 48));
    other.reload();
    expect(other.data.tables).toEqual(one.data.tables);
    add(other, ["running"]);
    expect(World.open(file()).data.tables).toEqual(other.data.tables);
  });

  it.each([
    ["missing", (path: string) => rmSync(path)],
    ["damaged", (path: string) => truncateSync(path, 100)],
    ["damaged", (path: string) => writeFileSync(path, "[]\n[]\n")],
  ])("are named where their file is %s", (how, harm) => {
    grown(16);
    const path = join(folder(), "ended-1.jsonl");
    harm(path);
    expect(() => World.open(file())).toThrow(
      `The simulated world in ${file()} cannot be read: a part of it, ${path}, is ${how}. Put it back, or move the world away to start with an empty one.`,
    );
  });

  it("are written anew by a process that finds them changed by another, which does the same", () => {
    const zombie = grown(32);
    const next = World.open(file());
    add(next, names(100, 116));
    // It was stopped in the middle of a call, and its lock was broken.
    add(zombie, names(200, 216));
    expect(World.open(file()).data.tables).toEqual(zombie.data.tables);
    add(next, ["one-more"]);
    expect(World.open(file()).data.tables).toEqual(next.data.tables);
    add(next, names(300, 316));
    expect(World.open(file()).data.tables).toEqual(next.data.tables);
    expect(beside()).toHaveLength(1);
  });

  it("leave nothing behind when everything is deleted", () => {
    const world = grown(32);
    delete world.data.tables[TABLE];
    world.save();
    expect(readdirSync(directory)).toEqual([]);
    // The same process may go on.
    add(world, names(0, 3));
    expect(World.open(file()).data.tables).toEqual(world.data.tables);
    add(world, names(3, 40));
    expect(World.open(file()).data.tables).toEqual(world.data.tables);
  });
});
