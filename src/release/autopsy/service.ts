import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  type Deployment,
  type Service,
  type Task,
  type TaskDefinition,
} from "@aws-sdk/client-ecs";
import { DescribeTargetHealthCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { absent } from "../../aws/errors.ts";
import type { ServiceRef } from "../service-ref.ts";
import type { Ask } from "./ask.ts";
import type { ContainerSeen, ServiceEvidence, StoppedTask, TargetSeen } from "./evidence.ts";
import { imageSeen } from "./image.ts";
import { tail } from "./log.ts";
import { ownContainer } from "../own-container.ts";

/** The deployment to diagnose; unknown parts are determined. */
export interface Question {
  readonly taskDefinition: string | undefined;
  readonly deployment: string | undefined;
  /** The time range of the deployment, in milliseconds since the epoch. */
  readonly since: number | undefined;
  readonly until: number | undefined;
}

const LOG_LINES = 20;

/** Reads the service in three rounds of calls, each depending on the results of the previous one. */
export async function ofService(ref: ServiceRef, question: Question, ask: Ask): Promise<ServiceEvidence> {
  const { service, stopped, targets } = await serviceNow(ref, ask);
  const isOver = isOvertaken(question, service);
  const troubled = stopped.filter((task) => isTrouble(task) && isOf(task, question, isOver));
  const revision = isOver ? revisionThen(question, troubled) : revisionInQuestion(question, service, troubled);
  const own = troubled.filter((task) => revision === undefined || revisionOf(task.taskDefinitionArn) === revision);
  const definition = revision === undefined ? undefined : await definitionOf(ref, revision, ask);
  const container = containerOf(ref, definition);
  const uri = definition?.containerDefinitions?.find(({ name }) => name === container.name)?.image;
  const ran = own.find(({ stopCode }) => stopCode === "EssentialContainerExited") ?? own.find(hasRun);
  const [image, log] = await Promise.all([
    // If a task ran, its image existed.
    uri === undefined ? undefined : imageSeen(ref, uri, ran === undefined && !isOver, ask),
    ran ? tail(ref, container.logGroup, `${container.logPrefix}/${container.name}/${idOf(ran)}`, LOG_LINES, ask) : [],
  ]);
  return {
    ...(service ? { service: { desired: service.desiredCount ?? 0, running: service.runningCount ?? 0 } } : {}),
    ...(revision === undefined ? {} : { revision }),
    container,
    ...(image ? { image } : {}),
    deployments: (isOver ? [] : (service?.deployments ?? [])).map(deploymentLine),
    events: isOver
      ? eventsWithin(service, question)
      : eventsSince(service, startOf(question, service, revision, own), revision),
    tasks: own.map(stoppedTask),
    targets: isOver ? [] : targets,
    log,
    ...(isOver ? { isOver } : {}),
  };
}

async function serviceNow(ref: ServiceRef, ask: Ask) {
  const { ecs, elb } = ref.aws;
  const { cluster, service: name } = ref.names;
  const [described, listed] = await Promise.all([
    ask(
      "the service",
      absent(ecs(new DescribeServicesCommand({ cluster, services: [name] })), "ClusterNotFoundException"),
    ),
    ask(
      "the stopped tasks",
      absent(
        ecs(new ListTasksCommand({ cluster, serviceName: name, desiredStatus: "STOPPED" })),
        "ClusterNotFoundException",
        "ServiceNotFoundException",
      ),
    ),
  ]);
  const service = described?.services?.find(({ status }) => status !== "INACTIVE");
  const arns = listed?.taskArns ?? [];
  const TargetGroupArn = service?.loadBalancers?.[0]?.targetGroupArn;
  const [tasks, health] = await Promise.all([
    arns.length === 0 ? undefined : ask("the stopped tasks", ecs(new DescribeTasksCommand({ cluster, tasks: arns }))),
    TargetGroupArn === undefined
      ? undefined
      : ask(
          "the targets",
          absent(elb(new DescribeTargetHealthCommand({ TargetGroupArn })), "TargetGroupNotFoundException"),
        ),
  ]);
  const targets = (health?.TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }): TargetSeen => ({
    address: `${Target?.Id ?? "?"}:${Target?.Port ?? "?"}`,
    state: TargetHealth?.State ?? "",
    reason: TargetHealth?.Reason ?? "",
    description: TargetHealth?.Description ?? "",
  }));
  const ended = (task: Task) => timeOf(task.stoppedAt ?? task.stoppingAt ?? task.createdAt, 0);
  return { service, targets, stopped: (tasks?.tasks ?? []).toSorted((one, other) => ended(other) - ended(one)) };
}

/** Whether a task stopped unexpectedly, not by a user or a completed deployment. */
const isTrouble = ({ stopCode, stoppedReason = "" }: Task): boolean =>
  stopCode !== "UserInitiated" && !stoppedReason.startsWith("Scaling activity initiated by");

const hasRun = ({ startedAt, containers = [] }: Task): boolean =>
  startedAt !== undefined || containers.some(({ exitCode }) => exitCode !== undefined);

const timeOf = (date: Date | undefined, otherwise: number): number => date?.getTime() ?? otherwise;
const lastPart = (arn: string) => arn.slice(arn.lastIndexOf("/") + 1);
const idOf = ({ taskArn = "" }: Task): string => lastPart(taskArn);
/** `family:revision`. */
const revisionOf = (arn: string | undefined): string | undefined => (arn === undefined ? undefined : lastPart(arn));

/** Whether a deployment of another revision has started since the one in question ended. */
const isOvertaken = ({ until, taskDefinition }: Question, service: Service | undefined): boolean =>
  until !== undefined &&
  (service?.deployments ?? []).some(
    (other) => timeOf(other.createdAt, 0) > until && revisionOf(other.taskDefinition) !== revisionOf(taskDefinition),
  );

/** Whether a task belongs to the deployment in question: if newer deployments followed, only its own tasks do. */
function isOf(task: Task, { taskDefinition, deployment, since = 0, until }: Question, isOver: boolean): boolean {
  const at = timeOf(task.createdAt, Infinity);
  if (at < since) return false;
  if (!isOver || until === undefined) return true;
  // The first release's tasks belong to the deployment that scales it up from zero, which is not the pipeline's.
  if (taskDefinition !== undefined) return revisionOf(task.taskDefinitionArn) === revisionOf(taskDefinition);
  return deployment === undefined ? at <= until : task.startedBy === deployment;
}

/** The revision of a superseded deployment, if still known. */
const revisionThen = ({ taskDefinition }: Question, own: readonly Task[]): string | undefined =>
  revisionOf(taskDefinition ?? own[0]?.taskDefinitionArn);

/** The unhealthy revision, which after a rollback is not the one that the service runs. */
function revisionInQuestion(
  { taskDefinition, deployment }: Question,
  service: Service | undefined,
  troubled: readonly Task[],
): string | undefined {
  const deployments = service?.deployments ?? [];
  const primary = deployments.find(({ status }) => status === "PRIMARY");
  const goesBack = primary?.rolloutStateReason?.includes("rolling back") ?? false;
  return revisionOf(
    taskDefinition ??
      (deployment === undefined
        ? undefined
        : (deployments.find(({ id }) => id === deployment)?.taskDefinition ??
          troubled.find(({ startedBy }) => startedBy === deployment)?.taskDefinitionArn)) ??
      deployments.find(({ rolloutState }) => rolloutState === "FAILED")?.taskDefinition ??
      (primary?.rolloutState === "IN_PROGRESS" && !goesBack ? primary.taskDefinition : undefined) ??
      troubled[0]?.taskDefinitionArn ??
      service?.taskDefinition,
  );
}

async function definitionOf(ref: ServiceRef, taskDefinition: string, ask: Ask): Promise<TaskDefinition | undefined> {
  const command = new DescribeTaskDefinitionCommand({ taskDefinition });
  // ECS has no specific error code for a missing revision.
  return (await ask("the task definition", absent(ref.aws.ecs(command), "ClientException")))?.taskDefinition;
}

function containerOf({ names }: ServiceRef, definition: TaskDefinition | undefined): ContainerSeen {
  const container = ownContainer({ names }, definition?.containerDefinitions);
  const name = container?.name ?? names.container;
  const options = container?.logConfiguration?.options;
  return {
    name,
    check: (container?.healthCheck?.command ?? []).filter((word, at) => at > 0 || !word.startsWith("CMD")).join(" "),
    logGroup: options?.["awslogs-group"] ?? names.applicationLogGroup,
    logPrefix: options?.["awslogs-stream-prefix"] ?? name,
  };
}

/** When the deployment in question started, as far as known. */
function startOf(
  { since }: Question,
  service: Service | undefined,
  revision: string | undefined,
  own: readonly Task[],
): number {
  const deployments = service?.deployments ?? [];
  const begun = deployments.filter(({ taskDefinition }) => revisionOf(taskDefinition) === revision);
  const times = [...begun, ...own].map(({ createdAt }) => timeOf(createdAt, Infinity));
  const earliest = Math.min(since ?? Infinity, ...times);
  return earliest === Infinity ? 0 : earliest;
}

/** Service events since then, newest first, without duplicates. */
function eventsSince(service: Service | undefined, start: number, revision: string | undefined): string[] {
  const told = (service?.events ?? [])
    .filter(({ createdAt }) => timeOf(createdAt, Infinity) >= start)
    .map(({ message = "" }) => message);
  // For the current revision, events before its last steady state are over. After a rollback, another revision became steady.
  const steady = told.findIndex((message) => message.includes("has reached a steady state"));
  const current = revisionOf(service?.taskDefinition) === revision;
  return [...new Set(current && steady >= 0 ? told.slice(0, steady) : told)];
}

/** Service events during the deployment in question, newest first, without duplicates. */
function eventsWithin(service: Service | undefined, { since = 0, until = Infinity }: Question): string[] {
  const told = (service?.events ?? []).filter(({ createdAt }) => {
    const at = timeOf(createdAt, Infinity);
    return at >= since && at <= until;
  });
  return [...new Set(told.map(({ message = "" }) => message))];
}

function deploymentLine({ id, taskDefinition, rolloutState, rolloutStateReason, failedTasks }: Deployment): string {
  const failed = failedTasks ? ` (${failedTasks} tasks failed)` : "";
  const what = [rolloutState, rolloutStateReason].filter((part) => part !== undefined).join(": ");
  return `deployment ${id} of ${revisionOf(taskDefinition)}${failed}: ${what}`;
}

/** A task that has stopped, as evidence. */
export const stoppedTask = (task: Task): StoppedTask => ({
  id: idOf(task),
  stopCode: task.stopCode ?? "",
  reason: task.stoppedReason ?? "",
  started: hasRun(task),
  containers: (task.containers ?? []).map(({ name = "", exitCode, reason = "" }) => ({
    name,
    ...(exitCode === undefined ? {} : { exitCode }),
    reason,
  })),
});
