import type { Deployment, Service } from "@aws-sdk/client-ecs";
import { DescribeTargetHealthCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { absent } from "../aws/errors.ts";
import type { ReleaseEvent, Rollout } from "./events.ts";
import type { Action } from "./action.ts";
import { Failures } from "./failures.ts";
import type { Image } from "./image.ts";
import { deploymentOf, latestRevisions, registeredBy, revisionIn, serviceOf } from "./revision.ts";
import type { ServiceRef } from "./service-ref.ts";

/** How many revisions are searched for the one that an older release registered. */
const LOOKED_THROUGH = 20;
/**
 * How often, in milliseconds, to look at what can change while the service says nothing new: a target becomes healthy, a task stops and another takes
 * its place between two looks.
 */
const TARGETS_PAUSE = 5_000;
const TASKS_PAUSE = 10_000;

/** The outcome of a deployment: whether the service runs it now, and whether ECS has finished it. */
interface Outcome {
  readonly live: boolean;
  readonly settled: boolean;
  readonly why: string | undefined;
}

/** Watches the service while a release is deployed. */
export class Rollouts {
  readonly #ref: ServiceRef;
  readonly #tell: (event: ReleaseEvent) => void;
  readonly #failures: Failures;
  readonly #told = new Set<string>();
  #shown = "";
  #service: Service | undefined;
  #targets: ServiceTasks["targets"] = {};
  /** When the targets and the stopped tasks were last read, and what the service said by then. */
  #targetsAt = Number.NEGATIVE_INFINITY;
  #tasksAt = Number.NEGATIVE_INFINITY;
  #said = "";
  /** The deployment that this release started, as last observed. */
  #own: Deployment | undefined;
  #revision: string | undefined;

  constructor(ref: ServiceRef, tell: (event: ReleaseEvent) => void) {
    this.#ref = ref;
    this.#tell = tell;
    this.#failures = new Failures(ref);
  }

  /** `family:revision` that this release registered, once known. */
  get revision(): string | undefined {
    return this.#revision;
  }

  /** The service as it was last read. */
  get service(): Service | undefined {
    return this.#service;
  }

  /** Reads the service once, and emits what is new. */
  async look(deploy: Action): Promise<void> {
    const service = await serviceOf(this.#ref);
    this.#service = service;
    const id = this.#own?.id;
    const own = id === undefined ? deploymentOf(service, deploy) : service?.deployments?.find((one) => one.id === id);
    if (own) {
      this.#own = own;
      this.#revision = revisionIn(own.taskDefinition);
    }
    this.#tellEvents(deploy.startedAt);
    const said = saidBy(service);
    const isNews = said !== this.#said || deploy.status !== "InProgress";
    this.#said = said;
    const goingOn = own?.rolloutState === "COMPLETED" ? undefined : this.#own?.id;
    await Promise.all([
      this.#tellRollouts(isNews),
      goingOn === undefined ? undefined : this.#lookAtTasks(goingOn, isNews),
    ]);
  }

  async #lookAtTasks(deployment: string, isNews: boolean): Promise<void> {
    const now = this.#ref.clock.now();
    if (!isNews && now - this.#tasksAt < TASKS_PAUSE) return;
    this.#tasksAt = now;
    await this.#failures.look(deployment);
  }

  /** Why this deployment will not succeed, in ECS's words; `undefined` while it still may. */
  get failure(): string | undefined {
    return this.#failures.repeated ?? this.#rolledBack();
  }

  /** The outcome for the service after the pipeline has succeeded. */
  async outcome(deploy: Action, image: () => Promise<Image | undefined>): Promise<Outcome> {
    // An older release no longer has a deployment.
    if (!this.#own)
      this.#revision ??= registeredBy(deploy, (await image())?.uri, await latestRevisions(this.#ref, LOOKED_THROUGH));
    const primary = this.#service?.deployments?.find(({ status }) => status === "PRIMARY");
    const running = revisionIn(primary?.taskDefinition);
    // If it is unknown what the release registered, the pipeline's status decides: its deploy action has watched ECS itself.
    const live = this.#revision === undefined ? this.#rollingBack() === undefined : running === this.#revision;
    if (live && primary?.rolloutState !== "FAILED")
      return { live, settled: primary?.rolloutState !== "IN_PROGRESS", why: undefined };
    const runs = primary ? `The service runs ${running}` : "The service runs no revision";
    const plain = this.#revision === undefined ? `${runs}.` : `${runs}, not ${this.#revision}.`;
    return { live: false, settled: true, why: this.failure ?? this.#rollingBack() ?? plain };
  }

  #rolledBack(): string | undefined {
    const own = this.#own;
    if (!own) return undefined;
    const { deployments = [] } = this.#service ?? {};
    if (own.rolloutState === "FAILED") return own.rolloutStateReason ?? `Deployment ${own.id} failed.`;
    if (deployments.some(({ id }) => id === own.id)) return undefined;
    return this.#rollingBack();
  }

  /** ECS's message about a rollback during this release. */
  #rollingBack(): string | undefined {
    const { deployments = [], events = [] } = this.#service ?? {};
    const reasons = deployments.map(({ rolloutStateReason = "" }) => rolloutStateReason);
    const messages = events.filter((event) => this.#told.has(keyOf(event))).map(({ message = "" }) => message);
    return [...reasons, ...messages].find((words) => /roll(ing|ed) back/i.test(words));
  }

  /** Emits the events since `from`, newest last. */
  #tellEvents(from: number): void {
    for (const event of (this.#service?.events ?? []).toReversed()) {
      const at = event.createdAt?.getTime() ?? 0;
      if (at < from || this.#told.has(keyOf(event))) continue;
      this.#told.add(keyOf(event));
      this.#failures.take(event);
      this.#tell({ event: "service", message: event.message ?? "", at });
    }
  }

  async #tellRollouts(isNews: boolean): Promise<void> {
    if (!this.#service) return;
    const now = this.#ref.clock.now();
    if (isNews || now - this.#targetsAt >= TARGETS_PAUSE) {
      this.#targetsAt = now;
      this.#targets = await targetsIn(this.#ref, this.#service);
    }
    const [rollouts, targets] = [rolloutsIn(this.#service), this.#targets];
    const shown = JSON.stringify([rollouts, targets]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#tell({ event: "tasks", rollouts, targets, at: this.#ref.clock.now() });
  }
}

/** How the tasks of a service are replaced: those of each revision, and the health of its targets. */
export interface ServiceTasks {
  /** Newest deployment first. */
  readonly rollouts: readonly Rollout[];
  /** Target counts by state. */
  readonly targets: Readonly<Record<string, number>>;
}

/** The tasks of a service as they are now; none if it does not exist. */
export async function rolloutNow(ref: ServiceRef): Promise<ServiceTasks> {
  const service = await serviceOf(ref);
  return service
    ? { rollouts: rolloutsIn(service), targets: await targetsIn(ref, service) }
    : { rollouts: [], targets: {} };
}

const rolloutsIn = ({ deployments = [] }: Service): Rollout[] =>
  deployments
    .toSorted((one, other) => (other.createdAt?.getTime() ?? 0) - (one.createdAt?.getTime() ?? 0))
    .map(rolloutFrom);

async function targetsIn(ref: ServiceRef, { loadBalancers = [] }: Service): Promise<Record<string, number>> {
  const groups = loadBalancers.flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
  const states = await Promise.all(
    groups.map(async (TargetGroupArn) => {
      const command = new DescribeTargetHealthCommand({ TargetGroupArn });
      const health = await absent(ref.aws.elb(command), "TargetGroupNotFoundException");
      return (health?.TargetHealthDescriptions ?? []).map(({ TargetHealth }) => TargetHealth?.State ?? "unknown");
    }),
  );
  const counts: Record<string, number> = {};
  for (const state of states.flat().toSorted()) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** All that a service says of itself that changes while tasks are replaced: ECS tells of each step in an event. */
const saidBy = ({ deployments = [], events: [latest] = [] }: Service = {}): string =>
  JSON.stringify([deployments.map((one) => [one.id, rolloutFrom(one)]), latest && keyOf(latest)]);

const keyOf = ({ id, createdAt, message }: NonNullable<Service["events"]>[number]) =>
  id ?? `${createdAt?.getTime()} ${message}`;

const rolloutFrom = (deployment: Deployment): Rollout => ({
  revision: revisionIn(deployment.taskDefinition),
  running: deployment.runningCount ?? 0,
  pending: deployment.pendingCount ?? 0,
  desired: deployment.desiredCount ?? 0,
  failed: deployment.failedTasks ?? 0,
  state: deployment.rolloutState ?? "",
});
