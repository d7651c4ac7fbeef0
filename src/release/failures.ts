import { DescribeTasksCommand, ListTasksCommand, type ServiceEvent, type Task } from "@aws-sdk/client-ecs";
import type { ServiceRef } from "./service-ref.ts";

/** After this many identical failures, the next attempt will fail too. */
const ENOUGH = 3;

/** Counts the failures of one deployment, to detect when the same failure repeats. */
export class Failures {
  readonly #ref: ServiceRef;
  readonly #seen = new Set<string>();
  /** By message without ids: the count, and the message itself. */
  readonly #tasks = new Map<string, { times: number; words: string }>();
  readonly #events = new Map<string, { times: number; words: string }>();

  constructor(ref: ServiceRef) {
    this.#ref = ref;
  }

  /** The repeated failure, in ECS's words. Stop reasons are preferred to events. */
  get repeated(): string | undefined {
    const all = [...this.#tasks.values(), ...this.#events.values()];
    return all.find(({ times }) => times >= ENOUGH)?.words;
  }

  /** Counts a service event. */
  take({ message = "" }: ServiceEvent): void {
    // For a task or target the stop reason is more precise and names the deployment: a task of the previous deployment may fail while it is replaced.
    const isOfOne = /\((task|port|deployment) /.test(message);
    if (!isOfOne && /unable to|failed|could not/i.test(message)) count(this.#events, message);
  }

  /** Checks the stopped tasks of the deployment. */
  async look(deployment: string): Promise<void> {
    const { cluster, service: serviceName } = this.#ref.names;
    const list = new ListTasksCommand({ cluster, serviceName, desiredStatus: "STOPPED" });
    const { taskArns = [] } = await this.#ref.aws.ecs(list);
    const fresh = taskArns.filter((arn) => !this.#seen.has(arn));
    if (fresh.length === 0) return;
    const { tasks = [] } = await this.#ref.aws.ecs(new DescribeTasksCommand({ cluster, tasks: fresh }));
    for (const task of tasks) {
      const words = reasonOf(task);
      const isOwn = task.startedBy === deployment;
      // A task that is still stopping may not have its reason yet.
      if ((isOwn && task.lastStatus !== "STOPPED") || task.taskArn === undefined) continue;
      this.#seen.add(task.taskArn);
      if (isOwn && words !== undefined) count(this.#tasks, words);
    }
  }
}

/** Why a task failed, in ECS's words; `undefined` for one that was stopped on purpose. */
function reasonOf({ stopCode, stoppedReason, containers = [] }: Task): string | undefined {
  if (stopCode === "UserInitiated" || stoppedReason?.startsWith("Scaling activity initiated by")) return undefined;
  const details = containers.flatMap(({ name, exitCode, reason }) => {
    const own = reason === undefined || reason === "" || reason === stoppedReason ? [] : [reason];
    const code = exitCode === undefined || exitCode === 0 ? [] : [`exit code ${exitCode}`];
    return own.length + code.length === 0 ? [] : [`${name}: ${[...own, ...code].join(", ")}`];
  });
  const words = [stoppedReason ?? "", ...details.map((detail) => `(${detail})`)].join(" ").trim();
  return words === "" ? undefined : words;
}

function count(counts: Map<string, { times: number; words: string }>, words: string): void {
  const key = withoutIds(words);
  counts.set(key, { times: 1 + (counts.get(key)?.times ?? 0), words });
}

/** Removes addresses, ids and counters, which differ in otherwise identical messages. */
export const withoutIds = (words: string) =>
  words
    .replaceAll(/arn:[^\s)]+/g, "")
    .replaceAll(/\b[0-9a-f]{8,}(-[0-9a-f]{4,})*\b/gi, "")
    .replaceAll(/\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b/g, "")
    .replaceAll(/retried \d+/g, "");
