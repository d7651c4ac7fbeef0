import type { Snapshot } from "../engine/snapshot.ts";
import type { Aws } from "./aws.ts";
import { originFacingPrefixListOf, type Remembered } from "./ec2/prefix-list.ts";
import { existingVpc, rangesOf } from "./ec2/existing-vpc.ts";
import type { SharedStack } from "./shared-stack.ts";
import type { Sought } from "./stored-secrets.ts";
import { isReleased, type ReleasePlaces } from "./ecs/released.ts";

/** Facts about the account that the desired state depends on. */
export interface Facts {
  /** Twelve digits. */
  readonly account: string;
  readonly partition: string;
  /** The id of the managed prefix list of CloudFront's addresses, `pl-...`, in the stack's region; empty if the stack has no CDN. */
  readonly originFacingPrefixList: string;
  /** By service name, whether an approved deployment has set its image; until then the service stays at zero tasks. */
  readonly released: Readonly<Record<string, boolean>>;
  /**
   * Services whose running image is in the repository of a service that no longer builds one, and that service: the repository must be kept
   * until another image is released, since ECS pulls the image for every task that it starts. If omitted: none.
   */
  readonly runsFrom?: Readonly<Record<string, string>>;
  /** The IPv4 CIDR blocks of the existing VPC that the stack uses, sorted; `undefined` if it creates its own, or the VPC does not exist. */
  readonly vpcRanges?: readonly string[] | undefined;
  /** What is known of the secrets that the config names, by `secretId`; omitted if it names none. */
  readonly secrets?: Readonly<Record<string, Sought>>;
  /** The id of the hosted zone of each domain name; without those whose DNS is elsewhere. If omitted: none. */
  readonly zones?: Readonly<Record<string, string>>;
  /** The stack that this one shares; `undefined` if it shares none, or that stack is not there. */
  readonly shared?: SharedStack | undefined;
}

/** Whether any service of the stack was released. */
export const isAnyReleased = ({ released }: Pick<Facts, "released">): boolean => Object.values(released).includes(true);

/**
 * Reads the facts of a stack, sharing its calls through `snapshot` with the observation that follows.
 * `services` are the stack's, by name:
 * where to look for a release of each, or `undefined` if the config names its image, which needs no release. `remembered` is the stack's
 * resources as recorded in the state.
 */
export async function readFacts(
  aws: Aws,
  snapshot: Snapshot,
  {
    network: { vpc: id },
    edge,
  }: { readonly network: { readonly vpc?: string | undefined }; readonly edge: object | undefined },
  services: Readonly<Record<string, ReleasePlaces | undefined>>,
  remembered: readonly Remembered[],
): Promise<Facts> {
  const [prefixList, vpc, released] = await Promise.all([
    edge === undefined ? "" : originFacingPrefixListOf(aws, snapshot, remembered),
    // Empty: that of a shared stack which is not there.
    id === undefined || id === "" ? undefined : existingVpc(aws, snapshot, id),
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
