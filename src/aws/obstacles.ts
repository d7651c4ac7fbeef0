// What others put in the way of a delete. AWS refuses with `DependencyViolation`, `ResourceInUse` and their like, and names nothing: what
// is found here is told by name, with a command, instead of the refusal.
import type { Aws } from "./aws.ts";
import type { NotYet } from "./call.ts";
import { messageOf } from "./errors.ts";
import { isOfStack } from "./owned.ts";
import { ownerOf, type Tags } from "./tags.ts";

/** Something that keeps a resource from being deleted. */
export interface Obstacle {
  /** What it is and which one: `security group sg-1 "db"`. */
  readonly what: string;
  /** Its tags, which tell whose it is. What is the stack's own goes by itself and is waited for. */
  readonly tags?: Tags | undefined;
  /** How it keeps the resource, as what follows `what` in a sentence: `has a rule for sg-2`. */
  readonly how: string;
  /** A command that takes it out of the way, */
  readonly remove?: string;
  /** or, where no one command does, one that shows it. */
  readonly show?: string;
}

/** A delete that may be refused because of others. */
export interface Held {
  /** What cannot be done, as the beginning of a sentence: `sg-1 cannot be deleted`. */
  readonly refusal: string;
  /**
   * What is in the way now, and may clear what is of no use to anybody. Each is tried on its own: one that is not permitted leaves the
   * others their say, except where it throws `CannotClear`. `waited`: milliseconds since the first refusal.
   */
  readonly looks: readonly ((waited: number) => Promise<readonly Obstacle[]>)[];
}

/** What could be cleared was not allowed to be: the delete ends with the cause. */
export class CannotClear extends Error {
  override readonly name = "CannotClear";
}

/**
 * For how many milliseconds an obstacle must have been seen before a delete gives up because of it. Lists lag by some seconds (EC2 API
 * reference, "Eventual consistency"), and whoever put it there may be taking it away.
 */
const CONFIRMED = 30_000;

/** How many are told by name. */
const TOLD = 5;

/**
 * The answers `refused` of a call, with a look at what they are due to: what others put in the way is told at the first refusal, and ends
 * the wait once it has been seen for half a minute; what is the stack's own, or goes by itself, is waited for.
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
        : `${held.refusal}, and what keeps it could not be looked at: ${messageOf(failed)}`;
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

/** Whether tags say that something is the stack's own. */
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
    ["To look", told.flatMap(({ show }) => show ?? [])],
  ] as const;
  const ways = commands.filter(([, of]) => of.length > 0).map(([what, of]) => `${what}: ${of.join("; ")}`);
  const them = foreign.length === 1 ? "that" : "those";
  return `${refusal}: ${list.join("; ")}${more > 0 ? `; and ${more} more` : ""}. Remove ${them}, then run again. ${ways.join(" . ")}`.trimEnd();
}

function whose(tags: Tags): string {
  const owner = ownerOf(tags);
  return owner === undefined ? "not made by Fairlead" : `of another stack (${owner})`;
}

/** What something is called, after its id. */
export const named = (tags: Tags): string => (tags["Name"] === undefined ? "" : ` "${tags["Name"]}"`);
