// What AWS would refuse, or let fail minutes later, in a network that somebody else made, is told before the first change. Only reads.
import type { Subnet, Vpc } from "@aws-sdk/client-ec2";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { awsCommand } from "../command-line.ts";
import { isOwn } from "../obstacles.ts";
import { ownerOf, tagsFrom } from "../tags.ts";
import {
  existingVpc,
  readEndpoints,
  readNetwork,
  type NamedNetwork,
  type NamedSubnet,
  type NetworkReading,
} from "./existing-vpc.ts";
import { endpointProblems, privateRoute, publicRoute } from "./existing-routes.ts";
import { WITHOUT_FARGATE } from "./zones.ts";

/** What the stack is going to put into a network. */
export interface NetworkUse {
  /** A load balancer is put into the public subnets. */
  readonly newBalancer: boolean;
  /** How many tasks run at once at most, during a release, and how many of them run now; left out where none is started. */
  readonly tasks?: { readonly most: number; readonly running: number } | undefined;
  /** What tasks need of AWS to start where no route leads out, by the ends of the endpoints' names: `ecr.api`. */
  readonly endpoints: readonly string[];
}

/** What was found of a network: what stands in the way, and what there is to say beside it, one sentence each. */
export interface NetworkFindings {
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/** Reads an existing network and checks that a stack can use it. Changes nothing. */
export async function checkedNetwork(
  aws: Aws,
  snapshot: Snapshot,
  named: NamedNetwork,
  use: NetworkUse,
): Promise<NetworkFindings> {
  const vpc = await existingVpc(aws, snapshot, named.vpc);
  if (!vpc) {
    const look = awsCommand(["ec2", "describe-vpcs"], aws);
    const problem = `network.vpc: ${named.vpc} does not exist in ${aws.region} of account ${aws.account}, or is not shared with it. Correct the id, the region or the credentials. To see which there are: ${look}`;
    return { problems: [problem], notes: [] };
  }
  const reading = await readNetwork(aws, vpc, named);
  const { closed, ways } = placed(aws, named, reading);
  const inside = closed.length > 0 && !ways.isShared ? await readEndpoints(aws, named.vpc) : undefined;
  return networkFindings(aws, named, use, inside ? { ...reading, inside } : reading);
}

/** The subnets that the config names, as far as they are in the VPC; `closed`: the private ones that do not lead out of it. */
function placed(aws: Pick<Aws, "account" | "region">, named: NamedNetwork, reading: NetworkReading) {
  const { vpc, subnets } = reading;
  const found = (setting: NamedSubnet["setting"], ids: readonly string[]): NamedSubnet[] =>
    ids.flatMap((id) => {
      const subnet = subnets.find((one) => one.SubnetId === id && one.VpcId === named.vpc);
      return subnet ? [{ setting, id, zone: subnet.AvailabilityZone ?? "", subnet }] : [];
    });
  const publics = found("network.publicSubnets", named.publicSubnets);
  const privates = found("network.privateSubnets", named.privateSubnets);
  const isShared = vpc.OwnerId !== undefined && vpc.OwnerId !== aws.account;
  const ways = { reading, isShared, region: aws.region };
  return { publics, privates, ways, closed: privates.filter((one) => privateRoute(ways, one).isClosed) };
}

/** What there is to say of a network that was read. */
export function networkFindings(
  aws: Pick<Aws, "account" | "region" | "owner">,
  named: NamedNetwork,
  use: NetworkUse,
  reading: NetworkReading,
): NetworkFindings {
  const { vpc, subnets } = reading;
  const { publics, privates, ways, closed } = placed(aws, named, reading);
  return {
    problems: [
      ...ownershipProblems(aws, vpc),
      ...missingSubnets(aws, named, subnets),
      ...[...publics, ...privates].flatMap((one) => zoneProblems(aws.region, one)),
      ...spreadProblems(publics, privates),
      ...publics.flatMap((one) => publicRoute(ways, one)),
      ...privates.flatMap((one) => privateRoute(ways, one).problems),
      ...endpointProblems(ways, closed, use.endpoints),
      ...(use.newBalancer ? publics.flatMap(balancerRoom) : []),
      ...taskRoom(privates, use.tasks),
    ],
    notes: [...sharedNotes(named.vpc, vpc, ways.isShared), ...ownerNotes(aws, vpc)],
  };
}

/** The stack's own network cannot be used as an existing one: it would be deleted, since the config declares it no longer. */
const ownershipProblems = (aws: Pick<Aws, "owner">, { VpcId, Tags }: Vpc): string[] =>
  isOwn(aws, tagsFrom(Tags))
    ? [
        `network.vpc: ${VpcId} was created by this stack, which would delete it, because a stack that names an existing VPC has none of its own. Name another VPC, or take network.vpc out of the config.`,
      ]
    : [];

const ownerNotes = (aws: Pick<Aws, "owner">, { VpcId, Tags }: Vpc): string[] => {
  const tags = tagsFrom(Tags);
  const owner = ownerOf(tags);
  return owner === undefined || isOwn(aws, tags)
    ? []
    : [
        `VPC ${VpcId} was created by another stack (${owner}). That stack can be torn down only after this one: AWS deletes no VPC with load balancers and tasks in it.`,
      ];
};

/**
 * What is known of a VPC of another account whose subnets are shared: the account that has them shared with it creates load balancers,
 * tasks and security groups in them, and cannot change subnets, routes or gateways, nor see all of them (VPC User Guide, "Responsibilities
 * and permissions for owners and participants").
 */
const sharedNotes = (id: string, { OwnerId }: Vpc, isShared: boolean): string[] =>
  isShared
    ? [
        `VPC ${id} belongs to account ${OwnerId}, which shares its subnets with this one. Routes, gateways and VPC endpoints are checked as far as AWS shows them to this account.`,
      ]
    : [];

function missingSubnets(aws: Pick<Aws, "account" | "region">, named: NamedNetwork, subnets: readonly Subnet[]) {
  const look = awsCommand(["ec2", "describe-subnets", "--filters", `Name=vpc-id,Values=${named.vpc}`], aws);
  const tiers = [
    ["network.publicSubnets", named.publicSubnets],
    ["network.privateSubnets", named.privateSubnets],
  ] as const;
  return tiers.flatMap(([setting, ids]) =>
    ids.flatMap((id) => {
      const subnet = subnets.find(({ SubnetId }) => SubnetId === id);
      if (subnet?.VpcId === named.vpc) return [];
      const what = subnet
        ? `is in ${subnet.VpcId}, not in ${named.vpc}`
        : `does not exist in ${aws.region} of account ${aws.account}, or is not shared with it`;
      return [`${setting}: ${id} ${what}. Name a subnet of ${named.vpc}. To see which there are: ${look}`];
    }),
  );
}

/**
 * A load balancer is put into availability zones, and a service on Fargate too: a Local Zone or an Outpost takes them under conditions of
 * its own (ELB user guide, "Availability Zones for your Application Load Balancer"). Names of such zones are longer than the region and a letter.
 */
function zoneProblems(region: string, { setting, id, zone, subnet }: NamedSubnet): string[] {
  if (subnet.OutpostArn !== undefined || !/^[a-z]$/.test(zone.slice(region.length)))
    return [
      `${setting}: ${id} is in ${subnet.OutpostArn ?? zone}, which is not an availability zone of ${region}. Name a subnet in an availability zone.`,
    ];
  if (setting === "network.privateSubnets" && WITHOUT_FARGATE.has(subnet.AvailabilityZoneId ?? ""))
    return [
      `${setting}: ${id} is in ${zone} (${subnet.AvailabilityZoneId}), where AWS does not run Fargate tasks. Name a subnet in another zone.`,
    ];
  return [];
}

function spreadProblems(publics: readonly NamedSubnet[], privates: readonly NamedSubnet[]): string[] {
  const zones = new Set(publics.map(({ zone }) => zone));
  // ELB API reference, CreateLoadBalancer, Subnets: "You can specify only one subnet per Availability Zone."
  const doubled = publics.flatMap(({ id, zone }, index) => {
    const other = publics.findIndex((one) => one.zone === zone);
    return other < index
      ? [
          `network.publicSubnets: ${publics[other]?.id} and ${id} are both in ${zone}, and a load balancer takes one subnet of each zone. Name one of them.`,
        ]
      : [];
  });
  const narrow = [publics, privates].flatMap((all) => {
    const [one] = all;
    if (!one || new Set(all.map(({ zone }) => zone)).size > 1) return [];
    // The same reference: "You must specify subnets from at least two Availability Zones."
    const why =
      one.setting === "network.publicSubnets"
        ? "a load balancer needs two"
        : "the service would not survive the loss of it";
    return [`${one.setting}: all subnets are in ${one.zone}, and ${why}. Name a subnet in another zone.`];
  });
  // ELB user guide, "Availability Zones": targets in a zone that is not enabled for the load balancer get no requests.
  const apart = privates.flatMap(({ id, zone }) =>
    zones.size === 0 || zones.has(zone)
      ? []
      : [
          `network.privateSubnets: ${id} is in ${zone}, where the load balancer is not, so its tasks would get no requests. Name a public subnet in ${zone} too, or a private one in ${[...zones].toSorted().join(" or ")}.`,
        ],
  );
  return [...doubled, ...narrow, ...apart];
}

/**
 * "Each Availability Zone subnet for your load balancer [must have] a CIDR block with at least a /27 bitmask [...] and at least eight free
 * IP addresses per subnet" (ELB user guide, "Subnets for your load balancer"); CreateLoadBalancer refuses fewer: "Not enough IP space
 * available in subnet-... ELB requires at least 8 free IP addresses in each subnet" (kubernetes-sigs/aws-load-balancer-controller#1233).
 */
const FREE_FOR_BALANCER = 8;

function balancerRoom({ setting, id, subnet }: NamedSubnet): string[] {
  const { CidrBlock = "", AvailableIpAddressCount: free } = subnet;
  if (Number(CidrBlock.split("/")[1]) > 27)
    return [
      `${setting}: ${id} has the range ${CidrBlock}, and a load balancer needs /27 or larger. Name a larger subnet.`,
    ];
  if (free === undefined || free >= FREE_FOR_BALANCER) return [];
  return [
    `${setting}: ${id} has ${free} free addresses, and a load balancer needs ${FREE_FOR_BALANCER} in each subnet. Free some, or name another subnet.`,
  ];
}

/** Each task on Fargate has a network interface, and so an address, of its own (ECS Developer Guide, "Fargate task networking"). */
function taskRoom(privates: readonly NamedSubnet[], tasks: NetworkUse["tasks"]): string[] {
  const [first] = privates;
  if (!first || !tasks || privates.some(({ subnet }) => subnet.AvailableIpAddressCount === undefined)) return [];
  const free = privates.reduce((sum, { subnet }) => sum + (subnet.AvailableIpAddressCount ?? 0), 0);
  const needed = tasks.most - tasks.running;
  if (free >= needed) return [];
  return [
    `${first.setting}: ${privates.map(({ id }) => id).join(", ")} have ${free} free addresses together, and up to ${needed} more tasks may run at once: scaling.max times service.maxPercent, one address each. Name more subnets, or lower scaling.max or service.maxPercent.`,
  ];
}
