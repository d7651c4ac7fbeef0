import type { CreateScheduleCommandInput, EcsParameters } from "@aws-sdk/client-scheduler";
import { refuse } from "../errors.ts";
import { assumable } from "../iam/trust.ts";
import { onlyKnown } from "../known.ts";
import type { Sim } from "../sim.ts";

const invalid = (message: string): never => refuse("ValidationException", message);

/** There is no group but the default one. */
export function inGroup(name = "default"): void {
  if (name !== "default") refuse("ResourceNotFoundException", `Schedule group ${name} does not exist.`, 404);
}

/**
 * The three forms of an expression (EventBridge Scheduler User Guide, "Schedule types"): a cron expression has six fields, of which one of
 * the two that name days is a question mark; a rate of one has its unit in the singular.
 */
function isExpression(text: string): boolean {
  const [, form, of = ""] = /^(at|rate|cron)\((.*)\)$/.exec(text) ?? [];
  if (form === "at") return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(of) && !Number.isNaN(Date.parse(`${of}Z`));
  if (form === "rate") return /^(1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))$/.test(of);
  const fields = of.split(" ");
  return form === "cron" && fields.length === 6 && [fields[2], fields[4]].filter((field) => field === "?").length === 1;
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** Refuses a schedule that EventBridge Scheduler refuses. */
export function checkSchedule(
  sim: Sim,
  said: Omit<CreateScheduleCommandInput, "ClientToken" | "GroupName" | "Name">,
): void {
  const { ScheduleExpression: expression = "", ScheduleExpressionTimezone: zone = "UTC", Target: target } = said;
  if (!isExpression(expression)) invalid(`Invalid Schedule Expression ${expression}.`);
  if (!isTimezone(zone)) invalid(`Invalid ScheduleExpressionTimezone ${zone}.`);
  const { Mode: mode, MaximumWindowInMinutes: window } = said.FlexibleTimeWindow ?? {};
  if ((mode === "OFF") !== (window === undefined))
    invalid("A maximum window belongs to a flexible time window, and only to one.");
  // terraform-provider-aws, internal/service/scheduler/schedule.go, has the words; the key that is sent: "Cross-service confused deputy
  // prevention" in the user guide, "the value of aws:SourceArn must be the schedule group's ARN".
  const source = sim.arn("scheduler", "schedule-group/default");
  if (!assumable(sim, target?.RoleArn, "scheduler.amazonaws.com", source))
    invalid("The execution role you provide must allow AWS EventBridge Scheduler to assume the role.");
  const known = ["Arn", "RoleArn", "RetryPolicy", "DeadLetterConfig", "EcsParameters", "Input"];
  onlyKnown("Target", target ?? {}, ...known);
  if (!/^arn:[^:]+:ecs:[^:]+:\d{12}:cluster\//.test(target?.Arn ?? "") || !target?.EcsParameters)
    return invalid(`Provided Arn is not in correct format: ${target?.Arn}. The simulated Scheduler runs tasks of ECS.`);
  checkTask(target.EcsParameters);
}

/** EventBridge Scheduler API Reference, EcsParameters and AwsVpcConfiguration. */
function checkTask({
  LaunchType: launch,
  CapacityProviderStrategy: strategy = [],
  PlatformVersion: platform,
  NetworkConfiguration,
}: EcsParameters) {
  if (launch !== undefined && strategy.length > 0)
    invalid("Specifying both a launch type and a capacity provider strategy is not supported.");
  if (strategy.filter(({ base = 0 }) => base > 0).length > 1)
    invalid("Only one capacity provider in a strategy can have a base defined.");
  if (platform !== undefined && !/^\d+\.\d+\.\d+$/.test(platform)) invalid(`Invalid platform version ${platform}.`);
  const network = NetworkConfiguration?.awsvpcConfiguration;
  if (network?.AssignPublicIp === "ENABLED" && launch !== "FARGATE")
    invalid("You can specify ENABLED for AssignPublicIp only when LaunchType is set to FARGATE.");
}
