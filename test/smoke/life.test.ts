import { afterAll, describe, expect, it } from "vitest";
import { fileStore } from "../../state/file-store.ts";
import type { State } from "../../state/state.ts";
import { changeByHand } from "../support/by-hand.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

/** One short life of a stack: what `npm test` tries end to end. The suites in test/e2e try everything else. */
describe("the life of a stack", () => {
  const stage = new Stage();
  afterAll(() => stage.remove());
  const summary = async (verb: "plan" | "reconcile" | "teardown") => {
    const { exit, json } = await stage.run(verb);
    expect(exit).toBe(0);
    return json.summary;
  };

  it("creates everything, and then has nothing to change", async () => {
    expect(await summary("reconcile")).toMatchObject({ created: 42, failed: 0 });
    expect(await summary("plan")).toMatchObject({ created: 0, updated: 0, replaced: 0, deleted: 0, unchanged: 42 });
  });

  it("deploys the service, and starts its tasks", async () => {
    writeService(stage);
    const { exit, json } = await deployed(stage);
    expect(exit).toBe(0);
    expect(json.release).toMatchObject({ ending: "live", finding: null });
    expect(await summary("reconcile")).toMatchObject({ failed: 0 });
    expect(await stage.planned()).toEqual({});
    expect((await stage.say("status")).exit).toBe(0);
  });

  it("reverts what was changed outside Fairlead, and nothing else", async () => {
    const state = (await fileStore(`${stage.directory}/.fairlead/fairlead-app-dev.json`).read()) as State;
    const [id] = Object.entries(state.resources).find(([, { type }]) => type === "ec2/vpc") ?? [];
    if (id === undefined) throw new Error("The stack has no VPC.");
    await stage.meddle((aws) => changeByHand(aws, state, id));
    expect(await stage.planned()).toEqual({ [id]: "update" });
    expect(await summary("reconcile")).toMatchObject({ updated: 1, unchanged: 41, failed: 0 });
    expect(await stage.planned()).toEqual({});
  });

  it("carries out an edit of the configuration, and nothing else", async () => {
    stage.edit({ container: { cpu: 512, memory: 1024 } });
    expect(await stage.planned()).toEqual({ "compute/task-definition": "update", "compute/service": "update" });
    expect(await summary("reconcile")).toMatchObject({ failed: 0 });
    expect(await stage.planned()).toEqual({});
  });

  it("deletes everything", async () => {
    // Two revisions of the task definition: the one that ran before the edit is kept until now.
    expect(await summary("teardown")).toMatchObject({ deleted: 43, failed: 0 });
    expect(stage.things()).toEqual({});
  });
});
