import { setMaxListeners } from "node:events";
import { join, resolve } from "node:path";
import type { Aws } from "../aws/aws.ts";
import type { CallRecord } from "../aws/clients.ts";
import { identity } from "../aws/sts/identity.ts";
import type { RunEvent } from "../engine/events.ts";
import type { DeclaredStack } from "../../reconcilers/topology.ts";
import type { Account, AccountProof } from "./account.ts";
import { callLog } from "./call-log.ts";
import { UsageError } from "./exit.ts";
import { localTarget } from "./local.ts";
import { awsTarget } from "./remote.ts";
import { combined } from "../simulator/handlers.ts";
import { stateDirectoryOf } from "./state-directory.ts";
import type { CommonFlags, CliContext } from "./context.ts";
import type { Target } from "./target.ts";

/** A way to an AWS that is open, and what was said on it. */
export interface Connection {
  readonly at: Target;
  readonly aws: Aws;
  readonly account: AccountProof;
  /** Told what happens in a run; the command that shows it sets it. */
  tell: (event: RunEvent) => void;
  /** Throws if this command has lost the stack's lock; set when a lock is taken. */
  guard: () => Promise<void>;
  /** Attempts of calls so far, by `service.Operation`. */
  readonly calls: Map<string, number>;
  /** How many of them repeated a call that had not got through, by the same names. */
  readonly retries: Map<string, number>;
  /** When it was opened, on its clock. */
  readonly startedAt: number;
}

/**
 * Opens the way to the stack's target and asks whose account it is. `writes`: the command changes what is there. `believed`: the account by
 * the word of the state; the caller holds it against AWS (`verifyAccount`) before anything comes of it.
 */
export async function connect(
  flags: CommonFlags,
  stack: DeclaredStack,
  context: CliContext,
  writes: boolean,
  believed?: Account,
): Promise<Connection> {
  const log = logOf(flags, context);
  const calls = new Map<string, number>();
  const retries = new Map<string, number>();
  const open: { connection?: Connection; at?: Target } = {};
  // A call in progress is finished even if the user wants to stop; only a second Ctrl-C aborts it.
  const never = new AbortController().signal;
  // Every call in flight listens to it, and Node takes more than ten for a leak.
  setMaxListeners(0, never, context.stop);
  const speaking = {
    region: stack.region,
    called: (record: CallRecord) => {
      const name = `${record.service}.${record.operation}`;
      calls.set(name, (calls.get(name) ?? 0) + 1);
      if (open.at) log?.(record, open.at.clock);
    },
    retried: (call: string, why: string, ms: number) => {
      retries.set(call, (retries.get(call) ?? 0) + 1);
      open.connection?.tell({ event: "retrying", call, why, ms });
    },
    obstructed: (call: string, by: string) => open.connection?.tell({ event: "obstructed", call, by }),
    held: (call: string, ms: number) => open.connection?.tell({ event: "held", call, ms }),
    guard: async () => open.connection?.guard(),
    signal: never,
    stopping: () => context.stop.aborted,
    shared: context.shared,
  };
  const directory = join(stateDirectoryOf(flags, context.directory), "local");
  open.at =
    flags.target === "local"
      ? localTarget(directory, speaking, writes, combined(stack.kinds ?? []))
      : awsTarget(speaking);
  const startedAt = open.at.clock.now();
  const { account, partition } = believed ?? (await identity(open.at.services, stack.region));
  const { name, environment, region, stackName } = stack;
  const owner = { name, environment, region };
  const aws: Aws = { account, partition, region, stack: stackName, owner, ...open.at.services };
  open.connection = {
    at: open.at,
    aws,
    account: { isProven: believed === undefined },
    tell: () => {},
    guard: async () => {},
    calls,
    retries,
    startedAt,
  };
  return open.connection;
}

/** Where every call is written to, where the user wants that. */
function logOf({ log, logAnswers }: CommonFlags, { directory, terminal }: CliContext) {
  if (log !== undefined) return callLog(resolve(directory, log), (text) => terminal.line(text), logAnswers);
  if (logAnswers) throw new UsageError("--log-answers needs --log FILE. No changes were made.");
  return undefined;
}
