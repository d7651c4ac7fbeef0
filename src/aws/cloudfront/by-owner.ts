import {
  GetDistributionCommand,
  ListDistributionsCommand,
  ListTagsForResourceCommand,
  type Distribution,
} from "@aws-sdk/client-cloudfront";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import { markOf, prefixOf, type Identity } from "../owner.ts";
import { everyPage } from "../pages.ts";
import { ownerOf, tagsFrom } from "../tags.ts";
import { mayBeOurs } from "./distribution.ts";

/** The distribution of a stack, this one or another. No list returns tags, so likely candidates are checked first. */
export async function distributionOf(aws: Aws, owner: Identity, comment: string): Promise<Distribution | undefined> {
  const all = await everyPage(async (Marker) => {
    const { DistributionList: page } = await aws.cloudFront(new ListDistributionsCommand({ Marker }));
    return { items: page?.Items, next: page?.NextMarker };
  });
  const alike = all.filter(({ Comment }) => Comment === comment);
  const named = { stack: prefixOf(owner), region: owner.region };
  const others = all.filter((one) => !alike.includes(one) && mayBeOurs(named, one));
  for (const { Id, ARN } of [...alike, ...others]) {
    const tags = await absent(aws.cloudFront(new ListTagsForResourceCommand({ Resource: ARN })), "NoSuchResource");
    if (ownerOf(tagsFrom(tags?.Tags?.Items)) !== markOf(owner, "edge/distribution")) continue;
    const found = await absent(aws.cloudFront(new GetDistributionCommand({ Id })), "NoSuchDistribution");
    if (found?.Distribution) return found.Distribution;
  }
  return undefined;
}
