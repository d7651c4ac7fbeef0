import type { Planned } from "../../engine/resource-kind.ts";
import { freeRanges, overlap } from "./ranges.ts";

interface Placed {
  vpcId: string;
  cidr: string;
  zone: string;
}

/**
 * Why EC2 would take no subnet with the range that is planned: it takes no two with a common address (InvalidSubnet.Conflict), and one goes
 * only once nothing is in it.
 */
export function rangeTaken<Spec extends Placed, Attrs extends object>(
  { id, action, spec, observed }: Planned<Spec, Attrs>,
  all: readonly Planned<Spec, Attrs>[],
): string | undefined {
  const { vpcId, cidr } = spec ?? {};
  // A VPC that is created in the same run is still empty.
  if ((action !== "create" && action !== "replace") || typeof vpcId !== "string" || cidr === undefined)
    return undefined;
  const standing = all.flatMap((other) =>
    other.observed?.spec.vpcId === vpcId && other.observed.spec.cidr !== undefined
      ? [{ id: other.id, subnetId: other.observed.id, cidr: other.observed.spec.cidr }]
      : [],
  );
  const met = standing.find((other) => overlap(other.cidr, cidr));
  if (!met) return undefined;
  const wanted = all.flatMap((other) => (other.spec?.cidr === undefined ? [] : [other.spec.cidr]));
  // Each of several subnets gets its own suggestion.
  const place = all
    .filter((other) => other.action === "create" || other.action === "replace")
    .findIndex((other) => other.id === id);
  const free = freeRanges(cidr, [...standing.map((other) => other.cidr), ...wanted], place + 1)[place];
  const instead = `Give it a CIDR block that does not overlap an existing subnet${free === undefined ? "" : `, such as ${free}`}.`;
  if (met.id === id && met.cidr === cidr)
    return `AWS cannot move subnet ${met.subnetId} to zone ${spec?.zone}, and a second subnet with ${cidr} cannot be created until the load balancer and the tasks have moved out of it. ${instead}`;
  return `${cidr} overlaps ${met.cidr} of ${met.id} (${met.subnetId}), which exists until the load balancer and the tasks have moved out of it${observed ? "" : ", if it is deleted at all"}. ${instead}`;
}
