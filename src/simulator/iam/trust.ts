import type { Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";
import type { Context } from "./matching.ts";
import { parsedStatements } from "./documents.ts";
import { evaluate } from "./evaluate.ts";
import { roleByArn } from "./roles.ts";

/**
 * What a service tells of whom it acts for when it assumes a role, from the section on the confused deputy problem in its guide. What no guide
 * documents is not sent: a trust policy that demands it refuses the service.
 */
const SENDS: Readonly<Record<string, (sim: Sim, source: string) => Context>> = {
  // CodeBuild user guide, "Cross-service confused deputy prevention": the account, and the ARN of the project.
  "codebuild.amazonaws.com": (sim, source) => ({ "aws:SourceAccount": sim.account, "aws:SourceArn": source }),
  // EventBridge user guide, "Cross-service confused deputy prevention": the account, and the ARN of the rule.
  "events.amazonaws.com": (sim, source) => ({ "aws:SourceAccount": sim.account, "aws:SourceArn": source }),
  // ECS developer guide, "Amazon ECS task IAM role": the account, and an ARN of which only account and region can be demanded ("currently,
  // using aws:SourceArn to specify a specific cluster is not supported").
  "ecs-tasks.amazonaws.com": (sim) => ({ "aws:SourceAccount": sim.account, "aws:SourceArn": sim.arn("ecs", "*") }),
  // EventBridge Scheduler user guide, "Cross-service confused deputy prevention": the account, and the ARN of the schedule's group.
  "scheduler.amazonaws.com": (sim, source) => ({ "aws:SourceAccount": sim.account, "aws:SourceArn": source }),
  // VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs": the account, and the ARN of the flow log.
  "vpc-flow-logs.amazonaws.com": (sim, source) => ({ "aws:SourceAccount": sim.account, "aws:SourceArn": source }),
  // CodePipeline user guide: neither key is named, and its own trust policies demand none.
  "codepipeline.amazonaws.com": () => ({}),
};

/**
 * Whether `service` (such as `codebuild.amazonaws.com`) can assume the role with `arn` by now: it exists, it trusts the service with the
 * keys that the service sends, and word of that has come round. `source`: the ARN that the service acts for.
 */
export function assumable(sim: Sim, arn: string | undefined, service: string, source = ""): boolean {
  const role = roleByArn(sim, arn);
  if (!role || sim.now < role.trustedAt + TIMING.role * 1000) return false;
  const context = SENDS[service]?.(sim, source) ?? {};
  return evaluate(parsedStatements(role.trust), { action: "sts:AssumeRole", service, context }) === "allowed";
}
