// A plan for people to look at: its answer for programs, the words that a terminal shows, and the picture.
import { stripVTControlCharacters } from "node:util";
import type { Aws } from "../aws/aws.ts";
import type { Action, Plan } from "../engine/action.ts";
import { tasksOf } from "../engine/tasks.ts";
import { TimeLeft } from "../engine/time-left.ts";
import { hrefTo, type PlanData } from "../page/data.ts";
import { signed } from "../page/words.ts";
import { pictureOf, USERS, type Declared, type Mark, type Picture, type Tone } from "../picture/picture.ts";
import { svgInPage, type InPage } from "../picture/svg.ts";
import type { Answer } from "./answers/answer.ts";
import { costLine } from "./cost-text.ts";
import type { PlanCost } from "./cost.ts";
import { headline } from "./headline.ts";
import { impactOf } from "./impact.ts";
import { bodyLines, reasonOf, riskLines, styleOf, summaryLine } from "./plan-text.ts";
import type { Session } from "./session.ts";
import type { Waiting } from "./waiting.ts";
import { count } from "./words.ts";

/** Characters after which a value of a new resource is cut. */
const WIDTH = 2_000;

/** What a page shows of a plan. */
export async function planView(session: Session, viewed: Viewed): Promise<PlanData> {
  const picture = planPicture(session, viewed);
  return planData(session, viewed, await svgInPage(picture, planMarks(session, viewed, picture)));
}

/** The stack with what the plan does to it, and what it deletes. */
export const planPicture = ({ stack }: Session, { plan }: Viewed): Picture =>
  pictureOf(`${stack.stackName} in ${stack.region}`, declaredIn(plan));

/** What a plan says of the things of its picture. */
export function planMarks({ stack: { region } }: Session, { plan, answer }: Viewed, picture: Picture): InPage {
  const leads = leadsOf(picture, new Set(plan.actions.filter(({ action }) => action !== "noop").map(({ id }) => id)));
  return {
    marks: marksOf(picture, answer.actions),
    hrefOf: (id) => (id === USERS.id ? undefined : hrefTo(region, leads.get(id) ?? id)),
    name: region,
  };
}

/** The same with a picture that is drawn already. */
export function planData(session: Session, { plan, answer, cost, waiting }: Viewed, picture: string): PlanData {
  const { clock } = session;
  const style = { ...styleOf(session), columns: undefined, full: true };
  return {
    headline: headline(session),
    at: new Date(clock.now()).toISOString(),
    summary: plain(summaryLine(plan)).replace(/^Plan: /, ""),
    risks: riskLines(plan).map(plain),
    seconds: new TimeLeft(tasksOf(plan)).at(0),
    costLine: plain(costLine(cost)),
    waiting: waiting.lines.map((line) => plain(line).trim()),
    answer,
    rows: plan.actions.map((action) => {
      const reason = reasonOf(action);
      return {
        impact: impactOf(action),
        ...(reason === undefined ? {} : { reason: plain(reason) }),
        lines: action.action === "noop" ? [] : bodyLines(action, style, WIDTH),
      };
    }),
    picture,
  };
}

/** What was planned, and what was found out beside it. */
export interface Viewed {
  readonly plan: Plan<Aws>;
  readonly answer: Answer<"plan">;
  readonly cost: PlanCost;
  readonly waiting: Waiting;
}

/** The resources that are declared, and those that are deleted as they are recorded. */
const declaredIn = ({ actions }: Plan<Aws>): Declared[] =>
  actions.flatMap(({ id, kind, node, known, observed }: Action<Aws>): Declared[] => {
    if (node) return [{ id, kind, spec: node.spec, edges: node.edges }];
    if (!known) return [];
    const edges = known.needs;
    return [{ id, kind, spec: { ...known.spec, ...observed?.spec }, edges, uses: edges.map(({ to }) => to) }];
  });

/** Where things lead: to themselves, or to the first of their parts, whichever is among `ids`. */
export const leadsOf = ({ things }: Picture, ids: ReadonlySet<string>): ReadonlyMap<string, string> =>
  new Map(
    things.flatMap(({ id, parts }): [string, string][] => {
      const to = [id, ...parts].find((one) => ids.has(one));
      return to === undefined ? [] : [[id, to]];
    }),
  );

/** An action as far as it marks a thing. */
interface Marking {
  readonly id: string;
  readonly action: string;
  readonly drift?: boolean;
}

/** What actions say of the things of a picture: of each its own, or how many of its parts have one. */
export function marksOf({ things }: Picture, actions: readonly Marking[]): Map<string, Mark> {
  const changing = new Map(actions.filter(({ action }) => action !== "noop").map((one) => [one.id, one]));
  return new Map(
    things.flatMap(({ id, parts }): [string, Mark][] => {
      const own = changing.get(id);
      const changed = parts.flatMap((part) => changing.get(part) ?? []);
      if (!own && changed.length === 0) return [];
      const isDrift = [...(own ? [own] : []), ...changed].some(({ drift }) => drift);
      const said = [
        ...(own ? [signed(own.action)] : []),
        ...(changed.length > 0 ? [`${own ? "" : "~ "}${count(changed.length, "part")}`] : []),
        ...(isDrift ? ["drift"] : []),
      ];
      return [[id, { text: said.join(", "), tone: (own?.action ?? "update") as Tone }]];
    }),
  );
}

const plain = (text: string): string => stripVTControlCharacters(text);
