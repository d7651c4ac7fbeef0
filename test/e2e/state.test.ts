// First: it takes the place of what the others load.
import { attended, calm, scene } from "../support/scene.ts";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { stateRestore } from "../../src/cli/commands/state/restore.ts";
import { stateRm } from "../../src/cli/commands/state/rm.ts";
import type { State } from "../../state/state.ts";
import { Stage } from "../support/stage.ts";

describe("the state commands", () => {
  const stage = new Stage();
  const file = (...path: string[]) => join(stage.directory, ".fairlead", ...path);
  const path = file("fairlead-app-dev.json");
  const state = () => JSON.parse(readFileSync(path, "utf8")) as State;
  const run = (...argv: string[]) => stage.type("state", ...argv);
  const json = async (...argv: string[]) => JSON.parse((await run(...argv, "--json")).answer) as unknown;
  let standing: () => void;

  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    standing = stage.keep();
  });
  beforeEach(() => {
    calm();
    standing();
  });
  afterAll(() => stage.remove());

  describe("show", () => {
    it("prints one line per resource, or the whole state", async () => {
      const { exit, lines } = await run("show");
      expect(exit).toBe(0);
      expect(lines[0]).toBe(
        `${path}, serial ${state().serial}: target local, account 123456789012, region ap-northeast-1`,
      );
      expect(lines).toContainEqual(expect.stringMatching(/^ {2}network\/vpc +ec2\/vpc +vpc-[0-9a-f]{17}$/));
      expect(lines.at(-1)).toBe("42 resources.");
      expect(lines).toHaveLength(44);
      expect(await json("show")).toEqual(state());
    });

    it("prints one resource in full, and says what to do if it is not in the state", async () => {
      const { exit, answer } = await run("show", "network/vpc");
      expect(exit).toBe(0);
      expect(JSON.parse(answer)).toEqual(state().resources["network/vpc"]);
      const none = await run("show", "network/vcp");
      expect(none.exit).toBe(2);
      expect(none.lines).toEqual([
        `Error: There is no network/vcp in the state ${path}. To list the resources: npx fairlead state show`,
      ]);
    });

    it("shows what is incomplete, and what is still to be deleted", async () => {
      const { resources, ...rest } = state();
      const vpc = resources["network/vpc"];
      if (!vpc) throw new Error("no VPC");
      const { id: _id, ...unknown } = vpc;
      const half = { ...unknown, status: "creating", old: [vpc] };
      writeFileSync(
        path,
        JSON.stringify({ ...rest, resources: { a: half } }).replace(
          '"old":[{"type":"ec2/vpc","status":"created",',
          '"old":[{',
        ),
      );
      expect((await run("show")).lines[1]).toMatch(
        /^ {2}a +ec2\/vpc +\(no id yet\), creating, 1 previous generation to delete$/,
      );
    });

    it("says that there is no state", async () => {
      rmSync(path);
      for (const id of [[], ["network/vpc"]])
        expect(await run("show", ...id)).toMatchObject({
          exit: 1,
          lines: [
            `Error: There is no state ${path}: no run has recorded a resource. To create the stack: npx fairlead reconcile`,
          ],
        });
    });
  });

  describe("rm", () => {
    it("removes resources from the state, which the next reconcile finds and adopts", async () => {
      const before = [stage.things(), state()] as const;
      const { exit, lines, answer } = await run("rm", "network/vpc", "security/task-role", "--json");
      expect(exit).toBe(0);
      expect(lines).toContain("  security/task-role: iam/role fairlead-app-dev-ap-northeast-1-task");
      expect(lines.at(-1)).toBe(`Removed. To undo: npx fairlead state restore ${before[1].serial}`);
      expect(JSON.parse(answer)).toEqual({
        forgotten: ["network/vpc", "security/task-role"].map((id) => ({
          id,
          type: before[1].resources[id]?.type,
          existing: before[1].resources[id]?.id,
        })),
        backup: before[1].serial,
      });
      expect(Object.keys(state().resources)).toHaveLength(40);
      const again = await stage.run("reconcile");
      expect(again.json.summary).toMatchObject({ adopted: 2, created: 0, updated: 0, unchanged: 40 });
      expect(stage.things()).toEqual(before[0]);
      expect(Object.keys(state().resources)).toHaveLength(42);
    });

    it("removes nothing if one of them is not in the state", async () => {
      const before = readFileSync(path, "utf8");
      const { exit, lines } = await run("rm", "network/vpc", "a", "b");
      expect(exit).toBe(2);
      expect(lines[0]).toContain(`There is no a and no b in the state ${path}. No changes were made.`);
      expect(readFileSync(path, "utf8")).toBe(before);
    });

    it("asks, and removes nothing if the answer is no", async () => {
      const before = readFileSync(path, "utf8");
      scene.question = (message) => {
        expect(message).toBe("Remove 1 resource from the state? Nothing on AWS changes.");
        return false;
      };
      const said = await stage.act((around) => stateRm(["network/vpc"], { target: "local" }, attended(around)));
      expect([said.exit, said.lines.at(-1)]).toEqual([1, "No changes were made."]);
      expect(readFileSync(path, "utf8")).toBe(before);
    });

    it("has nothing to remove if there is no state", async () => {
      rmSync(path);
      expect(await run("rm", "network/vpc")).toMatchObject({ exit: 1, lines: [`Error: There is no state ${path}.`] });
    });
  });

  describe("backups and restore", () => {
    it("restore an earlier state", async () => {
      const before = state();
      await run("rm", "network/vpc");
      const [newest] = (await json("backups")) as { serial: number; when: string }[];
      expect(newest?.serial).toBe(before.serial);
      const { lines } = await run("backups");
      expect(lines[0]).toMatch(new RegExp(`^ {2}serial ${before.serial} +kept ${newest?.when}$`));
      expect(lines.at(-1)).toBe("state restore SERIAL brings one back.");

      const restored = await run("restore", String(before.serial), "--json");
      expect(restored.exit).toBe(0);
      expect(restored.lines[0]).toBe(`Backup ${before.serial} has 42 resources; the current state has 41 resources.`);
      expect(JSON.parse(restored.answer)).toEqual({
        restored: before.serial,
        serial: before.serial + 2,
        resources: 42,
      });
      // What was created since the backup is not in it.
      expect(state()).toEqual({ ...before, serial: before.serial + 2, incomplete: true });
      expect(await stage.planned()).toEqual({});
      // What was there meanwhile is kept in turn.
      expect(((await json("backups")) as { serial: number }[]).map(({ serial }) => serial)).toEqual([
        before.serial + 1,
        before.serial,
      ]);
    });

    it("are the latest twenty", async () => {
      for (const id of Object.keys(state().resources).slice(0, 23)) expect((await run("rm", id)).exit).toBe(0);
      const serials = ((await json("backups")) as { serial: number }[]).map(({ serial }) => serial);
      const { serial } = state();
      expect(serials).toEqual(Array.from({ length: 20 }, (_, index) => serial - 1 - index));
      expect(readdirSync(file("fairlead-app-dev.backups"))).toHaveLength(20);
    });

    it("say that there are none", async () => {
      expect((await run("backups")).lines).toEqual([`There are no backups of ${path} yet.`]);
      expect(await json("backups")).toEqual([]);
      const { exit, lines } = await run("restore", "7");
      expect(exit).toBe(2);
      expect(lines[0]).toContain(`There is no backup 7 of ${path}. Backups: none yet. No changes were made.`);
      await run("rm", "network/vpc");
      expect((await run("restore", "7")).lines[0]).toContain(`Backups: ${state().serial - 1}.`);
    });

    it("restore a valid state over a damaged one, which is kept next to them", async () => {
      const before = state();
      await run("rm", "network/vpc");
      writeFileSync(path, "{");
      expect((await run("show")).exit).toBe(1);
      expect((await run("restore", String(before.serial))).exit).toBe(0);
      expect(state().resources).toEqual(before.resources);
      const damaged = readdirSync(file("fairlead-app-dev.backups")).find((name) => name.startsWith("damaged-"));
      expect(readFileSync(file("fairlead-app-dev.backups", damaged ?? ""), "utf8")).toBe("{");
    });

    it("restore neither a damaged state nor one of another stack", async () => {
      await run("rm", "network/vpc");
      const now = readFileSync(path, "utf8");
      const { serial } = state();
      const backup = (text: string) => writeFileSync(file("fairlead-app-dev.backups", `${serial - 1}.json`), text);
      for (const [text, why] of [
        ["{", "is damaged"],
        [JSON.stringify({ ...state(), account: "999999999999" }), "belongs to account 999999999999"],
      ] as const) {
        backup(text);
        const { exit, lines } = await run("restore", String(serial - 1));
        expect(exit).toBe(1);
        expect(lines.join("\n")).toContain(why);
        expect(readFileSync(path, "utf8")).toBe(now);
      }
    });

    it("ask first", async () => {
      await run("rm", "network/vpc");
      const { serial } = state();
      scene.question = () => false;
      const said = await stage.act((around) => stateRestore(serial - 1, { target: "local" }, attended(around)));
      expect([said.exit, said.lines.at(-1)]).toEqual([1, "No changes were made."]);
      expect(state().serial).toBe(serial);
    });

    it("include the state from before a teardown", async () => {
      const before = state();
      expect((await stage.run("teardown")).exit).toBe(0);
      expect(existsSync(path)).toBe(false);
      const [{ serial }] = (await json("backups")) as [{ serial: number }];
      expect(serial).toBe(before.serial);
      // Made anew, it goes on counting where the one before it ended.
      expect((await stage.run("reconcile")).json.summary).toMatchObject({ created: 42 });
      expect(state().serial).toBeGreaterThan(before.serial);
    });
  });

  it("create no bucket and move no state on the local target", async () => {
    expect((await run("init")).exit).toBe(2);
    expect((await run("migrate")).exit).toBe(2);
    expect((await run("migrate", "--from", "s3://bucket/prefix")).exit).toBe(2);
  });

  it("say on AWS which setting is missing for that", async () => {
    const on = ["--target", "aws"];
    expect((await run("init", ...on)).lines.join()).toContain(
      "To share the state, set state: { s3: {} }, then run again: ",
    );
    expect((await run("init", ...on)).exit).toBe(2);
    expect((await run("migrate", ...on)).lines.join()).toContain(
      "name its current location with --from s3://BUCKET/PREFIX",
    );
    const wrong = await run("migrate", "--from", "bucket", ...on);
    expect(wrong.lines.join()).toContain("--from bucket: expected s3://BUCKET/PREFIX. No changes were made.");
    expect(wrong.exit).toBe(2);
  });
});
