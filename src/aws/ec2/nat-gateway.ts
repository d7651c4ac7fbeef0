// CreateNatGateway accepts input that cannot work, such as a subnet whose VPC has no internet gateway, and the gateway becomes
// `failed` a minute later; a deleted gateway stays in the lists for about an hour.
import {
  CreateNatGatewayCommand,
  DeleteNatGatewayCommand,
  DescribeNatGatewaysCommand,
  type NatGateway as Gateway,
} from "@aws-sdk/client-ec2";
import type { Tags } from "../tags.ts";
import { ec2Kind, ec2Resources, ownIds } from "./ec2-kind.ts";
import { clientToken, notSeenYet, tagSpecifications } from "./shared.ts";

export interface NatGatewaySpec {
  subnetId: string;
  allocationId: string;
  tags: Tags;
}

export interface NatGatewayAttrs {
  natGatewayId: string;
}

const gateways = ec2Resources<Gateway>("ec2/nat-gateway", {
  describe: async (aws, { ids, filters, NextToken }) => {
    const page = await aws.ec2(new DescribeNatGatewaysCommand({ NatGatewayIds: ids, Filter: filters, NextToken }));
    return { items: page.NatGateways, next: page.NextToken };
  },
  idOf: ({ NatGatewayId }) => NatGatewayId,
  notFound: "NatGatewayNotFound",
  exists: ({ State }) => State !== "deleted",
  rank: ({ State }) => (State === "deleting" ? 2 : State === "failed" ? 1 : 0),
});

export const NatGateway = ec2Kind<NatGatewaySpec, NatGatewayAttrs, Gateway>(gateways, {
  fields: {
    subnetId: { immutable: true },
    allocationId: { immutable: true, unique: true },
    tags: {},
  },
  timing: { ready: 110, gone: 50 },

  // Both times of `timing`, and what they vary by: it is announced with no less than it takes.
  // In another subnet, the zones or their subnets change with it: tasks in those that go get theirs back only once they have moved, which
  // waits for the new gateway.
  interrupts: ({ action, order, observed, changed }) => {
    if (action !== "replace" || order !== "delete-first" || !observed?.ready) return undefined;
    return changed.has("subnetId")
      ? {
          seconds: 320,
          why: "tasks have no internet access until the new gateway has replaced the old one and they have moved to its subnets",
        }
      : {
          seconds: 200,
          why: "tasks in its zone have no internet access until the new gateway has replaced the old one",
        };
  },

  read(_aws, gateway) {
    const addresses = gateway.NatGatewayAddresses ?? [];
    const address = addresses.find(({ IsPrimary }) => IsPrimary) ?? addresses[0];
    return {
      attrs: { natGatewayId: gateway.NatGatewayId ?? "" },
      spec: { subnetId: gateway.SubnetId, allocationId: address?.AllocationId },
      ready: gateway.State === "available",
      status: gateway.State,
      leaving: gateway.State === "deleting" || undefined,
      // Terraform gives a delete half an hour, and a create ten minutes (aws_nat_gateway, "Timeouts").
      within: gateway.State === "deleting" ? 1_800 : undefined,
      ...(gateway.State === "failed"
        ? { failed: gateway.FailureMessage ?? gateway.FailureCode ?? "AWS gave no reason" }
        : {}),
    };
  },

  async create(aws, spec, making) {
    const { NatGateway: gateway } = await aws.ec2(
      new CreateNatGatewayCommand({
        SubnetId: spec.subnetId,
        AllocationId: spec.allocationId,
        TagSpecifications: tagSpecifications("natgateway", spec.tags),
        ClientToken: clientToken(making, spec.subnetId, spec.allocationId),
      }),
      {
        // The client token alone makes the create idempotent; observing first does not depend on that.
        once: true,
        notYet: [
          ...notSeenYet("InvalidSubnetID.NotFound", "InvalidAllocationID.NotFound", "InvalidElasticIpID.NotFound"),
          { code: "InvalidSubnet", says: "not found", budget: 300 },
        ],
      },
    );
    const natGatewayId = gateway?.NatGatewayId ?? "";
    await making.created(natGatewayId);
    return { id: natGatewayId, attrs: { natGatewayId } };
  },

  delete: (aws, { id: NatGatewayId }) => aws.ec2(new DeleteNatGatewayCommand({ NatGatewayId })),
});

/** The ids of the stack's NAT gateways. */
export const ownNatGateways = ownIds(gateways);
