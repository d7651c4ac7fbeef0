import { pruneRevisions } from "../release/old-revisions.ts";
import type { Aws } from "../aws/aws.ts";
import type { Plan } from "../engine/action.ts";
import type { Followed } from "../release/follow.ts";
import { idIn, serviceName, type ServiceRef } from "../release/service-ref.ts";
import { explained } from "./failure.ts";
import type { Session } from "./session.ts";
import { count } from "./words.ts";

/**
 * Deletes old task definition revisions of these services once what the command was called for is done. What it did is told in a line for
 * each service; that it could not do it is no failure of the command, and a later run does it. `latest` answers the newest revision
 * of a service, as far as it is known: without as many as are kept, nothing is asked of AWS.
 */
export async function pruneOldRevisions(
  session: Session,
  refs: readonly ServiceRef[],
  latest: (ref: ServiceRef) => string | undefined,
): Promise<void> {
  const { stop, store } = session;
  const { keepRevisions } = session.stack.delivery;
  const grown = refs.filter((ref) => numberIn(latest(ref)) >= keepRevisions);
  if (grown.length === 0 || stop.aborted) return;
  const state = JSON.stringify((await store.read().catch(() => undefined))?.resources ?? {});
  const isRecorded = (arn: string) => state.includes(`"${arn}"`);
  for (const ref of grown) await pruneOne(session, ref, isRecorded);
}

/** The same once a release or a rollback of these services has ended; only one that is live has registered what is to stay. */
export async function pruneAfter(
  session: Session,
  { ending, revision, services = [] }: Followed,
  refs: readonly ServiceRef[] = session.refs,
): Promise<void> {
  if (ending !== "live") return;
  const latest = (ref: ServiceRef) =>
    refs.length === 1 ? revision : services.find((one) => one.service === serviceName(ref))?.revision;
  await pruneOldRevisions(session, refs, latest);
}

/** The same once a plan is applied; a family that it has created has no old revisions. */
export async function pruneAfterPlan(session: Session, { actions }: Plan<Aws>): Promise<void> {
  const arns = new Map(
    actions.flatMap(({ id, observed }) => {
      const arn = observed?.attrs["arn"];
      return typeof arn === "string" ? [[id, arn] as const] : [];
    }),
  );
  const latest = (ref: ServiceRef) => arns.get(idIn(ref, "compute/task-definition"));
  const standing = session.refs.filter((ref) => latest(ref) !== undefined);
  await pruneOldRevisions(session, standing, latest);
}

async function pruneOne(session: Session, ref: ServiceRef, isRecorded: (arn: string) => boolean): Promise<void> {
  const { flags, hold, stack, stop, terminal } = session;
  const { taskFamily } = ref.names;
  try {
    const deleted = await hold.changing(() => pruneRevisions(ref, isRecorded, () => stop.throwIfAborted()));
    if (deleted > 0)
      terminal.line(
        `Note: deleted ${count(deleted, "old task definition revision")} of ${taskFamily}. delivery.keepRevisions sets how many are kept: ${stack.delivery.keepRevisions}.`,
      );
  } catch (error) {
    if (stop.aborted) return;
    terminal.line(
      `Note: could not delete old task definition revisions of ${taskFamily}: ${explained(error, flags).what.replace(/\.?$/, ".")} The next release or reconcile tries again.`,
    );
  }
}

/** The number of a revision, of its ARN or of `family:revision`; of an unknown one, one above all. */
const numberIn = (revision: string | undefined): number => {
  const digits = /:(\d+)$/.exec(revision ?? "")?.[1];
  return digits === undefined ? Number.POSITIVE_INFINITY : Number(digits);
};
