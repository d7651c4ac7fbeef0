// Resources that can be in another region than the stack's: their id is their ARN, which names the region.
import type { Look, Owned } from "../engine/resource-kind.ts";
import type { Aws, Senders } from "./aws.ts";
import { namedAfter, ownedAmong } from "./owned.ts";
import { GLOBAL_REGION } from "./tagging.ts";
import type { Tags } from "./tags.ts";

/** The region in an ARN. */
const regionIn = (arn: string): string => arn.split(":")[3] ?? "";

/** Sends to the region that an ARN names. */
export const sendersFor = (aws: Aws, arn: string): Senders => aws.in(regionIn(arn));

/** The field `region` of an observed resource: `undefined` in the stack's own region, unless the config names it. */
export function observedRegion(aws: Aws, desired: string | undefined, arn: string): string | undefined {
  const region = regionIn(arn);
  return region === aws.region && desired !== region ? undefined : region;
}

/** The regions in which resources of a stack are. */
const regionsOf = (aws: Aws): readonly string[] => [...new Set([aws.region, GLOBAL_REGION])];

/** The ARNs that a resource may have: the recorded one, and that of its declared name and region, which `arnOf` makes. */
export function arnsOf<Spec extends { name: string; region: string | undefined }>(
  { knownId, spec: { name, region } }: Look<Spec>,
  arnOf: (region: string | undefined, name: string) => string,
): Set<string> {
  // A name that is known only after apply is not a string yet.
  const declared = typeof name === "string" ? arnOf(region, name) : undefined;
  return new Set([knownId, declared].filter((arn) => arn?.startsWith("arn:") === true) as string[]);
}

/** The stack's own among resources whose names begin with the stack's, in all regions in which it has any. */
export async function ownedInRegions(
  aws: Aws,
  ids: readonly string[],
  { list, nameOf, tagsOf }: RegionalNames,
): Promise<Owned[]> {
  const arns = (await Promise.all(regionsOf(aws).map(list))).flat();
  const candidates = arns.filter((arn) => namedAfter(aws.stack, nameOf(arn)));
  return ownedAmong(
    aws,
    candidates.map((id) => ({ id, tags: () => tagsOf(id) })),
    ids,
  );
}

/** How the resources of a kind are listed. */
interface RegionalNames {
  /** The ARNs of those in a region. */
  readonly list: (region: string) => Promise<string[]>;
  readonly nameOf: (arn: string) => string;
  /** `undefined` if it was deleted in the meantime. */
  readonly tagsOf: (arn: string) => Promise<Tags | undefined>;
}
