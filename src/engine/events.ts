import type { ActionName } from "./action.ts";

/** What a run tells while it runs; the engine prints nothing. Times are milliseconds of the run's clock. */
export type RunEvent =
  | { readonly event: "started"; readonly id: string; readonly action: ActionName; readonly at: number }
  | {
      readonly event: "waiting";
      readonly id: string;
      readonly for: "ready" | "gone";
      /** The provider's own word, such as `provisioning`. */
      readonly status: string | undefined;
      /** How long this usually takes, in seconds. */
      readonly usual: number;
      readonly since: number;
      readonly at: number;
    }
  | {
      readonly event: "finished";
      readonly id: string;
      readonly action: ActionName;
      readonly at: number;
      readonly ms: number;
    }
  | {
      readonly event: "failed";
      readonly id: string;
      readonly action: ActionName;
      readonly at: number;
      readonly error: unknown;
    }
  | {
      /** It was under way when the run was told to stop, and is not waited for. */
      readonly event: "stopped";
      readonly id: string;
      readonly action: ActionName;
      readonly at: number;
    }
  | {
      readonly event: "skipped";
      readonly id: string;
      readonly action: ActionName;
      readonly at: number;
      readonly why: string;
    }
  | { readonly event: "uncertain"; readonly id: string; readonly at: number; readonly error: unknown }
  /** What an update found and did otherwise than planned, or what it waits for: a sentence. */
  | { readonly event: "note"; readonly id: string; readonly at: number; readonly text: string }
  /** Something that others made keeps a call from being carried out, and does not go by itself: a sentence that says what to do. */
  | { readonly event: "obstructed"; readonly call: string; readonly by: string }
  | { readonly event: "retrying"; readonly call: string; readonly why: string; readonly ms: number }
  /** A call is not sent yet: the provider would refuse it for coming too soon. */
  | { readonly event: "held"; readonly call: string; readonly ms: number };

/** Takes the events of a run. */
export type Listener = (event: RunEvent) => void;
