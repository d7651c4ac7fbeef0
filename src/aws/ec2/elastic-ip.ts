// AllocateAddress has no client token, and every address that is forgotten costs money: a lost answer is found again by tag.
// An address stays in use until the NAT gateway that bears it is deleted, not only deleting.
import {
  AllocateAddressCommand,
  DescribeAddressesCommand,
  ReleaseAddressCommand,
  type Address,
} from "@aws-sdk/client-ec2";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import { unlessHeld } from "../obstacles.ts";
import { defineKind } from "../define-kind.ts";
import { tagsFrom, type Tags } from "../tags.ts";
import { heldAddress } from "./obstacles.ts";
import { changeTags, EC2_LAG, find, IN_USE_FOR, ofStack, ownedIn, tagSpecifications, findById } from "./shared.ts";

export interface ElasticIpSpec {
  tags: Tags;
}

export interface ElasticIpAttrs {
  allocationId: string;
  publicIp: string;
}

export const ElasticIp = defineKind<ElasticIpSpec, ElasticIpAttrs>({
  type: "ec2/elastic-ip",
  fields: {
    tags: {},
  },
  timing: { listed: EC2_LAG },
  inventory: { lists: "plan" },

  async observe(aws, look) {
    const address = await find(look, await look.snapshot.once("ec2/elastic-ip", () => listed(aws)), idOf, (id) => {
      const asking = aws.ec2(new DescribeAddressesCommand({ AllocationIds: [id] }));
      return findById(
        id,
        idOf,
        asking.then(({ Addresses }) => Addresses),
        "InvalidAllocationID.NotFound",
      );
    });
    if (!address?.AllocationId) return undefined;
    const tags = tagsFrom(address.Tags);
    return {
      id: address.AllocationId,
      attrs: { allocationId: address.AllocationId, publicIp: address.PublicIp ?? "" },
      spec: { tags },
      ready: true,
    };
  },

  list: async (aws, _ids, snapshot = new Snapshot()) =>
    ownedIn(aws, await snapshot.once("ec2/elastic-ip", () => listed(aws)), idOf),

  async create(aws, spec, making) {
    const { AllocationId: allocationId = "", PublicIp: publicIp = "" } = await aws.ec2(
      new AllocateAddressCommand({ Domain: "vpc", TagSpecifications: tagSpecifications("elastic-ip", spec.tags) }),
      { once: true },
    );
    await making.created(allocationId);
    return { id: allocationId, attrs: { allocationId, publicIp } };
  },

  async update(aws, observed, spec) {
    await changeTags(aws, observed.id, spec.tags, observed.spec.tags ?? {});
  },

  async delete(aws, observed) {
    await absent(
      aws.ec2(new ReleaseAddressCommand({ AllocationId: observed.id }), {
        notYet: unlessHeld(aws, heldAddress(aws, observed.id), [
          { code: "InvalidIPAddress.InUse", budget: IN_USE_FOR },
        ]),
      }),
      "InvalidAllocationID.NotFound",
    );
  },
});

const idOf = ({ AllocationId }: Address) => AllocationId;

/** The stack's addresses: the one list of EC2 that has no pages. */
async function listed(aws: Aws): Promise<Address[]> {
  const { Addresses = [] } = await aws.ec2(new DescribeAddressesCommand({ Filters: ofStack(aws) }));
  return Addresses;
}
