import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileStore } from "../../state/file-store.ts";
import { Stage } from "../support/stage.ts";

const STATE = "fairlead-app-dev.json";

describe("a state in the folder of earlier versions", () => {
  let stage: Stage;
  const file = (...path: string[]) => join(stage.directory, ...path);
  const isMoved = () => existsSync(file(".fairlead", STATE)) && !existsSync(file("state", STATE));

  beforeEach(async () => {
    stage = new Stage();
    expect((await stage.run("reconcile")).exit).toBe(0);
    renameSync(file(".fairlead"), file("state"));
    writeFileSync(file("state", "notes.json"), "{}");
  });
  afterEach(() => stage.remove());

  it("is read there by commands that change nothing", async () => {
    expect(await stage.planned()).toEqual({});
    expect((await stage.run("status")).exit).toBe(0);
    expect((await stage.outputs("vpc_id")).answer).toMatch(/^vpc-/);
    expect(existsSync(file(".fairlead"))).toBe(false);
  });

  it("is moved with its world and its history by the next command that changes something, and nothing else is", async () => {
    const { exit, json, lines } = await stage.run("reconcile");
    expect([exit, json.summary["created"]]).toEqual([0, 0]);
    expect(lines).toContain(`Moved the state from ${file("state")} to ${file(".fairlead")}.`);
    expect(isMoved()).toBe(true);
    expect(existsSync(file("state", "notes.json"))).toBe(true);
    expect(existsSync(file("state", "local"))).toBe(false);
    expect((await stage.type("history")).lines.length).toBeGreaterThan(1);
    expect(readFileSync(file(".fairlead", ".gitignore"), "utf8")).toBe("*\n");
    expect(await stage.planned()).toEqual({});
    expect((await stage.run("reconcile")).lines.join()).not.toContain("Moved");
  });

  it("stays there while another command holds its lock", async () => {
    const release = await fileStore(file("state", STATE)).lock("deploy");
    const { exit, lines } = await stage.type("reconcile", "--yes");
    await release();
    expect(exit).toBe(4);
    expect(lines.join("\n")).toContain("deploy");
    expect(existsSync(file(".fairlead"))).toBe(false);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(isMoved()).toBe(true);
  });

  it("is moved whole after a command died while it moved it", async () => {
    mkdirSync(file(".fairlead.new"));
    writeFileSync(file(".fairlead.new", STATE), "{");
    expect(await stage.planned()).toEqual({});
    expect((await stage.run("reconcile")).json.summary["created"]).toBe(0);
    expect(isMoved()).toBe(true);
    expect(existsSync(file(".fairlead.new"))).toBe(false);
  });

  it("is not passed over if it was put there after the new folder was made", async () => {
    mkdirSync(file(".fairlead"));
    const { exit, lines } = await stage.type("plan");
    expect(exit).toBe(2);
    expect(lines.join("\n")).toContain(`The state of fairlead-app dev is in ${file("state")}`);
  });
});
