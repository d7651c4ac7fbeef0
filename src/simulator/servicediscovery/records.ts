import { createHash } from "node:crypto";
import type { CreateHttpNamespaceCommandInput, CreateServiceCommandInput } from "@aws-sdk/client-servicediscovery";
import { formerServices, services as ecsServices } from "../ecs/records.ts";
import { refuse } from "../errors.ts";
import { plain, refusedAgain, type PlainRecord, type Refusal } from "../plain.ts";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";

export interface SimNamespace extends PlainRecord {
  id: string;
  name: string;
  /** The operation that makes it. */
  operationId: string;
  createdAt: number;
  tags: SimTags;
}

export interface SimOperation {
  type: "CREATE_NAMESPACE" | "DELETE_NAMESPACE";
  namespaceId: string;
  startedAt: number;
  doneAt: number;
}

/** A service in a namespace: created by a user, or registered by ECS for one of its services. */
export interface SimMapService extends PlainRecord {
  id: string;
  name: string;
  namespaceId: string;
  tags: SimTags;
}

const tags = { code: "InvalidInput", limitCode: "TooManyTagsException" };
export const PAGES = { usual: 100, code: "InvalidInput" };
const missingArn = (arn: string): Refusal => ["ResourceNotFoundException", `Resource not found: ${arn}`];

export const operations = (sim: Sim) => sim.table<SimOperation>("~servicediscovery.operations");

export const namespaces = plain<SimNamespace, CreateHttpNamespaceCommandInput>({
  table: "servicediscovery.namespaces",
  arn: (sim, id) => sim.arn("servicediscovery", `namespace/${id}`),
  tokenOf: ({ CreatorRequestId }) => CreatorRequestId,
  made: (sim, { Name: name = "" }, id) => ({ id, name, operationId: sim.world.hex(32), createdAt: sim.now }),
  sameAs: ({ name }, { Name = "" }) => name === Name,
  again: ({ name }) => refuse("NamespaceAlreadyExists", `Namespace with name ${name} already exists.`),
  missing: (id) => ["NamespaceNotFound", `No namespace found with ID: ${id}`],
  missingArn,
  takesArn: true,
  lag: { ready: TIMING.namespace, usable: "ready", deleting: TIMING.namespace },
  deletingAgain: ["DuplicateRequest", "Another operation of type DeleteNamespace is in progress."],
  tags,
  pages: PAGES,
  inUse(sim, { id }) {
    if (mapServices(sim).some(({ namespaceId }) => namespaceId === id))
      refuse("ResourceInUse", "Namespace has associated services; delete the services before deleting the namespace");
  },
});

/** The services that someone made; ECS's own are in `mapServices`. */
export const ownServices = plain<SimMapService, CreateServiceCommandInput>({
  table: "servicediscovery.services",
  arn: (sim, id) => sim.arn("servicediscovery", `service/${id}`),
  tokenOf: ({ CreatorRequestId }) => CreatorRequestId,
  made: (sim, { Name: name = "", NamespaceId }, id) => ({
    id,
    name,
    namespaceId: namespaces.find(sim, NamespaceId).id,
  }),
  // botocore servicediscovery, CreateService: its errors.
  sameAs: ({ name, namespaceId }, { Name, NamespaceId }) => name === Name && namespaceId === NamespaceId,
  again: refusedAgain("ServiceAlreadyExists", "A service with the same name already exists in the namespace."),
  missing: (id) => ["ServiceNotFound", `No service found with ID: ${id}`],
  missingArn,
  tags,
  pages: PAGES,
});

/** The namespace that ECS is told of, by its ARN or its name; `undefined` where there is none. */
export const namespaceNamed = (sim: Sim, name: string | undefined): SimNamespace | undefined =>
  namespaces.shown(sim).find((one) => one.arn === name || one.name === name);

/**
 * All services in a namespace. ECS registers one for each port of a service, and takes it out a while after that service is gone (AWS
 * managed policy AmazonECSServiceRolePolicy, CloudMapResourceDeletion).
 */
export function mapServices(sim: Sim): SimMapService[] {
  const of = [...Object.values(ecsServices(sim)), ...Object.values(formerServices(sim))].filter(
    ({ goneAt = Number.POSITIVE_INFINITY }) => goneAt + TIMING.cloudMapService * 1_000 > sim.now,
  );
  const registered = of.flatMap(({ settings, arn: service }) => {
    const { enabled, namespace, services = [] } = settings.serviceConnectConfiguration ?? {};
    const home = enabled ? namespaceNamed(sim, namespace) : undefined;
    if (!home) return [];
    return services.map(({ discoveryName, portName = "" }): SimMapService => {
      const name = discoveryName ?? portName;
      const id = `srv-${createHash("sha256").update(`${home.id} ${name}`).digest("hex").slice(0, 16)}`;
      const arn = sim.arn("servicediscovery", `service/${id}`);
      return { id, arn, name, namespaceId: home.id, tags: { AmazonECSManaged: service } };
    });
  });
  return [...Object.values(ownServices.records(sim)), ...registered];
}
