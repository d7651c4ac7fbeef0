import type { Aws } from "../aws/aws.ts";
import { AmbiguousZone, zoneFor, zoneGiven } from "../aws/route53/zones.ts";
import { ConfigError } from "../config/errors.ts";
import type { Stack } from "../config/stack.ts";
import type { Snapshot } from "../engine/snapshot.ts";

type Domains = Pick<Stack, "domains" | "dns">;

/** The id of the hosted zone of each domain name of a stack; without those whose DNS is elsewhere. Makes no calls if it has none. */
export async function hostedZones(
  { domains, dns }: Domains,
  aws: Aws,
  snapshot: Snapshot,
): Promise<Readonly<Record<string, string>>> {
  const found = domains.map(async (domain) => {
    const zone = await zoneOf({ domains, dns }, aws, snapshot, domain);
    return zone === undefined ? [] : [[domain, zone] as const];
  });
  return Object.fromEntries((await Promise.all(found)).flat());
}

async function zoneOf({ dns: { zone } }: Domains, aws: Aws, snapshot: Snapshot, domain: string) {
  const refuse = (path: string, message: string) => {
    throw new ConfigError([{ path, message }]);
  };
  try {
    if (zone === undefined) return (await zoneFor(aws, snapshot, domain))?.id;
    const found = await zoneGiven(aws, snapshot, zone);
    if (!found)
      return refuse(
        "dns.zone",
        `this account has no public hosted zone ${zone}; to list them: aws route53 list-hosted-zones`,
      );
    if (domain !== found.name && !domain.endsWith(`.${found.name}`))
      return refuse(
        "dns.zone",
        `hosted zone ${zone} is ${found.name}, which does not contain ${domain}; allowed: another zone, or none`,
      );
    return found.id;
  } catch (error) {
    if (!(error instanceof AmbiguousZone)) throw error;
    return refuse("dns.zone", `${error.message}; needed: the id of the one that the domain's registrar names`);
  }
}

/** What the user must do where a domain's DNS is not in Route 53, as sentences. */
export function elsewhereNotes(
  { domains }: Pick<Stack, "domains">,
  zones: Readonly<Record<string, string>> = {},
): string[] {
  const elsewhere = domains.filter((domain) => zones[domain] === undefined);
  if (elsewhere.length === 0) return [];
  return [
    `No hosted zone of this account contains ${elsewhere.join(", ")}, so the DNS records are yours to create at the domain's provider: those that the certificates wait for are shown during the run, and those that lead to the application are the output dns_records.`,
  ];
}
