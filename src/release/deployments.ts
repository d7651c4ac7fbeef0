import type { ReleaseEvent } from "./events.ts";
import type { Action } from "./action.ts";
import { builtImage } from "./image.ts";
import { Rollouts } from "./rollouts.ts";
import { isDeployOf, serviceName, type ServiceRef } from "./service-ref.ts";

/** The result of a release for one of several services. */
export interface FollowedService {
  readonly service: string;
  readonly ending: "live" | "failed";
  readonly why: string | undefined;
  /** `family:revision`. */
  readonly revision: string | undefined;
  readonly image: string | undefined;
}

/** A deploy action, the service that it deploys, and its rollouts. */
interface Deploying {
  readonly ref: ServiceRef;
  readonly deploy: Action;
  readonly rollouts: Rollouts;
}

interface End {
  readonly ending: "live" | "failed";
  readonly why: string | undefined;
}

/** How long ECS may take to finish a deployment that has succeeded in the pipeline. */
const SETTLING = 600_000;

/** Watches the services of a stack while one release is deployed to them. */
export class Deployments {
  readonly #refs: readonly ServiceRef[];
  /** One per service, in the same order. */
  readonly #rollouts: readonly Rollouts[];
  #succeededAt: number | undefined;

  constructor(refs: readonly ServiceRef[], tell: (event: ReleaseEvent) => void) {
    this.#refs = refs;
    this.#rollouts = refs.map((ref) => new Rollouts(ref, (event) => tell(this.#of(ref, event))));
  }

  get areSeveral(): boolean {
    return this.#refs.length > 1;
  }

  /** `family:revision` that the release registered; with several services, the first one's. */
  get revision(): string | undefined {
    return this.#rollouts.find(({ revision }) => revision !== undefined)?.revision;
  }

  /** Checks the service of a deploy action. */
  async look(action: Action, actions: readonly Action[]): Promise<void> {
    await this.#deploying(actions)
      .find(({ deploy }) => deploy === action)
      ?.rollouts.look(action);
  }

  /** Why the deployments in progress will fail; `undefined` while one of them may still succeed. */
  failure(actions: readonly Action[]): string | undefined {
    const failures = this.#going(actions).map(({ rollouts }) => rollouts.failure);
    return failures.every((failure) => failure !== undefined) ? failures[0] : undefined;
  }

  /**
   * Whether one of several deployments is still in progress although another has failed. The documentation is ambiguous about whether the stage
   * fails immediately or after all of them ("Retry a failed action in a stage" mentions both), so those in progress are waited for.
   */
  goOn(actions: readonly Action[]): boolean {
    return this.areSeveral && this.#going(actions).some(({ rollouts }) => rollouts.failure === undefined);
  }

  /** The outcome after the pipeline succeeded: ECS may have rolled back to an earlier revision, or may still do so. */
  async outcome(actions: readonly Action[]): Promise<End | undefined> {
    const { clock } = this.#refs[0] ?? {};
    this.#succeededAt ??= clock?.now();
    const ends = await Promise.all(this.#deploying(actions).map((one) => this.#outcomeOf(one, actions)));
    const failed = ends.find((end) => end?.ending === "failed");
    if (failed) return failed;
    return ends.every((end) => end !== undefined) ? (ends[0] ?? { ending: "live", why: undefined }) : undefined;
  }

  /** The result for each service that the release deployed. */
  services(actions: readonly Action[]): Promise<FollowedService[]> {
    const all = this.#deploying(actions).map(async ({ ref, deploy, rollouts }) => {
      const why = rollouts.failure ?? (deploy.status === "Failed" ? deploy.error : undefined);
      const isLive = why === undefined && deploy.status === "Succeeded";
      return {
        service: serviceName(ref),
        ending: isLive ? ("live" as const) : ("failed" as const),
        why,
        revision: rollouts.revision,
        image: (await builtImage(ref, actions))?.uri,
      };
    });
    return Promise.all(all);
  }

  #deploying(actions: readonly Action[]): Deploying[] {
    return this.#refs.flatMap((ref, at) => {
      const deploy = actions.findLast((action) => isDeployOf(ref, action));
      const rollouts = this.#rollouts[at];
      return deploy && rollouts ? [{ ref, deploy, rollouts }] : [];
    });
  }

  #going(actions: readonly Action[]): Deploying[] {
    return this.#deploying(actions).filter(({ deploy }) => deploy.status === "InProgress");
  }

  async #outcomeOf({ ref, deploy, rollouts }: Deploying, actions: readonly Action[]): Promise<End | undefined> {
    const { live, settled, why } = await rollouts.outcome(deploy, () => builtImage(ref, actions));
    if (!live) return { ending: "failed", why };
    if (settled || ref.clock.now() - (this.#succeededAt ?? 0) >= SETTLING) return { ending: "live", why };
    const { failure } = rollouts;
    return failure === undefined ? undefined : { ending: "failed", why: failure };
  }

  /** With several services, adds the service's name to an event. */
  #of(ref: ServiceRef, event: ReleaseEvent): ReleaseEvent {
    const isTold = this.areSeveral && (event.event === "tasks" || event.event === "service");
    return isTold ? { ...event, service: serviceName(ref) } : event;
  }
}
