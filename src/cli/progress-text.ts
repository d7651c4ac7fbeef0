import { realClock } from "../clock.ts";
import { heldBy } from "../../state/holder.ts";
import { LockedError, type ActionProgress, type RunProgress, type StateStore } from "../../state/state.ts";
import { leftText } from "./progress.ts";
import { duration } from "./words.ts";

/** `34 of 67 done, about 3 min left, waiting for edge/distribution (InProgress, usually 4 min 00 s)`; a release tells its stage. */
export function howFar(progress: RunProgress, now: number): string {
  const { of, done, all, secondsLeft, clock, isAlive, waitsFor, stages } = progress;
  if (of === "release") {
    const stage = stages.findLast(({ status }) => status === "InProgress") ?? stages.at(-1);
    const name = stage === undefined ? [] : [`${stage.stage} ${spoken(stage.status)}`];
    return [...name, ...(waitsFor === undefined ? [] : [lowered(waitsFor)])].join(", ") || "it has just begun";
  }
  if (!isAlive) return `${done} of ${all} done`;
  // Simulated time does not pass as that of this machine does.
  const passed = clock === "virtual" ? 0 : Math.max(0, now - Date.parse(progress.updatedAt)) / 1000;
  const left = leftText(secondsLeft - passed).map((text) => (clock === "virtual" ? `${text} of simulated time` : text));
  return [`${done} of ${all} done`, ...left, ...waitedFor(progress)].join(", ");
}

/** What is in progress, or was when it died and what continues it: a line of `status`. `command`: one as it is typed for this stack. */
export function progressLine(
  progress: RunProgress,
  now: number,
  command: (name: string, ...words: readonly string[]) => string,
): string {
  const { verb, who, since, isAlive, release } = progress;
  const what = `${verb} by ${who} since ${since.replace(/\.\d{3}Z$/, "Z")}`;
  const about = release === undefined ? "" : ` (release ${release})`;
  if (isAlive) return `${what}${about}: ${howFar(progress, now)}`;
  const died = `${what}${about} has died: ${howFar(progress, now)}.`;
  if (progress.of === "run") return `${died} The next run continues from there: ${command(verb)}`;
  const follow = release === undefined ? command("releases") : command("deploy", "--attach", release);
  return `${died} The release itself continues on AWS. To follow it: ${follow}`;
}

/** All that is reported beside the state. */
export async function progressIn({ progress }: Pick<StateStore, "progress">): Promise<RunProgress[]> {
  const found = await Promise.all([progress("run"), progress("release")]);
  return found.flatMap((one) => one ?? []);
}

/** The error of a lock that is held, with how far its holder is, where that is known. */
export async function toldHowFar(error: unknown, store: Pick<StateStore, "progress">): Promise<unknown> {
  if (!(error instanceof LockedError) || error.holder === undefined) return error;
  const { holder } = error;
  // On the local target the lock is that of the simulated AWS: the process is the same.
  const found = (await progressIn(store)).find(
    ({ isAlive, pid, host, process }) =>
      isAlive && pid === holder.pid && host === holder.host && process === holder.process,
  );
  return found ? new LockedError(heldBy(holder, howFar(found, realClock.now())), holder) : error;
}

/** The one of those waited for that probably takes longest, and how many there are besides. */
function waitedFor({ actions, elapsed }: RunProgress): string[] {
  const leftOf = ({ usual = 0, waited = elapsed }: ActionProgress) => usual * 1000 - (elapsed - waited);
  const waiting = actions.filter(({ state }) => state === "waiting").toSorted((a, b) => leftOf(b) - leftOf(a));
  const [first] = waiting;
  if (!first) return [];
  const more = waiting.length > 1 ? ` and ${waiting.length - 1} more` : "";
  const status = first.status === undefined ? [] : [first.status];
  const usual = first.usual === undefined ? [] : [`usually ${duration(first.usual * 1000)}`];
  const how = [...status, ...usual].join(", ");
  return [`waiting for ${first.id}${how === "" ? "" : ` (${how})`}${more}`];
}

/** `InProgress` -> `in progress`. */
const spoken = (status: string) => status.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();

/** A sentence as part of another. */
const lowered = (sentence: string) => sentence.replace(/^It /, "it ").replace(/\.$/, "");
