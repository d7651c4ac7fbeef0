import type { Snapshot } from "../engine/snapshot.ts";
import type { Aws } from "./aws.ts";
import { originFacingPrefixListOf, type Remembered } from "./ec2/prefix-list.ts";
import { existingVpc, rangesOf } from "./ec2/existing-vpc.ts";
import { isReleased, type ReleasePlaces } from "./ecs/released.ts";

/** What must be known of the account before the desired state can be written down. */
export interface Facts {
  /** Twelve digits. */
  readonly account: string;
  readonly partition: string;
  /** The id of the managed prefix list of CloudFront's addresses, `pl-...`, in the stack's region. */
  readonly originFacingPrefixList: string;
  /** By the services' names, whether an approved deployment has put an image into each; until one has, it waits at zero tasks. */
  readonly released: Readonly<Record<string, boolean>>;
  /**
   * Services whose running image lies in the repository of a service that builds none any more, and that service: it has to stay until another
   * image is released, since ECS pulls the image anew for every task that it starts. Left out: none.
   */
  readonly runsFrom?: Readonly<Record<string, string>>;
  /** The IPv4 ranges of the existing VPC that the stack uses, sorted; `undefined` where it creates its own, or AWS has no such VPC. */
  readonly vpcRanges?: readonly string[] | undefined;
}

/** Whether any service of the stack was released. */
export const isAnyReleased = ({ released }: Pick<Facts, "released">): boolean => Object.values(released).includes(true);

/**
 * Reads the facts, sharing what it reads through `snapshot` with the observation that follows. `network` names the existing VPC, if it is one.
 * `services` are the stack's, by their names:
 * where a release of each is looked for, or `undefined` where the config names its image, which needs no release. `remembered` is what the
 * state tells of the stack's resources.
 */
export async function readFacts(
  aws: Aws,
  snapshot: Snapshot,
  network: { readonly vpc?: string | undefined },
  services: Readonly<Record<string, ReleasePlaces | undefined>>,
  remembered: readonly Remembered[],
): Promise<Facts> {
  const [prefixList, vpc, released] = await Promise.all([
    originFacingPrefixListOf(aws, snapshot, remembered),
    network.vpc === undefined ? undefined : existingVpc(aws, snapshot, network.vpc),
    Promise.all(
      Object.entries(services).map(
        async ([name, places]) => [name, places === undefined || (await isReleased(aws, snapshot, places))] as const,
      ),
    ),
  ]);
  const { account, partition } = aws;
  return {
    account,
    partition,
    originFacingPrefixList: prefixList,
    released: Object.fromEntries(released),
    vpcRanges: vpc && rangesOf(vpc),
  };
}
