import type { Snapshot } from "../engine/snapshot.ts";
import type { Aws } from "./aws.ts";
import { originFacingPrefixListOf, ruled, type Remembered } from "./ec2/prefix-list.ts";
import { existingVpc, hasIpv6, rangesOf } from "./ec2/existing-vpc.ts";
import type { FailoverOrigin } from "./failover-origin.ts";
import type { Replicas } from "./secretsmanager/replicas.ts";
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
  /** Whether that VPC has an IPv6 range too. If omitted: no. */
  readonly vpcHasIpv6?: boolean;
  /** What is known of the secrets that the config names, by `secretId`; omitted if it names none. */
  readonly secrets?: Readonly<Record<string, Sought>>;
  /** In the second region of a stack whose secrets are replicated: how far they are. If omitted: none are. */
  readonly replicas?: Replicas;
  /** The id of the hosted zone of each domain name; without those whose DNS is elsewhere. If omitted: none. */
  readonly zones?: Readonly<Record<string, string>>;
  /** Whether the load balancer that serves requests is to be replaced by one of another scheme, or was by a run that did not finish. */
  readonly movesBalancer?: boolean;
  /** The load balancer of the stack's second region; `undefined` if there is none, or not yet. */
  readonly failover?: FailoverOrigin | undefined;
  /** The stack that this one shares; `undefined` if it shares none, or that stack is not there. */
  readonly shared?: SharedStack | undefined;
}

/** Whether any service of the stack was released. */
export const isAnyReleased = ({ released }: Pick<Facts, "released">): boolean => Object.values(released).includes(true);

/** What the facts depend on of a stack. */
interface Wanted {
  readonly network: { readonly vpc?: string | undefined };
  readonly edge: { readonly origin: "public" | "vpc" } | undefined;
}

/** A resource as recorded in the state; `old`: its earlier generations. */
interface RecordedResource extends Remembered {
  readonly old?: readonly unknown[];
}

const movesBalancer = (edge: Wanted["edge"], balancer: RecordedResource | undefined): boolean =>
  balancer !== undefined &&
  ((balancer.old?.length ?? 0) > 0 ||
    (balancer.id !== undefined &&
      balancer.spec["scheme"] !== (edge?.origin === "vpc" ? "internal" : "internet-facing")));

/**
 * Reads the facts of a stack, sharing its calls through `snapshot` with the observation that follows.
 * `services` are the stack's, by name:
 * where to look for a release of each, or `undefined` if the config names its image, which needs no release. `recorded` is the stack's
 * resources as in the state, by id.
 */
export async function readFacts(
  aws: Aws,
  snapshot: Snapshot,
  { network: { vpc: id }, edge }: Wanted,
  services: Readonly<Record<string, ReleasePlaces | undefined>>,
  recorded: Readonly<Record<string, RecordedResource>> = {},
): Promise<Facts> {
  const isNew = Object.keys(recorded).length === 0;
  const [prefixList, vpc, released] = await Promise.all([
    edge === undefined ? "" : originFacingPrefixListOf(aws, snapshot, ruled(recorded)),
    // Empty: that of a shared stack which is not there.
    id === undefined || id === "" ? undefined : existingVpc(aws, snapshot, id),
    Promise.all(
      Object.entries(services).map(
        async ([name, places]) =>
          [name, places === undefined || (await isReleased(aws, snapshot, places, isNew))] as const,
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
    vpcHasIpv6: vpc !== undefined && hasIpv6(vpc),
    movesBalancer: movesBalancer(edge, recorded["balancer/load-balancer"]),
  };
}
