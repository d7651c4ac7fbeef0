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
  if (!group) return broken(`There is no target group ${ref.names.targetGroup}.`);
  if (group.HealthCheckPath !== path)
    return broken(`${it} checks the health of its targets at ${group.HealthCheckPath}, not at ${path}.`);
  const inState = (state: string) => targets.filter(({ TargetHealth }) => TargetHealth?.State === state);
  const healthy = inState("healthy").length;
  if (healthy > 0) {
    const strangers = strangersAmong(targets, await seen.addresses);
    const whole = `${it} has ${healthy} healthy of ${count(targets.length, "target")}, by ${path} on port ${port}.`;
    return ok(strangers.length === 0 ? whole : `${whole} ${notOwned(strangers)}`);
  }
  const [unhealthy] = inState("unhealthy");
  if (unhealthy)
    return broken(
      `${it} has no healthy one of ${count(targets.length, "target")}: ${reasonOf(unhealthy)}.`,
      await fixOf(ref, seen, group, unhealthy),
    );
  if (inState("initial").length > 0) return waiting(`${it} waits for the first health checks of its targets.`);
  const [other] = [...inState("unused"), ...inState("unavailable")];
  if (other) return unknown(`${it} does not check its targets: ${reasonOf(other)}.`);
  return waiting(`${it} has no target${targets.length > 0 ? " but those that leave" : ""}: ${whyNone(service)}.`);
}

/** Targets that no task of the service is. What is being deregistered is on its way out, and so may be its task. */
function strangersAmong(targets: readonly TargetHealthDescription[], tasks: readonly string[]): string[] {
  const staying = targets.filter(({ TargetHealth }) => TargetHealth?.State !== "draining");
  const addresses = new Set(staying.flatMap(({ Target }) => Target?.Id ?? []));
  return [...addresses].filter((address) => !tasks.includes(address));
}

/** ECS leaves them alone, and so does Fairlead. */
const notOwned = (strangers: readonly string[]) =>
  `Somebody else registered ${list(strangers)}: no task of the service is there, and it gets a share of the requests.`;

function whyNone(service: Service | undefined): string {
  if (!service) return "there is no service that could register any";
  if ((service.desiredCount ?? 0) === 0) return "the service wants no tasks";
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
      return `Let the application answer GET ${path} with the status ${status}, or change \`container.healthCheckPath\`.`;
    case "Target.Timeout": {
      // What lets nobody through looks just like an application that does not answer.
      const groups = await Promise.all([balancerGroupVerdict(ref, seen), tasksGroupVerdict(ref, seen)]);
      const shut = groups.some(({ state }) => state === "broken");
      return shut
        ? `${RECONCILE} The security groups keep the load balancer from the tasks.`
        : `Let the application listen on 0.0.0.0, port ${port}, and answer GET ${path} within ${seconds} seconds.`;
    }
    case "Target.FailedHealthChecks":
      return `Let the application listen on 0.0.0.0, port ${port}, and speak plain HTTP there.`;
    default:
      return "Look again in a minute.";
  }
}
