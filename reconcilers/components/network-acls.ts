import { NetworkAcl } from "../../src/aws/ec2/network-acl.ts";
import { aclRules, type AclSettings, type Tier } from "../../src/config/network-acls.ts";
import type { AnyHandle, Output } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";

export interface NetworkAclsProps {
  readonly settings: AclSettings;
  readonly vpcId: Output<string>;
  /** The range of the VPC. */
  readonly cidr: string;
  /** Its IPv6 range; omitted if it has none. */
  readonly ipv6Cidr: Output<string> | undefined;
  readonly subnetIds: Readonly<Record<Tier, readonly Output<string>[]>>;
}

/** Lets in whatever comes from the VPC itself, by IPv6; right before the other rules that a stack needs. */
const INSIDE = { number: 999, action: "allow", protocol: "-1", fromPort: -1, toPort: -1 } as const;

/** A network ACL for the subnets of each tier. Returns what must exist before something in the subnets is reached. */
export function networkAcls(
  scope: Scope,
  { settings, vpcId, cidr, ipv6Cidr, subnetIds }: NetworkAclsProps,
): readonly AnyHandle[] {
  const rulesOf = (tier: Tier, direction: "in" | "out") => {
    const ipv6 = ipv6Cidr !== undefined;
    const { denied, own, always } = aclRules(settings, tier, direction, { vpc: cidr, ipv6 });
    const inside = ipv6Cidr && direction === "in" ? [{ ...INSIDE, cidr: ipv6Cidr }] : [];
    return [...denied, ...own, ...inside, ...always];
  };
  return (["public", "private"] as const).map((tier) =>
    scope.add(`network/${tier}-acl`, NetworkAcl, {
      vpcId,
      ingress: rulesOf(tier, "in"),
      egress: rulesOf(tier, "out"),
      subnetIds: subnetIds[tier],
    }),
  );
}
