import type { Senders } from "../aws/aws.ts";
import type { Retrying } from "../aws/call.ts";
import type { CallRecord, ClientOptions } from "../aws/clients.ts";
import type { Shared } from "../aws/shared.ts";
import type { Clock } from "../clock.ts";

/** Which AWS a command works on. */
export const TARGETS = ["local", "aws"] as const;
export type TargetName = (typeof TARGETS)[number];

/** A way to an AWS: real, or simulated. */
export interface Target {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** So many random hexadecimal digits. */
  readonly hex: (length: number) => string;
  readonly services: Senders;
  /** Where it answers, where that is not AWS itself. */
  readonly endpoint: string | undefined;
  /** Reads what other commands have done to it meanwhile, where it is a simulated one that is kept in a file. */
  reload?(): Promise<void>;
  /** Ends the work with it: a simulated world remembers how late it is. */
  close(): void;
}

/** What a target is given to speak with. */
export interface ClientHooks {
  readonly region: string;
  readonly called: (record: CallRecord) => void;
  readonly retried: NonNullable<Retrying["retried"]>;
  readonly obstructed: NonNullable<Retrying["obstructed"]>;
  readonly held: NonNullable<ClientOptions["held"]>;
  readonly guard: NonNullable<ClientOptions["guard"]>;
  readonly signal: AbortSignal;
  /** Whether the user has asked the run to stop. */
  readonly stopping: () => boolean;
  /** What it has in common with other runs in this process. */
  readonly shared?: Shared | undefined;
}
