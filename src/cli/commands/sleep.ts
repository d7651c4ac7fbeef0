import type { Exit } from "../exit.ts";
import { reconcile, type ReconcileFlags } from "./reconcile.ts";
import type { CliContext } from "../context.ts";

/** The flags of `sleep` and `wake`, which are reconciles of another desired state. */
export type ActivityFlags = Omit<ReconcileFlags, "watch" | "adopt" | "activity">;

/** Takes the stack to its cheapest: no tasks, NAT gateways and interface endpoints; everything else stays. */
export const sleep = (flags: ActivityFlags, context: CliContext): Promise<Exit> =>
  reconcile({ ...flags, activity: "asleep" }, context, "sleep");

/** Brings a stack that sleeps back as it was. */
export const wake = (flags: ActivityFlags, context: CliContext): Promise<Exit> =>
  reconcile({ ...flags, activity: "awake" }, context, "wake");
