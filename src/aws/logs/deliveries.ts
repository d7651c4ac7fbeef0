// What log deliveries, their sources and their destinations have in common: ARNs that name their region, and tags that only a call of its own
// returns (terraform-provider-aws, internal/service/logs/delivery_source.go: "tags aren't set in the Get response").
import { ListTagsForResourceCommand, TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-cloudwatch-logs";
import type { Arn, Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { absent } from "../errors.ts";
import { sendersFor } from "../regional.ts";
import { tagChanges, tagListLower, tagsFrom, type Tags } from "../tags.ts";

export const NOT_FOUND = "ResourceNotFoundException";

/**
 * Changes of a source, a destination and their deliveries at the same time: "Requested resource is currently being updated. Please try again
 * later." (hashicorp/terraform-provider-aws#42194, #42947). Terraform has no time for it; two minutes, as for other conflicts.
 */
export const CROSSED: NotYet = { code: "ConflictException", says: "try again", budget: 120 };

type Part = "delivery" | "delivery-source" | "delivery-destination";

export const partArn = (
  { partition, account, region: own }: Aws,
  part: Part,
  region: string | undefined,
  name: string,
) => `arn:${partition}:logs:${region ?? own}:${account}:${part}:${name}`;

/** The name or id at the end of such an ARN. */
export const partName = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1);

/** For `inventory.idIn`: the id is the ARN. */
export const partIn =
  (part: Part) =>
  ({ service, resource, text }: Arn): string | undefined =>
    service === "logs" && resource.startsWith(`${part}:`) ? text : undefined;

export async function partTags(aws: Aws, arn: string): Promise<Tags | undefined> {
  const asked = sendersFor(aws, arn).logs(new ListTagsForResourceCommand({ resourceArn: arn }));
  const answer = await absent(asked, NOT_FOUND);
  return answer && tagsFrom(tagListLower(answer.tags ?? {}));
}

export async function changePartTags(aws: Aws, resourceArn: string, desired: Tags, observed: Tags = {}): Promise<void> {
  const { logs } = sendersFor(aws, resourceArn);
  const { write, remove } = tagChanges(desired, observed);
  if (Object.keys(write).length > 0) await logs(new TagResourceCommand({ resourceArn, tags: write }));
  if (remove.length > 0) await logs(new UntagResourceCommand({ resourceArn, tagKeys: remove }));
}
