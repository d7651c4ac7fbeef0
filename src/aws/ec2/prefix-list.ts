// AWS keeps the addresses from which CloudFront calls an origin in a list of its own, under another id in every region.
import { DescribeManagedPrefixListsCommand } from "@aws-sdk/client-ec2";
import type { Aws } from "../aws.ts";

const ORIGIN_FACING = "com.amazonaws.global.cloudfront.origin-facing";

/** The id of the prefix list that holds CloudFront's own addresses, for a group that lets nobody else in. */
export async function originFacingPrefixList(aws: Aws): Promise<string> {
  const { PrefixLists = [] } = await aws.ec2(
    new DescribeManagedPrefixListsCommand({ Filters: [{ Name: "prefix-list-name", Values: [ORIGIN_FACING] }] }),
  );
  const id = PrefixLists.find(({ PrefixListName }) => PrefixListName === ORIGIN_FACING)?.PrefixListId;
  if (id === undefined)
    throw new Error(
      `AWS has no prefix list ${ORIGIN_FACING} in ${aws.region}, so the load balancer cannot be closed to everybody but CloudFront there.`,
    );
  return id;
}
