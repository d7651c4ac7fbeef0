// Zones depend on the account: two accounts see the same zone under different letters, some zones are closed to new
// accounts, and some do not have Fargate.
import { DescribeAvailabilityZonesCommand } from "@aws-sdk/client-ec2";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { isOfStack } from "../owned.ts";
import { ID_TAG, ownerOf, tagsFrom } from "../tags.ts";
import { subnets } from "./subnet.ts";

/**
 * Zones without Fargate, by zone id, which is the same for every account (Amazon ECS Developer Guide, "Supported Regions for Amazon ECS
 * on AWS Fargate", the zone ids that its rows leave out).
 */
export const WITHOUT_FARGATE: ReadonlySet<string> = new Set([
  "use1-az3",
  "apne1-az3",
  "cac1-az3",
  "cac1-az4",
  "usw1-az2",
]);

/** The zones of the region that this account can use. */
export interface Zones {
  /** Every zone that is available, sorted by name. */
  readonly all: readonly string[];
  /** The zones with Fargate, in order of preference. */
  readonly fargate: readonly string[];
}

/** Reads the account's zones, without Local Zones and Wavelength Zones. */
export async function availableZones(aws: Aws): Promise<Zones> {
  const { AvailabilityZones = [] } = await aws.ec2(
    new DescribeAvailabilityZonesCommand({
      Filters: [
        { Name: "zone-type", Values: ["availability-zone"] },
        { Name: "state", Values: ["available"] },
      ],
    }),
  );
  const zones = AvailabilityZones.filter(({ OptInStatus }) => OptInStatus !== "not-opted-in")
    .map(({ ZoneName = "", ZoneId = "" }) => ({ name: ZoneName, id: ZoneId }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    all: zones.map(({ name }) => name),
    fargate: zones.filter(({ id }) => !WITHOUT_FARGATE.has(id)).map(({ name }) => name),
  };
}

/**
 * The zones of the stack's network, by index: `network/public-2`, or else `network/private-2`, has the
 * second one. If neither exists, the entry is empty. AWS is asked and not the state, which may be wrong, and a zone cannot be changed.
 */
export async function standingZones(aws: Aws, snapshot: Snapshot): Promise<(string | undefined)[]> {
  const standing = await subnets.ofStack(aws, snapshot);
  const zones: (string | undefined)[] = [];
  for (const tier of ["public", "private"])
    for (const { AvailabilityZone: zone, Tags } of standing) {
      const tags = tagsFrom(Tags);
      const owner = ownerOf(tags);
      const id = owner !== undefined && isOfStack(aws, owner) ? (tags[ID_TAG] ?? "") : "";
      const [, number] = new RegExp(`^network/${tier}-([1-9])$`).exec(id) ?? [];
      if (number !== undefined) zones[Number(number) - 1] ??= zone;
    }
  return Array.from(zones);
}
