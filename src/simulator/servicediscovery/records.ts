import { createHash } from "node:crypto";
import { formerServices, services as ecsServices } from "../ecs/records.ts";
import { refuse } from "../errors.ts";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";

export interface SimNamespace {
  id: string;
  arn: string;
  name: string;
  requestId: string | undefined;
  /** The operation that makes it, and when that is through. */
  operationId: string;
  readyAt: number;
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
export interface SimMapService {
  id: string;
  arn: string;
  name: string;
  namespaceId: string;
  tags: SimTags;
}

export const namespaces = (sim: Sim) => sim.table<SimNamespace>("servicediscovery.namespaces");
/** Namespaces that are being deleted, and when they are gone. */
export const formerNamespaces = (sim: Sim) =>
  sim.table<SimNamespace & { goneAt: number }>("~servicediscovery.namespaces");
export const operations = (sim: Sim) => sim.table<SimOperation>("~servicediscovery.operations");
const ownServices = (sim: Sim) => sim.table<SimMapService>("servicediscovery.services");

/** The namespaces that calls reach by now. */
export const reachedNamespaces = (sim: Sim): SimNamespace[] => [
  ...Object.values(namespaces(sim)).filter(({ readyAt }) => readyAt <= sim.now),
  ...Object.values(formerNamespaces(sim)).filter(({ goneAt }) => goneAt > sim.now),
];

/** The namespace of an id or ARN, or Cloud Map's refusal. */
export const namespaceOf = (sim: Sim, id: string | undefined): SimNamespace =>
  reachedNamespaces(sim).find((one) => one.id === id || one.arn === id) ??
  refuse("NamespaceNotFound", `No namespace found with ID: ${id}`);

/** The namespace that ECS is told of, by its ARN or its name; `undefined` where there is none. */
export const namespaceNamed = (sim: Sim, name: string | undefined): SimNamespace | undefined =>
  reachedNamespaces(sim).find((one) => one.arn === name || one.name === name);

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
  return [...Object.values(ownServices(sim)), ...registered];
}

export { ownServices };
