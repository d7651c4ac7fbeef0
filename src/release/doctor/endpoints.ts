import type { RouteTable, VpcEndpoint } from "@aws-sdk/client-ec2";
import { readsFrom } from "../../config/secrets.ts";
import type { ServiceRef } from "../service-ref.ts";
import { groupsOf, allows } from "./groups.ts";
import { broken, list, ok, sentence, waiting, type Verdict } from "./hop.ts";
import type { Network } from "./network.ts";

type Vpc = Pick<Network, "endpoints" | "groups" | "ranges">;

/** The VPC endpoints that a task needs to start without a NAT gateway, and to reach the queues of the stack's workers. */
const neededBy = ({ stack: { services } }: ServiceRef): readonly string[] => {
  const queues = services.some((service) => service.type === "worker" && service.queue !== undefined);
  const volumes = services.some((service) => Object.keys(service.volumes).length > 0);
  return [
    "ecr.api",
    "ecr.dkr",
    "logs",
    "s3",
    ...(services.some((service) => readsFrom(service, "secretsManager")) ? ["secretsmanager"] : []),
    ...(services.some((service) => readsFrom(service, "ssm")) ? ["ssm"] : []),
    ...(volumes ? ["elasticfilesystem"] : []),
    ...(queues ? ["sqs"] : []),
  ];
};

/** Whether tasks reach AWS through VPC endpoints. `tables` are those of the private subnets. */
export function endpointsVerdict(ref: ServiceRef, network: Vpc, tables: readonly (RouteTable | undefined)[]): Verdict {
  const needed = neededBy(ref);
  const verdicts = needed.map((service) => endpointVerdict(ref, network, tables, service));
  return (
    verdicts.find(({ state }) => state === "broken") ??
    verdicts.find(({ state }) => state === "waiting") ??
    ok(`The private subnets need no route out of the VPC: VPC endpoints ${list(needed)} are available.`)
  );
}

function endpointVerdict(
  ref: ServiceRef,
  network: Vpc,
  tables: readonly (RouteTable | undefined)[],
  service: string,
): Verdict {
  const name = `com.amazonaws.${ref.stack.region}.${service}`;
  const found = network.endpoints
    .filter(({ ServiceName }) => ServiceName === name)
    .filter((endpoint) => !stateOf(endpoint).startsWith("delet"));
  // If there are several, the best one counts.
  const verdicts = found.map((endpoint) => verdictOf(ref, network, tables, service, endpoint));
  return (
    verdicts.find(({ state }) => state === "ok") ??
    verdicts.find(({ state }) => state === "waiting") ??
    verdicts[0] ??
    broken(`The VPC has no endpoint for ${service}, and with no NAT gateway tasks cannot start without it.`)
  );
}

function verdictOf(
  ref: ServiceRef,
  network: Vpc,
  tables: readonly (RouteTable | undefined)[],
  service: string,
  endpoint: VpcEndpoint,
): Verdict {
  const it = `VPC endpoint ${endpoint.VpcEndpointId} for ${service}`;
  const state = stateOf(endpoint);
  if (state === "pending") return waiting(`${it} is still being created.`);
  if (state !== "available")
    return broken(`${it} is ${sentence([state, endpoint.LastError?.Message].filter((part) => part).join(": "))}`);
  if (endpoint.VpcEndpointType === "Gateway") {
    const without = tables
      .flatMap((table) => table?.RouteTableId ?? [])
      .filter((id) => !endpoint.RouteTableIds?.includes(id));
    return without.length > 0 ? broken(`${it} is not in route table ${list(without)} of the private subnets.`) : ok(it);
  }
  if (endpoint.PrivateDnsEnabled === false)
    return broken(`${it} does not resolve the service's default hostname: private DNS is disabled.`);
  const { tasks, sharing } = groupsOf(ref, network);
  const own = (endpoint.Groups ?? []).map(({ GroupId }) => GroupId);
  const groups = network.groups.filter(({ GroupId }) => own.includes(GroupId));
  const peers = [tasks?.GroupId ?? "", sharing?.GroupId ?? "", ...network.ranges, "0.0.0.0/0"];
  if (groups.length > 0 && !groups.some(({ IpPermissions }) => allows(IpPermissions, 443, ...peers)))
    return broken(`${it} does not allow inbound traffic from the tasks on port 443.`);
  return ok(it);
}

/** In lower case, unlike the SDK's enum. */
const stateOf = ({ State }: VpcEndpoint): string => (State ?? "").toLowerCase();
