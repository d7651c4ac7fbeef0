import type { Target } from "@aws-sdk/client-eventbridge";
import { startExecution } from "../codepipeline/start.ts";
import { permits } from "../iam/permissions.ts";
import { assumable } from "../iam/trust.ts";
import type { Sim } from "../sim.ts";
import { matchesPattern } from "./pattern.ts";
import { rules, type SimRule } from "./rules.ts";

/** Something that happened in the account, as EventBridge is told of it. */
export interface SimEvent {
  readonly source: string;
  readonly "detail-type": string;
  readonly detail: object;
}

/** What a target does with an event, by the service that its ARN names. No one hears of a target that is not there. */
const RECEIVERS: Readonly<Record<string, (sim: Sim, target: Target, rule: SimRule) => void>> = {
  codepipeline(sim, { Arn = "" }, rule) {
    const name = Arn.split(":").at(-1) ?? "";
    startExecution(sim, name, { triggerType: "CloudWatchEvent", triggerDetail: rule.arn });
  },
};

/** Hands an event to the targets of every enabled rule whose pattern it matches. */
export function deliver(sim: Sim, event: SimEvent): void {
  const whole = { account: sim.account, region: sim.region, version: "0", ...event };
  for (const rule of Object.values(rules(sim))) {
    if (rule.state === "DISABLED" || !matchesPattern(JSON.parse(rule.pattern), whole)) continue;
    for (const target of rule.targets) {
      if (isReachable(sim, target, rule)) RECEIVERS[target.Arn?.split(":")[2] ?? ""]?.(sim, target, rule);
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
