import { afterAll, beforeAll, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { changedByHand } from "./by-hand.ts";
import { Stage } from "./stage.ts";

type Action = "create" | "update" | "delete";

/** A setting, its value, and exactly what that changes: ids of resources, which are updated unless an action is given. */
export type Alone = readonly [path: string, value: unknown, changed: readonly string[], action?: Action];

const BACK: Readonly<Record<Action, Action>> = { create: "delete", update: "update", delete: "create" };

/** A config with one more setting. */
function withSetting(config: StackConfig, path: string, value: unknown): StackConfig {
  const [group = "", ...rest] = path.split(".");
  const own = (config as Readonly<Record<string, StackConfig | undefined>>)[group] ?? {};
  return { ...config, [group]: rest.length === 0 ? value : withSetting(own, rest.join("."), value) };
}

/**
 * Tests that each setting, on top of those before it, changes what it is a setting of and nothing else; that what they changed is set again where
 * someone changed it; that all of them go back together; and that the stack is torn down to nothing, with `last` set.
 */
export function eachAlone(
  base: StackConfig,
  settings: readonly Alone[],
  last: StackConfig = base,
  more?: (stage: Stage, settles: () => Promise<void>) => void,
): void {
  const stage = new Stage(base);
  let config = base;
  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
  });
  afterAll(() => stage.remove());

  const settles = async () => {
    const { exit, lines } = await stage.run("reconcile");
    expect(exit === 0 ? [] : lines).toEqual([]);
    expect(await stage.planned()).toEqual({});
  };
  const doing = (ids: readonly string[], action: Action) => Object.fromEntries(ids.map((id) => [id, action]));
  const changes = Object.assign({}, ...settings.map(([, , ids, action = "update"]) => doing(ids, action))) as Record<
    string,
    Action
  >;
  const left = Object.keys(changes).filter((id) => changes[id] !== "delete");

  // The plan of the next one would show what one has left to do.
  for (const [path, value, changed, action = "update"] of settings)
    it(`${path} set to ${JSON.stringify(value)} changes what it is a setting of, and nothing else`, async () => {
      config = withSetting(config, path, value);
      stage.edit(config);
      const planned = await stage.planned();
      const { exit, lines } = await stage.run("reconcile");
      expect(planned).toEqual(doing(changed, action));
      expect(exit === 0 ? [] : lines).toEqual([]);
    });

  // Settings that only take something away leave nothing to change.
  for (const ids of left.length > 0 ? [left] : [])
    it("are set again where someone has changed the resources", async () => {
      await changedByHand(stage, ids);
      const { json } = await stage.run("plan");
      const wanted = json.actions.filter(({ action }) => action !== "noop");
      expect(wanted.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
      for (const one of wanted) expect(one).toMatchObject({ action: "update", drift: true });
      await settles();
    });

  more?.(stage, settles);

  it("go back to their defaults together, and the stack is torn down to nothing", async () => {
    stage.edit(base);
    expect(await stage.planned()).toEqual(
      Object.fromEntries(Object.entries(changes).map(([id, one]) => [id, BACK[one]])),
    );
    await settles();
    stage.edit(last);
    await settles();
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });
}
