import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileStore } from "../../../state/file-store.ts";
import { LockedError, StateError, type ResourceState, type State } from "../../../state/state.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-store-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const resource: ResourceState = { type: "toy", status: "created", id: "x", token: "t", spec: {}, attrs: {}, needs: [] };
const location = { version: 1, stack: "demo", target: "aws", account: "1", region: "r" } as const;
const state = (serial: number, resources: State["resources"] = { a: resource }): State => ({
  ...location,
  serial,
  resources,
});
const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe("the file store", () => {
  it("has no state before there is one", async () => {
    const store = fileStore(join(folder, "s.json"));
    expect(store.where).toBe(join(folder, "s.json"));
    expect(await store.read()).toBeUndefined();
  });

  it("reads what it wrote, makes the folders, and lets the owner alone read it", async () => {
    const path = join(folder, "deep", "er", "s.json");
    await fileStore(path).write(state(1));
    expect(await fileStore(path).read()).toEqual(state(1));
    expect(await modeOf(path)).toBe(0o600);
    expect((await readFile(path, "utf8")).endsWith("}\n")).toBe(true);
  });

  it("writes again with the same rights, and leaves nothing beside the file", async () => {
    const path = join(folder, "s.json");
    const store = fileStore(path);
    for (const serial of [1, 2, 3]) await store.write(state(serial));
    expect(await store.read()).toEqual(state(3));
    expect(await modeOf(path)).toBe(0o600);
    expect(await readdir(folder)).toEqual(["s.json"]);
  });

  it("replaces the file atomically: a reader that has the old one open can keep reading it", async () => {
    const path = join(folder, "s.json");
    await fileStore(path).write(state(1));
    const before = await stat(path);
    await fileStore(path).write(state(2));
    expect((await stat(path)).ino).not.toBe(before.ino);
  });

  it("shows a reader the old state or the new one while it is written, never a part", async () => {
    const store = fileStore(join(folder, "s.json"));
    const long = { a: { ...resource, spec: { text: "x".repeat(200_000) } } };
    await store.write(state(0, long));
    const serials: number[] = [];
    for (let serial = 1; serial <= 20; serial++) {
      const write = store.write(state(serial, long));
      for (let reads = 0; reads < 5; reads++) serials.push((await store.read())?.serial ?? -1);
      await write;
    }
    expect(serials).toEqual(serials.toSorted((a, b) => a - b));
    expect(serials.every((serial) => serial >= 0)).toBe(true);
  });

  it("removes the file of an empty state, also where there is none", async () => {
    const store = fileStore(join(folder, "s.json"));
    await store.write(state(1));
    await store.write(state(2, {}));
    expect(await readdir(folder)).toEqual([]);
    await store.write(state(3, {}));
    expect(await store.read()).toBeUndefined();
  });

  it.each([
    ["damaged", '{"version":1,"serial":'],
    ["newer", JSON.stringify({ ...state(1), version: 2 })],
    ["older", JSON.stringify({ ...state(1), version: 0 })],
    ["foreign", "\u0000\u0001 not a state"],
  ])("refuses a %s file and leaves it as it is, byte for byte", async (_what, text) => {
    const path = join(folder, "s.json");
    await writeFile(path, text);
    const before = { bytes: await readFile(path), at: (await stat(path)).mtimeMs };
    await expect(fileStore(path).read()).rejects.toBeInstanceOf(StateError);
    expect({ bytes: await readFile(path), at: (await stat(path)).mtimeMs }).toEqual(before);
    expect(await readdir(folder)).toEqual(["s.json"]);
  });

  it("does not take a folder in its place for no state", async () => {
    await expect(fileStore(folder).read()).rejects.toMatchObject({ code: "EISDIR" });
  });

  it("has its lock beside it", async () => {
    const store = fileStore(join(folder, "s.json"));
    const unlock = await store.lock("reconcile");
    expect(await readdir(folder)).toEqual(["s.json.lock"]);
    await expect(store.lock("plan")).rejects.toBeInstanceOf(LockedError);
    await unlock();
    expect(await readdir(folder)).toEqual([]);
  });
});
