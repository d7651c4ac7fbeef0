import type { Aws } from "../aws/aws.ts";
import { difference, estimate, type Costed, type Estimate } from "../aws/cost/estimate.ts";
import { costedIn } from "../aws/cost/costed.ts";
import { livePrices } from "../aws/prices/live.ts";
import { pricesIn, type Prices } from "../aws/prices/table.ts";
import { averageBounds } from "../aws/cost/windows.ts";
import { limitChanges } from "../config/counts.ts";
import type { ScalingSettings } from "../config/stack.ts";
import type { Range } from "../aws/cost/charge.ts";
import { needsOf, type Plan } from "../engine/action.ts";
import { idIn } from "../release/service-ref.ts";
import type { Session } from "./session.ts";

/** What the stack costs a month after a plan, and what it costs now. */
export interface PlanCost {
  readonly prices: Prices;
  readonly before: Estimate;
  readonly after: Estimate;
  readonly difference: Range;
  /** What the stack of the config costs while it is awake, and while it sleeps. */
  readonly whileEither: () => { readonly awake: Range; readonly asleep: Range };
  /** The names of the services, by which the costs are told apart. */
  readonly services: readonly string[];
  /** Sentences. */
  readonly notes: readonly string[];
  /** What is to be said at once, as sentences: what of the prices that were asked for AWS did not answer, and a budget that is too small. */
  readonly problems: readonly string[];
}

type Priced = Pick<Session, "stack" | "facts" | "declaredWhile">;

/** Estimates the costs of a plan from what it knows anyway: it makes no call. */
export function costOf(session: Priced, plan: Plan<Aws>, prices = pricesIn(session.stack.region)): PlanCost {
  const { stack, facts, declaredWhile } = session;
  const bounds = boundsOf(session);
  const counted = (resources: readonly Costed[], limits = bounds) =>
    estimate(
      resources.map((one) => released(one, limits)),
      prices,
    );
  const before = counted(standing(plan));
  const after = counted(desired(plan));
  const monthlyWhile = (activity: "awake" | "asleep"): Range => {
    const then = declaredWhile(activity);
    return counted(costedIn(then.topology.graph), boundsOf({ stack: then.stack, facts })).monthly;
  };
  return {
    prices,
    before,
    after,
    difference: difference(before, after),
    whileEither: () => ({ awake: monthlyWhile("awake"), asleep: monthlyWhile("asleep") }),
    services: stack.services.map(({ name }) => name),
    notes: [...after.notes, ...notesOn(session, bounds)],
    problems: aboveBudget(stack, after),
  };
}

/** What the plan leads to. */
const desired = ({ actions }: Plan<Aws>): Costed[] =>
  actions.flatMap(({ id, kind, node, desired: spec }) =>
    node && spec ? [{ id, type: kind.type, spec, needs: node.edges.map(({ to }) => to) }] : [],
  );

/** What stands on AWS now, with what the state says where AWS does not. */
function standing({ actions, old }: Plan<Aws>): Costed[] {
  const now = actions.flatMap((action): Costed[] => {
    const { id, kind, known, observed } = action;
    if (!observed || observed.failed !== undefined) return [];
    return [
      { id, type: kind.type, spec: merged(known?.spec, observed.spec), needs: needsOf(action).map(({ to }) => to) },
    ];
  });
  const former = old.flatMap(({ id, kind, observed }): Costed[] =>
    observed ? [{ id: `${id} (${observed.id})`, type: kind.type, spec: observed.spec, needs: [] }] : [],
  );
  return [...now, ...former];
}

const merged = (known: Readonly<Record<string, unknown>> = {}, observed: Readonly<Record<string, unknown>>) => ({
  ...known,
  ...Object.fromEntries(Object.entries(observed).filter(([, value]) => value !== undefined)),
});

/** The autoscalers of services that no release has reached, and how many tasks they will keep. */
type Bounds = ReadonlyMap<string, { readonly service: string; readonly min: number; readonly max: number }>;

const boundsOf = ({ stack, facts }: Pick<Priced, "stack" | "facts">): Bounds =>
  new Map(
    stack.services.flatMap((service) =>
      service.type === "job" || facts.released[service.name]
        ? []
        : [
            [
              idIn({ service: service.name }, "scaling/target"),
              { service: service.name, ...usuallyOf(service.scaling) },
            ],
          ],
    ),
  );

/** The resource as it is once its service is released: until then an autoscaler keeps no task. */
function released(one: Costed, bounds: Bounds): Costed {
  const own = bounds.get(one.id);
  const { max } = one.spec;
  return own && typeof max === "number"
    ? { ...one, spec: { ...one.spec, min: Math.min(own.min, max), max: Math.min(own.max, max) } }
    : one;
}

/** The limits on average over time: a service gets the windows of its schedule with its first release. */
const usuallyOf = (scaling: ScalingSettings) => averageBounds(scaling, limitChanges(scaling));

/** The same with the prices that AWS answers now, if `live` asks for that; a call for each price that the estimate uses. */
export async function costNow(session: Session, plan: Plan<Aws>, live = false): Promise<PlanCost> {
  const cost = costOf(session, plan);
  if (!live) return cost;
  const names = [...new Set([...cost.before.prices.keys(), ...cost.after.prices.keys()])];
  const prices = await livePrices(session.aws, session.stack.region, names);
  const now = costOf(session, plan, prices);
  return { ...now, problems: [...prices.problems, ...now.problems] };
}

const aboveBudget = ({ budget }: Session["stack"], { monthly }: Estimate): string[] =>
  budget !== undefined && monthly.to > budget.monthly
    ? [
        `${monthly.from > budget.monthly ? "It" : "The most of it"} is above the budget of ${budget.monthly.toFixed(2)}.`,
      ]
    : [];

function notesOn({ stack }: Pick<Priced, "stack">, bounds: Bounds): string[] {
  const names = [...bounds.values()].map(({ service }) => service);
  const unreleased =
    names.length > 0 ? [`Counted as released: ${names.join(", ")}. No tasks run before the first release.`] : [];
  const others = stack.shared
    ? [
        `Not counted: network, load balancer, CDN and cluster, which belong to ${stack.shared.name} ${stack.shared.environment}.`,
      ]
    : stack.network.vpc === undefined
      ? []
      : [`Not counted: NAT gateways and VPC endpoints of ${stack.network.vpc}, which is not part of the stack.`];
  return [...unreleased, ...others];
}
