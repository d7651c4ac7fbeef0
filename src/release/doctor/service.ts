import { isSteady, whyStuck } from "../../aws/ecs/rollout.ts";
import type { ServiceRef } from "../service-ref.ts";
import { broken, ok, RECONCILE, RELEASE, sentence, waiting, type Verdict } from "./hop.ts";
import type { Seen } from "./seen.ts";

export async function serviceVerdict({ names, stack }: ServiceRef, seen: Seen): Promise<Verdict> {
  const [service, image, released, group] = await Promise.all([
    seen.service,
    seen.image,
    seen.released,
    seen.targetGroup,
  ]);
  const it = `Service ${names.service}`;
  if (!service) return broken(`There is no service ${names.service} in cluster ${names.cluster}.`);
  const { status, desiredCount: desired = 0, runningCount: running = 0 } = service;
  if (status !== "ACTIVE") return broken(`${it} is ${status}, so it is on its way out.`);
  const arn = group?.TargetGroupArn;
  if (arn !== undefined && !service.loadBalancers?.some(({ targetGroupArn }) => targetGroupArn === arn))
    return broken(`${it} does not register its tasks in target group ${names.targetGroup}.`);
  if (desired === 0) {
    if (!released) return waiting(`${it} is ACTIVE and waits at zero tasks for its first release.`, RELEASE);
    const none = `${it} is ACTIVE and wants no tasks, though a release was deployed to it.`;
    return stack.scaling.min > 0
      ? broken(none, RECONCILE)
      : broken(none, "Set `scaling.min` to at least 1 and run `npm run reconcile`.");
  }
  const counted = `${running} of ${desired} tasks run`;
  const stuck = whyStuck(service);
  if (stuck !== undefined)
    return broken(
      `${it} is ACTIVE, ${counted}, and it does not get further: ${sentence(stuck)}`,
      image?.found === "missing"
        ? RELEASE
        : "Read why its last tasks stopped, in the events of the service and in the tasks' logs, and release what mends it.",
    );
  const rollout = service.deployments?.find((deployment) => deployment.status === "PRIMARY")?.rolloutState;
  const told = rollout === undefined ? "" : `, and its latest deployment is ${rollout}`;
  // An AWS that tells no rollout tells enough with its counts.
  const through = isSteady(service) || (rollout === undefined && running === desired);
  return (through ? ok : waiting)(`${it} is ACTIVE, ${counted}${told}.`);
}
