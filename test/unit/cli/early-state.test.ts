import { beforeEach, describe, expect, it } from "vitest";
import { planned } from "../../../src/cli/planning.ts";
import { look } from "../../../src/cli/session.ts";
import { World } from "../../../src/simulator/world.ts";
import { StateError, type State } from "../../../state/state.ts";
import { Rig } from "../../edits/rig.ts";

/** What the stack is, and what another run made of it before this one had the lock. */
const [WRITTEN, EDITED] = [{}, { network: { cidr: "10.1.0.0/16" } }];

let rig: Rig;
/** The state before and after another run. */
let before: State | undefined;
/** The calls of AWS, and `state` when the state was read under the lock. */
let calls: string[];
beforeEach(async () => {
  rig = Rig.from({ world: World.empty(1).data, state: undefined });
  await rig.reconcile(WRITTEN);
  before = rig.state;
  calls = [];
  rig.called = ({ service, operation }) => void calls.push(`${service}.${operation}`);
});

/** A reading under the lock that is answered once AWS has answered a call; without one it would wait for ever. */
const afterACall = async () => {
  await expect.poll(() => calls.length).toBeGreaterThan(0);
  calls.push("state");
  return rig.state;
};
const actionsOf = async (session: Awaited<ReturnType<Rig["session"]>>) => {
  const { plan, state } = await planned(session);
  return { actions: new Set(plan.actions.map(({ action }) => action)), problems: plan.problems, state };
};
const [NOTHING_TO_DO, ALL_NEW] = [new Set(["noop"]), new Set(["create"])];

describe("a state that was read before the lock was held", () => {
  it("says where to look while it is read under the lock, and costs no call more where it is the same", async () => {
    const plain = await rig.session(WRITTEN, { observes: "inventory" });
    expect(await actionsOf(plain)).toMatchObject({ actions: NOTHING_TO_DO, problems: [] });
    const alone = calls.toSorted();
    calls.length = 0;
    const session = await rig.session(WRITTEN, { early: async () => before, read: afterACall, observes: "inventory" });
    expect(await actionsOf(session)).toMatchObject({ actions: NOTHING_TO_DO, problems: [], state: before });
    expect(calls.indexOf("state")).toBeGreaterThan(0);
    expect(calls.filter((call) => call !== "state").toSorted()).toEqual(alone);
  });

  it("counts for nothing where another run has replaced what it tells of", async () => {
    await rig.reconcile(EDITED);
    const vpc = rig.state?.resources["network/vpc"]?.id;
    expect(vpc).not.toBe(before?.resources["network/vpc"]?.id);
    const session = await rig.session(EDITED, { early: async () => before, read: afterACall, observes: "inventory" });
    expect(session.first.recorded).toEqual(rig.state);
    expect(await actionsOf(session)).toMatchObject({ actions: NOTHING_TO_DO, problems: [], state: rig.state });
  });

  it("counts for nothing where another run has created the stack since", async () => {
    const session = await rig.session(WRITTEN, {
      early: async () => undefined,
      read: afterACall,
      observes: "inventory",
    });
    expect(await actionsOf(session)).toMatchObject({ actions: NOTHING_TO_DO, problems: [], state: before });
  });

  it("counts for nothing where another run has torn the stack down since, or the state was lost", async () => {
    const kept = rig.state;
    rig.state = undefined;
    const lost = await rig.session(WRITTEN, { early: async () => kept, read: afterACall, observes: "inventory" });
    expect((await actionsOf(lost)).actions).toEqual(new Set(["adopt"]));
    rig.state = kept;
    await rig.teardown(WRITTEN);
    const session = await rig.session(WRITTEN, { early: async () => kept, read: afterACall, observes: "inventory" });
    expect(await actionsOf(session)).toMatchObject({ actions: ALL_NEW, problems: [], state: { resources: {} } });
  });

  it("is no failure where it could not be read, and no answer where the state cannot be read under the lock", async () => {
    const damaged = () => Promise.reject(new StateError("The state is damaged."));
    const session = await rig.session(WRITTEN, { early: damaged, read: async () => rig.state, observes: "inventory" });
    expect(await actionsOf(session)).toMatchObject({ actions: NOTHING_TO_DO, problems: [] });
    const unreadable = await rig.session(WRITTEN, { early: async () => before, read: damaged, observes: "inventory" });
    await expect(look(unreadable)).rejects.toThrow("The state is damaged.");
  });
});
