import type { ReleaseEvent } from "./events.ts";
import type { Action } from "./executions.ts";
import { builtImage } from "./image.ts";
import { Rollouts } from "./rollouts.ts";
import { isDeployOf, serviceName, type ServiceRef } from "./service-ref.ts";

/** What a release made of one of several services. */
export interface FollowedService {
  readonly service: string;
  readonly ending: "live" | "failed";
  readonly why: string | undefined;
  /** `family:revision`. */
  readonly revision: string | undefined;
  readonly image: string | undefined;
}

/** A deploy action, the service that it deploys, and what is seen of that. */
interface Deploying {
  readonly ref: ServiceRef;
  readonly deploy: Action;
  readonly rollouts: Rollouts;
}

interface End {
  readonly ending: "live" | "failed";
  readonly why: string | undefined;
}

/** How long ECS may take to be through with a deployment that the pipeline calls a success. */
const SETTLING = 600_000;

/** Watches the services of a stack while one release is deployed to them. */
export class Deployments {
  readonly #refs: readonly ServiceRef[];
  /** Of each service, in their order. */
  readonly #rollouts: readonly Rollouts[];
  #succeededAt: number | undefined;

  constructor(refs: readonly ServiceRef[], tell: (event: ReleaseEvent) => void) {
    this.#refs = refs;
    this.#rollouts = refs.map((ref) => new Rollouts(ref, (event) => tell(this.#of(ref, event))));
  }

  get areSeveral(): boolean {
    return this.#refs.length > 1;
  }

  /** `family:revision` that the release registered, of several services the first one's. */
  get revision(): string | undefined {
    return this.#rollouts.find(({ revision }) => revision !== undefined)?.revision;
  }

  /** Looks at the service of a deploy action. */
  async look(action: Action, actions: readonly Action[]): Promise<void> {
    await this.#deploying(actions)
      .find(({ deploy }) => deploy === action)
      ?.rollouts.look(action);
  }

  /** Why nothing will come of the deployments that go on; `undefined` while one of them may still come through. */
  failure(actions: readonly Action[]): string | undefined {
    const failures = this.#going(actions).map(({ rollouts }) => rollouts.failure);
    return failures.every((failure) => failure !== undefined) ? failures[0] : undefined;
  }

  /**
   * Whether one of several deployments goes on, though another one has failed. Whether the stage fails at once or after all of them is not
   * documented in one way ("Retry a failed action in a stage" speaks of both), so what goes on is waited for.
   */
  goOn(actions: readonly Action[]): boolean {
    return this.areSeveral && this.#going(actions).some(({ rollouts }) => rollouts.failure === undefined);
  }

  /** What a success of the pipeline comes to: ECS may have gone back to an earlier revision, or may still do so. */
  async outcome(actions: readonly Action[]): Promise<End | undefined> {
    const { clock } = this.#refs[0] ?? {};
    this.#succeededAt ??= clock?.now();
    const ends = await Promise.all(this.#deploying(actions).map((one) => this.#outcomeOf(one, actions)));
    const failed = ends.find((end) => end?.ending === "failed");
    if (failed) return failed;
    return ends.every((end) => end !== undefined) ? (ends[0] ?? { ending: "live", why: undefined }) : undefined;
  }

  /** What became of each service that the release came to deploy. */
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

  /** What is told of one of several services says which. */
  #of(ref: ServiceRef, event: ReleaseEvent): ReleaseEvent {
    const isTold = this.areSeveral && (event.event === "tasks" || event.event === "service");
    return isTold ? { ...event, service: serviceName(ref) } : event;
  }
}
