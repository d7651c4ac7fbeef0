// AllocateAddress has no client token, and every leaked address costs money: after a lost response the address is found by tag.
// An address stays in use until its NAT gateway is `deleted`, not only `deleting`.
import {
  AllocateAddressCommand,
  DescribeAddressesCommand,
  ReleaseAddressCommand,
  type Address,
} from "@aws-sdk/client-ec2";
import { unlessHeld } from "../obstacles.ts";
import type { Tags } from "../tags.ts";
import { heldAddress } from "./obstacles.ts";
import { ec2Kind, ec2Resources } from "./ec2-kind.ts";
import { IN_USE_FOR, tagSpecifications } from "./shared.ts";

export interface ElasticIpSpec {
  tags: Tags;
}

export interface ElasticIpAttrs {
  allocationId: string;
  publicIp: string;
}

/** The one list of EC2 that has no pages. */
const addresses = ec2Resources<Address>("ec2/elastic-ip", {
  describe: async (aws, { ids, filters }) => {
    const page = await aws.ec2(new DescribeAddressesCommand({ AllocationIds: ids, Filters: filters }));
    return { items: page.Addresses, next: undefined };
  },
  idOf: ({ AllocationId }) => AllocationId,
  notFound: "InvalidAllocationID.NotFound",
});

export const ElasticIp = ec2Kind<ElasticIpSpec, ElasticIpAttrs, Address>(addresses, {
  fields: {
    tags: {},
  },

  read: (_aws, { AllocationId = "", PublicIp = "" }) => ({
    attrs: { allocationId: AllocationId, publicIp: PublicIp },
    spec: {},
    ready: true,
  }),

  async create(aws, spec, making) {
    const { AllocationId: allocationId = "", PublicIp: publicIp = "" } = await aws.ec2(
      new AllocateAddressCommand({ Domain: "vpc", TagSpecifications: tagSpecifications("elastic-ip", spec.tags) }),
      { once: true },
    );
    await making.created(allocationId);
    return { id: allocationId, attrs: { allocationId, publicIp } };
  },

  delete: (aws, { id: AllocationId }) =>
    aws.ec2(new ReleaseAddressCommand({ AllocationId }), {
      notYet: unlessHeld(aws, heldAddress(aws, AllocationId), [{ code: "InvalidIPAddress.InUse", budget: IN_USE_FOR }]),
    }),
});
