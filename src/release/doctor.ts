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

/** The way of a request from the edge to where the tasks are, in its order. */
const REQUEST: Way = [
  ["distribution", distributionVerdict],
  ["load balancer", balancerVerdict],
  ["load balancer's security group", balancerGroupVerdict],
  ["listener", listenerVerdict],
  ["listener rule", ruleVerdict],
  ["target group", targetGroupVerdict],
];

/** The way of a task out of the network. */
const OUT: Way = [
  ["tasks' security group", tasksGroupVerdict],
  ["public subnets' routes", publicRoutesVerdict],
  ["private subnets' routes", privateRoutesVerdict],
];

/** The way of a task to its image, in its order: all that a worker or an internal service has. */
const TASK: Way = [...OUT, ["service", serviceVerdict], ["task definition and image", imageVerdict]];

/** The same of a job, whose tasks a schedule starts and which end. */
const JOB: Way = [
  ...OUT,
  ["schedule", scheduleVerdict],
  ["task definition and image", imageVerdict],
  ["newest run", runVerdict],
];

/** Walks the way hop by hop on what AWS says now. Nothing is changed; what is broken early hides nothing that comes later. */
export function examine(ref: ServiceRef): Promise<Hop[]> {
  const seen = look(ref);
  const way = isJob(ref) ? JOB : isPublic(ref) ? [...REQUEST, ...TASK] : TASK;
  return Promise.all(way.map(([name, judge]) => hop(name, () => judge(ref, seen))));
}

/** Where the way is broken first: what is to be put right before anything else. */
export const firstBroken = (hops: readonly Hop[]): Hop | undefined => hops.find(({ state }) => state === "broken");
