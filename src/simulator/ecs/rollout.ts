import { reaches } from "../elb/reach.ts";
import { at } from "../moment.ts";
import type { Sim } from "../sim.ts";
import { triggeredAlarms } from "./deployment-alarms.ts";
import { stopsIn } from "./draining.ts";
import { fateOf, missingImage, resolvedImages } from "./fates.ts";
import { newTask, newTaskId } from "./new-task.ts";
import { refusedStart } from "./task-roles.ts";
import { services, taskDefinitions, type SimDeployment, type SimService, type SimTask } from "./records.ts";
import { beginRelease, endRelease } from "./releases.ts";

/** Milliseconds between two looks of the scheduler. */
const TICK = 5_000;
/** Milliseconds from a task's start until it runs, and from there until the load balancer finds it healthy. */
const START = 25_000;
const HEALTHY = 35_000;
/** Milliseconds until a task that cannot pull its image, whose container exits, or that is never healthy, is given up. */
const NO_IMAGE = 15_000;
const EXITS = 5_000;
const UNHEALTHY = 70_000;
/** Tasks that one look starts at the most. */
const AT_ONCE = 10;
const KEPT_EVENTS = 100;
const KEPT_TASKS = 20;

/**
 * Advances a service to `sim.now`, tick by tick: tasks start, become healthy or fail, old ones drain, deployments complete, fail and are
 * rolled back. It only depends on the record and the images, so that a read of a copy and the world itself agree.
 */
export function advance(sim: Sim, service: SimService): SimService {
  while (service.steppedAt + TICK <= sim.now) {
    service.steppedAt += TICK;
    const wasIdle = isIdle(service);
    const before = wasIdle ? JSON.stringify([service.tasks, service.deployments]) : "";
    step(at(sim, service.steppedAt), service, service.steppedAt);
    // Nothing is in progress: the rest of the time passes without an event.
    if (wasIdle && isIdle(service) && before === JSON.stringify([service.tasks, service.deployments]))
      service.steppedAt += Math.floor((sim.now - service.steppedAt) / TICK) * TICK;
  }
  return service;
}

/** Advances every service to the current moment, before a change that must not affect the past. */
export function stepServices(sim: Sim): void {
  for (const service of Object.values(services(sim))) advance(sim, service);
}

const isIdle = ({ tasks }: SimService) => tasks.every((task) => task.stoppedAt !== undefined || isSettled(task));

const isSettled = ({ healthyAt, stoppingAt }: SimTask) => healthyAt !== undefined && stoppingAt === undefined;

/** Writes an event, newest first. */
export function tell(service: SimService, moment: number, message: string): void {
  service.events = [
    { id: newTaskId(service), at: moment, message: `(service ${service.name}) ${message}` },
    ...service.events,
  ];
  service.events.length = Math.min(service.events.length, KEPT_EVENTS);
}

function step(sim: Sim, service: SimService, now: number) {
  for (const task of service.tasks) live(sim, service, task, now);
  const stopped = service.tasks.filter(({ stoppedAt }) => stoppedAt !== undefined);
  const dropped = new Set(stopped.slice(0, Math.max(0, stopped.length - KEPT_TASKS)));
  service.tasks = service.tasks.filter((task) => !dropped.has(task));
  const primary = service.deployments.find(({ status }) => status === "PRIMARY");
  if (!primary) return;
  const release = service.releases?.find(({ id }) => id === primary.releaseId);
  if (release?.status === "ROLLBACK_REQUESTED")
    rollBack(sim, service, primary, "Service deployment stopped by user", now);
  else if (primary.rolloutState === "IN_PROGRESS") {
    if (triggeredAlarms(sim, service, primary.createdAt, now).length > 0) heedAlarm(sim, service, primary, now);
    else breakCircuit(sim, service, primary, now);
  }
  schedule(sim, service, now);
  settle(service, now);
}

/** What becomes of one task by now. */
function live(sim: Sim, service: SimService, task: SimTask, now: number) {
  if (task.stoppedAt !== undefined) return;
  if (task.stoppingAt !== undefined) {
    if (now >= task.stoppingAt + stopsIn(sim, service) * 1_000) task.stoppedAt = now;
    return;
  }
  const revision = taskDefinitions(sim)[task.taskDefinition];
  if (task.runningAt === undefined) {
    const images = task.images ?? resolvedImages(sim, revision);
    const missing = missingImage(sim, images);
    const refused = now >= task.createdAt + NO_IMAGE ? refusedStart(sim, revision, images, task) : undefined;
    if (refused !== undefined) fail(service, task, now, { stopCode: "TaskFailedToStart", stoppedReason: refused });
    else if (missing !== undefined && now >= task.createdAt + NO_IMAGE)
      fail(service, task, now, {
        stopCode: "TaskFailedToStart",
        stoppedReason: `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${missing}: ${missing}: not found`,
      });
    else if (missing === undefined && now >= task.createdAt + START) {
      task.runningAt = now;
      // It is pulled: from here on the registry has no say.
      task.fate = fateOf(sim, revision, images);
    }
    return;
  }
  const { fate = { end: "good" } } = task;
  const [balancer] = balancersOf(service, task);
  const { targetGroupArn = "", containerPort: port = 0 } = balancer ?? {};
  // Until it was found healthy once; of one that serves, its target tells.
  const shut = task.healthyAt === undefined && !reaches(sim, targetGroupArn, task.groupIds, port, task.subnetId);
  if (fate.end === "exits" && now >= task.runningAt + EXITS)
    fail(service, task, now, {
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      exitCode: 1,
    });
  else if (fate.end === "check-fails" && now >= task.runningAt + fate.seconds * 1000) {
    tell(service, now, `(task ${task.id}) (container ${fate.container}) failed container health checks.`);
    const stoppedReason = "Task failed container health checks";
    fail(service, task, now, { stopCode: "ServiceSchedulerInitiated", stoppedReason, exitCode: 137 });
  } else if ((fate.end === "unhealthy" || shut) && now >= task.runningAt + UNHEALTHY) {
    const { targetGroupArn: group = "" } = balancer ?? {};
    const reason = `failed ELB health checks in (target-group ${group})`;
    tell(
      service,
      now,
      `(port ${port}) is unhealthy in (target-group ${group}) due to (reason ${shut ? "Request timed out" : "Health checks failed with these codes: [503]"}).`,
    );
    fail(service, task, now, { stopCode: "ServiceSchedulerInitiated", stoppedReason: `Task ${reason}`, exitCode: 143 });
  } else if (fate.end === "good" && !shut && task.healthyAt === undefined && now >= task.runningAt + HEALTHY) {
    task.healthyAt = now;
    if (balancer) tell(service, now, `registered 1 targets in (target-group ${targetGroupArn})`);
  }
}

const balancersOf = ({ settings }: SimService, { loadBalancers }: SimTask) =>
  loadBalancers ?? settings.loadBalancers ?? [];

function fail(
  service: SimService,
  task: SimTask,
  now: number,
  why: Pick<SimTask, "stopCode" | "stoppedReason" | "exitCode">,
) {
  Object.assign(task, why, { stoppedAt: now });
  const deployment = service.deployments.find(({ id }) => id === task.deploymentId);
  if (deployment) deployment.failedTasks++;
  tell(service, now, `(deployment ${task.deploymentId}) deployment failed: tasks failed to start.`);
}

/** Gives a deployment up whose tasks fail again and again, and goes back to the last one that came through. */
function breakCircuit(sim: Sim, service: SimService, primary: SimDeployment, now: number) {
  const breaker = service.settings.deploymentConfiguration?.deploymentCircuitBreaker;
  const threshold = Math.min(200, Math.max(3, Math.ceil(service.desiredCount / 2)));
  if (!breaker?.enable || primary.failedTasks < threshold) return;
  primary.rolloutState = "FAILED";
  primary.reason = "ECS deployment circuit breaker: tasks failed to start.";
  if (!breaker.rollback || service.lastGood === primary.taskDefinition) {
    endRelease(service, primary.releaseId, "STOPPED", now, "tasks failed to start.");
    return;
  }
  rollBack(sim, service, primary, "ECS deployment circuit breaker", now);
  tell(service, now, `(deployment ${primary.id}) deployment failed: tasks failed to start.`);
}

/** Ends a deployment during which an alarm went off. The words of the event: aws/copilot-cli, internal/pkg/describe/status_test.go. */
function heedAlarm(sim: Sim, service: SimService, primary: SimDeployment, now: number) {
  const { rollback } = service.settings.deploymentConfiguration?.alarms ?? {};
  if (service.lastGood === primary.taskDefinition) return;
  tell(service, now, `(deployment ${primary.id}) deployment failed: alarm detected.`);
  if (rollback && rollBack(sim, service, primary, "ECS deployment alarm", now)) return;
  primary.rolloutState = "FAILED";
  primary.reason = "ECS deployment alarm: alarm detected.";
  endRelease(service, primary.releaseId, "STOPPED", now, "alarm detected.");
}

/** Goes back from a deployment to the last one that came through; answers whether there is one. */
function rollBack(sim: Sim, service: SimService, from: SimDeployment, why: string, now: number): boolean {
  const { lastGood } = service;
  if (lastGood === undefined) return false;
  // It goes back to a service revision, the registration of its tasks included (ECS developer guide, "Service revisions").
  if (service.lastBalancers) service.settings.loadBalancers = service.lastBalancers;
  const back = addDeployment(sim, service, lastGood, now, from.releaseId);
  from.rolloutState = "FAILED";
  from.reason = `${why}: rolling back to deploymentId ${back.id}.`;
  back.reason = from.reason;
  service.taskDefinition = lastGood;
  const release = service.releases?.find(({ id }) => id === from.releaseId);
  if (release) {
    release.status = "ROLLBACK_IN_PROGRESS";
    release.reason = `${why}: rolling back.`;
    release.rollback = { startedAt: now, to: numberOf(back.id), reason: why };
  }
  tell(service, now, `rolling back to (deployment ${back.id}).`);
  return true;
}

/** The number in a deployment's id, which its service revision has too. */
export const numberOf = (deploymentId: string) => deploymentId.slice(deploymentId.indexOf("/") + 1);

/**
 * Adds a deployment of a revision as the primary one; image tags are resolved to digests now. Without `releaseId` it starts a new service
 * deployment.
 */
export function addDeployment(
  sim: Sim,
  service: SimService,
  taskDefinition: string,
  now: number,
  releaseId?: string,
): SimDeployment {
  const before = service.deployments.find(({ status }) => status === "PRIMARY");
  for (const other of service.deployments) other.status = "ACTIVE";
  const id = `ecs-svc/${BigInt(`0x${newTaskId(service).slice(0, 15)}`)
    .toString()
    .padStart(19, "0")}`;
  const from = before && numberOf(before.id);
  const deployment: SimDeployment = {
    id,
    status: "PRIMARY",
    taskDefinition,
    createdAt: now,
    failedTasks: 0,
    rolloutState: "IN_PROGRESS",
    reason: `ECS deployment ${id} in progress.`,
    ...(service.settings.loadBalancers ? { loadBalancers: service.settings.loadBalancers } : {}),
    images: resolvedImages(sim, taskDefinitions(sim)[taskDefinition]),
    releaseId:
      releaseId ?? beginRelease(service, { id: newTaskId(service), taskDefinition, from, to: numberOf(id) }, now),
  };
  service.deployments.unshift(deployment);
  return deployment;
}

const isLive = ({ stoppingAt, stoppedAt }: SimTask) => stoppingAt === undefined && stoppedAt === undefined;

/** Starts what is missing of the primary deployment and stops what is too much, within the deployment's bounds. */
function schedule(sim: Sim, service: SimService, now: number) {
  const { desiredCount, settings } = service;
  const primary = service.deployments.find(({ status }) => status === "PRIMARY");
  if (!primary) return;
  const alive = service.tasks.filter(isLive);
  const own = alive.filter(({ deploymentId }) => deploymentId === primary.id);
  const others = alive.filter(({ deploymentId }) => deploymentId !== primary.id);
  const most = Math.floor((desiredCount * (settings.deploymentConfiguration?.maximumPercent ?? 200)) / 100);
  const least = Math.ceil((desiredCount * (settings.deploymentConfiguration?.minimumHealthyPercent ?? 100)) / 100);

  const wanted = primary.rolloutState === "FAILED" ? 0 : desiredCount - own.length;
  const started = Math.max(0, Math.min(wanted, most - alive.length, AT_ONCE));
  for (let n = 0; n < started; n++) service.tasks.push(newTask(sim, service, primary, now));
  if (started > 0) tell(service, now, `has started ${started} tasks: (task ${service.tasks.at(-1)?.id}).`);

  const healthy = alive.filter(({ healthyAt }) => healthyAt !== undefined).length;
  const surplus = own.length - desiredCount;
  const stoppable = [...others, ...own.slice(0, Math.max(0, surplus))];
  let room = Math.max(0, healthy - least);
  for (const task of stoppable) {
    // One that never became healthy is no loss.
    if (task.healthyAt !== undefined && room-- <= 0) continue;
    task.stoppingAt = now;
    task.stopCode = "ServiceSchedulerInitiated";
    task.stoppedReason = `Scaling activity initiated by (deployment ${primary.id})`;
    tell(service, now, `has stopped 1 running tasks: (task ${task.id}).`);
  }
}

/** Ends deployments that have come through or that nothing runs of any more. */
function settle(service: SimService, now: number) {
  const primary = service.deployments.find(({ status }) => status === "PRIMARY");
  if (!primary) return;
  const alive = service.tasks.filter(({ stoppedAt }) => stoppedAt === undefined);
  service.deployments = service.deployments.filter(
    ({ id, status }) => status === "PRIMARY" || alive.some(({ deploymentId }) => deploymentId === id),
  );
  const own = alive.filter(({ deploymentId, stoppingAt }) => deploymentId === primary.id && stoppingAt === undefined);
  const through = own.length === service.desiredCount && own.every(({ healthyAt }) => healthyAt !== undefined);
  if (primary.rolloutState !== "IN_PROGRESS" || !through || alive.length > own.length) return;
  primary.rolloutState = "COMPLETED";
  primary.reason = `ECS deployment ${primary.id} completed.`;
  service.lastGood = primary.taskDefinition;
  if (primary.loadBalancers) service.lastBalancers = primary.loadBalancers;
  endRelease(service, primary.releaseId, "SUCCESSFUL", now);
  tell(service, now, `(deployment ${primary.id}) deployment completed.`);
  tell(service, now, "has reached a steady state.");
}
