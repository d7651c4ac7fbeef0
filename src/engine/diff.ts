import { equal } from "./equal.ts";
import { factsOf, isKeyed } from "./fields.ts";
import type { AnyKind, Seen } from "./resource-kind.ts";
import { hasUnknown } from "./output.ts";
import { HIDDEN } from "./secret.ts";

/** Why a field differs: the desired state was edited, or AWS was changed outside Fairlead. */
export type Cause = "change" | "drift";

/** One field, or one leaf of it, that differs. */
export interface Difference {
  /** The path, such as `ingress[0].port` or `tags.Name`. */
  readonly path: string;
  /** The current value in AWS; `undefined` if it is not set. */
  readonly old: unknown;
  /** The desired value; `KnownAfterApply` if it is only known after the apply; `undefined` if it is removed. */
  readonly new: unknown;
  readonly cause: Cause;
  /** It cannot be changed in place, so the resource is replaced. */
  readonly replaces: boolean;
}

/** The changes that turn the observed resource into the desired one. */
export interface Diff {
  readonly differences: readonly Difference[];
  /** The top-level fields that differ. */
  readonly changed: ReadonlySet<string>;
  /** The desired spec with foreign keys of keyed fields kept and other owners' values respected: what `update` is given. */
  readonly target: Record<string, unknown>;
  /** Unmanaged values that are kept: paths such as `tags.CostCenter`. */
  readonly foreign: readonly string[];
}

/**
 * The three-way difference: `desired` is what the config says, `applied` what was applied last (`undefined` where nothing is
 * remembered), `observed` what AWS says. All three are canonical. A field that AWS filled in by itself (never desired, never
 * applied) is no difference; one that was applied and is no longer wanted goes. `fields`: what else may have been applied, where
 * nothing is remembered of a resource that is the stack's.
 */
export function diff<Services>(
  kind: AnyKind<Services>,
  desired: Readonly<Record<string, unknown>>,
  applied: Readonly<Record<string, unknown>> | undefined,
  observed: Seen<Readonly<Record<string, unknown>>>,
  own: Readonly<Record<string, readonly string[]>> = {},
  fields: readonly string[] = [],
): Diff {
  const differences: Difference[] = [];
  const changed = new Set<string>();
  const target: Record<string, unknown> = {};
  const foreign: string[] = [];
  for (const field of new Set([...Object.keys(desired), ...Object.keys(applied ?? {}), ...fields])) {
    const facts = factsOf(kind, field);
    const now = facts.writeOnly ? applied?.[field] : observed[field];
    const [want, was] = [desired[field], applied?.[field]].map((value) => plannedValue(kind, field, value, now));
    const edited = applied !== undefined && !equal(want, was);
    const theirKeys = isKeyed(kind, field) ? foreignKeys(want, was, now, own[field]) : {};
    if (facts.keyed !== "provider-filled") foreign.push(...Object.keys(theirKeys).map((key) => `${field}.${key}`));
    const wanted = isKeyed(kind, field) ? { ...theirKeys, ...(want as object) } : want;
    // Another owner changed it since, so only an edit of the desired state changes it back.
    const ignored = !edited && now !== undefined && !hasUnknown(want) && isIgnored(kind, field, now, desired);
    const kept = facts.ignoreChanges && now !== undefined;
    if (kept && !isSame(kind, field, wanted, now, desired)) foreign.push(field);
    const same = ignored || kept || isSame(kind, field, wanted, now, desired);
    target[field] = ignored || kept ? now : wanted;
    if (same) continue;
    changed.add(field);
    const cause = edited || applied === undefined || hasUnknown(want) ? "change" : "drift";
    const replaces = facts.immutable === true && now !== undefined;
    for (const leaf of facts.secret ? [hidden(field, now, wanted)] : leaves(field, now, wanted))
      differences.push({ ...leaf, cause, replaces });
  }
  return { differences, changed, target, foreign };
}

/** The target value of a bounded field, given its current value. */
function plannedValue(kind: AnyKind<never>, field: string, value: unknown, now: unknown): unknown {
  const facts = factsOf(kind, field);
  return facts.planned && value !== undefined && now !== undefined && !hasUnknown(value)
    ? facts.planned(value, now)
    : value;
}

/** Whether another owner may have set the value. */
function isIgnored(kind: AnyKind<never>, field: string, now: unknown, desired: Readonly<Record<string, unknown>>) {
  const { ignoreDrift = false } = factsOf(kind, field);
  return typeof ignoreDrift === "function" ? ignoreDrift(now, desired) : ignoreDrift;
}

function isSame(
  kind: AnyKind<never>,
  field: string,
  wanted: unknown,
  now: unknown,
  desired: Readonly<Record<string, unknown>>,
): boolean {
  if (hasUnknown(wanted)) return false;
  const facts = factsOf(kind, field);
  return facts.same && now !== undefined && wanted !== undefined
    ? facts.same(wanted, now, desired)
    : equal(wanted, now);
}

/** Keys that exist and were never set by Fairlead. */
function foreignKeys(want: unknown, was: unknown, now: unknown, own: readonly string[] = []): Record<string, unknown> {
  const ours = new Set([...Object.keys(want ?? {}), ...Object.keys(was ?? {}), ...own]);
  return Object.fromEntries(Object.entries(now ?? {}).filter(([key]) => !ours.has(key)));
}

type Leaf = Pick<Difference, "path" | "old" | "new">;

/** The leaves below `path` that differ. Lists of different lengths, and values of different shapes, are one leaf. */
function leaves(path: string, old: unknown, wanted: unknown): Leaf[] {
  if (equal(old, wanted) && !hasUnknown(wanted)) return [];
  if (Array.isArray(old) && Array.isArray(wanted) && old.length === wanted.length)
    return old.flatMap((item, index) => leaves(`${path}[${index}]`, item, wanted[index]));
  if (isRecord(old) && isRecord(wanted))
    return [...new Set([...Object.keys(old), ...Object.keys(wanted)])].flatMap((key) =>
      leaves(`${path}.${key}`, old[key], wanted[key]),
    );
  return [{ path, old, new: wanted }];
}

/** The difference of a secret: that it differs, without its value. */
const hidden = (path: string, old: unknown, wanted: unknown): Leaf => ({
  path,
  old: old === undefined ? undefined : HIDDEN,
  new: wanted === undefined || hasUnknown(wanted) ? wanted : HIDDEN,
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.getPrototypeOf(value) === Object.prototype;
