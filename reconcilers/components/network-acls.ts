import { NetworkAcl } from "../../src/aws/ec2/network-acl.ts";
import { aclRules, type AclSettings, type Tier } from "../../src/config/network-acls.ts";
import type { AnyHandle, Output } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";

export interface NetworkAclsProps {
  readonly settings: AclSettings;
  readonly vpcId: Output<string>;
  /** The range of the VPC. */
  readonly cidr: string;
  readonly subnetIds: Readonly<Record<Tier, readonly Output<string>[]>>;
}

/** A network ACL for the subnets of each tier. Returns what must exist before something in the subnets is reached. */
export function networkAcls(
  scope: Scope,
  { settings, vpcId, cidr, subnetIds }: NetworkAclsProps,
): readonly AnyHandle[] {
  const rulesOf = (tier: Tier, direction: "in" | "out") => {
    const { denied, own, always } = aclRules(settings, tier, direction, cidr);
    return [...denied, ...own, ...always];
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
