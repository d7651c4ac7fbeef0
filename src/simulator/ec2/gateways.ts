import type {
  AllocateAddressCommandInput,
  AllocateAddressCommandOutput,
  AssociateAddressCommandInput,
  AssociateAddressCommandOutput,
  AttachInternetGatewayCommandInput,
  CreateInternetGatewayCommandInput,
  CreateInternetGatewayCommandOutput,
  DeleteInternetGatewayCommandInput,
  DescribeAddressesCommandInput,
  DescribeAddressesCommandOutput,
  DescribeInternetGatewaysCommandInput,
  DescribeInternetGatewaysCommandOutput,
  DetachInternetGatewayCommandInput,
  DisassociateAddressCommandInput,
  ReleaseAddressCommandInput,
} from "@aws-sdk/client-ec2";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { type Answer, type Operations, type Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";
import { liveNetworkInterfaces } from "./network-interfaces.ts";
import { described, addressOf, internetGatewayOf, vpcOf, type SimAddress, type SimInternetGateway } from "./records.ts";
import { drop, listed, passes, publicAddress, tagsOf, visibleFrom } from "./shared.ts";

const gateways = (sim: Sim) => sim.table<SimInternetGateway>("ec2.internetGateways");
const addresses = (sim: Sim) => sim.table<SimAddress>("ec2.addresses");

const gatewayAnswer = (sim: Sim, gateway: SimInternetGateway) => ({
  InternetGatewayId: gateway.id,
  OwnerId: sim.account,
  Attachments:
    gateway.vpcId === undefined
      ? []
      : [{ VpcId: gateway.vpcId, State: isAttached(sim, gateway) ? ("available" as never) : ("attaching" as const) }],
  Tags: gateway.tags,
});

/** The interface that has an address, of whatever service it is. */
const bearer = (sim: Sim, id: string) => liveNetworkInterfaces(sim).find(({ allocationId }) => allocationId === id);

/** Whether an attachment is through: until then nothing in the VPC has a way to the internet. */
export const isAttached = (sim: Sim, { vpcId, attachedAt = 0 }: SimInternetGateway): boolean =>
  vpcId !== undefined && attachedAt <= sim.now;

const associationOf = ({ id }: SimAddress) => `eipassoc-${id.slice("eipalloc-".length)}`;

/** Internet gateways, and the Elastic IP addresses that stand behind them. */
export const gatewayOperations = {
  CreateInternetGateway(input: CreateInternetGatewayCommandInput, sim): Answer<CreateInternetGatewayCommandOutput> {
    const id = sim.id("igw");
    const gateway = { id, tags: tagsOf(input.TagSpecifications), visibleAt: visibleFrom(sim) };
    gateways(sim)[id] = gateway;
    return { InternetGateway: gatewayAnswer(sim, gateway) };
  },

  DescribeInternetGateways(
    input: DescribeInternetGatewaysCommandInput,
    sim,
  ): Answer<DescribeInternetGatewaysCommandOutput> {
    const asked = described(sim, input.InternetGatewayIds, internetGatewayOf);
    const found = (asked ?? listed<SimInternetGateway>(sim, "ec2.internetGateways")).filter((gateway) =>
      passes(input.Filters, gateway.tags, { "attachment.vpc-id": gateway.vpcId, "internet-gateway-id": gateway.id }),
    );
    return { InternetGateways: found.map((gateway) => gatewayAnswer(sim, gateway)) };
  },

  AttachInternetGateway(input: AttachInternetGatewayCommandInput, sim) {
    const gateway = internetGatewayOf(sim, input.InternetGatewayId);
    const vpc = vpcOf(sim, input.VpcId);
    if (gateway.vpcId !== undefined)
      refuse("Resource.AlreadyAssociated", `resource ${gateway.id} is already attached to network ${gateway.vpcId}`);
    if (Object.values(gateways(sim)).some(({ vpcId }) => vpcId === vpc.id))
      refuse("InvalidParameterValue", `Network ${vpc.id} already has an internet gateway attached`);
    gateway.vpcId = vpc.id;
    gateway.attachedAt = sim.in(TIMING.attachment);
    return {};
  },

  DetachInternetGateway(input: DetachInternetGatewayCommandInput, sim) {
    const gateway = internetGatewayOf(sim, input.InternetGatewayId);
    const { VpcId } = input;
    if (gateway.vpcId === undefined || gateway.vpcId !== VpcId)
      refuse("Gateway.NotAttached", `resource ${gateway.id} is not attached to network ${VpcId}`);
    if (liveNetworkInterfaces(sim).some(({ vpcId, publicIp }) => vpcId === VpcId && publicIp !== undefined))
      refuse(
        "DependencyViolation",
        `Network ${VpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
      );
    delete gateway.vpcId;
    delete gateway.attachedAt;
    return {};
  },

  DeleteInternetGateway(input: DeleteInternetGatewayCommandInput, sim) {
    const gateway = internetGatewayOf(sim, input.InternetGatewayId);
    if (gateway.vpcId !== undefined)
      refuse("DependencyViolation", `The internetGateway '${gateway.id}' has dependencies and cannot be deleted.`);
    drop(sim, "ec2.internetGateways", gateway.id);
    return {};
  },

  AllocateAddress(input: AllocateAddressCommandInput, sim): Answer<AllocateAddressCommandOutput> {
    const id = sim.id("eipalloc");
    const publicIp = publicAddress(sim);
    addresses(sim)[id] = { id, publicIp, tags: tagsOf(input.TagSpecifications), visibleAt: visibleFrom(sim) };
    return { AllocationId: id, PublicIp: publicIp, Domain: "vpc" };
  },

  DescribeAddresses(input: DescribeAddressesCommandInput, sim): Answer<DescribeAddressesCommandOutput> {
    const asked = described(sim, input.AllocationIds, addressOf);
    const found = (asked ?? listed<SimAddress>(sim, "ec2.addresses")).filter((address) =>
      passes(input.Filters, address.tags, { "allocation-id": address.id, "public-ip": address.publicIp }),
    );
    return {
      Addresses: found.map((address) => {
        const of = bearer(sim, address.id);
        return {
          AllocationId: address.id,
          PublicIp: address.publicIp,
          Domain: "vpc" as const,
          Tags: address.tags,
          ...(of
            ? { NetworkInterfaceId: of.id, PrivateIpAddress: of.privateIp, AssociationId: associationOf(address) }
            : {}),
        };
      }),
    };
  },

  AssociateAddress(input: AssociateAddressCommandInput, sim): Answer<AssociateAddressCommandOutput> {
    onlyKnown("AssociateAddress", input, "AllocationId", "NetworkInterfaceId");
    const address = addressOf(sim, input.AllocationId);
    const own = liveNetworkInterfaces(sim).find(({ id }) => id === input.NetworkInterfaceId);
    if (!own)
      return refuse(
        "InvalidNetworkInterfaceID.NotFound",
        `The networkInterface ID '${input.NetworkInterfaceId}' does not exist`,
      );
    if (bearer(sim, address.id))
      refuse("Resource.AlreadyAssociated", `resource ${address.id} is already associated with associate-id`);
    own.allocationId = address.id;
    own.publicIp = address.publicIp;
    return { AssociationId: associationOf(address) };
  },

  DisassociateAddress(input: DisassociateAddressCommandInput, sim) {
    const address = Object.values(addresses(sim)).find((one) => associationOf(one) === input.AssociationId);
    const own = address && bearer(sim, address.id);
    if (!own)
      return refuse("InvalidAssociationID.NotFound", `The association ID '${input.AssociationId}' does not exist`);
    delete own.allocationId;
    delete own.publicIp;
    return {};
  },

  ReleaseAddress(input: ReleaseAddressCommandInput, sim) {
    const address = addressOf(sim, input.AllocationId);
    if (bearer(sim, address.id)) refuse("InvalidIPAddress.InUse", `Address ${address.publicIp} is in use.`);
    drop(sim, "ec2.addresses", address.id);
    return {};
  },
} satisfies Operations;
