import { ListTaskDefinitionsCommand } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { actionsIn, permit, printed, without } from "../support/policy-life.ts";
import { deployed, standReleased, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const FAMILY = "fairlead-app-dev";
const NOTE = "old task definition revision";

let stage: Stage;
beforeEach(() => {
  stage = new Stage({ registry: { keepImages: 2 }, delivery: { keepRevisions: 2 } });
});
afterEach(() => stage.remove());

async function revisions(): Promise<string[]> {
  const list = new ListTaskDefinitionsCommand({ familyPrefix: FAMILY });
  const { taskDefinitionArns = [] } = await stage.world().aws.ecs(list);
  return taskDefinitionArns.map((arn) => arn.slice(arn.lastIndexOf(":") + 1));
}

/** Releases another source; answers the line about old revisions. */
async function released(version: number): Promise<string | undefined> {
  writeService(stage, "", { "version.txt": String(version) });
  const { exit, lines, json } = await deployed(stage);
  expect([exit, json.release.ending]).toEqual([0, "live"]);
  return lines.find((line) => line.includes(NOTE));
}

describe("a family that grows with every release", () => {
  it("keeps the newest revisions, and those that the state and a rollback need", async () => {
    await standReleased(stage);
    const notes: (string | undefined)[] = [];
    for (let version = 2; version <= 6; version++) notes.push(await released(version));
    expect(notes.slice(0, 2)).toEqual([
      undefined,
      `Note: deleted 1 ${NOTE} of ${FAMILY}. delivery.keepRevisions sets how many are kept: 2.`,
    ]);
    // 7 runs and 6 is before it; the state still names the one that the reconcile registered.
    expect(await revisions()).toEqual(["1", "6", "7"]);
    expect(await stage.planned()).toEqual({});

    const back = await stage.type("rollback", "--yes");
    expect([back.exit, back.lines.join("\n")]).toEqual([0, expect.stringContaining(`${FAMILY}:6`)]);
    expect(await stage.planned()).toEqual({});
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(await revisions()).toEqual([]);
  });

  it("is pruned by a reconcile too, once the setting is smaller", async () => {
    stage.edit({ registry: { keepImages: 2 } });
    await standReleased(stage);
    for (let version = 2; version <= 4; version++) expect(await released(version)).toBeUndefined();
    stage.edit({ registry: { keepImages: 2 }, delivery: { keepRevisions: 2 } });
    expect(await stage.planned()).toEqual({});
    const { exit, lines } = await stage.run("reconcile");
    expect([exit, lines.filter((line) => line.includes(NOTE))]).toEqual([
      0,
      [`Note: deleted 3 ${NOTE}s of ${FAMILY}. delivery.keepRevisions sets how many are kept: 2.`],
    ]);
    expect(await revisions()).toEqual(["4", "5"]);
    expect((await stage.run("reconcile")).lines.filter((line) => line.includes(NOTE))).toEqual([]);
  });

  it("is pruned with the printed policies, and a release without the permission is live all the same", async () => {
    await standReleased(stage);
    await released(2);
    const policies = await printed(stage);
    expect(actionsIn(policies)).toContain("ecs:DeregisterTaskDefinition");
    permit(stage, policies);
    expect(await released(3)).toContain("deleted 1 ");
    permit(stage, without(policies, "ecs:DeregisterTaskDefinition"));
    const note = await released(4);
    expect(note).toContain(`Note: could not delete ${NOTE}s of ${FAMILY}: `);
    expect(note).toContain("ecs:DeregisterTaskDefinition");
    expect(note).toContain("The next release or reconcile tries again.");
  });
});
