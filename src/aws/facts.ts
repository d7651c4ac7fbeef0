import { Snapshot } from "../engine/snapshot.ts";
import type { Aws } from "./aws.ts";
import { originFacingPrefixList } from "./ec2/prefix-list.ts";
import { hasImage } from "./ecr/released.ts";
import { describedService } from "./ecs/shared.ts";

/** What must be known of the account before the desired state can be written down. */
export interface Facts {
  /** Twelve digits. */
  readonly account: string;
  readonly partition: string;
  /** The id of the managed prefix list of CloudFront's addresses, `pl-...`, in the stack's region. */
  readonly originFacingPrefixList: string;
  /** Whether there is an image to run; until there is, the service waits at zero tasks. */
  readonly released: boolean;
}

/** Where the facts are looked for. */
interface Places {
  readonly repository: string;
  readonly cluster: string;
  readonly service: string;
}

/** Reads the facts. `image` is the image that the user's file names, if it names one: it is then taken to exist. */
export async function readFacts(aws: Aws, places: Places, image: string | undefined): Promise<Facts> {
  const [prefixList, released] = await Promise.all([
    originFacingPrefixList(aws),
    image === undefined ? isReleased(aws, places) : true,
  ]);
  return { account: aws.account, partition: aws.partition, originFacingPrefixList: prefixList, released };
}

/** A service that wants tasks has been released, whatever its build calls its images. */
async function isReleased(aws: Aws, { repository, cluster, service: name }: Places): Promise<boolean> {
  const [latest, service] = await Promise.all([
    hasImage(aws, repository, "latest"),
    describedService(aws, new Snapshot(), cluster, name),
  ]);
  return latest || (service?.desiredCount ?? 0) > 0;
}
