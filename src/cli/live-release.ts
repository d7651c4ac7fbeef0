import type { ReleaseEvent } from "../release/events.ts";
import type { StageProgress } from "../../state/state.ts";
import type { CommonFlags } from "./context.ts";
import { tasksText } from "./release-text.ts";
import type { Said } from "./reporting.ts";
import { waitLines } from "./wait-text.ts";

type Stage = { -readonly [Key in keyof StageProgress]: StageProgress[Key] };

/** Tasks that are replaced count as a stage where no pipeline does it. */
const ROLLOUT = "Rollout";

/**
 * How far a release or a rollback is: kept by its events, as others are shown it. Times are milliseconds of the run's clock. What builds
 * print is left out: nobody knows what is in it.
 */
export class LiveRelease {
  readonly #flags: CommonFlags;
  readonly #startedAt: number;
  readonly #stages = new Map<string, Stage>();
  /** The tasks of each service while they are replaced. */
  readonly #tasks = new Map<string, string>();
  #release: string | undefined;
  #waitsFor: string | undefined;

  constructor(flags: CommonFlags, startedAt: number, release?: string) {
    this.#flags = flags;
    this.#startedAt = startedAt;
    this.#release = release;
  }

  /** Takes an event of the release. */
  readonly tell = (event: ReleaseEvent): void => {
    switch (event.event) {
      case "found":
        this.#release = event.executionId;
        return;
      case "stage":
        this.#waitsFor = undefined;
        return this.#stage(event.stage, event.status, event.at);
      case "approval":
        this.#waitsFor = "It waits for approval.";
        return;
      case "waits":
        [this.#waitsFor] = waitLines(event.wait, event.situation, this.#flags);
        return;
      case "tasks":
        if (![...this.#stages.values()].some(({ status }) => status === "InProgress"))
          this.#stage(ROLLOUT, "InProgress", event.at);
        this.#tasks.set(
          event.service ?? "",
          `${event.service === undefined ? "" : `${event.service}: `}${tasksText(event)}`,
        );
        return;
      case "ended":
        this.#waitsFor = event.why;
        this.#tasks.clear();
        for (const { stage, status } of this.#stages.values())
          if (status === "InProgress") this.#stage(stage, event.ending === "live" ? "Succeeded" : "Failed", event.at);
    }
  };

  /** How far it is at `now`. */
  at(now: number): Said {
    const stages = [...this.#stages.values()].map((stage) => ({ ...stage }));
    const tasks = [...this.#tasks.values()].join("; ");
    return {
      elapsed: this.#after(now),
      done: stages.filter(({ ended }) => ended !== undefined).length,
      all: stages.length,
      secondsLeft: 0,
      actions: [],
      stages,
      release: this.#release,
      waitsFor: this.#waitsFor ?? (tasks === "" ? undefined : tasks),
    };
  }

  #stage(name: string, status: string, at: number): void {
    const stage = this.#stages.get(name) ?? { stage: name, status };
    stage.status = status;
    if (status === "InProgress") {
      stage.started ??= this.#after(at);
      delete stage.ended;
    } else stage.ended ??= this.#after(at);
    this.#stages.set(name, stage);
  }

  #after(at: number): number {
    return Math.max(0, Math.round(at - this.#startedAt));
  }
}
