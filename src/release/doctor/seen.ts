import { GetVpcOriginCommand, type Distribution, type VpcOrigin } from "@aws-sdk/client-cloudfront";
import { DescribeServicesCommand, type Service } from "@aws-sdk/client-ecs";
import {
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type Listener,
  type LoadBalancer,
  type Rule,
  type TargetGroup,
  type TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { distributionOf } from "../../aws/cloudfront/by-owner.ts";
import { originFacingPrefixList } from "../../aws/ec2/prefix-list.ts";
import { hasReleased } from "../../aws/ecs/released.ts";
import { HTTPS_FIRST, listenerOn, loadBalancerNamed } from "../../aws/elb/by-name.ts";
import { absent } from "../../aws/errors.ts";
import { everyPage } from "../../aws/pages.ts";
import { sharedEdge } from "../../aws/shared-stack.ts";
import { namesOf } from "../../config/naming.ts";
import { primaryOf, twoRegionsOf } from "../../config/stack-regions.ts";
import { isPublic, type ServiceRef } from "../service-ref.ts";
import { originOf } from "./origin.ts";
import { imageOf, type Image } from "./running-image.ts";
import { startReading, vpcOf, type Reading } from "./network.ts";
import { addressesOfTasks } from "./tasks.ts";

/** Everything that the checks read from AWS; each is read once, in parallel unless one depends on another. */
export interface Seen {
  readonly front: Promise<FrontSeen>;
  /** `undefined` also if there is no CDN. */
  readonly distribution: Promise<Distribution | undefined>;
  /** The VPC origin of the distribution, if it has one. */
  readonly vpcOrigin: Promise<VpcOrigin | undefined>;
  readonly balancer: Promise<LoadBalancer | undefined>;
  /** The listener that CloudFront, or else users, send requests to. */
  readonly listener: Promise<Listener | undefined>;
  /** That listener's rules without the default one. */
  readonly rules: Promise<readonly Rule[]>;
  readonly targetGroup: Promise<TargetGroup | undefined>;
  readonly targets: Promise<readonly TargetHealthDescription[]>;
  readonly network: Reading;
  /** The id of CloudFront's managed prefix list; empty if there is no CDN. */
  readonly prefixList: Promise<string>;
  readonly service: Promise<Service | undefined>;
  /** The private addresses of the service's tasks. */
  readonly addresses: Promise<readonly string[]>;
  readonly image: Promise<Image | undefined>;
  /** Whether an approved deployment has set the service's image, or the config names one. */
  readonly released: Promise<boolean>;
}

/** What is in front of a load balancer. */
export interface FrontSeen {
  /** Whether users reach it without CDN. */
  readonly isOpen: boolean;
  readonly balancerName: string;
}

/** Starts all reads. */
export function look(ref: ServiceRef): Seen {
  const { aws } = ref;
  // An internal service has no load balancer or distribution in front of it.
  const ifPublic = <T>(read: (from: ServiceRef) => Promise<T | undefined>): Promise<T | undefined> =>
    isPublic(ref) ? read(ref) : Promise.resolve(undefined);
  const front = frontOf(ref);
  const balancer = ifPublic(async () => loadBalancerNamed(aws, (await front).balancerName));
  const listener = balancer.then((found) =>
    found?.LoadBalancerArn === undefined ? undefined : listenerOn(aws, found.LoadBalancerArn, portsOf(ref)),
  );
  const targetGroup = ifPublic(targetGroupOf);
  const service = serviceOf(ref);
  const distribution = ifPublic(async ({ stack }) =>
    (await front).isOpen
      ? undefined
      : distributionOf(aws, { ...aws.owner, ...stack.shared, ...ofFirst(stack) }, commentOf(ref)),
  );
  const seen: Seen = {
    front,
    distribution,
    vpcOrigin: distribution.then((found) => vpcOriginOf(ref, found)),
    balancer,
    listener,
    rules: listener.then((found) => rulesOf(ref, found?.ListenerArn)),
    targetGroup,
    targets: targetGroup.then((found) => targetsOf(ref, found?.TargetGroupArn)),
    // Tags may have been removed outside Fairlead; the load balancer also has the VPC's id.
    network: startReading(
      aws,
      ref.stack.network.vpc === undefined
        ? vpcOf(aws).then(async (id) => id ?? (await balancer)?.VpcId)
        : Promise.resolve(ref.stack.network.vpc),
      ref.stack.network.cidr,
    ),
    prefixList: front.then(({ isOpen }) => (isOpen ? "" : originFacingPrefixList(aws))),
    service,
    addresses: addressesOfTasks(ref),
    image: service.then((found) => imageOf(ref, found)),
    released: service.then((found) => ref.stack.container.image !== undefined || hasReleased(aws, ref.names, found)),
  };
  // A failure is thrown to each check that awaits the result.
  const { network, ...others } = seen;
  for (const read of [...Object.values(others), ...Object.values(network)]) read.catch(() => {});
  return seen;
}

/** In the second of two regions, the distribution is that of the first one. */
function ofFirst(stack: ServiceRef["stack"]): { readonly region?: string } {
  const region = primaryOf(stack);
  return region === undefined ? {} : { region };
}

function commentOf({ aws, names, stack }: ServiceRef): string {
  const two = twoRegionsOf(stack);
  return two ? namesOf({ ...stack, region: two.primary }, aws.account).distributionComment : names.distributionComment;
}

/** A stack that shares another one does not know whether that one has a domain. */
const portsOf = ({ stack }: ServiceRef): readonly number[] =>
  stack.shared ? HTTPS_FIRST : [stack.domains.length > 0 ? 443 : 80];

/** What is in front of the service's load balancer: the stack's own CDN or none, or what the stack that it shares has. */
const frontOf = async ({ aws, names, stack }: ServiceRef): Promise<FrontSeen> => {
  const own = { isOpen: stack.edge === undefined, balancerName: names.loadBalancer };
  if (!stack.shared) return own;
  const { isOpen, balancerName = own.balancerName } = await sharedEdge(aws, { ...aws.owner, ...stack.shared });
  return { isOpen, balancerName };
};

async function vpcOriginOf({ aws, stack }: ServiceRef, distribution: Distribution | undefined) {
  const Id = distribution && originOf(distribution, stack)?.VpcOriginConfig?.VpcOriginId;
  if (Id === undefined) return undefined;
  return (await absent(aws.cloudFront(new GetVpcOriginCommand({ Id })), "EntityNotFound"))?.VpcOrigin;
}

async function rulesOf({ aws }: ServiceRef, ListenerArn: string | undefined): Promise<readonly Rule[]> {
  if (ListenerArn === undefined) return [];
  const rules = await absent(
    everyPage(async (Marker) => {
      const page = await aws.elb(new DescribeRulesCommand({ ListenerArn, Marker }));
      return { items: page.Rules, next: page.NextMarker };
    }),
    "ListenerNotFound",
  );
  return (rules ?? []).filter(({ IsDefault }) => !IsDefault);
}

async function targetGroupOf({ aws, names }: ServiceRef): Promise<TargetGroup | undefined> {
  const asked = aws.elb(new DescribeTargetGroupsCommand({ Names: [names.targetGroup] }));
  return (await absent(asked, "TargetGroupNotFound"))?.TargetGroups?.[0];
}

async function targetsOf({ aws }: ServiceRef, TargetGroupArn: string | undefined) {
  if (TargetGroupArn === undefined) return [];
  const asked = aws.elb(new DescribeTargetHealthCommand({ TargetGroupArn }));
  return (await absent(asked, "TargetGroupNotFound"))?.TargetHealthDescriptions ?? [];
}

async function serviceOf({ aws, names }: ServiceRef): Promise<Service | undefined> {
  const asked = aws.ecs(new DescribeServicesCommand({ cluster: names.cluster, services: [names.service] }));
  const service = (await absent(asked, "ClusterNotFoundException"))?.services?.[0];
  // A deleted service stays visible for a while.
  return service?.status === "INACTIVE" ? undefined : service;
}
