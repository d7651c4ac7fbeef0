// CreateNatGateway takes what can never work, such as a subnet whose VPC has no internet gateway, and fails a minute later in
// the state `failed`; and a deleted gateway stays in the lists for about an hour.
import {
  CreateNatGatewayCommand,
  DeleteNatGatewayCommand,
  DescribeNatGatewaysCommand,
  type NatGateway as Gateway,
} from "@aws-sdk/client-ec2";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import { everyPage } from "../pages.ts";
import { defineKind } from "../define-kind.ts";
import { tagsFrom, type Tags } from "../tags.ts";
import {
  changeTags,
  clientToken,
  EC2_LAG,
  find,
  notSeenYet,
  ofStack,
  ownedIn,
  tagSpecifications,
  findById,
} from "./shared.ts";

export interface NatGatewaySpec {
  subnetId: string;
  allocationId: string;
  tags: Tags;
}

export interface NatGatewayAttrs {
  natGatewayId: string;
}

export const NatGateway = defineKind<NatGatewaySpec, NatGatewayAttrs>({
  type: "ec2/nat-gateway",
  fields: {
    subnetId: { immutable: true },
    allocationId: { immutable: true, unique: true },
    tags: {},
  },
  timing: { ready: 110, gone: 50, listed: EC2_LAG },
  inventory: { lists: "plan" },

  // Both times of `usual`, and what they vary by: it is announced with no less than it takes.
  interrupts: ({ action, order, observed }) =>
    action === "replace" && order === "delete-first" && observed?.ready
      ? { seconds: 200, why: "the tasks of its zone have no way out while the old gateway goes and the new one comes" }
      : undefined,

  async observe(aws, look) {
    const gateway = await find(
      look,
      await look.snapshot.once("ec2/nat-gateway", () => listed(aws)),
      idOf,
      async (id) => {
        const asking = aws.ec2(new DescribeNatGatewaysCommand({ NatGatewayIds: [id] }));
        const one = await findById(
          id,
          idOf,
          asking.then(({ NatGateways }) => NatGateways),
          "NatGatewayNotFound",
        );
        return one && exists(one) ? one : undefined;
      },
    );
    if (!gateway?.NatGatewayId) return undefined;
    const tags = tagsFrom(gateway.Tags);
    const addresses = gateway.NatGatewayAddresses ?? [];
    const address = addresses.find(({ IsPrimary }) => IsPrimary) ?? addresses[0];
    return {
      id: gateway.NatGatewayId,
      attrs: { natGatewayId: gateway.NatGatewayId },
      spec: { subnetId: gateway.SubnetId, allocationId: address?.AllocationId, tags },
      ready: gateway.State === "available",
      status: gateway.State,
      leaving: gateway.State === "deleting" || undefined,
      // Terraform gives a delete half an hour, and a create ten minutes (aws_nat_gateway, "Timeouts").
      within: gateway.State === "deleting" ? 1_800 : undefined,
      ...(gateway.State === "failed"
        ? { failed: gateway.FailureMessage ?? gateway.FailureCode ?? "AWS gives no reason" }
        : {}),
    };
  },

  list: async (aws, _ids, snapshot = new Snapshot()) =>
    ownedIn(aws, await snapshot.once("ec2/nat-gateway", () => listed(aws)), idOf),

  async create(aws, spec, making) {
    const { NatGateway: gateway } = await aws.ec2(
      new CreateNatGatewayCommand({
        SubnetId: spec.subnetId,
        AllocationId: spec.allocationId,
        TagSpecifications: tagSpecifications("natgateway", spec.tags),
        ClientToken: clientToken(making, spec.subnetId, spec.allocationId),
      }),
      {
        // The token alone makes AWS create it once; looking first needs no trust in that.
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

  async update(aws, observed, spec) {
    await changeTags(aws, observed.id, spec.tags, observed.spec.tags ?? {});
  },

  async delete(aws, observed) {
    await absent(aws.ec2(new DeleteNatGatewayCommand({ NatGatewayId: observed.id })), "NatGatewayNotFound");
  },
});

const idOf = ({ NatGatewayId }: Gateway) => NatGatewayId;

/** The stack's gateways. One that is on its way out bears the same owner tags as the one that takes its place, and comes last. */
/** The ids of the stack's gateways. */
export const ownGateways = async (aws: Aws, snapshot: Snapshot): Promise<Set<string | undefined>> =>
  new Set((await snapshot.once("ec2/nat-gateway", () => listed(aws))).map(idOf));

async function listed(aws: Aws): Promise<Gateway[]> {
  const all = await everyPage(async (NextToken) => {
    const page = await aws.ec2(new DescribeNatGatewaysCommand({ Filter: ofStack(aws), NextToken }));
    return { items: page.NatGateways, next: page.NextToken };
  });
  return all.filter(exists).toSorted((one, other) => rank(one) - rank(other));
}

const exists = (gateway: Gateway) => gateway.State !== "deleted";

const rank = ({ State }: Gateway) => (State === "deleting" ? 2 : State === "failed" ? 1 : 0);
