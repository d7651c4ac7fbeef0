import type { Stack } from "../config/stack.ts";
import { UsageError } from "./exit.ts";
import { paste } from "./paste.ts";
import type { Session } from "./session.ts";

type Active = Pick<Session, "stack" | "flags">;

/** Whether a stack sleeps, or is to. */
export const isAsleep = ({ activity }: Pick<Stack, "activity">): boolean => activity === "asleep";

/** That the stack sleeps, and how to wake it; nothing where it does not. */
export const asleepNotes = ({ stack, flags }: Active): string[] =>
  isAsleep(stack) && flags.activity === undefined
    ? [
        `The stack is asleep: it has no tasks, NAT gateways or interface endpoints until it is woken. To wake it: ${paste(flags, "wake")}`,
      ]
    : [];

/** Throws `UsageError` where the stack sleeps: `what` could only fail, without tasks and without a way to the registry. */
export function demandAwake({ stack, flags }: Active, what: string): void {
  if (isAsleep(stack)) throw new UsageError(`The stack is asleep. ${what} Wake it first: ${paste(flags, "wake")}`);
}
