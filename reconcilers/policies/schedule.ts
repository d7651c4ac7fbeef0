import type { PolicyDocument } from "../../src/aws/policy.ts";
import type { Scope } from "../scope.ts";
import { allow, passTaskRoles, policy } from "./allow.ts";

/** Names of what a schedule starts. */
export interface ScheduleReach {
  readonly cluster: string;
  readonly taskFamily: string;
  readonly roles: { readonly execution: string; readonly task: string };
}

/**
 * Starts tasks of one family on one cluster, and tags them: the actions of AWS's own AmazonEC2ContainerServiceEventsRole (Amazon ECS developer
 * guide, "Amazon ECS EventBridge IAM role"), which allows them on everything. A family without a revision is judged as its newest revision (botocore
 * ecs, RunTask: "On March 21, 2024, a change was made to resolve the task definition revision before authorization"); before, as it was named.
 */
export function schedulePolicy(scope: Scope, reach: ScheduleReach): Record<string, PolicyDocument> {
  const { cluster, taskFamily, roles } = reach;
  return policy("schedule", [
    allow(
      "RunTask",
      ["ecs:RunTask"],
      [`task-definition/${taskFamily}:*`, `task-definition/${taskFamily}`].map((family) => scope.arn("ecs", family)),
      { ArnEquals: { "ecs:cluster": scope.arn("ecs", `cluster/${cluster}`) } },
    ),
    allow("TagTask", ["ecs:TagResource"], scope.arn("ecs", `task/${cluster}/*`), {
      StringEquals: { "ecs:CreateAction": "RunTask" },
    }),
    passTaskRoles(scope, [roles.execution, roles.task]),
  ]);
}
