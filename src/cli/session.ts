import { setMaxListeners } from "node:events";
import { join, resolve } from "node:path";
import { kindOf } from "../aws/kinds.ts";
import type { Aws } from "../aws/aws.ts";
import type { CallRecord } from "../aws/clients.ts";
import { readFacts, type Facts } from "../aws/facts.ts";
import { identity } from "../aws/sts/identity.ts";
import type { Clock } from "../engine/clock.ts";
import type { RunEvent } from "../engine/events.ts";
import { observeAll, type Observation, type World } from "../engine/observe.ts";
import { namesOf, type Names } from "../model/naming.ts";
import { resolveStack } from "../model/resolve.ts";
import type { Stack } from "../model/stack.ts";
import { topology, type Topology } from "../../reconcilers/topology.ts";
import type { State, StateStore } from "../../state/state.ts";
import { callLog } from "./call-log.ts";
import { loadConfig } from "./load.ts";
import { localTarget } from "./local.ts";
import { awsTarget, sdkRegion } from "./remote.ts";
import { readState, stateStore } from "./state-file.ts";
import type { Target, TargetName } from "./target.ts";
import type { Terminal } from "./terminal.ts";

/** The flags that every verb has. */
export interface CommonFlags {
  readonly target: TargetName;
  readonly env?: string;
  readonly config?: string;
  readonly json?: boolean;
  /** A file that every call is written to. */
  readonly log?: string;
}

/** What a command is run with, besides its flags. */
export interface Surroundings {
  /** Where the stack is declared and its state is kept. */
  readonly directory: string;
  readonly terminal: Terminal;
  /** Aborted when the user wants no new action to start. */
  readonly stop: AbortSignal;
}

/** A stack on a target: everything that a verb works with. */
export interface Session extends Surroundings {
  readonly stack: Stack;
  readonly target: TargetName;
  readonly endpoint: string | undefined;
  readonly aws: Aws;
  readonly clock: Clock;
  readonly hex: (length: number) => string;
  readonly names: Names;
  readonly facts: Facts;
  readonly topology: Topology;
  readonly world: World<Aws>;
  readonly store: StateStore;
  readonly stateDirectory: string;
  /** Told what happens in a run; the verb that shows it sets it. */
  tell: (event: RunEvent) => void;
  /** Attempts of calls so far. */
  calls: number;
  /** When it was opened, on its clock. */
  readonly startedAt: number;
  /** Ends the work with the target. */
  readonly close: () => void;
}

/** Where states are kept, and below it the simulated world. */
export const stateDirectoryOf = (directory: string) => join(directory, "state");

/** The stack that the flags mean: read from its file, every rule checked, nothing asked of AWS. */
export async function readStack(flags: CommonFlags, { directory }: Surroundings): Promise<Stack> {
  const config = await loadConfig(resolve(directory), flags.config);
  const region = flags.target === "aws" ? await sdkRegion() : undefined;
  return resolveStack(config, flags.env, region);
}

/** Opens a stack on its target, works with it, and closes it again whatever happens. */
export async function inSession<T>(
  flags: CommonFlags,
  surroundings: Surroundings,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession(flags, surroundings);
  try {
    return await work(session);
  } finally {
    session.close();
  }
}

/** Asks who the account is, and the facts that the desired state depends on. Changes nothing. */
async function openSession(flags: CommonFlags, surroundings: Surroundings): Promise<Session> {
  const stack = await readStack(flags, surroundings);
  const stateDirectory = stateDirectoryOf(surroundings.directory);
  const log = flags.log === undefined ? undefined : callLog(resolve(surroundings.directory, flags.log));
  const open: { session?: Session; at?: Target } = {};
  let early = 0;
  const never = new AbortController().signal;
  // Every call in flight listens to it, and Node takes more than ten for a leak.
  setMaxListeners(0, never, surroundings.stop);
  const speaking = {
    region: stack.region,
    called: (record: CallRecord) => {
      if (open.session) open.session.calls++;
      else early++;
      if (open.at) log?.(record, open.at.clock);
    },
    retried: (call: string, why: string, ms: number) => open.session?.tell({ event: "retrying", call, why, ms }),
    signal: never,
  };
  const at = flags.target === "local" ? localTarget(join(stateDirectory, "local"), speaking) : awsTarget(speaking);
  open.at = at;
  const startedAt = at.clock.now();
  const { account, partition } = await identity(at.services);
  const aws: Aws = { account, partition, region: stack.region, stack: stack.stackName, ...at.services };
  const names = namesOf(stack, account);
  const facts = await readFacts(aws, names, stack.container.image);
  const store = await stateStore(stateDirectory, stack.stackName, flags.target);
  open.session = {
    ...surroundings,
    stack,
    target: flags.target,
    endpoint: at.endpoint,
    aws,
    clock: at.clock,
    hex: at.hex,
    names,
    facts,
    topology: topology(stack, facts),
    world: { stack: stack.stackName, services: aws, kindOf },
    store,
    stateDirectory,
    tell: () => {},
    calls: early,
    startedAt,
    close: () => at.close(),
  };
  return open.session;
}

/** What the state remembers and what AWS says, read together. */
export async function look(session: Session): Promise<{ state: State; seen: Observation }> {
  const { stack, target, aws, store, world, topology: desired } = session;
  const home = { stack: stack.stackName, target, account: aws.account, region: aws.region };
  const state = await readState(store, home);
  return { state, seen: await observeAll(world, desired.graph, state) };
}

/** The session in the words of a headline. */
export function headline({ stack, target, endpoint, aws }: Session): string {
  const where =
    target === "local" ? "the built-in simulated AWS" : `AWS${endpoint === undefined ? "" : ` at ${endpoint}`}`;
  return `${stack.name} ${stack.environment} on ${where}, account ${aws.account}, region ${aws.region}`;
}

/** The fields that every JSON answer begins with. */
export const identityOf = ({ stack, target, aws }: Session) => ({
  stack: stack.name,
  env: stack.environment,
  target,
  account: aws.account,
  region: aws.region,
});

/** The fields that every JSON answer ends with; seconds are those of the run's clock, which is virtual on the local target. */
export const effortOf = ({ calls, clock, startedAt, target }: Session) => ({
  calls,
  seconds: Math.round((clock.now() - startedAt) / 10) / 100,
  clock: target === "local" ? "virtual" : "real",
});
