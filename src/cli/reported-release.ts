import type { ReleaseEvent } from "../release/events.ts";
import type { Reporting } from "../../state/state.ts";
import { LiveRelease } from "./live-release.ts";
import type { ReleaseProgress } from "./release-progress.ts";
import { reportingOf } from "./reporting.ts";
import type { Session } from "./session.ts";

/** A release or a rollback that is followed: shown in this terminal, and reported beside the state for others to see. */
export class ReportedRelease {
  readonly #progress: ReleaseProgress;
  readonly #live: LiveRelease;
  readonly #reporting: Reporting;

  /** `release`: the pipeline execution's id, if there is one. */
  constructor(session: Session, progress: ReleaseProgress, release?: string) {
    this.#progress = progress;
    this.#live = new LiveRelease(session.flags, session.clock.now(), release);
    this.#reporting = reportingOf(session, "release", (now) => this.#live.at(now));
  }

  /** Takes an event of the release. */
  readonly tell = (event: ReleaseEvent): void => {
    this.#progress.tell(event);
    this.#live.tell(event);
    this.#reporting.changed();
  };

  /** The first report; it is repeated, since a release is followed without a lock that would show that this process exists. */
  start(): Promise<void> {
    return this.#reporting.start(true);
  }

  end(): Promise<void> {
    return this.#reporting.end();
  }
}
