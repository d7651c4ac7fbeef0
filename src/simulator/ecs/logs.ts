import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import type { SimLogEvent } from "../logs/records.ts";
import type { Sim } from "../sim.ts";
import { services, taskDefinitions, type SimTask } from "./records.ts";
import { present } from "./present.ts";
import { standaloneTasks, type TaskView } from "./standalone.ts";

/**
 * Milliseconds between two batches of lines that the log driver of a container hands over (moby, daemon/logger/awslogs/cloudwatchlogs.go:
 * `defaultForceFlushInterval`); what is left goes when the container ends.
 */
const BATCH = 5_000;

/**
 * What the tasks of all services have written to one log group, by stream, as far as the simulated time has come. It follows from
 * what became of the tasks, so nothing of it is kept.
 */
export function taskStreams(sim: Sim, group: string): Record<string, SimLogEvent[]> {
  const streams: Record<string, SimLogEvent[]> = {};
  for (const service of Object.values(services(sim)))
    for (const task of present(sim, service).tasks) {
      const [container] = taskDefinitions(sim)[task.taskDefinition]?.definition.containerDefinitions ?? [];
      const options = container?.logConfiguration?.options;
      if (task.runningAt === undefined || options?.["awslogs-group"] !== group) continue;
      const stream = `${options["awslogs-stream-prefix"]}/${container?.name}/${task.id}`;
      streams[stream] = linesOf(task, container?.portMappings?.[0]?.containerPort);
    }
  for (const task of standaloneTasks(sim))
    for (const container of task.containers) {
      const { options = {} } = container.logConfiguration ?? {};
      if (task.runningAt === undefined || options["awslogs-group"] !== group) continue;
      const stream = `${options["awslogs-stream-prefix"]}/${container.name}/${task.id}`;
      streams[stream] = linesOfCommand(task, container);
    }
  return streams;
}

/** What a container of a task of no service has written: a command its lines, spread over its time, a server what every server does. */
function linesOfCommand(task: TaskView, { name = "", portMappings }: ContainerDefinition): SimLogEvent[] {
  const { runningAt = 0, outcomes, ends, stoppingAt } = task;
  const outcome = outcomes[name];
  const end = ends[name]?.at;
  if (!outcome || !("exit" in outcome) || outcome.exit === "never")
    return linesOf({ ...task, stoppingAt, stoppedAt: end }, portMappings?.[0]?.containerPort);
  const { lines, after } = outcome;
  return lines
    .map((message, index) => ({
      timestamp: runningAt + Math.floor((after * (index + 1)) / (lines.length + 1)),
      message,
    }))
    .filter(({ timestamp }) => timestamp <= (end ?? Number.POSITIVE_INFINITY))
    .map((line) => ({ ...line, ingestedAt: Math.min(line.timestamp + BATCH, end ?? Number.POSITIVE_INFINITY) }));
}

/** What of a task its lines follow from. */
type Ran = {
  readonly [Key in "runningAt" | "stoppingAt" | "stoppedAt" | "exitCode" | "fate"]?: SimTask[Key] | undefined;
};

function linesOf(
  { runningAt = 0, stoppingAt, stoppedAt, exitCode, fate }: Ran,
  port: number | undefined,
): SimLogEvent[] {
  const exits = stoppedAt !== undefined && exitCode !== undefined && exitCode !== 0;
  return [
    { timestamp: runningAt, message: "Starting." },
    exits
      ? {
          timestamp: stoppedAt,
          message: `Error: ${fate?.end === "exits" ? fate.words : `ended with ${exitCode}.`}`,
        }
      : { timestamp: runningAt + 500, message: port === undefined ? "Working." : `Listening on port ${port}.` },
    ...(stoppingAt === undefined || exits ? [] : [{ timestamp: stoppingAt, message: "SIGTERM: ending." }]),
  ]
    .filter(({ timestamp }) => timestamp <= (stoppedAt ?? Number.POSITIVE_INFINITY))
    .map((line) => ({ ...line, ingestedAt: Math.min(line.timestamp + BATCH, stoppedAt ?? Number.POSITIVE_INFINITY) }));
}
