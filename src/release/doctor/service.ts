import { isSteady, rollbackOf, whyStuck } from "../../aws/ecs/rollout.ts";
import { limitsEver } from "../../config/counts.ts";
import { waitsForMessages, type ServiceRef } from "../service-ref.ts";
import { broken, ok, RECONCILE, RELEASE, sentence, waiting, type Verdict } from "./hop.ts";
import type { Seen } from "./seen.ts";

export async function serviceVerdict(ref: ServiceRef, seen: Seen): Promise<Verdict> {
  const { names, stack } = ref;
  const [service, image, released, group] = await Promise.all([
    seen.service,
    seen.image,
    seen.released,
    seen.targetGroup,
  ]);
  const it = `Service ${names.service}`;
  if (!service) return broken(`Service ${names.service} does not exist in cluster ${names.cluster}.`);
  const { status, desiredCount: desired = 0, runningCount: running = 0 } = service;
  if (status !== "ACTIVE") return broken(`${it} is ${status}: it is being deleted.`);
  const arn = group?.TargetGroupArn;
  if (arn !== undefined && !service.loadBalancers?.some(({ targetGroupArn }) => targetGroupArn === arn))
    return broken(`${it} does not register its tasks with target group ${names.targetGroup}.`);
  if (desired === 0) {
    if (!released) return waiting(`${it} is ACTIVE and stays at zero tasks until its first release.`, RELEASE);
    const none = `${it} is ACTIVE with a desired count of 0, although a release has been deployed to it.`;
    if (waitsForMessages(ref))
      return waiting(
        `${it} is ACTIVE at zero tasks: its queue was empty. The first message starts a task, within minutes, or a quarter of an hour if the queue has not been used for six hours.`,
      );
    if (limitsEver(stack.scaling).min === 0 && stack.scaling.min > 0)
      return waiting(
        `${it} is ACTIVE at zero tasks, which ${stack.schedule ? "`schedule`" : "a window of `scaling.schedule`"} may set.`,
      );
    return stack.scaling.min > 0
      ? broken(none, RECONCILE)
      : broken(none, "Set `scaling.min` to at least 1 and run `npx fairlead reconcile`.");
  }
  const counted = `${running} of ${desired} tasks running`;
  const stuck = whyStuck(service);
  if (stuck !== undefined) {
    const goesBack = rollbackOf(service) !== undefined;
    const mend = "See why its last tasks stopped (`npx fairlead logs`), then release a fix: `npx fairlead deploy`.";
    return broken(
      `${it} is ACTIVE with ${counted}, and ${goesBack ? "ECS is rolling its latest deployment back" : "its deployment is stuck"}: ${sentence(stuck)}`,
      image?.found === "missing"
        ? RELEASE
        : `${mend}${goesBack ? "" : " To go back to the release before: `npx fairlead rollback`."}`,
    );
  }
  const rollout = service.deployments?.find((deployment) => deployment.status === "PRIMARY")?.rolloutState;
  const told = rollout === undefined ? "" : `; its latest deployment is ${rollout}`;
  // If AWS reports no rollout state, the counts decide.
  const through = isSteady(service) || (rollout === undefined && running === desired);
  return (through ? ok : waiting)(`${it} is ACTIVE with ${counted}${told}.`);
}
