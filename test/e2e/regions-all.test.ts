import { afterAll, expect, it } from "vitest";
import { ALL_SETTINGS } from "../support/stacks.ts";
import { Stage, type Answer } from "../support/stage.ts";

// What an account has once stays when the stack goes.
const { security: _, ...settings } = ALL_SETTINGS;
const stage = new Stage({ ...settings, regions: ["ap-northeast-1", "us-east-1"] });
afterAll(() => stage.remove());

/** The second region is the one that certificates of a distribution are in, so that both are there side by side. */
it("stands in two regions with every setting that is off unless it is set, and is torn down to nothing", async () => {
  expect((await stage.run("reconcile")).exit).toBe(0);
  const { regions } = (await stage.run("plan")).json as unknown as { readonly regions: readonly Answer[] };
  expect(regions.map(({ actions }) => actions.filter(({ action }) => action !== "noop").map(({ id }) => id))).toEqual([
    [],
    [],
  ]);
  expect((await stage.run("teardown")).exit).toBe(0);
  expect(stage.things()).toEqual({});
});
