// Checks an existing network before the first change for everything that AWS would reject, or that would fail minutes later. Read-only.
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

/** What the stack will create in a network. */
export interface NetworkUse {
  /** A load balancer is created, in the public subnets unless it is internal. */
  readonly newBalancer: boolean;
  /** That load balancer is internal, in the private subnets, and CloudFront reaches it through a VPC origin. */
  readonly isInternal?: boolean;
  /** The config says which stack the network belongs to. */
  readonly ownerIsKnown?: boolean;
  /** Tasks mount EFS volumes, which have one mount target per zone. */
  readonly volumes?: boolean;
  /** The maximum number of tasks at once, during a release, and how many run now; omitted if no tasks are started. */
  readonly tasks?: { readonly most: number; readonly running: number } | undefined;
  /** The endpoints that tasks need to start without a route out of the VPC, by the suffix of their names: `ecr.api`. */
  readonly endpoints: readonly string[];
}

/** The result of checking a network: blocking problems, and notes, one sentence each. */
export interface NetworkFindings {
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/** Reads an existing network and checks that a stack can use it. Read-only. */
export async function checkedNetwork(
  aws: Aws,
  snapshot: Snapshot,
  named: NamedNetwork,
  use: NetworkUse,
): Promise<NetworkFindings> {
  const vpc = await existingVpc(aws, snapshot, named.vpc);
  if (!vpc) {
    const look = awsCommand(["ec2", "describe-vpcs"], aws);
    const problem = `network.vpc: ${named.vpc} does not exist in ${aws.region} of account ${aws.account}, or is not shared with it. Correct the id, the region or the credentials. To list the VPCs: ${look}`;
    return { problems: [problem], notes: [] };
  }
  const reading = await readNetwork(aws, vpc, named);
  const { closed, ways } = placed(aws, named, reading);
  const inside = closed.length > 0 && !ways.isShared ? await readEndpoints(aws, named.vpc) : undefined;
  return networkFindings(aws, named, use, inside ? { ...reading, inside } : reading);
}

/** The configured subnets that are in the VPC; `closed`: the private ones without a route out of it. */
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

/** Problems and notes about a network. */
export function networkFindings(
  aws: Pick<Aws, "account" | "region" | "owner">,
  named: NamedNetwork,
  use: NetworkUse,
  reading: NetworkReading,
): NetworkFindings {
  const { vpc, subnets } = reading;
  const { publics: all, privates, ways, closed } = placed(aws, named, reading);
  const { isInternal = false } = use;
  // Nothing is in the public subnets then.
  const publics = isInternal ? [] : all;
  return {
    problems: [
      ...ownershipProblems(aws, vpc),
      ...(isInternal ? insideProblems(aws, named.vpc, reading, ways.isShared) : []),
      ...missingSubnets(aws, named, subnets),
      ...[...publics, ...privates].flatMap((one) => zoneProblems(aws.region, one)),
      ...spreadProblems(publics, privates, use),
      ...publics.flatMap((one) => publicRoute(ways, one)),
      ...privates.flatMap((one) => privateRoute(ways, one).problems),
      ...endpointProblems(ways, closed, use.endpoints),
      ...(use.newBalancer ? (isInternal ? privates : publics).flatMap(balancerRoom) : []),
      ...taskRoom(privates, use.tasks),
    ],
    notes: [...sharedNotes(named.vpc, vpc, ways.isShared), ...(use.ownerIsKnown ? [] : ownerNotes(aws, vpc))],
  };
}

/** "Restrict access with VPC origins", CloudFront Developer Guide, prerequisites. */
function insideProblems(
  aws: Pick<Aws, "account" | "region">,
  vpc: string,
  { internetGateways }: NetworkReading,
  isShared: boolean,
): string[] {
  if (isShared)
    return [
      `edge.origin: "vpc" needs a VPC of account ${aws.account}, that of the distribution, and ${vpc} belongs to another one. Set edge.origin to "public", with publicSubnets.`,
    ];
  if (internetGateways.length > 0) return [];
  const attach = awsCommand(["ec2", "attach-internet-gateway", "--vpc-id", vpc, "--internet-gateway-id", "ID"], aws);
  return [
    `network.vpc: ${vpc} has no internet gateway, which CloudFront asks for before it creates a VPC origin, although nothing is routed through it. Attach one: ${attach}`,
  ];
}

/** The stack's own network cannot be used as an existing one: it would be deleted, since it is no longer in the config. */
const ownershipProblems = (aws: Pick<Aws, "owner">, { VpcId, Tags }: Vpc): string[] =>
  isOwn(aws, tagsFrom(Tags))
    ? [
        `network.vpc: ${VpcId} was created by this stack, which would delete it, because a stack that uses an existing VPC has no VPC of its own. Use another VPC, or remove network.vpc from the config.`,
      ]
    : [];

const ownerNotes = (aws: Pick<Aws, "owner">, { VpcId, Tags }: Vpc): string[] => {
  const tags = tagsFrom(Tags);
  const owner = ownerOf(tags);
  return owner === undefined || isOwn(aws, tags)
    ? []
    : [
        `VPC ${VpcId} was created by another stack (${owner}). That stack can be torn down only after this one: AWS does not delete a VPC that has load balancers and tasks in it.`,
      ];
};

/**
 * A VPC of another account whose subnets are shared: the participant account creates load balancers,
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
      return [`${setting}: ${id} ${what}. Use a subnet of ${named.vpc}. To list its subnets: ${look}`];
    }),
  );
}

/**
 * Load balancers and Fargate services run in availability zones: Local Zones and Outposts have additional requirements
 * (ELB user guide, "Availability Zones for your Application Load Balancer"). Names of such zones are longer than the region and a letter.
 */
function zoneProblems(region: string, { setting, id, zone, subnet }: NamedSubnet): string[] {
  if (subnet.OutpostArn !== undefined || !/^[a-z]$/.test(zone.slice(region.length)))
    return [
      `${setting}: ${id} is in ${subnet.OutpostArn ?? zone}, which is not an availability zone of ${region}. Use a subnet in an availability zone.`,
    ];
  if (setting === "network.privateSubnets" && WITHOUT_FARGATE.has(subnet.AvailabilityZoneId ?? ""))
    return [
      `${setting}: ${id} is in ${zone} (${subnet.AvailabilityZoneId}), where AWS does not run Fargate tasks. Use a subnet in another zone.`,
    ];
  return [];
}

function spreadProblems(
  publics: readonly NamedSubnet[],
  privates: readonly NamedSubnet[],
  { volumes = false, ownerIsKnown = false, isInternal = false }: NetworkUse,
): string[] {
  const zones = new Set(publics.map(({ zone }) => zone));
  // ELB API reference, CreateLoadBalancer, Subnets: "You can specify only one subnet per Availability Zone."
  const doubledIn = (all: readonly NamedSubnet[], why: string) =>
    all.flatMap(({ setting, id, zone }, index) => {
      const other = all.findIndex((one) => one.zone === zone);
      return other < index
        ? [`${setting}: ${all[other]?.id} and ${id} are both in ${zone}, but ${why}. Keep one of them.`]
        : [];
    });
  const doubled = [
    ...doubledIn(publics, "a load balancer accepts only one subnet per zone"),
    // EFS API Reference, CreateMountTarget: MountTargetConflict.
    ...(isInternal ? doubledIn(privates, "an internal load balancer accepts only one subnet per zone") : []),
    ...(volumes && !isInternal ? doubledIn(privates, "an EFS file system has only one mount target per zone") : []),
  ];
  const narrow = [publics, privates].flatMap((all) => {
    const [one] = all;
    // How many zones the tasks have is for the config of a shared stack to say.
    const isDecided = ownerIsKnown && one?.setting === "network.privateSubnets";
    if (!one || isDecided || new Set(all.map(({ zone }) => zone)).size > 1) return [];
    // The same reference: "You must specify subnets from at least two Availability Zones."
    const why =
      one.setting === "network.publicSubnets"
        ? "a load balancer needs two zones"
        : "the service would not survive losing that zone";
    return [`${one.setting}: all subnets are in ${one.zone}, and ${why}. Add a subnet in another zone.`];
  });
  // ELB user guide, "Availability Zones": targets in a zone that is not enabled for the load balancer get no requests.
  const apart = privates.flatMap(({ id, zone }) =>
    zones.size === 0 || zones.has(zone)
      ? []
      : [
          `network.privateSubnets: ${id} is in ${zone}, where the load balancer has no subnet, so its tasks would get no requests. Add a public subnet in ${zone}, or use a private subnet in ${[...zones].toSorted().join(" or ")}.`,
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
      `${setting}: ${id} has the CIDR block ${CidrBlock}, but a load balancer needs /27 or larger. Use a larger subnet.`,
    ];
  if (free === undefined || free >= FREE_FOR_BALANCER) return [];
  return [
    `${setting}: ${id} has ${free} free IP addresses, but a load balancer needs ${FREE_FOR_BALANCER} in each subnet. Free some, or use another subnet.`,
  ];
}

/** Each Fargate task has its own network interface, and so its own address (ECS Developer Guide, "Fargate task networking"). */
function taskRoom(privates: readonly NamedSubnet[], tasks: NetworkUse["tasks"]): string[] {
  const [first] = privates;
  if (!first || !tasks || privates.some(({ subnet }) => subnet.AvailableIpAddressCount === undefined)) return [];
  const free = privates.reduce((sum, { subnet }) => sum + (subnet.AvailableIpAddressCount ?? 0), 0);
  const needed = tasks.most - tasks.running;
  if (free >= needed) return [];
  return [
    `${first.setting}: ${privates.map(({ id }) => id).join(", ")} have ${free} free IP addresses in total, but up to ${needed} more tasks may run at once (scaling.max times service.maxPercent), one address each. Add more subnets, or lower scaling.max or service.maxPercent.`,
  ];
}
