import type {
  CreateVpcEndpointCommandInput,
  CreateVpcEndpointCommandOutput,
  DeleteVpcEndpointsCommandInput,
  DeleteVpcEndpointsCommandOutput,
  DescribeVpcEndpointsCommandInput,
  DescribeVpcEndpointServicesCommandInput,
  DescribeVpcEndpointServicesCommandOutput,
  DescribeVpcEndpointsCommandOutput,
  ModifyVpcEndpointCommandInput,
} from "@aws-sdk/client-ec2";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { visible, type Answer, type Operations, type Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";
import { addNetworkInterface, releaseNetworkInterfaces, type SimNetworkInterface } from "./network-interfaces.ts";
import {
  described,
  routeTableOf,
  securityGroupOf,
  subnetOf,
  vpcEndpointOf,
  vpcOf,
  type SimVpcEndpoint,
} from "./records.ts";
import { demandZone, endpointServices, offerOf } from "./endpoint-services.ts";
import { passes, tagsOf, visibleFrom, withToken } from "./shared.ts";

const endpoints = (sim: Sim) => sim.table<SimVpcEndpoint>("ec2.vpcEndpoints");

const stateOf = (sim: Sim, endpoint: SimVpcEndpoint) =>
  endpoint.goneAt !== undefined ? "deleting" : endpoint.readyAt > sim.now ? "pending" : "available";

const answerOf = (sim: Sim, endpoint: SimVpcEndpoint) => ({
  VpcEndpointId: endpoint.id,
  VpcId: endpoint.vpcId,
  ServiceName: endpoint.service,
  VpcEndpointType: endpoint.type,
  // In small letters, unlike the SDK's own list of states.
  State: stateOf(sim, endpoint) as never,
  SubnetIds: endpoint.subnetIds,
  Groups: endpoint.groupIds.map((GroupId) => ({ GroupId })),
  RouteTableIds: endpoint.routeTableIds,
  PrivateDnsEnabled: endpoint.privateDns,
  NetworkInterfaceIds: Object.values(endpoint.interfaceIds),
  OwnerId: sim.account,
  Tags: endpoint.tags,
});

/** Takes endpoints whose end has come out of the world. */
export function sweepVpcEndpoints(sim: Sim): void {
  for (const endpoint of Object.values(endpoints(sim)))
    if ((endpoint.goneAt ?? Number.POSITIVE_INFINITY) <= sim.now) delete endpoints(sim)[endpoint.id];
}

const existing = (sim: Sim, id: string | undefined) => {
  const endpoint = vpcEndpointOf(sim, id);
  if ((endpoint.goneAt ?? Number.POSITIVE_INFINITY) <= sim.now)
    refuse("InvalidVpcEndpointId.NotFound", `The Vpc Endpoint Id '${id}' does not exist`);
  return endpoint;
};

export const vpcEndpointOperations = {
  DescribeVpcEndpointServices(
    input: DescribeVpcEndpointServicesCommandInput,
    sim,
  ): Answer<DescribeVpcEndpointServicesCommandOutput> {
    onlyKnown("DescribeVpcEndpointServices", input, "ServiceNames", "NextToken");
    const all = endpointServices(sim);
    const missing = input.ServiceNames?.find((name) => !all.some(({ ServiceName }) => ServiceName === name));
    if (missing !== undefined) refuse("InvalidServiceName", `The Vpc Endpoint Service '${missing}' does not exist`);
    const found = all.filter(({ ServiceName }) => input.ServiceNames?.includes(ServiceName) ?? true);
    return { ServiceDetails: found, ServiceNames: [...new Set(found.map(({ ServiceName }) => ServiceName))] };
  },

  CreateVpcEndpoint(input: CreateVpcEndpointCommandInput, sim): Answer<CreateVpcEndpointCommandOutput> {
    const id = withToken(sim, "CreateVpcEndpoint", input, () => make(input, sim));
    return { VpcEndpoint: answerOf(sim, endpoints(sim)[id] ?? existing(sim, id)), ClientToken: input.ClientToken };
  },

  DescribeVpcEndpoints(input: DescribeVpcEndpointsCommandInput, sim): Answer<DescribeVpcEndpointsCommandOutput> {
    const asked = described(sim, input.VpcEndpointIds, existing);
    const live = visible(endpoints(sim), sim).filter(({ goneAt = Number.POSITIVE_INFINITY }) => goneAt > sim.now);
    const found = (asked ?? live).filter((endpoint) =>
      passes(input.Filters, endpoint.tags, { "vpc-id": endpoint.vpcId, "service-name": endpoint.service }),
    );
    return { VpcEndpoints: found.map((endpoint) => answerOf(sim, endpoint)) };
  },

  ModifyVpcEndpoint(input: ModifyVpcEndpointCommandInput, sim) {
    const endpoint = existing(sim, input.VpcEndpointId);
    const edited = (now: string[], add: string[] = [], remove: string[] = []) => [
      ...new Set([...now.filter((id) => !remove.includes(id)), ...add]),
    ];
    const offer = offerOf(sim, endpoint.service, endpoint.type);
    for (const id of input.AddSubnetIds ?? []) demandZone(offer, subnetOf(sim, id));
    for (const id of input.AddSubnetIds ?? []) attach(sim, endpoint, subnetOf(sim, id).id);
    for (const id of input.RemoveSubnetIds ?? []) {
      releaseNetworkInterfaces(sim, [endpoint.interfaceIds[id] ?? ""]);
      delete endpoint.interfaceIds[id];
    }
    endpoint.subnetIds = edited(endpoint.subnetIds, input.AddSubnetIds, input.RemoveSubnetIds);
    for (const id of input.AddSecurityGroupIds ?? []) securityGroupOf(sim, id);
    endpoint.groupIds = edited(endpoint.groupIds, input.AddSecurityGroupIds, input.RemoveSecurityGroupIds);
    const interfaces = sim.table<SimNetworkInterface>("ec2.networkInterfaces");
    for (const id of Object.values(endpoint.interfaceIds)) {
      const own = interfaces[id];
      if (own) own.groupIds = endpoint.groupIds;
    }
    for (const id of input.AddRouteTableIds ?? []) routeTableOf(sim, id);
    endpoint.routeTableIds = edited(endpoint.routeTableIds, input.AddRouteTableIds, input.RemoveRouteTableIds);
    if (input.PrivateDnsEnabled !== undefined) endpoint.privateDns = input.PrivateDnsEnabled;
    return { Return: true };
  },

  DeleteVpcEndpoints(input: DeleteVpcEndpointsCommandInput, sim): Answer<DeleteVpcEndpointsCommandOutput> {
    const unknown = (input.VpcEndpointIds ?? []).filter((id) => !(id in endpoints(sim)));
    for (const id of input.VpcEndpointIds ?? []) {
      const endpoint = endpoints(sim)[id];
      if (!endpoint || endpoint.goneAt !== undefined) continue;
      endpoint.goneAt = sim.in(TIMING.vpcEndpointDelete);
      const interfaces = sim.table<SimNetworkInterface>("ec2.networkInterfaces");
      for (const own of Object.values(endpoint.interfaceIds).flatMap((of) => interfaces[of] ?? []))
        own.goneAt = endpoint.goneAt;
    }
    return {
      Unsuccessful: unknown.map((ResourceId) => ({
        ResourceId,
        Error: {
          Code: "InvalidVpcEndpoint.NotFound",
          Message: `The VPC endpoint '${ResourceId}' does not exist`,
        },
      })),
    };
  },
} satisfies Operations;

function make(input: CreateVpcEndpointCommandInput, sim: Sim): string {
  const vpc = vpcOf(sim, input.VpcId);
  const service = input.ServiceName ?? "";
  const type = input.VpcEndpointType === "Interface" ? "Interface" : "Gateway";
  const offer = offerOf(sim, service, type);
  if (type === "Interface") for (const subnetId of input.SubnetIds ?? []) demandZone(offer, subnetOf(sim, subnetId));
  if (input.PrivateDnsEnabled && offer.PrivateDnsName === undefined)
    refuse(
      "InvalidParameter",
      `Private DNS can't be enabled because the service ${service} does not provide a private DNS name.`,
    );
  const twin = Object.values(endpoints(sim)).find(
    (other) => other.vpcId === vpc.id && other.service === service && other.privateDns && other.goneAt === undefined,
  );
  if (twin && input.PrivateDnsEnabled)
    refuse(
      "InvalidParameter",
      `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${service} in the VPC ${vpc.id}`,
    );
  const routed = Object.values(endpoints(sim)).find(
    (other) =>
      other.type === "Gateway" &&
      other.service === service &&
      other.goneAt === undefined &&
      other.routeTableIds.some((table) => input.RouteTableIds?.includes(table)),
  );
  if (type === "Gateway" && routed)
    refuse(
      "RouteAlreadyExists",
      `route table ${routed.routeTableIds[0]} already has a route with destination-prefix-list-id of ${service}`,
    );
  if (input.PrivateDnsEnabled && !(vpc.dnsSupport && vpc.dnsHostnames))
    refuse(
      "InvalidParameter",
      "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true",
    );
  const id = sim.id("vpce");
  const endpoint: SimVpcEndpoint = {
    id,
    vpcId: vpc.id,
    service,
    type,
    subnetIds: input.SubnetIds ?? [],
    groupIds: (input.SecurityGroupIds ?? []).map((group) => securityGroupOf(sim, group).id),
    routeTableIds: (input.RouteTableIds ?? []).map((table) => routeTableOf(sim, table).id),
    privateDns: input.PrivateDnsEnabled ?? false,
    readyAt: type === "Gateway" ? sim.now : sim.in(TIMING.vpcEndpoint),
    interfaceIds: {},
    tags: tagsOf(input.TagSpecifications),
    visibleAt: visibleFrom(sim),
  };
  endpoints(sim)[id] = endpoint;
  if (type === "Interface") for (const subnetId of endpoint.subnetIds) attach(sim, endpoint, subnetId);
  return id;
}

function attach(sim: Sim, endpoint: SimVpcEndpoint, subnetId: string) {
  endpoint.interfaceIds[subnetId] = addNetworkInterface(sim, {
    subnetId,
    groupIds: endpoint.groupIds,
    description: `VPC Endpoint Interface ${endpoint.id}`,
    type: "vpc_endpoint",
  }).id;
}
