import type {
  CreateLoadBalancerCommandInput,
  CreateLoadBalancerCommandOutput,
  DeleteLoadBalancerCommandInput,
  DescribeLoadBalancerAttributesCommandInput,
  DescribeLoadBalancerAttributesCommandOutput,
  DescribeLoadBalancersCommandInput,
  DescribeLoadBalancersCommandOutput,
  ModifyLoadBalancerAttributesCommandInput,
  ModifyLoadBalancerAttributesCommandOutput,
  SetIpAddressTypeCommandInput,
  SetIpAddressTypeCommandOutput,
  SetSecurityGroupsCommandInput,
  SetSubnetsCommandInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { leadsInto } from "../cloudfront/vpc-origins.ts";
import { isAttached } from "../ec2/gateways.ts";
import { addNetworkInterface, releaseNetworkInterfaces, type SimNetworkInterface } from "../ec2/network-interfaces.ts";
import { ipv6AddressIn } from "../ec2/ipv6-address.ts";
import { securityGroupOf, subnetOf, type SimInternetGateway } from "../ec2/records.ts";
import { freeAddresses } from "../ec2/subnets.ts";
import { publicAddress } from "../ec2/shared.ts";
import { dropCertificate } from "../acm/records.ts";
import { refuse, refusedAs } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import { ACCESS_LOGS, checkAccessLogs } from "./access-logs.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagsOfInput } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import { removeRule } from "./listeners.ts";
import {
  balancerOf,
  balancers,
  checkCount,
  checkName,
  dropActions,
  listeners,
  PAGES,
  rules,
  type SimLoadBalancer,
} from "./records.ts";

/** What AWS sets on every new application load balancer, as far as anyone asks for it. */
const DEFAULTS: Readonly<Record<string, string>> = {
  "access_logs.s3.enabled": "false",
  "access_logs.s3.bucket": "",
  "access_logs.s3.prefix": "",
  "client_keep_alive.seconds": "3600",
  "deletion_protection.enabled": "false",
  "idle_timeout.timeout_seconds": "60",
  "load_balancing.cross_zone.enabled": "true",
  "routing.http.desync_mitigation_mode": "defensive",
  "routing.http.drop_invalid_header_fields.enabled": "false",
  "routing.http.preserve_host_header.enabled": "false",
  "routing.http.xff_header_processing.mode": "append",
  "routing.http2.enabled": "true",
};

const answerOf = (sim: Sim, balancer: SimLoadBalancer) => ({
  LoadBalancerArn: balancer.arn,
  LoadBalancerName: balancer.name,
  // Elastic Load Balancing user guide, "Scheme": the DNS name of an internal load balancer starts with internal-.
  DNSName: `${balancer.scheme === "internal" ? "internal-" : ""}${balancer.name}-${balancer.hash.slice(0, 10)}.${sim.region}.elb.amazonaws.com`,
  CanonicalHostedZoneId: "Z14GRHDCWA56QT",
  CreatedTime: new Date(balancer.createdAt),
  Scheme: balancer.scheme as "internet-facing",
  VpcId: balancer.vpcId,
  State: { Code: balancer.readyAt > sim.now ? ("provisioning" as const) : ("active" as const) },
  Type: "application" as const,
  AvailabilityZones: balancer.subnetIds.map((SubnetId) => ({ SubnetId, ZoneName: subnetOf(sim, SubnetId).zone })),
  SecurityGroups: balancer.groupIds,
  IpAddressType: balancer.isDualStack ? ("dualstack" as const) : ("ipv4" as const),
});

/** ELB tells what it does not find in EC2 in its own errors (botocore elbv2, SubnetNotFoundException). */
const seenSubnet = (sim: Sim, id: string) =>
  refusedAs(
    () => subnetOf(sim, id),
    "SubnetNotFoundException",
    ({ message }) => message,
  );

/** The same of security groups, in AWS's words (kubernetes-sigs/aws-load-balancer-controller#2371). */
const groupIdsOf = (sim: Sim, ids: readonly string[] = []) =>
  ids.map((id) =>
    refusedAs(
      () => securityGroupOf(sim, id).id,
      "InvalidSecurityGroupException",
      ({ name, message }) => `${message} (Service: AmazonEC2; Status Code: 400; Error Code: ${name})`,
    ),
  );

/**
 * The VPC of subnets that a load balancer can be in: two zones at least, one subnet in each (ELB API reference, CreateLoadBalancer, Subnets),
 * with room in those that it is not in yet, and a way in from the internet where it faces it.
 */
function vpcOfSubnets(sim: Sim, ids: readonly string[] = [], scheme: string, now: readonly string[] = []): string {
  const found = ids.map((id) => seenSubnet(sim, id));
  if (new Set(found.map(({ zone }) => zone)).size < found.length)
    refuse(
      "InvalidConfigurationRequestException",
      "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
    );
  if (new Set(found.map(({ zone }) => zone)).size < 2)
    refuse(
      "InvalidConfigurationRequestException",
      "At least two subnets in two different Availability Zones must be specified",
    );
  const [{ vpcId } = { vpcId: "" }] = found;
  if (found.some((other) => other.vpcId !== vpcId))
    refuse("InvalidConfigurationRequestException", "All subnets must belong to the same VPC");
  const attached = Object.values(sim.table<SimInternetGateway>("ec2.internetGateways")).some(
    (gateway) => gateway.vpcId === vpcId && isAttached(sim, gateway),
  );
  if (scheme === "internet-facing" && !attached)
    refuse("InvalidSubnetException", `VPC ${vpcId} has no internet gateway`);
  // kubernetes-sigs/aws-load-balancer-controller#1233 has AWS's words.
  for (const subnet of found.filter(({ id }) => !now.includes(id)))
    if (freeAddresses(sim, subnet) < 8)
      refuse(
        "InvalidSubnetException",
        `Not enough IP space available in ${subnet.id}. ELB requires at least 8 free IP addresses in each subnet.`,
      );
  return vpcId;
}

/** Whether a load balancer has IPv6 addresses; kubernetes-sigs/aws-load-balancer-controller#4852 has AWS's words. */
function checkAddressType(sim: Sim, type: string | undefined, subnetIds: readonly string[] = []): boolean {
  if (type !== undefined && type !== "ipv4" && type !== "dualstack")
    refuse("InvalidConfigurationRequestException", `The simulated AWS knows no load balancers of type ${type}.`);
  const isReady = (id: string) => (subnetOf(sim, id).ipv6?.readyAt ?? Number.POSITIVE_INFINITY) <= sim.now;
  if (type === "dualstack" && !subnetIds.every(isReady))
    refuse("ValidationError", "You must specify subnets with an associated IPv6 CIDR block.");
  return type === "dualstack";
}

function place(sim: Sim, balancer: SimLoadBalancer) {
  balancer.interfaceIds = balancer.subnetIds.map(
    (subnetId) =>
      addNetworkInterface(sim, {
        subnetId,
        groupIds: balancer.groupIds,
        description: `ELB app/${balancer.name}/${balancer.hash}`,
        requesterId: "amazon-elb",
        ...(balancer.scheme === "internet-facing" ? { publicIp: publicAddress(sim) } : {}),
        ...(balancer.isDualStack ? { isDualStack: true } : {}),
      }).id,
  );
}

const attributeList = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));

export const loadBalancerOperations = {
  CreateLoadBalancer(input: CreateLoadBalancerCommandInput, sim): Answer<CreateLoadBalancerCommandOutput> {
    const name = checkName(input.Name ?? "");
    const scheme = input.Scheme ?? "internet-facing";
    const twin = Object.values(balancers(sim)).find((other) => other.name === name);
    const vpcId = vpcOfSubnets(sim, input.Subnets, scheme, twin?.subnetIds);
    const groupIds = groupIdsOf(sim, input.SecurityGroups);
    const isDualStack = checkAddressType(sim, input.IpAddressType, input.Subnets);
    if (twin) {
      const same =
        twin.scheme === scheme &&
        twin.subnetIds.toSorted().join() === (input.Subnets ?? []).toSorted().join() &&
        twin.groupIds.toSorted().join() === groupIds.toSorted().join();
      if (!same)
        refuse(
          "DuplicateLoadBalancerNameException",
          `A load balancer with the same name '${name}' exists, but with different settings`,
        );
      return { LoadBalancers: [answerOf(sim, twin)] };
    }
    const hash = sim.world.hex(16);
    const arn = sim.arn("elasticloadbalancing", `loadbalancer/app/${name}/${hash}`);
    const balancer: SimLoadBalancer = {
      arn,
      name,
      hash,
      scheme,
      vpcId,
      subnetIds: input.Subnets ?? [],
      groupIds,
      ...(isDualStack ? { isDualStack } : {}),
      attributes: { ...DEFAULTS },
      createdAt: sim.now,
      readyAt: sim.in(TIMING.loadBalancer),
      interfaceIds: [],
      tags: tagsOfInput(input.Tags),
    };
    place(sim, balancer);
    balancers(sim)[arn] = balancer;
    return { LoadBalancers: [answerOf(sim, balancer)] };
  },

  DescribeLoadBalancers(input: DescribeLoadBalancersCommandInput, sim): Answer<DescribeLoadBalancersCommandOutput> {
    onlyKnown("DescribeLoadBalancers", input, "LoadBalancerArns", "Names", "Marker", "PageSize");
    checkCount(input.LoadBalancerArns, input.Names);
    const all = Object.values(balancers(sim));
    const named = input.Names?.map(
      (name) =>
        all.find((balancer) => balancer.name === name) ??
        refuse("LoadBalancerNotFoundException", `Load balancers '[${name}]' not found`),
    );
    const asked = input.LoadBalancerArns?.map((arn) => balancerOf(sim, arn)) ?? named;
    const { page, next } = pageOf(asked ?? all, { token: input.Marker, size: input.PageSize }, PAGES);
    return { LoadBalancers: page.map((balancer) => answerOf(sim, balancer)), NextMarker: next };
  },

  DescribeLoadBalancerAttributes: (
    input: DescribeLoadBalancerAttributesCommandInput,
    sim,
  ): Answer<DescribeLoadBalancerAttributesCommandOutput> => ({
    Attributes: attributeList(balancerOf(sim, input.LoadBalancerArn).attributes),
  }),

  ModifyLoadBalancerAttributes(
    input: ModifyLoadBalancerAttributesCommandInput,
    sim,
  ): Answer<ModifyLoadBalancerAttributesCommandOutput> {
    const balancer = balancerOf(sim, input.LoadBalancerArn);
    const changed = { ...balancer.attributes };
    for (const { Key = "", Value = "" } of input.Attributes ?? []) {
      if (!(Key in DEFAULTS)) refuse("ValidationError", `Load balancer attribute key '${Key}' is not recognized`);
      changed[Key] = Value;
    }
    if (Object.keys(changed).some((key) => changed[key] !== balancer.attributes[key] && key.startsWith(ACCESS_LOGS)))
      checkAccessLogs(sim, changed);
    balancer.attributes = changed;
    return { Attributes: attributeList(balancer.attributes) };
  },

  SetSubnets(input: SetSubnetsCommandInput, sim) {
    const balancer = balancerOf(sim, input.LoadBalancerArn);
    vpcOfSubnets(sim, input.Subnets, balancer.scheme, balancer.subnetIds);
    checkAddressType(sim, input.IpAddressType ?? (balancer.isDualStack ? "dualstack" : "ipv4"), input.Subnets);
    releaseNetworkInterfaces(sim, balancer.interfaceIds, TIMING.loadBalancerInterfaces);
    balancer.subnetIds = input.Subnets ?? [];
    place(sim, balancer);
    return {};
  },

  SetIpAddressType(input: SetIpAddressTypeCommandInput, sim): Answer<SetIpAddressTypeCommandOutput> {
    const balancer = balancerOf(sim, input.LoadBalancerArn);
    balancer.isDualStack = checkAddressType(sim, input.IpAddressType, balancer.subnetIds);
    const interfaces = sim.table<SimNetworkInterface>("ec2.networkInterfaces");
    for (const own of balancer.interfaceIds.flatMap((id) => interfaces[id] ?? []))
      own.ipv6 = balancer.isDualStack ? ipv6AddressIn(subnetOf(sim, own.subnetId), sim.world.hex(16)) : undefined;
    return { IpAddressType: input.IpAddressType };
  },

  SetSecurityGroups(input: SetSecurityGroupsCommandInput, sim) {
    const balancer = balancerOf(sim, input.LoadBalancerArn);
    balancer.groupIds = groupIdsOf(sim, input.SecurityGroups);
    const interfaces = sim.table<SimNetworkInterface>("ec2.networkInterfaces");
    for (const own of balancer.interfaceIds.flatMap((id) => interfaces[id] ?? [])) own.groupIds = balancer.groupIds;
    return { SecurityGroupIds: balancer.groupIds };
  },

  DeleteLoadBalancer(input: DeleteLoadBalancerCommandInput, sim) {
    const balancer = balancers(sim)[input.LoadBalancerArn ?? ""];
    // Deleting what is not there is a success.
    if (!balancer) return {};
    if (balancer.attributes["deletion_protection.enabled"] === "true")
      refuse(
        "OperationNotPermittedException",
        `Load balancer '${balancer.arn}' cannot be deleted because deletion protection is enabled`,
      );
    if (leadsInto(sim, balancer.arn))
      refuse(
        "ResourceInUseException",
        `Load balancer '${balancer.arn}' cannot be deleted because it is currently associated with another service`,
      );
    for (const listener of Object.values(listeners(sim))) {
      if (listener.loadBalancerArn !== balancer.arn) continue;
      for (const rule of Object.values(rules(sim))) if (rule.listenerArn === listener.arn) removeRule(sim, rule);
      dropActions(sim, listener.actions);
      dropCertificate(sim, listener.certificateArn);
      delete listeners(sim)[listener.arn];
    }
    releaseNetworkInterfaces(sim, balancer.interfaceIds, TIMING.loadBalancerInterfaces);
    delete balancers(sim)[balancer.arn];
    return {};
  },
} satisfies Operations;
