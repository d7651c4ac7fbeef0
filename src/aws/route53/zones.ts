import { GetHostedZoneCommand, ListHostedZonesByNameCommand, type HostedZone } from "@aws-sdk/client-route-53";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import { shortId, spelled } from "./records.ts";

/** A public hosted zone. */
export interface Zone {
  readonly id: string;
  /** Without the dot at its end. */
  readonly name: string;
}

/** Several public zones of the account have the same name, so the config must name one. */
export class AmbiguousZone extends Error {
  override readonly name = "AmbiguousZone";
}

/** `a.b.example.com` and `b.example.com` and `example.com`: the zones that may have a domain, the longest first. */
function candidates(domain: string): string[] {
  const labels = domain.replace(/^\*\./, "").split(".");
  return labels.slice(0, -1).map((_, index) => labels.slice(index).join("."));
}

/** The zone of the account that has a domain: that with the longest name; `undefined` if there is none. */
export async function zoneFor(aws: Aws, snapshot: Snapshot, domain: string): Promise<Zone | undefined> {
  const found = await Promise.all(candidates(domain).map((name) => zoneNamed(aws, snapshot, name)));
  return found.find((zone) => zone !== undefined);
}

/** The zone with an id (`Z...`) or a name; `undefined` if there is none. */
export async function zoneGiven(aws: Aws, snapshot: Snapshot, zone: string): Promise<Zone | undefined> {
  if (!/^Z[A-Z0-9]+$/.test(zone)) return zoneNamed(aws, snapshot, zone);
  return snapshot.once(`route53/zone ${zone}`, async () => {
    const found = (await absent(aws.route53(new GetHostedZoneCommand({ Id: zone })), "NoSuchHostedZone"))?.HostedZone;
    return found && !isPrivate(found) ? zoneFrom(found) : undefined;
  });
}

/** One call: the list begins with the zones of that name, whatever else the account has (API reference, ListHostedZonesByName). */
const zoneNamed = (aws: Aws, snapshot: Snapshot, name: string): Promise<Zone | undefined> =>
  snapshot.once(`route53/zone ${name}`, async () => {
    const { HostedZones = [] } = await aws.route53(new ListHostedZonesByNameCommand({ DNSName: name, MaxItems: 10 }));
    const own = HostedZones.filter((zone) => zone.Name === spelled(name) && !isPrivate(zone));
    if (own.length > 1)
      throw new AmbiguousZone(
        `the account has several hosted zones called ${name}: ${own.map(({ Id }) => shortId(Id)).join(", ")}`,
      );
    return own[0] && zoneFrom(own[0]);
  });

/** Records of a private zone are seen in its VPCs only. */
const isPrivate = ({ Config }: HostedZone) => Config?.PrivateZone === true;

const zoneFrom = ({ Id, Name = "" }: HostedZone): Zone => ({ id: shortId(Id), name: Name.replace(/\.$/, "") });
