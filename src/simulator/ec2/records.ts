import type { Tag } from "@aws-sdk/client-ec2";
import { refuse } from "../errors.ts";
import type { Lagging, Sim } from "../sim.ts";

/** What all EC2 records have. */
export interface Ec2Record extends Lagging {
  id: string;
  tags: Tag[];
}

export interface SimVpc extends Ec2Record {
  cidr: string;
  /** Ranges that were added to the first one, by association id. */
  more?: Record<string, string>;
  /** The IPv6 range that Amazon provided, with the id of the association and when it is through. */
  ipv6?: SimIpv6Range;
  dnsSupport: boolean;
  dnsHostnames: boolean;
}

/** An IPv6 range of a VPC or of a subnet. */
export interface SimIpv6Range {
  id: string;
  cidr: string;
  /** It is `associating` until then. */
  readyAt: number;
}

export interface SimSubnet extends Ec2Record {
  vpcId: string;
  cidr: string;
  zone: string;
  mapPublicIp: boolean;
  ipv6?: SimIpv6Range;
  /** Whether interfaces that are created in it get an IPv6 address. */
  assignsIpv6?: boolean;
  /** Its network ACL and the id of the association; the VPC's default one if it never had another. */
  acl?: { id: string; association: string };
}

/** One rule of a network ACL. */
export interface SimAclEntry {
  number: number;
  egress: boolean;
  action: "allow" | "deny";
  /** A number, or -1 for all. */
  protocol: string;
  /** Ports, or the type and the code of ICMP; -1 for all, and where the protocol has none. */
  from: number;
  to: number;
  cidr: string;
}

export interface SimNetworkAcl extends Ec2Record {
  vpcId: string;
  entries?: SimAclEntry[] | undefined;
}

export interface SimInternetGateway extends Ec2Record {
  /** Where it is attached, and from when on that counts. */
  vpcId?: string | undefined;
  attachedAt?: number;
}

export interface SimEgressOnlyGateway extends Ec2Record {
  vpcId: string;
}

export interface SimAddress extends Ec2Record {
  publicIp: string;
}

export interface SimNatGateway extends Ec2Record {
  vpcId: string;
  subnetId: string;
  allocationId: string;
  createdAt: number;
  readyAt: number;
  /** Why it turns `failed` instead of `available`. */
  failure?: { code: string; message: string };
  /** When someone asked for its end, and when that is reached. */
  deletedAt?: number;
  goneAt?: number;
  interfaceId?: string;
}

export interface SimRoute {
  destination: string;
  /** The id of a gateway of any kind. */
  target: string;
}

export interface SimRouteTable extends Ec2Record {
  vpcId: string;
  main: boolean;
  routes: SimRoute[];
  /** Subnets by association id. */
  associations: Record<string, string>;
  /** Gateways by association id: where what comes in through them is led. */
  edges?: Record<string, string>;
}

/** One rule with one peer: a CIDR, or the id of a group or a prefix list. */
export interface SimRule {
  protocol: string;
  /** -1 where the protocol has no ports. */
  from: number;
  to: number;
  peer: string;
  description?: string | undefined;
}

export interface SimSecurityGroup extends Ec2Record {
  vpcId: string;
  name: string;
  description: string;
  ingress: SimRule[];
  egress: SimRule[];
}

export interface SimVpcEndpoint extends Ec2Record {
  vpcId: string;
  service: string;
  type: "Interface" | "Gateway";
  subnetIds: string[];
  groupIds: string[];
  routeTableIds: string[];
  privateDns: boolean;
  readyAt: number;
  goneAt?: number;
  /** Network interfaces by subnet. */
  interfaceIds: Record<string, string>;
}

/** An interface in a subnet, of whatever service: it holds its subnet, its groups and its VPC. */
export interface SimNetworkInterface {
  id: string;
  subnetId: string;
  vpcId: string;
  groupIds: string[];
  description: string;
  /** AWS's own word for what it is for; `interface` when left out. */
  type?: string | undefined;
  /** Who made it, by an alias or an account. */
  requesterId?: string | undefined;
  /** Set if no AWS service created it: its creator has to delete it. */
  byHand?: true;
  /** The instance that it is attached to. */
  instanceId?: string | undefined;
  /** Set for one that is attached to nothing. */
  available?: true;
  privateIp: string;
  /** Its IPv6 address, which holds the range of its subnet. */
  ipv6?: string | undefined;
  /** The address that the internet knows it by: it holds the internet gateway. */
  publicIp?: string | undefined;
  /** The Elastic IP address that it has. */
  allocationId?: string | undefined;
  /** When it disappears, once its owner let it go. */
  goneAt?: number;
  tags?: Tag[];
}

/** How an id leads to a record. */
type Lookup<T> = (sim: Sim, id: string | undefined) => T;

/**
 * A call that names a new resource, to describe it or to change it, may miss it for as long as a list does, with the same error as for one that
 * does not exist (EC2 API Reference, "Eventual consistency": "if you run a command to modify or describe the resource that you just created, its ID
 * might not have propagated throughout the system"; terraform-provider-aws retries the first reads of VPCs, subnets, route tables, gateways and
 * security groups, tfresource.RetryWhenNewResourceNotFound).
 */
const lookup =
  <T extends Lagging>(table: string, code: string, what: string): Lookup<T> =>
  (sim, id) => {
    const record = sim.table<T>(table)[id ?? ""];
    const isShown = record !== undefined && (record.visibleAt ?? 0) <= sim.now;
    return isShown ? record : refuse(code, `The ${what} '${id}' does not exist`);
  };

/** The records of the ids that a Describe call names. */
export const described = <T extends Lagging>(
  sim: Sim,
  ids: readonly string[] | undefined,
  of: Lookup<T>,
): T[] | undefined => ids?.map((id) => of(sim, id));

/** The record of an id, or EC2's refusal where there is none. */
export const vpcOf = lookup<SimVpc>("ec2.vpcs", "InvalidVpcID.NotFound", "vpc ID");

/** The ranges of a VPC: its first, and those that were added. */
export const vpcRanges = (vpc: SimVpc): string[] => [vpc.cidr, ...Object.values(vpc.more ?? {})];

export const networkAclOf = lookup<SimNetworkAcl>("ec2.networkAcls", "InvalidNetworkAclID.NotFound", "networkAcl ID");
export const subnetOf = lookup<SimSubnet>("ec2.subnets", "InvalidSubnetID.NotFound", "subnet ID");
export const internetGatewayOf = lookup<SimInternetGateway>(
  "ec2.internetGateways",
  "InvalidInternetGatewayID.NotFound",
  "internetGateway ID",
);
export const egressOnlyGatewayOf = lookup<SimEgressOnlyGateway>(
  "ec2.egressOnlyGateways",
  "InvalidGatewayID.NotFound",
  "egressOnlyInternetGateway ID",
);
export const addressOf = lookup<SimAddress>("ec2.addresses", "InvalidAllocationID.NotFound", "allocation ID");
export const natGatewayOf = lookup<SimNatGateway>("ec2.natGateways", "NatGatewayNotFound", "Nat Gateway");
export const routeTableOf = lookup<SimRouteTable>("ec2.routeTables", "InvalidRouteTableID.NotFound", "routeTable ID");
export const securityGroupOf = lookup<SimSecurityGroup>(
  "ec2.securityGroups",
  "InvalidGroup.NotFound",
  "security group",
);
export const vpcEndpointOf = lookup<SimVpcEndpoint>(
  "ec2.vpcEndpoints",
  "InvalidVpcEndpointId.NotFound",
  "Vpc Endpoint Id",
);
