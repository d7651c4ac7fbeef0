// Service Connect is set on the service and told of its deployments alone; ECS registers what is served in the namespace by itself.
import type { Service as EcsService, ServiceConnectConfiguration, ServiceConnectService } from "@aws-sdk/client-ecs";

/** How the other services of a namespace reach a service, and it them. */
export interface ServiceConnect {
  /** The ARN of the Cloud Map namespace. */
  readonly namespaceArn: string;
  /** What others of the namespace can reach; empty for a service that only reaches others. */
  readonly services: readonly ConnectedPort[];
}

/** One port of a service that others of its namespace reach by a name. */
export interface ConnectedPort {
  /** The name of a port mapping in the task definition. */
  readonly portName: string;
  /** Its name in the namespace, where no other service has it: at most 64 lower-case letters, digits, hyphens and underscores. */
  readonly discoveryName: string;
  /** The port and the name that others connect to. */
  readonly aliasPort: number;
  readonly aliasDns: string;
}

/** What CreateService and UpdateService are told; `undefined` switches it off. */
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

/** What a service has now: of the deployment that counts, since ECS tells it nowhere else. */
export const toldConnection = (service: EcsService): ServiceConnectConfiguration | undefined => {
  const primary = service.deployments?.find(({ status }) => status === "PRIMARY");
  return primary?.serviceConnectConfiguration?.enabled ? primary.serviceConnectConfiguration : undefined;
};

/** The same as it is compared; a log configuration and its like that others set make it another. */
export function connectIn(service: EcsService): ServiceConnect | undefined {
  const told = toldConnection(service);
  if (!told) return undefined;
  const { enabled: _enabled, namespace: namespaceArn = "", services = [], ...more } = told;
  return { namespaceArn, services: services.map(portOf), ...more };
}

/** Without an alias of its own a port is called as in the namespace (botocore ecs, ServiceConnectService). */
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
