import type { Aws } from "../aws/aws.ts";
import type { Action } from "../engine/action.ts";
import { observeOne } from "../engine/observe.ts";
import { planReconcile } from "../engine/plan.ts";
import { Snapshot } from "../engine/snapshot.ts";
import type { State } from "../../state/state.ts";
import { RunError } from "./exit.ts";
import { paste } from "./paste.ts";
import { look, type Session } from "./session.ts";
import { DOING, duration } from "./words.ts";

/** What a wait came to, as `--json` prints it. */
export interface Waited {
  readonly seconds: number;
  /** What was still in progress at its end. */
  readonly inProgress: readonly string[];
  /** Whether Ctrl-C ended it. */
  readonly stopped: boolean;
}

/** Milliseconds between two looks, and for how long without `--timeout`: a distribution takes minutes, a certificate as long as a person does. */
const PAUSE = 5_000;
export const LONGEST = 3_600_000;
/** How often a log is told of what is waited for. */
const AGAIN = 30_000;

/**
 * Waits until nothing of the stack is in progress on AWS; changes nothing. Looks at the whole stack at the beginning and at the end, and at what
 * is in progress in between. Throws `RunError` where something will not become ready.
 */
export async function untilReady(session: Session, timeout = LONGEST): Promise<Waited> {
  const { clock, flags, stop, terminal } = session;
  const startedAt = clock.now();
  let toldAt = Number.NEGATIVE_INFINITY;
  let { going, state } = await whole(session);
  for (;;) {
    const seconds = Math.round((clock.now() - startedAt) / 1000);
    const ended = { seconds, inProgress: going.map(({ id }) => id), stopped: stop.aborted };
    if (going.length === 0 || stop.aborted) return ended;
    const left = startedAt + timeout - clock.now();
    if (left <= 0) {
      terminal.line(
        `Still in progress after ${duration(timeout)}: ${ended.inProgress.join(", ")}. To keep waiting: ${paste(flags, "status", "--wait")}`,
        "failure",
      );
      return ended;
    }
    const lines = going.map((action) => waitLine(action, clock.now() - startedAt));
    if (terminal.live) terminal.draw(lines);
    else if (clock.now() - toldAt >= AGAIN) {
      toldAt = clock.now();
      for (const line of lines) terminal.line(line);
    }
    await clock.sleep(Math.min(PAUSE, left), stop).catch(() => {});
    terminal.draw([]);
    going = await again(session, state, going);
    // Something else may have begun in the meantime.
    if (going.length === 0) ({ going, state } = await whole(session));
  }
}

/** What is in progress in the whole stack. */
async function whole(session: Session): Promise<{ going: Action<Aws>[]; state: State }> {
  // The session's own snapshot is of its beginning.
  const { state, seen } = await look({ ...session, snapshot: new Snapshot() });
  const { actions } = planReconcile(session.world, session.topology.graph, state, seen);
  return { going: inProgress(actions), state };
}

/** What is still in progress of what was, which takes a call or two each. */
async function again({ world }: Session, { resources }: State, going: readonly Action<Aws>[]): Promise<Action<Aws>[]> {
  const snapshot = new Snapshot();
  const now = going.map(async (action) => {
    const { id, kind, observed: before } = action;
    if (before === undefined) return action;
    const recorded = resources[id];
    const known = { ...(recorded?.type === kind.type && recorded), id: before.id };
    const observed = await observeOne(world, kind, id, known, recorded?.spec ?? before.spec, snapshot);
    return { ...action, observed };
  });
  return inProgress(await Promise.all(now));
}

/** The actions whose resources AWS is still busy with; throws where AWS says that one has failed. */
function inProgress(actions: readonly Action<Aws>[]): Action<Aws>[] {
  const failed = actions.find(({ observed }) => observed?.failed !== undefined);
  if (failed) throw new RunError(`${failed.kind.type} ${failed.id} cannot become ready: ${failed.observed?.failed}`);
  return actions.filter(isInProgress);
}

/** Whether AWS is still busy with it: it exists and is not ready, or is being deleted. */
const isInProgress = ({ observed }: Action<Aws>): boolean => observed?.ready === false || observed?.leaving === true;

function waitLine({ id, kind, observed }: Action<Aws>, ms: number): string {
  const isLeaving = observed?.leaving === true;
  const usual = isLeaving ? kind.timing?.gone : kind.timing?.ready;
  const status = observed?.status === undefined ? "" : `: ${observed.status}`;
  const usually = usual === undefined ? "" : ` (usually ${duration(usual * 1000)})`;
  return `… ${isLeaving ? DOING.delete : "waiting for"} ${id}${status}, ${duration(ms)}${usually}`;
}
