import type { ActionName } from "./action.ts";

/** Events that a run emits; the engine prints nothing. Times are milliseconds of the run's clock, `task` is the key of the run's task. */
export type RunEvent =
  | {
      readonly event: "started";
      readonly id: string;
      readonly task: string;
      readonly action: ActionName;
      readonly at: number;
    }
  | {
      readonly event: "waiting";
      readonly id: string;
      readonly for: "ready" | "gone";
      /** The provider's own status, such as `provisioning`. */
      readonly status: string | undefined;
      /** How long this usually takes, in seconds. */
      readonly usual: number;
      readonly since: number;
      readonly at: number;
    }
  | {
      readonly event: "finished";
      readonly id: string;
      readonly task: string;
      readonly action: ActionName;
      /** It is only no longer in the state, see `Observed.stays`. */
      readonly left?: true;
      readonly at: number;
      readonly ms: number;
    }
  | {
      readonly event: "failed";
      readonly id: string;
      readonly task: string;
      readonly action: ActionName;
      readonly at: number;
      readonly error: unknown;
    }
  | {
      /** It was in progress when the run was interrupted, and was not waited for. */
      readonly event: "stopped";
      readonly id: string;
      readonly task: string;
      readonly action: ActionName;
      readonly at: number;
    }
  | {
      readonly event: "skipped";
      readonly id: string;
      readonly task: string;
      readonly action: ActionName;
      readonly at: number;
      readonly why: string;
    }
  | { readonly event: "uncertain"; readonly id: string; readonly at: number; readonly error: unknown }
  /** What an update found and did differently from the plan, or what it waits for: a sentence. */
  | { readonly event: "note"; readonly id: string; readonly at: number; readonly text: string }
  /** Something outside Fairlead blocks a call and does not go away by itself: a sentence that says what to do. */
  | { readonly event: "obstructed"; readonly call: string; readonly by: string }
  | { readonly event: "retrying"; readonly call: string; readonly why: string; readonly ms: number }
  /** A call is delayed, because the provider would throttle it. */
  | { readonly event: "held"; readonly call: string; readonly ms: number };

/** Receives the events of a run. */
export type Listener = (event: RunEvent) => void;
