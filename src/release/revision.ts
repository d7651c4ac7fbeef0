import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  type Deployment,
  type Service,
  type TaskDefinition,
  type TaskDefinitionStatus,
} from "@aws-sdk/client-ecs";
import { absent } from "../aws/errors.ts";
import type { Action } from "./action.ts";
import type { ServiceRef } from "./service-ref.ts";

/** The ECS service; `undefined` if it does not exist. */
export async function serviceOf(ref: ServiceRef): Promise<Service | undefined> {
  const { cluster, service } = ref.names;
  const found = await absent(
    ref.aws.ecs(new DescribeServicesCommand({ cluster, services: [service] })),
    "ClusterNotFoundException",
    "ServiceNotFoundException",
  );
  return found?.services?.find(({ status }) => status !== "INACTIVE");
}

/** `family:revision` of an ARN. */
export const revisionIn = (arn = ""): string => arn.slice(arn.lastIndexOf("/") + 1);

/** The deployment of the service that a deploy action started: the one that it names, or else the first one after it. */
export function deploymentOf(service: Service | undefined, deploy: Action): Deployment | undefined {
  const { deployments = [] } = service ?? {};
  const named = deployments.find(({ id }) => id !== undefined && id === deploy.externalId);
  // If the action names no ECS deployment, it is the first one that it can have started.
  if (named || deploy.externalId?.startsWith("ecs-svc/")) return named;
  return deployments
    .filter(({ createdAt }) => createdAt && createdAt.getTime() >= deploy.startedAt)
    .toSorted((one, other) => (one.createdAt?.getTime() ?? 0) - (other.createdAt?.getTime() ?? 0))[0];
}

/** The latest revisions of the stack's family, the newest first. */
export async function latestRevisions(ref: ServiceRef, maxResults: number): Promise<TaskDefinition[]> {
  const { taskFamily: familyPrefix } = ref.names;
  const list = new ListTaskDefinitionsCommand({ familyPrefix, sort: "DESC", maxResults });
  return described(ref, (await ref.aws.ecs(list)).taskDefinitionArns ?? []);
}

async function described(ref: ServiceRef, arns: readonly string[]): Promise<TaskDefinition[]> {
  const found = await Promise.all(
    arns.map(async (taskDefinition) => {
      // ECS has no specific error code for one that was deleted in the meantime.
      const command = new DescribeTaskDefinitionCommand({ taskDefinition });
      return (await absent(ref.aws.ecs(command), "ClientException"))?.taskDefinition;
    }),
  );
  return found.filter((definition) => definition !== undefined);
}

/** The maximum page size of ListTaskDefinitions. */
const PAGE = 100;

/** The revisions of a service's family, read from the newest back as far as someone asks. */
export class Revisions {
  readonly #ref: ServiceRef;
  readonly #found: TaskDefinition[] = [];
  /** Listed and not described yet, the newest first. */
  #listed: string[] = [];
  /** The page to read next; `undefined` once there is none. */
  #next: { status: TaskDefinitionStatus; nextToken?: string | undefined } | undefined = { status: "ACTIVE" };

  constructor(ref: ServiceRef) {
    this.#ref = ref;
  }

  /**
   * The revisions that were registered since `moment`, and some older ones, the newest first. They are described `atOnce` at a time. One call
   * after the other, please: two would read the same.
   */
  async since(moment: number, atOnce: number): Promise<readonly TaskDefinition[]> {
    while (!this.#reaches(moment) && (await this.#hasMore()))
      this.#found.push(...(await described(this.#ref, this.#listed.splice(0, atOnce))));
    return this.#found;
  }

  // ECS numbers revisions in the order in which they are registered.
  #reaches(moment: number): boolean {
    const oldest = this.#found.at(-1)?.registeredAt?.getTime();
    return oldest !== undefined && oldest < moment;
  }

  /** Lists another page where the last one is used up: first the active revisions, then those that were deregistered later. */
  async #hasMore(): Promise<boolean> {
    while (this.#listed.length === 0 && this.#next) {
      const { status, nextToken } = this.#next;
      const { taskFamily: familyPrefix } = this.#ref.names;
      const list = { familyPrefix, status, sort: "DESC", maxResults: PAGE, nextToken } as const;
      const page = await this.#ref.aws.ecs(new ListTaskDefinitionsCommand(list));
      this.#listed = page.taskDefinitionArns ?? [];
      if (page.nextToken !== undefined) this.#next = { status, nextToken: page.nextToken };
      else this.#next = status === "ACTIVE" ? { status: "INACTIVE" } : undefined;
    }
    return this.#listed.length > 0;
  }
}

/** The revision among `revisions` that a deploy action registered: while it ran, and with that image if it is known. */
export function registeredBy(
  deploy: Action,
  image: string | undefined,
  revisions: readonly TaskDefinition[],
): string | undefined {
  const until = deploy.status === "InProgress" ? Number.POSITIVE_INFINITY : deploy.updatedAt;
  const own = revisions.findLast(({ registeredAt, containerDefinitions = [] }) => {
    const at = registeredAt?.getTime() ?? 0;
    const runs = image === undefined || containerDefinitions.some((container) => container.image === image);
    return runs && at >= deploy.startedAt && at <= until;
  });
  return own && `${own.family}:${own.revision}`;
}
