import type {
  CreateNatGatewayCommandInput,
  CreateNatGatewayCommandOutput,
  DeleteNatGatewayCommandInput,
  DescribeNatGatewaysCommandInput,
  DescribeNatGatewaysCommandOutput,
} from "@aws-sdk/client-ec2";
import { refuse } from "../errors.ts";
import { visible, type Answer, type Operations, type Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";
import { isAttached } from "./gateways.ts";
import { addNetworkInterface, liveNetworkInterfaces, type SimNetworkInterface } from "./network-interfaces.ts";
import { addressOf, natGatewayOf, subnetOf, type SimInternetGateway, type SimNatGateway } from "./records.ts";
import { passes, tagsOf, visibleFrom, withToken } from "./shared.ts";

/** Seconds until a gateway that cannot work says so. */
const UNTIL_FAILED = 60;
/** Milliseconds for which a deleted one stays in the lists. */
const LINGERS = 3_600_000;

const gateways = (sim: Sim) => sim.table<SimNatGateway>("ec2.natGateways");
/** Deleted ones that the lists still show. */
const lingering = (sim: Sim) => sim.table<SimNatGateway>("~ec2.natGateways");

const stateOf = (sim: Sim, gateway: SimNatGateway) => {
  if (gateway.deletedAt !== undefined) return (gateway.goneAt ?? 0) > sim.now ? "deleting" : "deleted";
  if (gateway.readyAt > sim.now) return "pending";
  return gateway.failure ? "failed" : "available";
};

const answerOf = (sim: Sim, gateway: SimNatGateway) => {
  const state = stateOf(sim, gateway);
  return {
    NatGatewayId: gateway.id,
    VpcId: gateway.vpcId,
    SubnetId: gateway.subnetId,
    State: state as "available",
    CreateTime: new Date(gateway.createdAt),
    ConnectivityType: "public" as const,
    NatGatewayAddresses: [{ AllocationId: gateway.allocationId, IsPrimary: true }],
    Tags: gateway.tags,
    ...(state === "failed" ? { FailureCode: gateway.failure?.code, FailureMessage: gateway.failure?.message } : {}),
  };
};

/** Moves gateways whose end has come out of what counts as existing, and forgets them after an hour. */
export function sweepNatGateways(sim: Sim): void {
  for (const gateway of Object.values(gateways(sim))) {
    if ((gateway.goneAt ?? Number.POSITIVE_INFINITY) > sim.now) continue;
    delete gateways(sim)[gateway.id];
    lingering(sim)[gateway.id] = gateway;
  }
  for (const gateway of Object.values(lingering(sim)))
    if ((gateway.goneAt ?? 0) + LINGERS < sim.now) delete lingering(sim)[gateway.id];
}

export const natGatewayOperations = {
  CreateNatGateway(input: CreateNatGatewayCommandInput, sim): Answer<CreateNatGatewayCommandOutput> {
    const id = withToken(sim, "CreateNatGateway", input, () => make(input, sim));
    return { NatGateway: answerOf(sim, gateways(sim)[id] ?? natGatewayOf(sim, id)), ClientToken: input.ClientToken };
  },

  DescribeNatGateways(input: DescribeNatGatewaysCommandInput, sim): Answer<DescribeNatGatewaysCommandOutput> {
    const all = { ...lingering(sim), ...gateways(sim) };
    const shown = new Set(visible(all, sim));
    const asked = input.NatGatewayIds?.map((id) => {
      const gateway = all[id];
      return gateway && shown.has(gateway) ? gateway : refuse("NatGatewayNotFound", `NatGateway ${id} was not found`);
    });
    const found = (asked ?? [...shown]).filter((gateway) =>
      passes(input.Filter, gateway.tags, {
        "vpc-id": gateway.vpcId,
        "subnet-id": gateway.subnetId,
        state: stateOf(sim, gateway),
      }),
    );
    return { NatGateways: found.map((gateway) => answerOf(sim, gateway)) };
  },

  DeleteNatGateway(input: DeleteNatGatewayCommandInput, sim) {
    const { NatGatewayId: id = "" } = input;
    const gateway = gateways(sim)[id];
    if (!gateway) return lingering(sim)[id] ? { NatGatewayId: id } : natGatewayOf(sim, id);
    if (gateway.deletedAt === undefined) {
      gateway.deletedAt = sim.now;
      gateway.goneAt = sim.in(TIMING.natGatewayDelete);
      const own = sim.table<SimNetworkInterface>("ec2.networkInterfaces")[gateway.interfaceId ?? ""];
      // Address and subnet are free when the gateway is gone, and not before.
      if (own) own.goneAt = gateway.goneAt;
    }
    return { NatGatewayId: id };
  },
} satisfies Operations;

function make(input: CreateNatGatewayCommandInput, sim: Sim): string {
  const subnet = subnetOf(sim, input.SubnetId);
  const address = addressOf(sim, input.AllocationId);
  const attached = Object.values(sim.table<SimInternetGateway>("ec2.internetGateways")).some(
    (gateway) => gateway.vpcId === subnet.vpcId && isAttached(sim, gateway),
  );
  const taken = liveNetworkInterfaces(sim).some(({ allocationId }) => allocationId === address.id);
  const failure = !attached
    ? { code: "Gateway.NotAttached", message: `Network ${subnet.vpcId} has no Internet gateway attached` }
    : taken
      ? { code: "Resource.AlreadyAssociated", message: `Elastic IP address ${address.id} is already associated` }
      : undefined;
  const id = sim.id("nat");
  const own = failure
    ? undefined
    : addNetworkInterface(sim, {
        subnetId: subnet.id,
        groupIds: [],
        description: `Interface for NAT Gateway ${id}`,
        type: "natGateway",
        publicIp: address.publicIp,
        allocationId: address.id,
      });
  gateways(sim)[id] = {
    id,
    vpcId: subnet.vpcId,
    subnetId: subnet.id,
    allocationId: address.id,
    createdAt: sim.now,
    readyAt: sim.in(failure ? UNTIL_FAILED : TIMING.natGateway),
    tags: tagsOf(input.TagSpecifications),
    visibleAt: visibleFrom(sim),
    ...(failure ? { failure } : {}),
    ...(own ? { interfaceId: own.id } : {}),
  };
  return id;
}
