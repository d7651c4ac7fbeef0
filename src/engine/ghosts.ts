import type { State } from "../../state/state.ts";
import type { Clock } from "../clock.ts";
import type { Graph } from "./graph.ts";
import { observeOne, type Observation, type World } from "./observe.ts";
import type { AnyKind, AnyObserved } from "./resource-kind.ts";
import { Snapshot } from "./snapshot.ts";
import { LISTED_FOR, longer } from "./until-unlisted.ts";

/** A resource that was found although the state does not record it, or records that it was being deleted. */
interface Suspect<Services> {
  readonly id: string;
  readonly kind: AnyKind<Services>;
  readonly found: AnyObserved;
  /** Whether the state records it, so that it is looked for by its id. */
  readonly isRecorded: boolean;
}

/**
 * A run that ended while it deleted takes what it has deleted out of the state, and lists may show that for a while (EC2 API Reference, "Eventual
 * consistency"): it looks as if it were there and the state had lost it, and a plan would go on from it. So what was found and is not recorded, or is
 * recorded as being deleted, is asked for by its id, and what is gone is waited for until no list shows it. Returns whether there was any: then everything is to be observed
 * anew. Costs nothing unless deletes were interrupted in the last five minutes. Never changes anything.
 */
export async function untilUnhaunted<Services>(
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
    const { id: known, status } = resources[id] ?? {};
    return found && (known === undefined || status === "deleting")
      ? [{ id, kind, found, isRecorded: known !== undefined }]
      : [];
  });
  const isShown = (snapshot: Snapshot, direct: true | undefined) => async (suspect: Suspect<Services>) => {
    const { id, kind, found, isRecorded } = suspect;
    const known = direct || isRecorded ? { id: found.id, direct } : undefined;
    const seen = await observeOne(world, kind, id, known, found.spec, snapshot);
    return seen?.id === found.id;
  };
  const ghosts = await filtered(suspects, async (one) => !(await isShown(new Snapshot(), true)(one)));
  let left = ghosts;
  for (let pause = longer(0); left.length > 0 && clock.now() < until; pause = longer(pause)) {
    await clock.sleep(Math.min(pause, until - clock.now()));
    left = await filtered(left, isShown(new Snapshot(), undefined));
  }
  return ghosts.length > 0;
}

/** Those for which a question is answered with yes. */
async function filtered<One>(all: readonly One[], question: (one: One) => Promise<boolean>): Promise<One[]> {
  const answers = await Promise.all(all.map(question));
  return all.filter((_, index) => answers[index]);
}
