import type { Aws } from "../aws/aws.ts";
import type { Action } from "../engine/action.ts";
import type { Impact } from "../page/data.ts";

/**
 * The fields of a service whose change replaces its tasks: ECS's API reference says of their parameters that each "triggers a new service deployment"
 * (UpdateService), and with the last two, Fairlead asks for a deployment.
 */
const ROLLING = [
  "taskDefinition",
  "subnetIds",
  "groupIds",
  "assignPublicIp",
  "platformVersion",
  "loadBalancers",
  "serviceConnect",
  "capacityProviders",
  "enableExec",
];

/** What an action does to those who send requests. */
export function impactOf({ action, kind, differences, interrupts }: Action<Aws>): Impact {
  if (interrupts) return { kind: "interrupts", ...interrupts };
  const isRolling =
    kind.type === "ecs/service" &&
    action !== "create" &&
    differences.some(({ path }) => ROLLING.includes(/^\w+/.exec(path)?.[0] ?? ""));
  return { kind: isRolling ? "rolling" : "none" };
}
