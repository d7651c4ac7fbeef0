import type { Action, Plan } from "../../src/engine/action.ts";
import { hasUnknown } from "../../src/engine/output.ts";
import type { State } from "../../state/state.ts";
import type { Done } from "./recorder.ts";

type Deeds = ReadonlyMap<string, readonly Done[]>;

/** The top-level field that a difference lies in, or whose update sets again what is not declared. */
const fieldOf = ({ observed }: Action<never> | Action, path: string): string =>
  observed?.drifted?.find((drifted) => drifted.path === path)?.field ?? path.split(/[.[]/, 1)[0] ?? path;

const fieldsOf = (action: Action<never> | Action): Set<string> =>
  new Set(action.differences.map(({ path }) => fieldOf(action, path)));

/** Where a run that died was at work on it, what there is may have to be made anew, or be there already. */
const isHalfDone = ({ known }: Action<never> | Action) =>
  known?.status === "creating" || known?.status === "deleting" || (known !== undefined && known.id === undefined);

/** Whether what is told of it can come out as it was, so that there is nothing to do. */
const mayStay = ({ differences }: Action<never> | Action) =>
  differences.length > 0 && differences.every(({ new: wanted }) => hasUnknown(wanted));

/** Whether a replacement hangs on what only the apply can tell. */
function mayBeKept({ order, observed, differences }: Action<never> | Action): boolean {
  const replacing = differences.filter(({ replaces }) => replaces);
  const isDue = order !== "create-first" || observed?.failed !== undefined || replacing.length === 0;
  return !isDue && replacing.every(({ new: wanted }) => hasUnknown(wanted));
}

/** What was done to a resource that its line of the plan does not say. */
function unannounced(action: Action<never> | Action, old: ReadonlySet<string>, done: Done): boolean {
  const { action: what, observed } = action;
  if (done.step === "create")
    return !(what === "create" || what === "replace" || (isHalfDone(action) && what !== "delete"));
  if (done.step === "delete") {
    if (old.has(done.id)) return false;
    return !((what === "delete" || what === "replace") && (done.id === observed?.id || isHalfDone(action)));
  }
  if (what === "create") return !isHalfDone(action);
  if (what === "replace") return !mayBeKept(action) && !isHalfDone(action);
  const fields = fieldsOf(action);
  return (what !== "update" && what !== "adopt") || done.fields.some((field) => !fields.has(field));
}

/** What the line of the plan says and was not done. */
function undone(action: Action<never> | Action, done: readonly Done[]): string | undefined {
  const { action: what, observed, differences } = action;
  const deleted = () => done.some((one) => one.step === "delete" && one.id === observed?.id);
  const made = done.some(({ step }) => step === "create");
  const updated = new Set(done.flatMap((one) => (one.step === "update" ? one.fields : [])));
  if (what === "create" && !made && !isHalfDone(action)) return "it was not created";
  if (what === "replace" && !mayBeKept(action)) {
    if (!made && !isHalfDone(action)) return "it was not made anew";
    if (!deleted() && !observed?.leaving) return `its ${observed?.id} was not deleted`;
  }
  if (what === "delete" && observed && !observed.leaving && !deleted()) return "it was not deleted";
  if ((what === "update" || what === "adopt") && !mayStay(action) && !isHalfDone(action)) {
    const sure = differences.filter(({ new: wanted }) => !hasUnknown(wanted)).map(({ path }) => fieldOf(action, path));
    const left = sure.find((field) => !updated.has(field));
    if (left !== undefined) return `its ${left} was not updated`;
  }
  return undefined;
}

const said = (done: Done) =>
  done.step === "update" ? `update ${done.fields.join(", ")}` : done.step === "delete" ? `delete ${done.id}` : "create";

/**
 * Compares resource by resource, action by action and field by field what a plan says and what was done; one sentence for each thing that
 * one has and the other has not. `whole`: the run ended with all of it done.
 */
export function unlike({ actions, old }: Plan<never> | Plan, deeds: Deeds, whole: boolean): string[] {
  const byId = new Map<string, Action<never> | Action>(actions.map((action) => [action.id, action]));
  const generations = new Map<string, Set<string>>();
  for (const { id, generation } of old)
    if (generation.id !== undefined) generations.set(id, (generations.get(id) ?? new Set()).add(generation.id));
  const more = [...deeds].flatMap(([id, done]) => {
    const action = byId.get(id);
    const wrong = done.filter((one) => !action || unannounced(action, generations.get(id) ?? new Set(), one));
    return wrong.map((one) => `${id}: planned was ${action?.action ?? "nothing"}, done was ${said(one)}`);
  });
  if (!whole) return more;
  const less = actions.flatMap((action) => {
    const why = undone(action, deeds.get(action.id) ?? []);
    return why === undefined ? [] : [`${action.id}: planned was ${action.action}, and ${why}`];
  });
  const stale = old.flatMap(({ id, generation, observed }) => {
    const deleted = deeds.get(id)?.some((one) => one.step === "delete" && one.id === generation.id);
    return !observed || observed.leaving || deleted ? [] : [`${id}: its earlier ${generation.id} was not deleted`];
  });
  return [...more, ...less, ...stale];
}

/** What the state has otherwise than a plan that was carried out says; one sentence each. */
export function misremembered({ actions }: Plan<never> | Plan, state: State | undefined): string[] {
  return actions.flatMap(({ id, action, observed }) => {
    const known = state?.resources[id];
    if (action === "delete") return known === undefined ? [] : [`${id} was deleted and is in the state`];
    if (known?.status !== "created" || known.id === undefined) return [`${id} is ${known?.status} in the state`];
    if (known.old !== undefined) return [`${id} has earlier generations left in the state`];
    const stays = action === "adopt" || action === "noop" || action === "update";
    return stays && known.id !== observed?.id ? [`${id} is ${known.id} in the state and was ${observed?.id}`] : [];
  });
}
