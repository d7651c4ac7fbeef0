import type { PolicyDocument } from "../../src/aws/policy.ts";
import type { Scope } from "../scope.ts";
import { allow, oneOrAll, passTaskRoles, policy, runsAction } from "./allow.ts";

/** Names of what one step of a release needs. */
export interface StepReach {
  readonly family: string;
  readonly roles: { readonly execution: string; readonly task: string };
  readonly run?: { readonly ecsService: string; readonly logGroup: string } | undefined;
}

/** Names of what the steps of a release read and change. */
export interface ReleaseReach {
  readonly releaseLogGroup: string;
  readonly artifactBucket: string;
  readonly cluster: string;
  readonly steps: readonly StepReach[];
}

/**
 * Registers revisions of the families that a release changes and runs those that it runs, in the network of the stack's services. The actions by
 * resource: Service Authorization Reference, "Actions, resources, and condition keys for Amazon Elastic Container Service".
 */
export function releasePolicy(scope: Scope, reach: ReleaseReach): Record<string, PolicyDocument> {
  const { cluster, steps } = reach;
  const definitions = (some: readonly StepReach[]) =>
    oneOrAll(some.map(({ family }) => scope.arn("ecs", `task-definition/${family}:*`)));
  const running = steps.filter(({ run }) => run !== undefined);
  const runs = running.flatMap(({ run }) => run ?? []);
  return policy("release", [
    ...runsAction(scope, reach.releaseLogGroup, reach.artifactBucket),
    allow("ReadTaskDefinitions", ["ecs:DescribeTaskDefinition"], "*"),
    allow("RegisterTaskDefinitions", ["ecs:RegisterTaskDefinition"], definitions(steps)),
    allow("TagTaskDefinitions", ["ecs:TagResource"], definitions(steps), {
      StringEquals: { "ecs:CreateAction": "RegisterTaskDefinition" },
    }),
    passTaskRoles(
      scope,
      steps.flatMap(({ roles }) => [roles.execution, roles.task]),
    ),
    ...(running.length === 0
      ? []
      : [
          allow("RunTasks", ["ecs:RunTask"], definitions(running), {
            ArnEquals: { "ecs:cluster": scope.arn("ecs", `cluster/${cluster}`) },
          }),
          allow("TagTasks", ["ecs:TagResource"], scope.arn("ecs", `task/${cluster}/*`), {
            StringEquals: { "ecs:CreateAction": "RunTask" },
          }),
          allow("ReadTasks", ["ecs:DescribeTasks"], scope.arn("ecs", `task/${cluster}/*`)),
          allow(
            "ReadNetworks",
            ["ecs:DescribeServices"],
            oneOrAll(runs.map(({ ecsService }) => scope.arn("ecs", `service/${cluster}/${ecsService}`))),
          ),
          allow(
            "ReadLogs",
            ["logs:GetLogEvents"],
            oneOrAll(runs.map(({ logGroup }) => scope.arn("logs", `log-group:${logGroup}:log-stream:before/*`))),
          ),
        ]),
  ]);
}
