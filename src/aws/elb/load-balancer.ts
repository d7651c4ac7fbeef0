// The DNS name is known immediately and listeners are accepted while the load balancer is still provisioning, so little has to wait for
// it; once deleted it disappears from every list immediately, but its network interfaces block its subnets and groups for a while.
import {
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  ModifyLoadBalancerAttributesCommand,
  SetIpAddressTypeCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
  type LoadBalancer as AwsLoadBalancer,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Look } from "../../engine/resource-kind.ts";
import { ahead } from "../ahead.ts";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { SET, some, unmanagedIn, type Usual } from "../beyond.ts";
import { absent } from "../errors.ts";
import { unlessHeld } from "../obstacles.ts";
import { namedAfter } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { wholeArn, defineKind } from "../define-kind.ts";
import { tagList, type Tags } from "../tags.ts";
import { asRecorded } from "../to-delete.ts";
import { heldLoadBalancer } from "./obstacles.ts";
import { DEFAULTS, LOG_BUCKET, LOGS, PROTECTION } from "./load-balancer-attributes.ts";
import {
  askForTags,
  attributeChanges,
  attributesFrom,
  changeTags,
  foreignAttributes,
  isArn,
  notSeenYet,
  ownedIn,
  sorted,
  tagsIfThere,
  tagsOf,
  type Attributes,
} from "./shared.ts";

export interface LoadBalancerSpec {
  /** At most 32 letters, digits and hyphens. */
  name: string;
  vpcId: string;
  scheme: "internet-facing" | "internal";
  /** In at least two zones; sorted. */
  subnetIds: string[];
  /** Sorted. */
  groupIds: string[];
  /** With IPv6 addresses too, of which each of its subnets needs a range; omitted for IPv4 alone. */
  ipAddressType?: "dualstack" | undefined;
  /** AWS's attributes by key, such as `idle_timeout.timeout_seconds`; others are left unchanged. */
  attributes: Attributes;
  tags: Tags;
}

export interface LoadBalancerAttrs {
  arn: string;
  dnsName: string;
  /** The Route 53 zone that an alias record to the DNS name needs. */
  zoneId: string;
  /** `app/<name>/<hash>`: its name in CloudWatch. */
  fullName: string;
}

export const LoadBalancer = defineKind<LoadBalancerSpec, LoadBalancerAttrs>({
  type: "elb/load-balancer",
  fields: {
    name: { immutable: true, unique: true },
    vpcId: { immutable: true },
    scheme: { immutable: true },
    subnetIds: {},
    groupIds: {},
    ipAddressType: {},
    attributes: { keyed: "provider-filled" },
    tags: {},
  },
  // The zone of all load balancers of a region.
  attrs: { zoneId: { shared: true } },
  // A group that is taken off may be the one that lets CloudFront in, until its latest change is deployed.
  traits: { markedAtOnce: true, addsFirst: ["groupIds"] },
  timing: { ready: 160, gone: 20 },
  inventory: { idIn: wholeArn("elasticloadbalancing", "loadbalancer") },

  canonical: (spec) => ({ ...spec, subnetIds: sorted(spec.subnetIds), groupIds: sorted(spec.groupIds) }),

  interrupts: ({ action, changed, spec }) =>
    // One of another scheme stands beside it, with target groups of its own, until CloudFront or users have moved to it.
    action === "replace" && !(changed.has("scheme") && !changed.has("vpcId"))
      ? {
          // A VPC origin to the new one takes a quarter of an hour. In another VPC the tasks wait for its NAT gateways, which take over the
          // addresses of the old ones once those are deleted.
          seconds: (spec?.scheme === "internal" ? 1_200 : 300) + (changed.has("vpcId") ? 300 : 0),
          why: changed.has("vpcId")
            ? "requests fail from when the old load balancer is deleted until the tasks run behind the new one and CloudFront uses it"
            : "requests fail from when the tasks leave the old load balancer until CloudFront uses the new one",
        }
      : undefined,

  async observe(aws, look) {
    if (!look.brief) askForTags(aws, look);
    const settingsIn = ahead(look, isArn(look.knownId) ? look.knownId : undefined, (LoadBalancerArn) =>
      absent(aws.elb(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn })), "LoadBalancerNotFound"),
    );
    if (look.toDelete && isArn(look.knownId)) {
      const [settings, tags] = await Promise.all([
        settingsIn(look.knownId),
        tagsIfThere(aws, look.snapshot, look.knownId),
      ]);
      // Deletion protection is taken off first, whoever put it on.
      const attributes = attributesFrom(settings?.Attributes, DEFAULTS);
      return settings && asRecorded({ ...look, spec: { ...look.spec, attributes } }, tags);
    }
    const balancer = await findBalancer(aws, look);
    const LoadBalancerArn = balancer?.LoadBalancerArn;
    if (!balancer || LoadBalancerArn === undefined) return undefined;
    if (look.brief) return { id: LoadBalancerArn, attrs: attrsOf(balancer), spec: {}, ...statusOf(balancer) };
    const [settings, tags] = await Promise.all([
      settingsIn(LoadBalancerArn),
      tagsOf(aws, look.snapshot, LoadBalancerArn),
    ]);
    if (!settings) return undefined;
    const attributes = attributesFrom(settings.Attributes, DEFAULTS);
    // Where no state tells of them, logs in a bucket that is named after the stack are its own.
    const own = look.knownId === undefined && namedAfter(aws.stack, attributes[LOG_BUCKET]) ? LOGS : undefined;
    return {
      id: LoadBalancerArn,
      attrs: attrsOf(balancer),
      spec: {
        name: balancer.LoadBalancerName,
        vpcId: balancer.VpcId,
        scheme: balancer.Scheme,
        subnetIds: sorted((balancer.AvailabilityZones ?? []).map(({ SubnetId = "" }) => SubnetId)),
        groupIds: sorted(balancer.SecurityGroups ?? []),
        ...(balancer.IpAddressType === DUAL ? { ipAddressType: DUAL } : {}),
        attributes,
        tags,
      },
      ...(own ? { own: { attributes: Object.keys(own) } } : {}),
      unmanaged: some(
        foreignAttributes(attributes, { ...own, ...look.spec.attributes }, DEFAULTS),
        unmanagedIn(balancer, { ...USUAL, ...(look.spec.ipAddressType && { IpAddressType: DUAL }) }),
      ),
      ...statusOf(balancer),
    };
  },

  async list(aws) {
    const all = await everyPage(async (Marker) => {
      const page = await aws.elb(new DescribeLoadBalancersCommand({ Marker }));
      return { items: page.LoadBalancers, next: page.NextMarker };
    });
    return ownedIn(
      aws,
      all,
      ({ LoadBalancerName }) => LoadBalancerName,
      ({ LoadBalancerArn }) => LoadBalancerArn,
    );
  },

  async create(aws, spec, making) {
    const { LoadBalancers } = await aws.elb(
      new CreateLoadBalancerCommand({
        Name: spec.name,
        Type: "application",
        Scheme: spec.scheme,
        Subnets: spec.subnetIds,
        SecurityGroups: spec.groupIds,
        IpAddressType: spec.ipAddressType,
        Tags: tagList(spec.tags),
      }),
      { once: true, notYet: NETWORK_NOT_SEEN_YET },
    );
    const attrs = attrsOf(LoadBalancers?.[0] ?? {});
    await making.created(attrs.arn);
    // A listener takes it while it is still being provisioned; what routes requests to services waits for the attributes.
    making.usable(attrs);
    await setAttributes(aws, attrs.arn, DEFAULTS, spec.attributes);
    return { id: attrs.arn, attrs };
  },

  async update(aws, observed, spec, changed, { addOnly = false } = { note: () => {} }) {
    const LoadBalancerArn = observed.id;
    const kept = addOnly ? (observed.spec.groupIds ?? []) : [];
    const SecurityGroups = [...new Set([...spec.groupIds, ...kept])].toSorted();
    if (changed.has("subnetIds"))
      await aws.elb(new SetSubnetsCommand({ LoadBalancerArn, Subnets: spec.subnetIds }), {
        notYet: NETWORK_NOT_SEEN_YET,
      });
    if (changed.has("groupIds") && SecurityGroups.some((id) => !addOnly || !kept.includes(id)))
      await aws.elb(new SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups }), {
        notYet: NETWORK_NOT_SEEN_YET,
      });
    if (changed.has("ipAddressType"))
      await aws.elb(new SetIpAddressTypeCommand({ LoadBalancerArn, IpAddressType: spec.ipAddressType ?? "ipv4" }), {
        notYet: NETWORK_NOT_SEEN_YET,
      });
    await setAttributes(aws, LoadBalancerArn, observed.spec.attributes ?? {}, spec.attributes);
    await changeTags(aws, LoadBalancerArn, spec.tags, observed.spec.tags ?? {});
  },

  async delete(aws, { id: LoadBalancerArn, spec }) {
    if (spec.attributes?.[PROTECTION] === "true")
      await absent(setAttributes(aws, LoadBalancerArn, { [PROTECTION]: "true" }, { [PROTECTION]: "false" }), ABSENT);
    const notYet = unlessHeld(aws, heldLoadBalancer(aws, LoadBalancerArn), IN_USE);
    await absent(aws.elb(new DeleteLoadBalancerCommand({ LoadBalancerArn }), { notYet }), ABSENT);
  },
});

function statusOf({ State }: AwsLoadBalancer) {
  const state = State?.Code;
  return {
    // Impaired: it routes traffic but cannot scale.
    ready: state === "active" || state === "active_impaired",
    status: state,
    ...(state === "failed" ? { failed: State?.Reason ?? "AWS could not create it." } : {}),
  };
}

const DUAL = "dualstack";
const ABSENT = "LoadBalancerNotFound";

/** Another AWS service still uses it (API reference, DeleteLoadBalancer, ResourceInUse). Terraform's delete timeout is ten minutes (aws_lb). */
const IN_USE: readonly NotYet[] = [{ code: "ResourceInUse", budget: 600 }];

/** What Fairlead or AWS sets ("LoadBalancer" in the API reference of Elastic Load Balancing v2). */
const USUAL: Usual = {
  LoadBalancerArn: SET,
  DNSName: SET,
  CanonicalHostedZoneId: SET,
  CreatedTime: SET,
  LoadBalancerName: SET,
  Scheme: SET,
  VpcId: SET,
  State: SET,
  Type: SET,
  AvailabilityZones: SET,
  SecurityGroups: SET,
  IpAddressType: "ipv4",
};

/** New subnets, groups and internet gateway attachments: ELB reads them from EC2's lagging lists. */
const NETWORK_NOT_SEEN_YET: readonly NotYet[] = [
  ...notSeenYet("SubnetNotFound", "InvalidSubnetID.NotFound", "InvalidSecurityGroup"),
  { code: "InvalidSubnet", says: "has no internet gateway", budget: 60 },
  // A range that a subnet has just got (kubernetes-sigs/aws-load-balancer-controller#4852 has AWS's words).
  { code: "ValidationError", says: "associated IPv6 CIDR block", budget: 60 },
];

async function findBalancer(aws: Aws, look: Look<LoadBalancerSpec>): Promise<AwsLoadBalancer | undefined> {
  const read = (key: string, by: { LoadBalancerArns: string[] } | { Names: string[] }) =>
    look.snapshot.once(`elb/load-balancer ${key}`, async () => {
      const found = await absent(aws.elb(new DescribeLoadBalancersCommand(by)), ABSENT);
      return found?.LoadBalancers?.[0];
    });
  const { knownId, spec } = look;
  const known = isArn(knownId) ? await read(knownId, { LoadBalancerArns: [knownId] }) : undefined;
  // A poll is for this one alone.
  if (known || spec.name === undefined || (isArn(knownId) && look.brief)) return known;
  return read(spec.name, { Names: [spec.name] });
}

const attrsOf = (balancer: AwsLoadBalancer): LoadBalancerAttrs => ({
  arn: balancer.LoadBalancerArn ?? "",
  dnsName: balancer.DNSName ?? "",
  zoneId: balancer.CanonicalHostedZoneId ?? "",
  fullName: fullNameIn(balancer.LoadBalancerArn ?? ""),
});

/** The part of a load balancer's ARN that CloudWatch knows it by. */
export const fullNameIn = (arn: string): string => arn.slice(arn.indexOf("loadbalancer/") + "loadbalancer/".length);

async function setAttributes(aws: Aws, LoadBalancerArn: string, now: Attributes, wanted: Attributes) {
  const Attributes = attributeChanges(wanted, now, DEFAULTS);
  if (Attributes.length > 0)
    await aws.elb(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes }), {
      // The bucket's policy for access logs takes a few minutes to propagate.
      notYet: [{ code: "InvalidConfigurationRequest", says: "Access Denied for bucket", budget: 300 }],
    });
}
