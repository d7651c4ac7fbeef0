// Service Connect is set on the service but reported only on its deployments; ECS registers the endpoints in the namespace.
import type { Service as EcsService, ServiceConnectConfiguration, ServiceConnectService } from "@aws-sdk/client-ecs";

/** How a service and the other services of a namespace reach each other. */
export interface ServiceConnect {
  /** The ARN of the Cloud Map namespace. */
  readonly namespaceArn: string;
  /** The ports that others in the namespace can reach; empty for a client-only service. */
  readonly services: readonly ConnectedPort[];
}

/** One port of a service that others in its namespace reach by name. */
export interface ConnectedPort {
  /** The name of a port mapping in the task definition. */
  readonly portName: string;
  /** Its name, unique in the namespace: at most 64 lower-case letters, digits, hyphens and underscores. */
  readonly discoveryName: string;
  /** The port and name that clients connect to. */
  readonly aliasPort: number;
  readonly aliasDns: string;
}

/** The input for CreateService and UpdateService; `undefined` disables Service Connect. */
export const connectionOf = (connect: ServiceConnect | undefined): ServiceConnectConfiguration =>
  connect === undefined
    ? { enabled: false }
    : {
        enabled: true,
        namespace: connect.namespaceArn,
        services: connect.services.map(({ portName, discoveryName, aliasPort: port, aliasDns: dnsName }) => ({
          portName,
          discoveryName,
          clientAliases: [{ port, dnsName }],
        })),
      };

/** A service's current configuration: that of the primary deployment, since ECS reports it nowhere else. */
export const toldConnection = (service: EcsService): ServiceConnectConfiguration | undefined => {
  const primary = service.deployments?.find(({ status }) => status === "PRIMARY");
  return primary?.serviceConnectConfiguration?.enabled ? primary.serviceConnectConfiguration : undefined;
};

/** The same in canonical form; additional settings such as a log configuration are a difference. */
export function connectIn(service: EcsService): ServiceConnect | undefined {
  const told = toldConnection(service);
  if (!told) return undefined;
  const { enabled: _enabled, namespace: namespaceArn = "", services = [], ...more } = told;
  return { namespaceArn, services: services.map(portOf), ...more };
}

/** Without an alias a port has its name in the namespace (botocore ecs, ServiceConnectService). */
function portOf({ portName = "", discoveryName = portName, clientAliases = [], ...more }: ServiceConnectService) {
  const [{ port: aliasPort = 0, dnsName: aliasDns = "", ...rest } = {}, ...others] = clientAliases;
  return {
    portName,
    discoveryName,
    aliasPort,
    aliasDns,
    ...rest,
    ...more,
    ...(others.length > 0 ? { clientAliases: others } : {}),
  };
}
