import { DescribeTasksCommand, ListTasksCommand, type ServiceEvent, type Task } from "@aws-sdk/client-ecs";
import type { ServiceRef } from "./service-ref.ts";

/** So many times the same, and it is not going to be otherwise the next time. */
const ENOUGH = 3;

/** Counts what goes wrong in one deployment, to know when it goes wrong in the same way again and again. */
export class Failures {
  readonly #ref: ServiceRef;
  readonly #seen = new Set<string>();
  /** By what is left of the words without ids: how often, and the words themselves. */
  readonly #tasks = new Map<string, { times: number; words: string }>();
  readonly #events = new Map<string, { times: number; words: string }>();

  constructor(ref: ServiceRef) {
    this.#ref = ref;
  }

  /** What happened often enough, in ECS's words. Why tasks stopped says more than an event. */
  get repeated(): string | undefined {
    const all = [...this.#tasks.values(), ...this.#events.values()];
    return all.find(({ times }) => times >= ENOUGH)?.words;
  }

  /** Takes an event of the service in. */
  take({ message = "" }: ServiceEvent): void {
    // Of a task or a target its stop reason says more, and whose it is: one of the deployment before may fail while it is replaced.
    const isOfOne = /\((task|port|deployment) /.test(message);
    if (!isOfOne && /unable to|failed|could not/i.test(message)) count(this.#events, message);
  }

  /** Looks at the tasks of the deployment that have stopped. */
  async look(deployment: string): Promise<void> {
    const { cluster, service: serviceName } = this.#ref.names;
    const list = new ListTasksCommand({ cluster, serviceName, desiredStatus: "STOPPED" });
    const { taskArns = [] } = await this.#ref.aws.ecs(list);
    const fresh = taskArns.filter((arn) => !this.#seen.has(arn));
    if (fresh.length === 0) return;
    const { tasks = [] } = await this.#ref.aws.ecs(new DescribeTasksCommand({ cluster, tasks: fresh }));
    for (const task of tasks) {
      const words = reasonOf(task);
      // A task that is still stopping may not have its reason yet.
      if (task.lastStatus !== "STOPPED" || task.taskArn === undefined) continue;
      this.#seen.add(task.taskArn);
      if (task.startedBy === deployment && words !== undefined) count(this.#tasks, words);
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

/** Addresses, ids and counters differ each time although the words say the same. */
const withoutIds = (words: string) =>
  words
    .replaceAll(/arn:[^\s)]+/g, "")
    .replaceAll(/\b[0-9a-f]{8,}(-[0-9a-f]{4,})*\b/gi, "")
    .replaceAll(/\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b/g, "")
    .replaceAll(/retried \d+/g, "");
