import type { Generation, ResourceState, State } from "../../state/state.ts";
import type { Adoptions } from "./adopt.ts";
import type { Clock } from "../clock.ts";
import type { Graph } from "./graph.ts";
import { observeAll, observeOne, oldKey, type BegunObservation, type Observation, type World } from "./observe.ts";
import type { AnyKind, AnyObserved } from "./resource-kind.ts";
import { Snapshot } from "./snapshot.ts";
import { untilListsCatchUp } from "./stale-lists.ts";
import { LISTED_WITHIN } from "./until-listed.ts";

/** Milliseconds between looks at what is not shown yet: the first pause, and the longest. */
const SOON = 250;
const SLOWEST = 2_000;

/** What an observation of everything is made with. */
interface Reading<Services> {
  readonly adopt?: Adoptions | undefined;
  readonly snapshot: Snapshot;
  /** What was begun with that snapshot. */
  readonly begun?: BegunObservation<Services> | undefined;
  readonly clock: Clock;
}

/** Everything as observed, and the reads that it was observed with. */
export interface ObservedAll {
  readonly seen: Observation;
  readonly snapshot: Snapshot;
}

/**
 * Observes everything at once. What the last run recorded a moment ago and no read shows yet is looked for until reads must show it:
 * otherwise a plan made right after a run, or after one that died, would take it for deleted and create it a second time. And what a teardown that
 * ended early has deleted a moment ago, and lists still show, is not taken for the stack's. Costs nothing if everything recorded is
 * found and no deletes were interrupted. Never changes anything.
 */
export async function observeRecorded<Services>(
  world: World<Services>,
  graph: Graph<Services>,
  state: State,
  { adopt, snapshot, begun, clock }: Reading<Services>,
): Promise<ObservedAll> {
  const first = { seen: await observeAll(world, graph, state, adopt, snapshot, begun), snapshot };
  const late = unseen(world, state, first.seen, clock.now());
  let shown = 0;
  for (let pause = SOON; late.length > shown; pause = Math.min(SLOWEST, pause * 2)) {
    const due = late.filter(({ until }) => until > clock.now()).map(({ until }) => until - clock.now());
    if (due.length === 0) break;
    await clock.sleep(Math.min(pause, ...due));
    const fresh = new Snapshot();
    // What cannot be read is for the plan to report, which reads it again.
    const found = await Promise.all(late.map(({ observe }) => observe(fresh).catch(() => undefined)));
    shown = found.filter((observed) => observed !== undefined).length;
  }
  const wereStale = await untilListsCatchUp(world, graph, state, first.seen, clock);
  if (shown === 0 && !wereStale) return first;
  const last = new Snapshot();
  return { seen: await observeAll(world, graph, state, adopt, last), snapshot: last };
}

/** A recorded resource that reads may still miss. */
interface Late {
  /** When reads must show it, in milliseconds on the clock of the run. */
  readonly until: number;
  readonly observe: (snapshot: Snapshot) => Promise<AnyObserved | undefined>;
}

/** What is recorded, was not found or not with its owner mark, and may have been created too recently to be shown at `now`. */
function unseen<Services>(
  world: World<Services>,
  { resources, recordedAt }: State,
  { current, old }: Observation,
  now: number,
): Late[] {
  if (recordedAt === undefined) return [];
  // A clock that is ahead of this one is not waited for.
  const since = Math.min(Date.parse(recordedAt), now);
  return Object.entries(resources).flatMap(([id, resource]) => {
    const kind = world.kindOf(resource.type);
    if (!kind) return [];
    const until = since + (kind.timing?.listed ?? LISTED_WITHIN) * 1_000;
    if (until <= now) return [];
    const isMissing = resource.status !== "deleting" && !current.get(id);
    const missing: Generation[] = [
      ...(isMissing ? [resource] : []),
      ...(resource.old ?? []).filter((generation) => !old.get(oldKey(id, generation))),
    ];
    const late: Late[] = missing
      .filter((generation) => generation.id !== undefined)
      .map((generation) => ({
        until,
        observe: (snapshot) => observeOne(world, kind, id, generation, generation.spec, snapshot),
      }));
    return isUnmarked(kind, resource, current.get(id))
      ? [...late, { until, observe: marked(world, kind, id, resource) }]
      : late;
  });
}

/** Whether it is what an interrupted create may have made, read before its mark: only that could say whose it is. */
const isUnmarked = <Services>(kind: AnyKind<Services>, known: ResourceState, seen: AnyObserved | undefined): boolean =>
  seen !== undefined &&
  seen.owner === undefined &&
  known.status === "creating" &&
  known.id === undefined &&
  kind.traits?.markedAtOnce === true;

/** Looks for what a record tells of, and takes it only with an owner mark. */
const marked =
  <Services>(world: World<Services>, kind: AnyKind<Services>, id: string, known: ResourceState): Late["observe"] =>
  async (snapshot) => {
    const seen = await observeOne(world, kind, id, known, known.spec, snapshot);
    return seen?.owner === undefined ? undefined : seen;
  };
