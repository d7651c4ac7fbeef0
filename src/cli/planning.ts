import { isAnyReleased } from "../aws/facts.ts";
import { explain } from "../aws/advice.ts";
import type { Aws } from "../aws/aws.ts";
import type { Plan } from "../engine/action.ts";
import { budgetNotes } from "./budget-note.ts";
import type { Adoptions } from "../engine/adopt.ts";
import type { Unseen } from "../engine/inventory.ts";
import { staleServices } from "../release/stale-secrets.ts";
import { paste, pasted } from "./paste.ts";
import { Progress } from "./progress.ts";
import { prefixListFindings } from "./prefix-list-guard.ts";
import { planReconcile } from "../engine/plan.ts";
import { accountFor } from "../engine/unaccounted.ts";
import type { State } from "../../state/state.ts";
import { otherStacks } from "./state-location.ts";
import { edgeNotes } from "./edge-notes.ts";
import { endpointFindings } from "./endpoint-guard.ts";
import { elsewhereNotes } from "./hosted-zones.ts";
import { ipv6Findings } from "./ipv6-guard.ts";
import { existingNetworkFindings } from "./network-guard.ts";
import { withReleases } from "./release-guard.ts";
import { sharedStackProblems, sharingProblems } from "./sharing.ts";
import { isFormer } from "./state-directory.ts";
import { look, type Session } from "./session.ts";
import { standbyNotes } from "./standby.ts";
import { asleepNotes } from "./activity.ts";
import { replicaNotes, replicaProblems } from "./replicas.ts";
import { secretProblems, staleText } from "./stored-secrets.ts";
import { vpcOriginProblems } from "./vpc-origin-guard.ts";

/** The plan of a reconcile, and what there is to say beside it. */
export interface Planned {
  readonly plan: Plan<Aws>;
  readonly state: State;
  /** Sentences for the user. */
  readonly notes: readonly string[];
}

/**
 * Plans a reconcile from the config, the state, the observed resources and the inventory of resources with the stack's owner tags. Calls that
 * AWS throttles or that are retried meanwhile are told.
 */
export async function planned(session: Session, adopt?: Adoptions): Promise<Planned> {
  const { connection, terminal, clock } = session;
  const progress = new Progress(terminal, clock, []);
  connection.tell = progress.tell;
  try {
    return await find(session, adopt);
  } finally {
    progress.close();
    connection.tell = () => {};
  }
}

async function find(session: Session, adopt?: Adoptions): Promise<Planned> {
  const { stack, topology, world } = session;
  session.startInventory();
  const { state, seen, snapshot } = await look(session, adopt);
  const options = {
    ...(adopt ? { adopt } : {}),
    protect: stack.protect,
    serving: isAnyReleased(session.facts),
  };
  const declared = planReconcile(world, topology.graph, state, seen, options);
  const accounted = await accountFor(world, session.inventory, declared, seen, snapshot, options);
  const { unseen } = accounted;
  const [released, network, endpoints, ipv6, lists, sharing] = await Promise.all([
    withReleases(session, accounted.plan),
    existingNetworkFindings(session, accounted.plan),
    endpointFindings(session, accounted.plan),
    ipv6Findings(session, accounted.plan),
    prefixListFindings(session, accounted.plan),
    sharingProblems(session, accounted.plan),
  ]);
  const shared = sharedStackProblems(session);
  const secrets = [...secretProblems(session), ...replicaProblems(session)];
  const plan = {
    ...released,
    problems: [
      ...shared,
      ...secrets,
      ...sharing,
      ...vpcOriginProblems(accounted.plan),
      ...[network, endpoints, ipv6, lists].flatMap(({ problems }) => problems),
      ...released.problems,
    ].map((problem) => pasted(problem, session.flags)),
  };
  const stale = await staleServices(session.refs, session.snapshot, session.facts.secrets);
  const restart = `To replace them: ${paste(session.flags, "secret", "restart")}`;
  const isNew = plan.actions.every(({ action }) => action === "create");
  const changes = plan.actions.some(({ action }) => action !== "noop");
  const others = isNew ? await (session.first.others ?? otherStacks(session)) : [];
  return {
    plan,
    state,
    notes: [
      ...formerNotes(session),
      ...asleepNotes(session),
      ...standbyNotes(session, plan),
      ...replicaNotes(session),
      ...(changes ? elsewhereNotes(stack, session.facts.zones) : []),
      ...others,
      ...network.notes,
      ...(changes ? edgeNotes(stack, plan) : []),
      ...[endpoints, ipv6, lists].flatMap(({ notes }) => notes),
      ...budgetNotes(session, plan),
      ...accounted.notes,
      ...stale.map((one) => `${staleText(one, session.clock.now())} ${restart}`),
      ...unlisted(unseen),
    ].map((note) => pasted(note, session.flags)),
  };
}

/** Where the next run moves the state to, if it is where versions before 0.2 kept it. */
const formerNotes = ({ stateDirectory }: Session): string[] =>
  isFormer(stateDirectory)
    ? [
        `The state is in ${stateDirectory}. The next command that changes something moves it to .fairlead beside the config.`,
      ]
    : [];

/** One sentence for each kind of which nobody can say what there is. */
export const unlisted = (unseen: readonly Unseen[]): string[] =>
  unseen.map(({ type, error }) => `Could not check for leftover ${type} resources: ${explain(error).what}`);
