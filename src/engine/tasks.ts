import { needsOf, type Action, type OldAction, type Plan } from "./action.ts";
import { clash } from "./fields.ts";
import type { Edge, Until } from "./output.ts";
import { fieldOf } from "./refusals.ts";

/** A condition that must be met before a task may start. */
export interface Before {
  readonly task: string;
  readonly until: Until;
}

/**
 * A unit of work for the scheduler: creating or updating a resource, removing what its update kept in place, or deleting one generation.
 */
export type Task<Services> = { readonly key: string; readonly before: readonly Before[]; readonly weight: number } & (
  | { readonly step: "make"; readonly action: Action<Services> }
  | { readonly step: "narrow"; readonly action: Action<Services> }
  | {
      readonly step: "delete";
      readonly action: Action<Services>;
      readonly generation: OldAction<Services> | undefined;
      /** The resource with which the provider deletes it. */
      readonly goesWith?: string | undefined;
    }
);

/** Whether a run says nothing of a task: it leaves a resource as it is, or only ends an update. */
export const isSilent = <Services>({ step, action: { action, observed } }: Task<Services>): boolean =>
  step === "narrow" || (action === "noop" && observed?.ready !== false);

/** The key of the task that creates or updates resource `id`. */
export const makeKey = (id: string) => `make ${id}`;
/** The key of the task that removes what the update of resource `id` kept in place. */
const narrowKey = (id: string) => `narrow ${id}`;
/** The key of the task that deletes the current generation of resource `id`. */
export const deleteKey = (id: string) => `delete ${id}`;

const oldTaskKey = ({ id, generation }: OldAction<never> | OldAction) => `delete ${id} ${generation.id ?? ""}`;

/**
 * The tasks of a plan and their order. Dependencies are created first and deleted last; a replaced resource is deleted when all its users
 * use the new one, or before the new one is created if the two cannot coexist. A resource that serves requests in place of another is
 * deleted when everything else is done (`Traits.addsFirst`, `Traits.deletedLast`).
 */
export function tasksOf<Services>(plan: Plan<Services>): Task<Services>[] {
  const byId = new Map(plan.actions.map((action) => [action.id, action]));
  const makes = (id: string) => byId.has(id) && byId.get(id)?.action !== "delete";
  const deletes = (id: string) => byId.get(id)?.action === "delete" || byId.get(id)?.action === "replace";
  // Where something else stays or comes, traffic may depend on the order.
  const endsAll = plan.actions.every(({ action }) => action === "delete");
  const wholes = endsAll ? wholesIn(plan.actions, byId) : new Map<string, string>();
  const goesAlong = (id: string, whole: string): boolean => {
    const next = wholes.get(id);
    return next !== undefined && (next === whole || goesAlong(next, whole));
  };
  const neededBy = (id: string) =>
    plan.actions.filter((action) => needsOf(action).some((need) => need.to === id && !need.loose));
  /** The users of a resource. One that goes along with `whole` is deleted after it, so that its own users count in its place. */
  const usersOf = (id: string, whole = id): Action<Services>[] =>
    neededBy(id).flatMap((user) => (goesAlong(user.id, whole) ? usersOf(user.id, whole) : user));

  const waitsFor = waiting(byId);

  const tasks: Task<Services>[] = [];
  for (const action of plan.actions) {
    const { id, kind, order } = action;
    // Where something that a deleted one needs goes before its successor comes, who is made only after that successor is not waited for.
    const firsts = action.action === "delete" ? goingFirst(action, byId) : [];
    const isTooLate = (user: string) => firsts.some((first) => waitsFor(user, first));
    if (makes(id)) {
      const before: Before[] = awaited(action).map(({ to, until }) => ({ task: makeKey(to), until }));
      if (order === "delete-first") before.push({ task: deleteKey(id), until: "ready" });
      tasks.push({
        step: "make",
        key: makeKey(id),
        before,
        action,
        weight: action.action === "noop" ? 0 : (kind.timing?.ready ?? kind.timing?.consistent ?? 0) + 1,
      });
      if (narrows(action))
        tasks.push({
          step: "narrow",
          key: narrowKey(id),
          before: [{ task: makeKey(id), until: "ready" }],
          action,
          weight: 1,
        });
    }
    if (!deletes(id)) continue;
    const whole = wholes.get(id);
    const before: Before[] = whole === undefined ? [] : [{ task: deleteKey(whole), until: "ready" }];
    for (const user of usersOf(id)) {
      if (deletes(user.id)) {
        if (!endsAll || !goesBeside(user, action)) before.push({ task: deleteKey(user.id), until: goneEnough(user) });
      } else if (order !== "delete-first" && !isTooLate(user.id)) {
        before.push({ task: makeKey(user.id), until: "ready" });
        if (narrows(user)) before.push({ task: narrowKey(user.id), until: "ready" });
      }
    }
    // Resources that an earlier run replaced may still be in it.
    for (const older of plan.old)
      if (older.id !== id && older.generation.needs.some(({ to, loose }) => to === id && !loose))
        before.push({ task: oldTaskKey(older), until: "ready" });
    if (order === "create-first") {
      before.push({ task: makeKey(id), until: "ready" });
      // Resources that start using it in this run, and those that switch to the new one.
      for (const user of plan.actions)
        if (makes(user.id) && user.node?.edges.some(({ to, loose }) => to === id && !loose))
          before.push({ task: makeKey(user.id), until: "ready" });
    }
    tasks.push({
      step: "delete",
      key: deleteKey(id),
      before,
      action,
      generation: undefined,
      goesWith: whole,
      weight: (kind.timing?.gone ?? 0) + 1,
    });
  }
  tasks.push(...oldTasks(plan, byId));
  return weighed(lastOnes(tasks));
}

/** The dependencies that creating or changing the resource waits for. */
const awaited = <Services>({ action, node }: Action<Services>): readonly Edge[] => {
  const creates = action === "create" || action === "replace";
  return (node?.edges ?? []).filter(({ changesOnly }) => !(changesOnly && creates));
};

/** When what a deleted resource refers to can be deleted. */
const goneEnough = <Services>({ kind }: Action<Services>): Before["until"] =>
  kind.traits?.goesAlone ? "created" : "ready";

/** Whether what a resource needs is deleted without waiting for it, see `Traits.deletedBeside`. */
const goesBeside = <Services>(user: Action<Services>, used: Action<Services>): boolean =>
  user.kind.traits?.deletedBeside?.includes(used.kind.type) ?? false;

/** What each resource is deleted with, see `Traits.deletedWith`: not what is not there, nor what is shared and only leaves the state. */
function wholesIn<Services>(
  actions: readonly Action<Services>[],
  byId: ReadonlyMap<string, Action<Services>>,
): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of actions)
    for (const { to, loose } of part.kind.traits?.deletedWith ? needsOf(part) : []) {
      const { kind, observed } = byId.get(to) ?? {};
      const isDeleted = observed !== undefined && observed.stays === undefined;
      if (kind && !loose && isDeleted && part.kind.traits?.deletedWith?.includes(kind.type)) found.set(part.id, to);
    }
  return found;
}

/** What a deleted resource depends on, directly or through other deleted resources, that is deleted before its successor is created. */
function goingFirst<Services>(action: Action<Services>, byId: ReadonlyMap<string, Action<Services>>): string[] {
  return needsOf(action).flatMap(({ to, loose }) => {
    const needed = loose ? undefined : byId.get(to);
    if (needed?.order === "delete-first") return [to];
    return needed?.action === "delete" ? goingFirst(needed, byId) : [];
  });
}

/** Returns whether one resource is created only after another, directly or through others. */
function waiting<Services>(byId: ReadonlyMap<string, Action<Services>>): (id: string, other: string) => boolean {
  const before = new Map<string, ReadonlySet<string>>();
  const allBefore = (id: string): ReadonlySet<string> => {
    const known = before.get(id);
    if (known) return known;
    const all = new Set<string>();
    before.set(id, all);
    const action = byId.get(id);
    for (const { to } of action ? awaited(action) : []) for (const one of [to, ...allBefore(to)]) all.add(one);
    return all;
  };
  return (id, other) => allBefore(id).has(other);
}

/** Whether its update temporarily keeps what is to be removed. */
export const narrows = <Services>({ kind, action, differences }: Action<Services>): boolean => {
  const adds = kind.traits?.addsFirst ?? [];
  const concerned = adds === true ? differences : differences.filter(({ path }) => adds.includes(fieldOf(path)));
  return (action === "update" || action === "adopt") && concerned.length > 0;
};

/** The task that removes the old path, after everything that creates the new one, except for what cannot be created before it. */
function lastOnes<Services>(tasks: readonly Task<Services>[]): Task<Services>[] {
  const all = new Map(tasks.map((task) => [task.key, task]));
  const makes = tasks.filter(({ step, action }) => step === "make" && action.action !== "noop");
  for (const { key, step, action } of tasks) {
    const deletedLast =
      step === "delete" &&
      action.action === "delete" &&
      action.kind.traits?.deletedLast === true &&
      !makes.some((make) => takesPlace(make.action, action));
    const task = all.get(key);
    if (!task || (step !== "narrow" && !deletedLast)) continue;
    const later = after(key, [...all.values()]);
    const before = makes
      .filter((make) => !later.has(make.key))
      .map((make) => ({ task: make.key, until: "ready" as const }));
    all.set(key, { ...task, before: [...task.before, ...before] });
  }
  return [...all.values()];
}

/** Whether a resource can be created only once another one of its kind is gone. */
const takesPlace = <Services>(
  { kind, desired }: Action<Services>,
  { kind: other, observed }: Action<Services>,
): boolean =>
  kind.type === other.type && desired !== undefined && observed !== undefined && clash(kind, desired, observed.spec);

/** The tasks that wait for a task, directly or through others. */
function after<Services>(key: string, tasks: readonly Task<Services>[]): Set<string> {
  const found = new Set([key]);
  for (let more = true; more;) {
    more = false;
    for (const task of tasks)
      if (!found.has(task.key) && task.before.some((before) => found.has(before.task))) {
        found.add(task.key);
        more = true;
      }
  }
  return found;
}

/** Generations left by an earlier run: they are deleted once the resources that may still use them are up to date. */
function oldTasks<Services>(plan: Plan<Services>, byId: ReadonlyMap<string, Action<Services>>): Task<Services>[] {
  return plan.old.flatMap((generation) => {
    const action = byId.get(generation.id);
    if (!action) return [];
    const key = oldTaskKey(generation);
    const before: Before[] = [];
    for (const user of plan.actions) {
      // What is no longer in the config needs what the state records of it.
      const edges = user.action === "delete" ? needsOf(user) : (user.node?.edges ?? []);
      const uses = user.id === generation.id || edges.some(({ to, loose }) => to === generation.id && !loose);
      if (uses && user.action !== "delete") before.push({ task: makeKey(user.id), until: "ready" });
      if (uses && narrows(user)) before.push({ task: narrowKey(user.id), until: "ready" });
      if (uses && user.id !== generation.id && (user.action === "delete" || user.action === "replace"))
        before.push({ task: deleteKey(user.id), until: "ready" });
    }
    for (const other of plan.old)
      if (other !== generation && other.generation.needs.some(({ to, loose }) => to === generation.id && !loose))
        before.push({ task: oldTaskKey(other), until: "ready" });
    return [
      {
        step: "delete",
        key,
        before,
        action,
        generation,
        weight: (generation.kind.timing?.gone ?? 0) + 1,
      } satisfies Task<Services>,
    ];
  });
}

/** Sets each task's weight to the longest time from its start to the end of the run, so that the critical path goes first. */
function weighed<Services>(tasks: readonly Task<Services>[]): Task<Services>[] {
  const known = new Set(tasks.map(({ key }) => key));
  const afters = new Map<string, Task<Services>[]>();
  for (const task of tasks)
    for (const { task: before } of task.before) afters.set(before, [...(afters.get(before) ?? []), task]);
  const longest = new Map<string, number>();
  const visiting = new Set<string>();
  const chain = (task: Task<Services>): number => {
    const done = longest.get(task.key);
    if (done !== undefined) return done;
    if (visiting.has(task.key)) throw new Error(`The plan has a dependency cycle through ${task.key}.`);
    visiting.add(task.key);
    const rest = Math.max(0, ...(afters.get(task.key) ?? []).map(chain));
    visiting.delete(task.key);
    longest.set(task.key, task.weight + rest);
    return task.weight + rest;
  };
  return tasks.map((task) => ({
    ...task,
    weight: chain(task),
    before: task.before.filter(({ task: key }) => known.has(key) && key !== task.key),
  }));
}
