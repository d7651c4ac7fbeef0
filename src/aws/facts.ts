import type { Snapshot } from "../engine/snapshot.ts";
import type { Aws } from "./aws.ts";
import { originFacingPrefixListOf, type Remembered } from "./ec2/prefix-list.ts";
import { isReleased, type ReleasePlaces } from "./ecs/released.ts";

/** What must be known of the account before the desired state can be written down. */
export interface Facts {
  /** Twelve digits. */
  readonly account: string;
  readonly partition: string;
  /** The id of the managed prefix list of CloudFront's addresses, `pl-...`, in the stack's region. */
  readonly originFacingPrefixList: string;
  /** Whether an approved deployment has put an image into the service; until one has, the service waits at zero tasks. */
  readonly released: boolean;
}

/**
 * Reads the facts, sharing what it reads through `snapshot` with the observation that follows. `image` is the image that the user's file
 * names, if it names one: that needs no release. `remembered` is what the state tells of the stack's resources.
 */
export async function readFacts(
  aws: Aws,
  snapshot: Snapshot,
  places: ReleasePlaces,
  image: string | undefined,
  remembered: readonly Remembered[],
): Promise<Facts> {
  const [prefixList, released] = await Promise.all([
    originFacingPrefixListOf(aws, snapshot, remembered),
    image === undefined ? isReleased(aws, snapshot, places) : true,
  ]);
  return { account: aws.account, partition: aws.partition, originFacingPrefixList: prefixList, released };
}
