import type { InputTransformer, Target } from "@aws-sdk/client-eventbridge";
import { startExecution } from "../codepipeline/start.ts";
import { permits } from "../iam/permissions.ts";
import { assumable } from "../iam/trust.ts";
import type { Sim } from "../sim.ts";
import type { SimTopic } from "../sns/records.ts";
import { matchesPattern } from "./pattern.ts";
import { rules, type SimRule } from "./rules.ts";

/** Something that happened in the account, as EventBridge is told of it. */
export interface SimEvent {
  readonly source: string;
  readonly "detail-type": string;
  readonly detail: object;
}

/** What a target does with an event, by the service that its ARN names. No one hears of a target that is not there. */
const RECEIVERS: Readonly<Record<string, (sim: Sim, target: Target, rule: SimRule, event: object) => void>> = {
  codepipeline(sim, { Arn = "" }, rule) {
    const name = Arn.split(":").at(-1) ?? "";
    startExecution(sim, name, { triggerType: "CloudWatchEvent", triggerDetail: rule.arn });
  },
  sns(sim, { Arn = "", InputTransformer: input }, _rule, event) {
    if (!admits(sim, Arn)) return;
    const text = input ? transformed(input, event) : JSON.stringify(event);
    publications(sim)[`${sim.now} ${Object.keys(publications(sim)).length}`] = { topicArn: Arn, text };
  },
};

/** What was published to topics. */
export const publications = (sim: Sim) => sim.table<{ topicArn: string; text: string }>("~sns.publications");

/**
 * Whether the topic's policy lets EventBridge publish: by a statement without a condition, since it tells no account or rule (EventBridge user
 * guide, "Amazon SNS permissions": "You can't use Condition blocks in Amazon SNS topic policies for EventBridge").
 */
function admits(sim: Sim, arn: string): boolean {
  const topic = Object.values(sim.table<SimTopic>("sns.topics")).find((one) => one.arn === arn);
  if (!topic) return false;
  const { Statement = [] } = JSON.parse(topic.attributes["Policy"] ?? "{}") as { Statement?: readonly Statement[] };
  return Statement.some(
    ({ Principal, Action, Condition }) =>
      Condition === undefined &&
      [typeof Principal === "object" ? (Principal.Service ?? []) : []].flat().includes("events.amazonaws.com") &&
      [Action ?? []].flat().some((action) => /^sns:(publish|\*)$/i.test(action)),
  );
}

interface Statement {
  readonly Principal?: string | { readonly Service?: string | readonly string[] };
  readonly Action?: string | readonly string[];
  readonly Condition?: object;
}

/** The template with the event's values, which are empty where the event has none. */
function transformed({ InputPathsMap: paths = {}, InputTemplate: template = "" }: InputTransformer, event: object) {
  return template.replaceAll(/<([^<>\s]+)>/g, (_, name: string) => {
    const steps = (paths[name] ?? "").match(/[\w-]+/g) ?? [];
    const value = steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], event);
    return typeof value === "string" ? value : JSON.stringify(value ?? "");
  });
}

/** Hands an event to the targets of every enabled rule whose pattern it matches. */
export function deliver(sim: Sim, event: SimEvent): void {
  const whole = { account: sim.account, region: sim.region, version: "0", ...event };
  for (const rule of Object.values(rules(sim))) {
    if (rule.state === "DISABLED" || !matchesPattern(JSON.parse(rule.pattern), whole)) continue;
    for (const target of rule.targets) {
      if (isReachable(sim, target, rule)) RECEIVERS[target.Arn?.split(":")[2] ?? ""]?.(sim, target, rule, whole);
    }
  }
}

/** A role's target has to be assumed and to allow the call (EventBridge user guide, "Using IAM roles for EventBridge": CodePipeline). */
function isReachable(sim: Sim, { Arn = "", RoleArn }: Target, rule: SimRule): boolean {
  if (RoleArn === undefined) return true;
  if (!assumable(sim, RoleArn, "events.amazonaws.com", rule.arn)) return false;
  const isPipeline = Arn.split(":")[2] === "codepipeline";
  return !isPipeline || permits(sim, RoleArn, { action: "codepipeline:StartPipelineExecution", resource: Arn });
}
