import type {
  CreateVpcPeeringConnectionCommandInput,
  CreateVpcPeeringConnectionCommandOutput,
  CreateVpnGatewayCommandInput,
  CreateVpnGatewayCommandOutput,
  DeleteVpcPeeringConnectionCommandInput,
  AttachVpnGatewayCommandInput,
  AttachVpnGatewayCommandOutput,
  DescribeVpcPeeringConnectionsCommandInput,
  DescribeVpcPeeringConnectionsCommandOutput,
  DescribeVpnGatewaysCommandInput,
  DescribeVpnGatewaysCommandOutput,
} from "@aws-sdk/client-ec2";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { visible, type Answer, type Operations, type Sim } from "../sim.ts";
import { vpcOf, type Ec2Record } from "./records.ts";
import { passes, tagsOf, visibleFrom } from "./shared.ts";

/** Something of a VPC that is no part of the topology: who deletes the VPC is refused for as long as it is there. */
interface Other extends Ec2Record {
  vpcId?: string;
  /** The other side of a peering connection. */
  peerId?: string;
}

const acls = (sim: Sim) => sim.table<Other>("ec2.networkAcls");
const peerings = (sim: Sim) => sim.table<Other>("ec2.peerings");
const egressOnly = (sim: Sim) => sim.table<Other>("ec2.egressOnlyGateways");
const vpnGateways = (sim: Sim) => sim.table<Other>("ec2.vpnGateways");

/**
 * What of that is in a VPC, or joined to it (EC2 API reference, DeleteVpc: "You must detach or delete all gateways and resources that are
 * associated with the VPC before you can delete it").
 */
export const othersIn = (sim: Sim, id: string): Other[] =>
  [acls, peerings, egressOnly, vpnGateways]
    .flatMap((table) => Object.values(table(sim)))
    .filter(({ vpcId, peerId }) => vpcId === id || peerId === id);

function add(
  sim: Sim,
  table: (sim: Sim) => Record<string, Other>,
  prefix: string,
  more: Pick<Other, "tags"> & Partial<Other>,
): Other {
  const made: Other = { ...more, id: sim.id(prefix), visibleAt: visibleFrom(sim) };
  return (table(sim)[made.id] = made);
}

const remove = (table: Record<string, Other>, id: string | undefined, code: string) => {
  if (!(id !== undefined && id in table)) refuse(code, `The ID '${id}' does not exist`);
  delete table[id];
};

const peeringOf = (sim: Sim, { id, vpcId, peerId, tags }: Other) => ({
  VpcPeeringConnectionId: id,
  RequesterVpcInfo: { VpcId: vpcId, OwnerId: sim.account, Region: sim.region },
  AccepterVpcInfo: { VpcId: peerId, OwnerId: sim.account, Region: sim.region },
  Status: { Code: "active" as const, Message: "Active" },
  Tags: tags,
});

const vpnOf = ({ id, vpcId, tags }: Other) => ({
  VpnGatewayId: id,
  State: "available" as const,
  VpcAttachments: vpcId === undefined ? [] : [{ VpcId: vpcId, State: "attached" as const }],
  Tags: tags,
});

/** What others may have in a VPC: peering connections within the account, and gateways of other kinds. */
export const otherOperations = {
  CreateVpcPeeringConnection(
    input: CreateVpcPeeringConnectionCommandInput,
    sim,
  ): Answer<CreateVpcPeeringConnectionCommandOutput> {
    const [vpcId, peerId] = [vpcOf(sim, input.VpcId).id, vpcOf(sim, input.PeerVpcId).id];
    const made = add(sim, peerings, "pcx", { vpcId, peerId, tags: tagsOf(input.TagSpecifications) });
    return { VpcPeeringConnection: peeringOf(sim, made) };
  },

  DescribeVpcPeeringConnections(
    input: DescribeVpcPeeringConnectionsCommandInput,
    sim,
  ): Answer<DescribeVpcPeeringConnectionsCommandOutput> {
    onlyKnown("DescribeVpcPeeringConnections", input, "Filters");
    const found = visible(peerings(sim), sim).filter((one) =>
      passes(input.Filters, one.tags, {
        "requester-vpc-info.vpc-id": one.vpcId,
        "accepter-vpc-info.vpc-id": one.peerId,
      }),
    );
    return { VpcPeeringConnections: found.map((one) => peeringOf(sim, one)) };
  },

  DeleteVpcPeeringConnection(input: DeleteVpcPeeringConnectionCommandInput, sim) {
    remove(peerings(sim), input.VpcPeeringConnectionId, "InvalidVpcPeeringConnectionID.NotFound");
    return { Return: true };
  },

  CreateVpnGateway(input: CreateVpnGatewayCommandInput, sim): Answer<CreateVpnGatewayCommandOutput> {
    return { VpnGateway: vpnOf(add(sim, vpnGateways, "vgw", { tags: tagsOf(input.TagSpecifications) })) };
  },

  AttachVpnGateway(input: AttachVpnGatewayCommandInput, sim): Answer<AttachVpnGatewayCommandOutput> {
    const gateway = vpnGateways(sim)[input.VpnGatewayId ?? ""];
    if (!gateway) return refuse("InvalidVpnGatewayID.NotFound", `The ID '${input.VpnGatewayId}' does not exist`);
    gateway.vpcId = vpcOf(sim, input.VpcId).id;
    return { VpcAttachment: { VpcId: gateway.vpcId, State: "attached" } };
  },

  DescribeVpnGateways(input: DescribeVpnGatewaysCommandInput, sim): Answer<DescribeVpnGatewaysCommandOutput> {
    onlyKnown("DescribeVpnGateways", input, "Filters");
    const found = visible(vpnGateways(sim), sim).filter((one) =>
      passes(input.Filters, one.tags, { "attachment.vpc-id": one.vpcId }),
    );
    return { VpnGateways: found.map(vpnOf) };
  },
} satisfies Operations;
