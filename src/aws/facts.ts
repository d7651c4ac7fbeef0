import type { Aws } from "./aws.ts";
import { originFacingPrefixList } from "./ec2/prefix-list.ts";
import { hasImage } from "./ecr/released.ts";

/** What must be known of the account before the desired state can be written down. */
export interface Facts {
  /** Twelve digits. */
  readonly account: string;
  readonly partition: string;
  /** The id of the managed prefix list of CloudFront's addresses, `pl-...`, in the stack's region. */
  readonly originFacingPrefixList: string;
  /** Whether the image that the task definition names exists; until it does the service waits at zero tasks. */
  readonly released: boolean;
}

/** Reads the facts. `image` is the image that the user's file names, if it names one: it is then taken to exist. */
export async function readFacts(aws: Aws, repository: string, image: string | undefined): Promise<Facts> {
  const [prefixList, released] = await Promise.all([
    originFacingPrefixList(aws),
    image === undefined ? hasImage(aws, repository, "latest") : true,
  ]);
  return { account: aws.account, partition: aws.partition, originFacingPrefixList: prefixList, released };
}
