import { realClock } from "../clock.ts";
import type { Progress, ProgressOf, Reporting } from "../../state/state.ts";
import { total, type Session } from "./session.ts";

/** What a run or a release says of itself; the rest is the session's. */
export type Said = Omit<
  Progress,
  "when" | "target" | "region" | "startedAt" | "updatedAt" | "clock" | "calls" | "retries"
>;

/** Reports beside the state how far this command is. `at`: how far it is at that moment of the run's clock. */
export function reportingOf(session: Session, of: ProgressOf, at: (now: number) => Said): Reporting {
  const { aws, clock, connection, hold, store, target } = session;
  const startedAt = new Date(realClock.now()).toISOString();
  return store.reporting(of, hold.verb, () => ({
    when: new Date(connection.startedAt).toISOString(),
    target,
    region: aws.region,
    startedAt,
    updatedAt: new Date(realClock.now()).toISOString(),
    clock: target === "local" ? "virtual" : "real",
    calls: total(connection.calls),
    retries: total(connection.retries),
    ...at(clock.now()),
  }));
}
