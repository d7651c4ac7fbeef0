import { StopReplicationToReplicaCommand } from "@aws-sdk/client-secrets-manager";
import { afterAll, expect, it } from "vitest";
import { equal } from "../../src/engine/equal.ts";
import { fileStore } from "../../state/file-store.ts";
import { CHANGES, changeByHand } from "../support/by-hand.ts";
import { ALL_SETTINGS } from "../support/stacks.ts";
import { Stage, type Answer } from "../support/stage.ts";

const REGIONS = ["ap-northeast-1", "us-east-1"] as const;
const [FIRST, SECOND] = REGIONS;
// What an account has once stays when the stack goes.
const { security: _, ...settings } = ALL_SETTINGS;
const stage = new Stage({ ...settings, regions: REGIONS, replicate: { secrets: true } });
afterAll(() => stage.remove());

/** What a plan wants in each region, the second one first. */
async function planned() {
  const { regions } = (await stage.run("plan")).json as unknown as { readonly regions: readonly Answer[] };
  return regions.map(({ actions }) => actions.filter(({ action }) => action !== "noop"));
}

/** Kinds of which nothing can be changed, or not by hand with what observing tells; and what only a service makes visible. */
const UNCHANGED: readonly string[] = ["sns/subscription", "route53/validation-record", "ecs/task-definition"];

/** Somebody changes one resource of each kind in a region; resolves with their ids. */
async function drift(region: string, name: string): Promise<string[]> {
  const state = await fileStore(`${stage.directory}/.fairlead/${name}.json`).read();
  if (!state) throw new Error(`There is no state ${name}.`);
  // One of each type for which the change is one, and the same ones in every run: the state has them in the order in which they were created.
  const all = Object.entries(state.resources).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const changed = all.filter(([, { type, spec }]) => {
    const [field, change] = CHANGES[type] ?? [];
    return field === undefined || !change || !equal(change(spec), spec[field]);
  });
  const byType = new Map(changed.map(([id, { type }]) => [type, id]));
  const ids = [...byType].flatMap(([type, id]) => (type in CHANGES && !UNCHANGED.includes(type) ? [id] : []));
  const { world, aws, clock } = stage.world(region);
  for (const id of ids) {
    // Nothing can be changed of a replica but that it is one.
    if (region === SECOND && state.resources[id]?.type === "secretsmanager/secret")
      await aws.secretsManager(new StopReplicationToReplicaCommand({ SecretId: state.resources[id].id }));
    else await changeByHand(aws, state, id);
  }
  await clock.sleep(120_000);
  world.data.now = Math.max(world.data.now, clock.now());
  world.save();
  return ids.toSorted();
}

/** The second region is the one that certificates of a distribution are in, so that both are there side by side. */
it("stands in two regions with every setting that is off unless it is set, is mended in both, and is torn down to nothing", async () => {
  expect((await stage.run("reconcile")).exit).toBe(0);
  expect(await planned()).toEqual([[], []]);
  const changed = [await drift(SECOND, `fairlead-app-dev.local.${SECOND}`), await drift(FIRST, "fairlead-app-dev")];
  const wanted = await planned();
  expect(wanted.map((actions) => actions.map(({ id }) => id).toSorted())).toEqual(changed);
  // Rules of which none is left count as deleted.
  for (const { drift: drifted, action } of wanted.flat())
    expect([drifted, action]).toEqual([true, expect.stringMatching(/^(?:update|create)$/)]);
  expect((await stage.run("reconcile")).exit).toBe(0);
  expect(await planned()).toEqual([[], []]);
  expect((await stage.run("teardown")).exit).toBe(0);
  expect(stage.things()).toEqual({});
});
