// What blocks a delete outside Fairlead. AWS fails with `DependencyViolation`, `ResourceInUse` and similar codes, and does not say what
// blocks it: the obstacles found here are reported by name, with a command, instead of AWS's error.
import type { Aws } from "./aws.ts";
import type { NotYet } from "./call.ts";
import { messageOf } from "./errors.ts";
import { isOfStack } from "./owned.ts";
import { ownerOf, type Tags } from "./tags.ts";

/** Something that blocks deleting a resource. */
export interface Obstacle {
  /** Its kind, id and name: `security group sg-1 "db"`. */
  readonly what: string;
  /** Its tags, which identify its owner. The stack's own resources are deleted anyway, so the delete waits for them. */
  readonly tags?: Tags | undefined;
  /** How it blocks the resource, as the predicate of `what`: `has a rule for sg-2`. */
  readonly how: string;
  /** A command that removes it. */
  readonly remove?: string;
  /** If no single command removes it, one that shows it. */
  readonly show?: string;
}

/** A delete that unmanaged resources may block. */
export interface Held {
  /** The failed operation, as the beginning of a sentence: `sg-1 cannot be deleted`. */
  readonly refusal: string;
  /**
   * Checks that find obstacles, and may clear leftovers. Each runs independently: if one is not permitted, the results of the
   * others are still used, unless it throws `CannotClear`. `waited`: milliseconds since the first error.
   */
  readonly looks: readonly ((waited: number) => Promise<readonly Obstacle[]>)[];
}

/** Clearing a leftover was denied: the delete fails with the cause. */
export class CannotClear extends Error {
  override readonly name = "CannotClear";
}

/**
 * For how many milliseconds an obstacle must have been present before a delete gives up because of it. Lists lag by some seconds (EC2 API
 * reference, "Eventual consistency"), and its owner may be deleting it.
 */
const CONFIRMED = 30_000;

/** How many are listed by name. */
const TOLD = 5;

/**
 * The errors `refused` of a call, with a check for their cause: unmanaged obstacles are reported at the first error, and end
 * the wait once they have been present for half a minute; the stack's own, and those that disappear by themselves, are waited for.
 */
export function unlessHeld(aws: Pick<Aws, "owner">, held: Held, refused: readonly NotYet[]): readonly NotYet[] {
  const seen = new Map<string, number>();
  const meanwhile = async (waited: number) => {
    const { foreign, failed } = await lookedAt(aws, held, waited);
    const names = new Map(foreign.map((one) => [`${one.what} ${one.how}`, one]));
    for (const name of seen.keys()) if (!names.has(name)) seen.delete(name);
    for (const name of names.keys()) if (!seen.has(name)) seen.set(name, waited);
    if (foreign.length === 0)
      return failed === undefined
        ? undefined
        : `${held.refusal}, and what blocks it could not be determined: ${messageOf(failed)}`;
    const text = textOf(held, foreign);
    if ([...seen.values()].some((since) => waited - since >= CONFIRMED)) throw new Error(text);
    return text;
  };
  return refused.map((answer) => ({ ...answer, meanwhile }));
}

async function lookedAt(aws: Pick<Aws, "owner">, { looks }: Held, waited: number) {
  const all = await Promise.allSettled(looks.map((look) => look(waited)));
  const found = all.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
  const failures = all.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  for (const failure of failures) if (failure instanceof CannotClear) throw failure.cause;
  const [failed] = failures;
  return { foreign: found.filter(({ tags = {} }) => !isOwn(aws, tags)), failed };
}

/** Whether tags mark a resource as the stack's own. */
export function isOwn(aws: Pick<Aws, "owner">, tags: Tags): boolean {
  const owner = ownerOf(tags);
  return owner !== undefined && isOfStack(aws, owner);
}

function textOf({ refusal }: Held, foreign: readonly Obstacle[]): string {
  const told = foreign.slice(0, TOLD);
  const list = told.map(({ what, tags = {}, how }) => `${what}, ${whose(tags)}, ${how}`);
  const more = foreign.length - told.length;
  const commands = [
    ["To remove", told.flatMap(({ remove }) => remove ?? [])],
    ["To inspect", told.flatMap(({ show }) => show ?? [])],
  ] as const;
  const ways = commands.filter(([, of]) => of.length > 0).map(([what, of]) => `${what}: ${of.join("; ")}`);
  const them = foreign.length === 1 ? "that" : "those";
  return `${refusal}: ${list.join("; ")}${more > 0 ? `; and ${more} more` : ""}. Remove ${them}, then run again. ${ways.join(" . ")}`.trimEnd();
}

function whose(tags: Tags): string {
  const owner = ownerOf(tags);
  return owner === undefined ? "not created by Fairlead" : `owned by another stack (${owner})`;
}

/** The `Name` tag, to be appended to an id. */
export const named = (tags: Tags): string => (tags["Name"] === undefined ? "" : ` "${tags["Name"]}"`);
