import type { State } from "../../state/state.ts";
import type { Clock } from "../clock.ts";
import type { Graph } from "./graph.ts";
import { observeOne, type Known, type Observation, type World } from "./observe.ts";
import type { AnyKind, AnyObserved } from "./resource-kind.ts";
import { Snapshot } from "./snapshot.ts";
import { LISTED_FOR, longer } from "./until-unlisted.ts";

/** A resource that was found although the state does not record it, or records that it was being deleted. */
interface Suspect<Services> {
  readonly id: string;
  readonly kind: AnyKind<Services>;
  readonly found: AnyObserved;
  /** What the observation had to find it by. */
  readonly known: Known | undefined;
}

/**
 * A run that ended while it deleted takes what it has deleted out of the state, and lists may show that for a while (EC2 API Reference, "Eventual
 * consistency"): it looks as if it were there and the state had lost it, and a plan would go on from it. So what was found and is not recorded, or is
 * recorded as being deleted, is asked for by its id, and what is gone is waited for until no list shows it. Returns whether lists were stale: then
 * everything is to be observed anew. Costs nothing unless deletes were interrupted in the last five minutes. Never changes anything.
 */
export async function untilListsCatchUp<Services>(
  world: World<Services>,
  graph: Graph<Services>,
  { resources, recordedAt }: State,
  { current }: Observation,
  clock: Clock,
): Promise<boolean> {
  const isInterrupted = Object.values(resources).some(({ status }) => status === "deleting");
  // What a teardown finds gone is what it wants.
  if (recordedAt === undefined || !isInterrupted || world.deletes) return false;
  // A clock that is ahead of this one is not waited for.
  const until = Math.min(Date.parse(recordedAt), clock.now()) + LISTED_FOR;
  if (until <= clock.now()) return false;
  const suspects = graph.nodes.flatMap(({ id, kind }): Suspect<Services>[] => {
    const found = current.get(id);
    const { id: recorded, status } = resources[id] ?? {};
    if (!found || (recorded !== undefined && status !== "deleting")) return [];
    return [{ id, kind, found, known: recorded === undefined ? undefined : { id: found.id } }];
  });
  const shows = async ({ id, kind, found }: Suspect<Services>, known: Known | undefined, snapshot: Snapshot) => {
    const seen = await observeOne(world, kind, id, known, found.spec, snapshot);
    return seen?.id === found.id;
  };
  const stale = await filtered(suspects, async (suspect) => {
    const isThere = await shows(suspect, { id: suspect.found.id, direct: true }, new Snapshot());
    return !isThere;
  });
  let listed = stale;
  for (let pause = longer(0); listed.length > 0 && clock.now() < until; pause = longer(pause)) {
    await clock.sleep(Math.min(pause, until - clock.now()));
    const snapshot = new Snapshot();
    listed = await filtered(listed, (suspect) => shows(suspect, suspect.known, snapshot));
  }
  return stale.length > 0;
}

/** Those for which a question is answered with yes. */
async function filtered<One>(all: readonly One[], question: (one: One) => Promise<boolean>): Promise<One[]> {
  const answers = await Promise.all(all.map(question));
  return all.filter((_, index) => answers[index]);
}
