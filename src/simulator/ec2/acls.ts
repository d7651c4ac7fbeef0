import type { Sim } from "../sim.ts";
import type { SimAclEntry, SimNetworkAcl, SimSubnet } from "./records.ts";
import { rangeOf, within } from "./shared.ts";

/** The rule of a default ACL ("Default network ACL for a VPC", VPC User Guide). */
export const ALLOW_ALL: SimAclEntry = {
  number: 100,
  egress: false,
  action: "allow",
  protocol: "-1",
  from: -1,
  to: -1,
  cidr: "0.0.0.0/0",
};

/** The ACL that AWS makes along with every VPC, which allows everything; its id follows from the VPC's. */
export const defaultAclOf = (vpcId: string): SimNetworkAcl => ({
  id: `acl-${vpcId.slice(vpcId.indexOf("-") + 1)}`,
  vpcId,
  entries: [ALLOW_ALL, { ...ALLOW_ALL, egress: true }],
  tags: [],
});

/** The id of a subnet's association: a new subnet has the default ACL. */
export const associationOf = ({ id, acl }: SimSubnet): string =>
  acl?.association ?? `aclassoc-${id.slice(id.indexOf("-") + 1)}`;

/** The one ACL that a subnet has. */
export const aclOf = (sim: Sim, { acl, vpcId }: SimSubnet): SimNetworkAcl =>
  sim.table<SimNetworkAcl>("ec2.networkAcls")[acl?.id ?? ""] ?? defaultAclOf(vpcId);

/** An end of a connection: a subnet, or any address on the internet. */
export type End = SimSubnet | "internet";

/** Ports that answers come back to: clients use any from 1024 on ("Ephemeral ports", VPC User Guide); these stand for all. */
const ANSWERS = [1024, 3389, 32_768, 60_999, 65_535];

/**
 * Whether network ACLs let a TCP connection through and its answers back. They are stateless, and are asked at the border of a subnet, so not
 * within one ("Control subnet traffic with network access control lists", VPC User Guide).
 */
export function aclsLet(sim: Sim, from: End, to: End, port: number): boolean {
  if (from !== "internet" && to !== "internet" && from.id === to.id) return true;
  const crosses = (one: End, other: End, ports: readonly number[]) =>
    ports.every(
      (at) =>
        (one === "internet" || allows(aclOf(sim, one), true, other, at)) &&
        (other === "internet" || allows(aclOf(sim, other), false, one, at)),
    );
  return crosses(from, to, [port]) && crosses(to, from, ANSWERS);
}

/** What the first rule that matches says; a rule for some of the peer's addresses counts if it denies. */
function allows({ entries = [] }: SimNetworkAcl, egress: boolean, peer: End, port: number): boolean {
  const rule = entries
    // Connections are made by IPv4 here.
    .filter((one) => one.egress === egress && !one.cidr.includes(":"))
    .filter((one) => one.protocol === "-1" || one.protocol === "6")
    .filter(({ protocol, from, to }) => protocol === "-1" || (from <= port && port <= to))
    .toSorted((one, other) => one.number - other.number)
    .find((one) => concerns(one, peer));
  return rule?.action === "allow";
}

const concerns = ({ action, cidr }: SimAclEntry, peer: End): boolean =>
  peer === "internet"
    ? // Half of the internet is denied by no rule for a few addresses.
      rangeOf(cidr).bits === 0
    : within(peer.cidr, cidr) || (action === "deny" && within(cidr, peer.cidr));
