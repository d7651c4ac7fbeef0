import type { SimLogEvent } from "../logs/records.ts";
import type { Sim } from "../sim.ts";
import { services, taskDefinitions, type SimTask } from "./records.ts";
import { present } from "./rollout.ts";

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
  return streams;
}

function linesOf(
  { runningAt = 0, stoppingAt, stoppedAt, exitCode, fate }: SimTask,
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
