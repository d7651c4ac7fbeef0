import { balancerVerdict, listenerVerdict } from "./doctor/balancer.ts";
import { distributionVerdict } from "./doctor/edge.ts";
import { balancerGroupVerdict, tasksGroupVerdict } from "./doctor/groups.ts";
import { hop, type Hop, type Verdict } from "./doctor/hop.ts";
import { imageVerdict } from "./doctor/image.ts";
import { privateRoutesVerdict, publicRoutesVerdict } from "./doctor/routes.ts";
import { ruleVerdict } from "./doctor/rule.ts";
import { look, type Seen } from "./doctor/seen.ts";
import { serviceVerdict } from "./doctor/service.ts";
import { targetGroupVerdict } from "./doctor/targets.ts";
import { runVerdict, scheduleVerdict } from "./doctor/job.ts";
import { isJob, isPublic, type ServiceRef } from "./service-ref.ts";

export type { Hop } from "./doctor/hop.ts";

type Way = readonly (readonly [string, (ref: ServiceRef, seen: Seen) => Promise<Verdict>])[];

/** The request path from the CDN to the tasks, in order. */
const REQUEST: Way = [
  ["distribution", distributionVerdict],
  ["load balancer", balancerVerdict],
  ["load balancer's security group", balancerGroupVerdict],
  ["listener", listenerVerdict],
  ["listener rule", ruleVerdict],
  ["target group", targetGroupVerdict],
];

/** The outbound path of a task. */
const OUT: Way = [
  ["tasks' security group", tasksGroupVerdict],
  ["public subnets' routes", publicRoutesVerdict],
  ["private subnets' routes", privateRoutesVerdict],
];

/** The checks of a task up to its image, in order: all that apply to a worker or an internal service. */
const TASK: Way = [...OUT, ["service", serviceVerdict], ["task definition and image", imageVerdict]];

/** The same for a job, whose tasks are started by a schedule and run to completion. */
const JOB: Way = [
  ...OUT,
  ["schedule", scheduleVerdict],
  ["task definition and image", imageVerdict],
  ["newest run", runVerdict],
];

/** Runs all checks against the current state of AWS. Read-only; an early failure does not hide later ones. */
export function examine(ref: ServiceRef): Promise<Hop[]> {
  const seen = look(ref);
  const way = isJob(ref) ? JOB : isPublic(ref) ? [...REQUEST, ...TASK] : TASK;
  return Promise.all(way.map(([name, judge]) => hop(name, () => judge(ref, seen))));
}

/** The first failing check: the one to fix first. */
export const firstBroken = (hops: readonly Hop[]): Hop | undefined => hops.find(({ state }) => state === "broken");
