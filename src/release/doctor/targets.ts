import type { Service } from "@aws-sdk/client-ecs";
import type { TargetGroup, TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ServiceRef } from "../service-ref.ts";
import { balancerGroupVerdict, tasksGroupVerdict } from "./groups.ts";
import { broken, count, list, ok, RECONCILE, unknown, waiting, type Verdict } from "./hop.ts";
import type { Seen } from "./seen.ts";

export async function targetGroupVerdict(ref: ServiceRef, seen: Seen): Promise<Verdict> {
  const [group, targets, service] = await Promise.all([seen.targetGroup, seen.targets, seen.service]);
  const { port, healthCheckPath: path } = ref.stack.container;
  const it = `Target group ${ref.names.targetGroup}`;
  if (!group) return broken(`Target group ${ref.names.targetGroup} does not exist.`);
  if (group.HealthCheckPath !== path)
    return broken(`${it} checks the health of its targets at ${group.HealthCheckPath} instead of ${path}.`);
  const inState = (state: string) => targets.filter(({ TargetHealth }) => TargetHealth?.State === state);
  const healthy = inState("healthy").length;
  if (healthy > 0) {
    const unmanaged = unmanagedTargets(targets, await seen.addresses);
    const whole = `${it} has ${healthy} of ${count(targets.length, "target")} healthy (GET ${path} on port ${port}).`;
    return ok(unmanaged.length === 0 ? whole : `${whole} ${notOwned(unmanaged)}`);
  }
  const [unhealthy] = inState("unhealthy");
  if (unhealthy)
    return broken(
      `${it} has 0 of ${count(targets.length, "target")} healthy: ${reasonOf(unhealthy)}.`,
      await fixOf(ref, seen, group, unhealthy),
    );
  if (inState("initial").length > 0) return waiting(`${it} is waiting for the first health checks of its targets.`);
  const [other] = [...inState("unused"), ...inState("unavailable")];
  if (other) return unknown(`${it} does not check its targets: ${reasonOf(other)}.`);
  return waiting(`${it} has no targets${targets.length > 0 ? " except draining ones" : ""}: ${whyNone(service)}.`);
}

/** Targets that are not tasks of the service. Draining targets are ignored, since their tasks may be stopped already. */
function unmanagedTargets(targets: readonly TargetHealthDescription[], tasks: readonly string[]): string[] {
  const staying = targets.filter(({ TargetHealth }) => TargetHealth?.State !== "draining");
  const addresses = new Set(staying.flatMap(({ Target }) => Target?.Id ?? []));
  return [...addresses].filter((address) => !tasks.includes(address));
}

/** ECS does not deregister them, and neither does Fairlead. */
const notOwned = (unmanaged: readonly string[]) =>
  `Registered outside Fairlead: ${list(unmanaged)} (not a task of the service, but receives a share of the requests).`;

function whyNone(service: Service | undefined): string {
  if (!service) return "the service does not exist";
  if ((service.desiredCount ?? 0) === 0) return "the service has a desired count of 0";
  return "no task of the service is registered yet";
}

function reasonOf({ Target, TargetHealth = {} }: TargetHealthDescription): string {
  const { State: state, Reason: reason, Description: description = "" } = TargetHealth;
  const why = [reason, description.replace(/\.+$/, "")].filter((part) => part).join(", ");
  return `${Target?.Id} is ${state}${why === "" ? "" : ` (${why})`}`;
}

async function fixOf(
  ref: ServiceRef,
  seen: Seen,
  { Matcher, HealthCheckTimeoutSeconds: seconds = 5 }: TargetGroup,
  { TargetHealth }: TargetHealthDescription,
): Promise<string> {
  const { port, healthCheckPath: path } = ref.stack.container;
  const status = Matcher?.HttpCode ?? ref.stack.balancer.healthCheck.matcher;
  switch (TargetHealth?.Reason) {
    case "Target.ResponseCodeMismatch":
      return `Make the application return status ${status} for GET ${path}, or change \`container.healthCheckPath\`.`;
    case "Target.Timeout": {
      // A blocking security group looks like an application that does not respond.
      const groups = await Promise.all([balancerGroupVerdict(ref, seen), tasksGroupVerdict(ref, seen)]);
      const blocked = groups.some(({ state }) => state === "broken");
      return blocked
        ? `${RECONCILE} The security groups block the load balancer from reaching the tasks.`
        : `Make the application listen on 0.0.0.0, port ${port}, and respond to GET ${path} within ${seconds} seconds.`;
    }
    case "Target.FailedHealthChecks":
      return `Make the application listen on 0.0.0.0, port ${port}, and serve plain HTTP there.`;
    default:
      return "Check again in a minute.";
  }
}
