// A plan from a file is applied only if the same would be planned now. That is found out by planning again, under the stack's lock.
import type { Aws } from "../../aws/aws.ts";
import type { Plan } from "../../engine/action.ts";
import type { State } from "../../../state/state.ts";
import type { CliContext, CommonFlags } from "../context.ts";
import { EXIT, RunError } from "../exit.ts";
import { planned } from "../planning.ts";
import { inEachRegion } from "../regions.ts";
import { inObservingSession, type Session } from "../session.ts";
import { count } from "../words.ts";
import { plannedRegion } from "./digests.ts";
import { again, readPlanFile, type PlanFile, type PlannedRegion } from "./format.ts";

/** A plan from a file, which was approved as it is. */
export interface Approved {
  readonly file: PlanFile;
  readonly path: string;
}

/** The plan of a file. With two regions, both are checked before anything is changed in one of them. */
export async function approvedPlan(flags: CommonFlags, context: CliContext, path: string): Promise<Approved> {
  const approved = { file: await readPlanFile(flags, context, path), path };
  if (approved.file.regions.length === 1) return approved;
  const silent = { ...context, terminal: { ...context.terminal, line: () => {} } };
  await inEachRegion({ flags, context: silent, verb: "plan", order: "primaryLast", stops: false }, (own, inRegion) =>
    inObservingSession(own, inRegion, "inventory", async (session) => {
      const { plan, state } = await planned(session);
      await demandSame(session, approved, plan, state, true);
      return EXIT.done;
    }),
  );
  return approved;
}

/**
 * Refuses to go on where the plan of this region is not the one in the file, with the first reason found. `before`: nothing was done in
 * another region either, so what this one gets of it is compared too.
 */
export async function demandSame(
  session: Session,
  { file, path }: Approved,
  plan: Plan<Aws>,
  state: State,
  before = file.regions.length === 1,
): Promise<void> {
  const now = await plannedRegion(session, plan, state, file.salt);
  const why = reasonAgainst(file, now, before);
  if (why === undefined) return;
  const where = before ? "" : ` in ${now.region}`;
  const all = { ...session.flags, ...(file.regions.length > 1 && { region: undefined }) };
  throw new RunError(`${path} no longer applies: ${why}. No changes were made${where}. ${again(all, path)}`);
}

/** Why a plan of a file is not what would be planned now; `undefined` if it is. */
export function reasonAgainst(
  { regions }: Pick<PlanFile, "regions">,
  now: PlannedRegion,
  before: boolean,
): string | undefined {
  const then = regions.find(({ region }) => region === now.region);
  if (!then) return `it is for ${regions.map(({ region }) => region).join(" and ")}, and this run is for ${now.region}`;
  if (then.account !== now.account)
    return `it is for account ${then.account}, and the credentials of this run are of account ${now.account}`;
  if (then.endpoint !== now.endpoint) return `it is for ${endpointOf(then)}, and this run is for ${endpointOf(now)}`;
  if (then.config !== now.config) return "the config was changed since";
  if (then.state.serial !== now.state.serial)
    return `another run has changed the state since (serial ${then.state.serial} then, ${now.state.serial} now)`;
  if (then.state.resources !== now.state.resources) return "the state has other resources than the one that it is from";
  const moved = movedIn(then, now);
  if (moved.length > 0)
    return `AWS was changed since, so that ${count(moved.length, "resource")} would be treated otherwise: ${listed(moved)}`;
  if (before && then.standby !== now.standby)
    return "the load balancer in the second region, or where the distribution sends requests, was changed since";
  return then.secrets === now.secrets ? undefined : "a secret value was changed since";
}

const endpointOf = ({ endpoint }: PlannedRegion) => endpoint ?? "AWS's own endpoints";

/** The resources with another action, or the same one with other values, in the order of the file. */
function movedIn(then: PlannedRegion, now: PlannedRegion): string[] {
  const ids = [...new Set([...then.actions, ...now.actions].map(({ id }) => id))];
  return ids.flatMap((id) => {
    const [before, after] = [then, now].map(({ actions }) => actions.filter((one) => one.id === id));
    const [digests, others] = [before, after].map((all = []) => all.map(({ action, digest }) => `${action} ${digest}`));
    if (digests?.join() === others?.join()) return [];
    const [was, is] = [before, after].map((all = []) => all.map(({ action }) => action).join(" and ") || "no change");
    return [was === is ? `${id} (${is} with other values)` : `${id} (${was} then, ${is} now)`];
  });
}

const SHOWN = 5;

const listed = (all: readonly string[]): string =>
  all.length > SHOWN + 1 ? `${all.slice(0, SHOWN).join(", ")} and ${all.length - SHOWN} more` : all.join(", ");
