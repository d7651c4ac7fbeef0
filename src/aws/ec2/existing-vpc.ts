// A VPC that the stack uses and does not own is read by its id, and never by tags: nobody may write any on it.
import { DescribeVpcsCommand, type Vpc } from "@aws-sdk/client-ec2";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { theOne } from "./shared.ts";

/** A VPC by its id; `undefined` where this account has none of that id in this region, or none is shared with it. */
export const existingVpc = (aws: Aws, snapshot: Snapshot, id: string): Promise<Vpc | undefined> =>
  snapshot.once(`existing vpc ${id}`, () => {
    const asking = aws.ec2(new DescribeVpcsCommand({ VpcIds: [id] })).then(({ Vpcs }) => Vpcs);
    // EC2 API reference, "Error codes": an id that EC2 would never give is malformed, which means the same here.
    return theOne(id, ({ VpcId }) => VpcId, asking, "InvalidVpcID.NotFound", "InvalidVpcId.Malformed");
  });

/** The IPv4 ranges of a VPC, sorted: the first one and those that were added to it. */
export function rangesOf({ CidrBlock, CidrBlockAssociationSet = [] }: Vpc): string[] {
  const added = CidrBlockAssociationSet.filter(({ CidrBlockState }) => CidrBlockState?.State === "associated");
  return [...new Set([CidrBlock, ...added.map((range) => range.CidrBlock)])]
    .filter((range) => range !== undefined)
    .toSorted();
}
