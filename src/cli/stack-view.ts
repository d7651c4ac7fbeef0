// The stack as it stands, for people to look at: what the config wants, what the state records and what AWS has, of one look at it.
import type { Aws } from "../aws/aws.ts";
import { sum } from "../aws/cost/estimate.ts";
import { isDrift, needsOf, type Action } from "../engine/action.ts";
import { secretFields } from "../engine/fields.ts";
import { HIDDEN, masked } from "../masking.ts";
import { panelOf, type RegionView, type ResourceData, type StackData } from "../page/data.ts";
import { USERS, type Mark, type Picture } from "../picture/picture.ts";
import { svgsInPage } from "../picture/svg.ts";
import type { Answer } from "./answers/answer.ts";
import { headline } from "./headline.ts";
import { amount } from "./money.ts";
import { planData, planMarks, planPicture, type Viewed } from "./plan-view.ts";
import type { Session } from "./session.ts";
import { count } from "./words.ts";

/** What the console shows of the session's region. It makes no call of its own. */
export async function regionView(session: Session, viewed: Viewed): Promise<RegionView> {
  const { plan, answer } = viewed;
  const { region } = session.stack;
  const picture = planPicture(session, viewed);
  const resources = plan.actions.map((action) => resourceOf(action, answer.cost.resources));
  const [ofPlan = "", ofStack = ""] = await svgsInPage(picture, [
    planMarks(session, viewed, picture),
    {
      marks: statesOf(picture, resources),
      hrefOf: (id) => (id === USERS.id ? undefined : panelOf(region, id)),
      name: `stack-${region}`,
    },
  ]);
  return { plan: planData(session, viewed, ofPlan), stack: stackData(session, resources, ofStack) };
}

function stackData(session: Session, resources: readonly ResourceData[], picture: string): StackData {
  const { stack, clock, target } = session;
  const { region, stackName } = stack;
  return {
    headline: headline(session),
    at: new Date(clock.now()).toISOString(),
    name: stackName,
    region,
    asksForName: target === "aws" && stack.confirm === "name",
    picture,
    resources,
  };
}

function resourceOf(action: Action<Aws>, lines: Answer<"plan">["cost"]["resources"]): ResourceData {
  const { id, kind, observed, desired, known } = action;
  const secrets = new Set<string>(secretFields(kind));
  const shown = (spec: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      Object.entries(spec).map(([field, value]) => [field, secrets.has(field) ? HIDDEN : masked(value, field)]),
    );
  const own = lines.filter((line) => line.id === id);
  const arn = observed?.attrs["arn"];
  const status = observed?.failed ?? observed?.stuck ?? observed?.status;
  return {
    id,
    type: kind.type,
    ...(observed === undefined ? {} : { existing: observed.id }),
    ...(typeof arn === "string" ? { arn } : {}),
    state: stateOf(action),
    ...(status === undefined ? {} : { status }),
    drift: isDrift(action),
    action: action.action,
    ...(own.length > 0
      ? {
          monthly: sum(own.map(({ monthly }) => monthly)),
        }
      : {}),
    ...(desired === undefined ? {} : { desired: shown(desired) }),
    ...(known === undefined ? {} : { recorded: shown(known.spec) }),
    ...(observed === undefined ? {} : { observed: shown(observed.spec), attributes: shown(observed.attrs) }),
    needs: [...new Set(needsOf(action).map(({ to }) => to))],
  };
}

function stateOf({ observed }: Action<Aws>): ResourceData["state"] {
  if (observed === undefined) return "missing";
  if ((observed.failed ?? observed.stuck) !== undefined) return "failed";
  return observed.ready ? "ready" : "in progress";
}

/** What is said of the things of a picture: the worst of each and its parts, and what they cost together. */
function statesOf({ things }: Picture, resources: readonly ResourceData[]): Map<string, Mark> {
  const byId = new Map(resources.map((one) => [one.id, one]));
  return new Map(
    things.flatMap(({ id, parts }): [string, Mark][] => {
      const own = byId.get(id);
      if (!own) return [];
      const all = [own, ...parts.flatMap((part) => byId.get(part) ?? [])];
      const drifted = all.filter(({ drift }) => drift).length;
      const [state, tone] = worstOf(own, all);
      const monthly = sum(all.flatMap((one) => one.monthly ?? []));
      const said = [
        state,
        ...(drifted > 0 ? [all.length > 1 ? `drift of ${count(drifted, "resource")}` : "drift"] : []),
        ...(monthly.to >= 0.005 ? [`$${amount(monthly)}`] : []),
      ];
      return [[id, { text: said.join(" · "), tone: tone === "ok" && drifted > 0 ? "warning" : tone }]];
    }),
  );
}

function worstOf(own: ResourceData, all: readonly ResourceData[]): readonly [string, Mark["tone"]] {
  if (own.state === "failed" || own.state === "missing") return [own.state, "broken"];
  const worst = all.find(({ state }) => state === "failed") ?? all.find(({ state }) => state === "missing");
  if (worst) return [`a part is ${worst.state === "failed" ? "broken" : "missing"}`, "broken"];
  return all.some(({ state }) => state === "in progress") ? ["in progress", "warning"] : ["ready", "ok"];
}
