import { resolve } from "node:path";
import { inventoryOf, startInventory } from "../aws/inventory.ts";
import type { Inventory } from "../engine/inventory.ts";
import { kindsOf, splitConfig, withOwnParts } from "./user-resources.ts";
import type { Aws } from "../aws/aws.ts";
import type { Facts } from "../aws/facts.ts";
import { provenIn } from "../aws/former.ts";
import { ownerOfStack } from "../aws/owner.ts";
import type { Adoptions } from "../engine/adopt.ts";
import type { Clock } from "../clock.ts";
import type { Snapshot } from "../engine/snapshot.ts";
import type { Observation, World } from "../engine/observe.ts";
import { observeRecorded, type ObservedAll } from "../engine/observe-recorded.ts";
import { keptNames, MAIN_SERVICE, namesOf, type Names } from "../config/naming.ts";
import { withActivity } from "../config/asleep.ts";
import { inZones } from "../config/zones.ts";
import { resolveStack } from "../config/resolve.ts";
import { stackOf } from "../config/services.ts";
import type { Stack } from "../config/stack.ts";
import type { ServiceRef } from "../release/service-ref.ts";
import { topology, type DeclaredStack, type Topology } from "../../reconcilers/topology.ts";
import { isIncomplete, StateError, type State, type StateStore } from "../../state/state.ts";
import { verifyAccount } from "./account.ts";
import { deletesAll, firstReads, type FirstReads } from "./first-reads.ts";
import type { Connection } from "./connection.ts";
import type { Hold } from "./hold.ts";
import { toldIfAbsent } from "./absent.ts";
import { UsageError } from "./exit.ts";
import { inStore } from "./in-store.ts";
import { withPlaces } from "./config-places.ts";
import { loadConfig } from "./load.ts";
import { sdkRegion } from "./remote.ts";
import { onShared } from "./sharing.ts";
import { locationOf, notElsewhere, readState } from "./state-location.ts";
import { stackFacts } from "./stack-facts.ts";
import { stateDirectoryOf } from "./state-directory.ts";
import type { CommonFlags, Purpose, CliContext } from "./context.ts";
import type { TargetName } from "./target.ts";

/** A stack on a target: everything that a command works with. */
export interface Session extends CliContext {
  /** How the command was called: what others that it advises are called with too. */
  readonly flags: CommonFlags;
  readonly stack: Stack;
  readonly target: TargetName;
  readonly endpoint: string | undefined;
  readonly connection: Connection;
  readonly hold: Hold;
  readonly aws: Aws;
  readonly clock: Clock;
  readonly hex: (length: number) => string;
  /** As the stack's first service sees them. */
  readonly names: Names;
  /** The services, in the order of the config. */
  readonly refs: readonly ServiceRef[];
  readonly facts: Facts;
  /** What the stack that this one shares lacks, as the end of a sentence. */
  readonly lacking: string | undefined;
  /** What was read for the facts a moment ago, for the observation that follows. */
  readonly snapshot: Snapshot;
  /** What the session began with. It is no news for a look with another snapshot. */
  readonly first: FirstReads;
  readonly topology: Topology;
  /** What the config declares while the stack is awake, and while it sleeps. That of now is not made again. */
  readonly declaredWhile: (activity: "awake" | "asleep") => { readonly stack: Stack; readonly topology: Topology };
  readonly world: World<Aws>;
  /** What the stack has on AWS, whatever the state says. */
  readonly inventory: Inventory<Aws>;
  /** Sends its requests ahead, before the stack is observed. */
  readonly startInventory: () => void;
  readonly store: StateStore;
  readonly stateDirectory: string;
}

/** The stack that the flags mean: read from its file, every rule checked, nothing asked of AWS. */
export async function readStack(flags: CommonFlags, context: CliContext): Promise<DeclaredStack> {
  if (context.resolved && flags.region === undefined) return context.resolved;
  const { config } = context.loaded ?? (await loadConfig(resolve(context.directory), flags.config));
  const region = flags.target === "aws" ? await sdkRegion() : undefined;
  return withPlaces(flags, context, async () => {
    const { settings, own } = splitConfig(config);
    return withOwnParts(resolveStack(settings, flags.env, region, flags.region), own);
  });
}

/** Opens a stack on its target to read what is there, works with it, and closes it again whatever happens. */
export const inSession = <T>(
  flags: CommonFlags,
  context: CliContext,
  work: (session: Session) => Promise<T>,
): Promise<T> => opened(flags, context, undefined, work);

/** The same for a command that looks at the whole stack before anything else, as `Purpose.looks` says. */
export const inLookingSession = <T>(
  flags: CommonFlags,
  context: CliContext,
  work: (session: Session) => Promise<T>,
): Promise<T> => opened(flags, context, undefined, work, { looks: true });

/** The same for a command that calls `look`. */
export const inObservingSession = <T>(
  flags: CommonFlags,
  context: CliContext,
  observes: Purpose["observes"],
  work: (session: Session) => Promise<T>,
): Promise<T> => opened(flags, context, undefined, work, { looks: true, observes });

/** The same for a mutating command: it holds the lock. Throws `LockedError` if another run holds it. */
export const inChangingSession = <T>(
  flags: CommonFlags,
  context: CliContext,
  purpose: Purpose,
  work: (session: Session) => Promise<T>,
): Promise<T> => opened(flags, context, purpose, work);

async function opened<T>(
  flags: CommonFlags,
  context: CliContext,
  purpose: Purpose | undefined,
  work: (session: Session) => Promise<T>,
  { looks, observes, changes }: Omit<Purpose, "verb" | "locks"> = purpose ?? {},
): Promise<T> {
  const stack = await readStack(flags, context);
  // A command that neither looks at the stack as a whole nor changes it as a whole is about its services.
  if (!looks && !purpose?.locks && stack.services.length === 0)
    throw new UsageError(
      `${stack.name} ${stack.environment} has no services: it shares its VPC, load balancer, CDN and cluster with other stacks. Run the command with the config of one of those.`,
    );
  const run = async (
    store: StateStore,
    connection: () => Promise<Connection>,
    hold: Hold,
    early: Promise<State | undefined> | undefined,
  ) => {
    const open = await connection();
    try {
      const parts = { flags, written: stack, context, store, connection: open, hold, observes, changes };
      return await work(await sessionOn(parts, early));
    } catch (error) {
      // Credentials of another account, or none that are good, explain what else went wrong.
      await checkAccount(open, stack, flags.target, store);
      throw toldIfAbsent(error, stack, open.aws, flags);
    }
  };
  // What the account has not, such as a zone, is a mistake in the file too.
  return withPlaces(flags, context, () => inStore(flags, stack, context, purpose, run, looks));
}

/** Throws `StateError` where the credentials are not those of the account that the state in `store` names. */
async function checkAccount(
  connection: Connection,
  stack: Stack,
  target: TargetName,
  store: StateStore,
  seen?: Observation,
): Promise<void> {
  const account = await verifyAccount(connection, seen);
  if (connection.account.isProven) return;
  await readState(store, locationOf({ stack, target, aws: { ...connection.aws, account } }));
  throw new StateError(
    `${store.where} belonged to account ${connection.aws.account}, and this run is for account ${account}. No changes were made. Run again with the credentials of one of them.`,
  );
}

/** What a session is made of. */
interface Parts extends Pick<Session, "flags" | "store" | "connection" | "hold" | "first"> {
  readonly written: DeclaredStack;
  readonly context: CliContext;
  readonly observes: Purpose["observes"];
  readonly changes?: Purpose["changes"] | undefined;
}

/**
 * A session on a target that is open: asks for the facts that the desired state depends on, and meanwhile begins to observe what is recorded.
 * `early` is the state as it was read before the lock was held; where it is another under the lock, all is begun anew. Changes nothing.
 */
export async function sessionOn(parts: Omit<Parts, "first">, early?: Promise<State | undefined>): Promise<Session> {
  const { changes, connection, context, written, flags, observes, store } = parts;
  const stateDirectory = stateDirectoryOf(flags, context.directory);
  const place = { aws: connection.aws, stack: written, target: flags.target, observes, stateDirectory };
  const first = await firstReads(store, place, early);
  // Only where that takes a network's time.
  if (early && changes && !written.protect) void first.isCertain().then(() => store.prepareWrite());
  const made = sessionFrom({ ...parts, first });
  const [isCertain] = await Promise.all([first.isCertain(), made.catch(() => {})]);
  if (isCertain) return made;
  await first.begun?.ended();
  return sessionFrom({ ...parts, first: await firstReads(first.store, place) });
}

async function sessionFrom(parts: Parts): Promise<Session> {
  try {
    return await sessionWith(parts);
  } catch (error) {
    await parts.first.begun?.ended();
    throw error;
  }
}

async function sessionWith({
  observes,
  flags,
  written,
  context,
  store,
  connection,
  hold,
  first,
}: Parts): Promise<Session> {
  const { aws, at } = connection;
  const { snapshot, recorded } = first;
  const { stack: declared, shared, lacking } = await onShared(written, aws, snapshot);
  const namesFor = (service: string) =>
    keptNames(namesOf(declared, aws.account, service), recorded?.resources, service);
  const names = namesFor(declared.services[0]?.name ?? MAIN_SERVICE);
  const asking = { aws, snapshot, declared, shared, recorded: recorded?.resources, names, namesFor };
  const { facts, account, standing, isSleeping } = await stackFacts(asking);
  const awake = { ...declared, ...inZones(declared, account, standing) };
  const stack = withActivity(awake, { isSleeping, wanted: flags.activity });
  const made = topology(stack, facts, namesFor);
  const { kinds, kindOf } = kindsOf(made, declared.kinds);
  const isComplete = recorded !== undefined && !isIncomplete(recorded);
  return {
    ...context,
    flags,
    stack,
    target: flags.target,
    endpoint: at.endpoint,
    connection,
    hold,
    aws,
    clock: at.clock,
    hex: at.hex,
    names,
    refs: stack.services.map((service) => ({
      aws,
      clock: at.clock,
      names: { ...namesFor(service.name), repository: namesFor(service.imageOf ?? service.name).repository },
      stack: stackOf(stack, service),
      service: service.name,
    })),
    facts,
    lacking,
    snapshot,
    first,
    topology: made,
    declaredWhile: (activity) => {
      const then = withActivity(awake, { isSleeping: activity === "asleep" });
      return { stack: then, topology: then.activity === stack.activity ? made : topology(then, facts, namesFor) };
    },
    world: { owner: ownerOfStack(aws.owner), services: aws, kindOf, deletes: deletesAll(observes) },
    inventory: inventoryOf(kinds),
    startInventory: () => startInventory(aws, kinds, { snapshot, moment: "plan", isComplete }),
    store,
    stateDirectory: stateDirectoryOf(flags, context.directory),
  };
}

/** What the state remembers and what AWS says, read together, and the reads for whatever else is asked; `adopt` as in a reconcile. */
export async function look(session: Session, adopt?: Adoptions): Promise<ObservedAll & { readonly state: State }> {
  const { aws, clock, connection, stack, store, target, topology: declared, world } = session;
  const first = session.first.snapshot === session.snapshot ? session.first : undefined;
  const state = await readState(first?.store ?? store, locationOf(session));
  await notElsewhere(session, state);
  const reading = { adopt, clock, snapshot: session.snapshot, begun: first?.begun };
  const { seen, snapshot } = await observeRecorded(world, declared.graph, state, reading);
  await checkAccount(connection, stack, target, store, seen);
  return { state, seen: { ...seen, proven: provenIn(aws, stack, seen) }, snapshot };
}

/** The fields that every JSON answer begins with. */
export const identityOf = ({ stack, target, aws }: Session) => ({
  stack: stack.name,
  env: stack.environment,
  target,
  account: aws.account,
  region: aws.region,
  ...(stack.activity === "asleep" && { asleep: true }),
});

/** All that was counted. */
export const total = (times: ReadonlyMap<string, number>) => [...times.values()].reduce((sum, more) => sum + more, 0);

/** The fields that every JSON answer ends with; seconds are those of the run's clock, which is virtual on the local target. */
export const effortOf = ({ connection, clock, target }: Session) => ({
  calls: total(connection.calls),
  retries: total(connection.retries),
  seconds: Math.round((clock.now() - connection.startedAt) / 10) / 100,
  clock: target === "local" ? ("virtual" as const) : ("real" as const),
});
