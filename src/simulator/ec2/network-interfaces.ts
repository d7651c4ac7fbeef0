import type {
  CreateNetworkInterfaceCommandInput,
  CreateNetworkInterfaceCommandOutput,
  DeleteNetworkInterfaceCommandInput,
  DescribeNetworkInterfacesCommandInput,
  DescribeNetworkInterfacesCommandOutput,
} from "@aws-sdk/client-ec2";
import { taskInterfaces } from "../ecs/task-interfaces.ts";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { ipv6AddressIn } from "./ipv6-address.ts";
import { securityGroupOf, subnetOf, type SimNetworkInterface, type SimSecurityGroup } from "./records.ts";
import { dotted, passes, rangeOf, tagsOf } from "./shared.ts";

export type { SimNetworkInterface } from "./records.ts";

/** What a service says of an interface that it puts into a subnet. */
export interface NewNetworkInterface {
  readonly subnetId: string;
  readonly groupIds: readonly string[];
  /** As AWS words it: `ELB app/<name>/<hash>`, `Interface for NAT Gateway nat-...`. */
  readonly description: string;
  /** Left out for a plain `interface`. */
  readonly type?: string;
  readonly requesterId?: string;
  /** Left out for an interface that the internet cannot reach. `publicAddress()` of ./shared.ts makes one. */
  readonly publicIp?: string;
  readonly allocationId?: string;
  /** Whether it gets an IPv6 address where its subnet gives any. */
  readonly isDualStack?: boolean;
}

/** Puts an interface into a subnet: until it is released, and gone, neither subnet nor groups nor VPC can be deleted. */
export function addNetworkInterface(sim: Sim, wanted: NewNetworkInterface): SimNetworkInterface {
  const subnet = subnetOf(sim, wanted.subnetId);
  for (const id of wanted.groupIds) securityGroupOf(sim, id);
  const taken = new Set(
    liveNetworkInterfaces(sim)
      .filter(({ subnetId }) => subnetId === subnet.id)
      .map(({ privateIp }) => privateIp),
  );
  const { first, last } = rangeOf(subnet.cidr);
  // AWS keeps the first four addresses and the last one of every subnet.
  let address = first + 4;
  while (taken.has(dotted(address))) address++;
  if (address >= last)
    refuse("InsufficientFreeAddressesInSubnet", `There are no free addresses in subnet '${subnet.id}'.`);
  const id = sim.id("eni");
  const made: SimNetworkInterface = {
    ...wanted,
    groupIds: [...wanted.groupIds],
    id,
    vpcId: subnet.vpcId,
    privateIp: dotted(address),
    ipv6: wanted.isDualStack ? ipv6AddressIn(subnet, sim.world.hex(16)) : undefined,
  };
  sim.table<SimNetworkInterface>("ec2.networkInterfaces")[id] = made;
  return made;
}

/** Lets interfaces go: they are gone after about `seconds`, at once when left out. Unknown ids are passed over. */
export function releaseNetworkInterfaces(sim: Sim, ids: readonly string[], seconds = 0): void {
  const table = sim.table<SimNetworkInterface>("ec2.networkInterfaces");
  for (const id of ids) {
    const found = table[id];
    if (found) found.goneAt = seconds === 0 ? sim.now : sim.in(seconds);
  }
  purgeNetworkInterfaces(sim);
}

/** Takes interfaces whose time has come out of the world; for operations that change something, since reads must not. */
export function purgeNetworkInterfaces(sim: Sim): void {
  const table = sim.table<SimNetworkInterface>("ec2.networkInterfaces");
  for (const { id, goneAt } of Object.values(table)) if (goneAt !== undefined && goneAt <= sim.now) delete table[id];
}

/** The interfaces that are there now, those of the tasks that run among them. */
export const liveNetworkInterfaces = (sim: Sim): SimNetworkInterface[] => [
  ...Object.values(sim.table<SimNetworkInterface>("ec2.networkInterfaces")).filter(
    ({ goneAt }) => goneAt === undefined || goneAt > sim.now,
  ),
  ...taskInterfaces(sim),
];

const answerOf = (sim: Sim, found: SimNetworkInterface) => ({
  NetworkInterfaceId: found.id,
  SubnetId: found.subnetId,
  VpcId: found.vpcId,
  Description: found.description,
  InterfaceType: (found.type ?? "interface") as "interface",
  Groups: found.groupIds.map((GroupId) => ({
    GroupId,
    GroupName: sim.table<SimSecurityGroup>("ec2.securityGroups")[GroupId]?.name,
  })),
  PrivateIpAddress: found.privateIp,
  Ipv6Addresses: found.ipv6 === undefined ? [] : [{ Ipv6Address: found.ipv6 }],
  Status: found.available ? ("available" as const) : ("in-use" as const),
  RequesterId: found.requesterId,
  RequesterManaged: !found.byHand,
  OwnerId: sim.account,
  TagSet: found.tags ?? [],
  ...(found.available ? {} : { Attachment: { Status: "attached" as const, InstanceId: found.instanceId } }),
  ...(found.publicIp === undefined
    ? {}
    : { Association: { PublicIp: found.publicIp, AllocationId: found.allocationId } }),
});

const existing = (sim: Sim, id: string | undefined): SimNetworkInterface =>
  liveNetworkInterfaces(sim).find((candidate) => candidate.id === id) ??
  refuse("InvalidNetworkInterfaceID.NotFound", `The networkInterface ID '${id}' does not exist`);

export const networkInterfaceOperations = {
  DescribeNetworkInterfaces(
    input: DescribeNetworkInterfacesCommandInput,
    sim,
  ): Answer<DescribeNetworkInterfacesCommandOutput> {
    onlyKnown("DescribeNetworkInterfaces", input, "Filters", "NetworkInterfaceIds");
    const asked = input.NetworkInterfaceIds?.map((id) => existing(sim, id));
    return {
      NetworkInterfaces: (asked ?? liveNetworkInterfaces(sim))
        .filter((found) =>
          passes(input.Filters, found.tags ?? [], {
            "network-interface-id": found.id,
            "subnet-id": found.subnetId,
            "vpc-id": found.vpcId,
            "group-id": found.groupIds,
            description: found.description,
            status: found.available ? "available" : "in-use",
            "association.allocation-id": found.allocationId,
          }),
        )
        .map((found) => answerOf(sim, found)),
    };
  },

  /** An interface created by hand: not attached, and deleted only by its creator. */
  CreateNetworkInterface(input: CreateNetworkInterfaceCommandInput, sim): Answer<CreateNetworkInterfaceCommandOutput> {
    onlyKnown("CreateNetworkInterface", input, "SubnetId", "Groups", "Description", "TagSpecifications", "ClientToken");
    const made = addNetworkInterface(sim, {
      subnetId: subnetOf(sim, input.SubnetId).id,
      groupIds: input.Groups ?? [],
      description: input.Description ?? "",
    });
    Object.assign(made, { byHand: true, available: true, tags: tagsOf(input.TagSpecifications) });
    return { NetworkInterface: answerOf(sim, made) };
  },

  DeleteNetworkInterface(input: DeleteNetworkInterfaceCommandInput, sim) {
    onlyKnown("DeleteNetworkInterface", input, "NetworkInterfaceId");
    const { id, available } = existing(sim, input.NetworkInterfaceId);
    if (!available) refuse("InvalidParameterValue", `Network interface '${id}' is currently in use.`);
    releaseNetworkInterfaces(sim, [id]);
    return {};
  },
} satisfies Operations;
