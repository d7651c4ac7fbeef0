import type { AliasTarget, ResourceRecordSet } from "@aws-sdk/client-route-53";
import { refuse } from "../errors.ts";
import type { Sim } from "../sim.ts";

export interface SimZone {
  /** `Z` and letters and digits. */
  id: string;
  /** With a dot at its end. */
  name: string;
  isPrivate: boolean;
}

export interface SimRecord {
  zoneId: string;
  name: string;
  type: string;
  ttl?: number | undefined;
  values: string[];
  alias?: AliasTarget | undefined;
  /** Set for a record with a routing policy. */
  setIdentifier?: string | undefined;
  /** Since when the name servers answer with it. */
  since: number;
}

/** The zone that the simulated account has from the start, so that a stack on the target `local` can have a domain. */
const STANDING: SimZone = { id: "Z0LOCAL0EXAMPLE0COM0", name: "example.com.", isPrivate: false };

/** Zones are made by whoever has the domain; tests add theirs. */
export const zones = (sim: Sim): SimZone[] => [STANDING, ...Object.values(sim.global<SimZone>("route53.zones"))];
export const records = (sim: Sim) => sim.global<SimRecord>("route53.records");

/** Records at DNS providers outside AWS, `name type` -> value, and since when; tests write them. */
const elsewhere = (sim: Sim) => sim.global<{ value: string; since: number }>("~dns.elsewhere");

export const recordKey = (zoneId: string, name: string, type: string, setIdentifier = "") =>
  `${zoneId} ${name} ${type} ${setIdentifier}`.trimEnd();

/** A name as Route 53 keeps it: lower case, a dot at its end, `*` as `\052` (Route 53 Developer Guide, "DNS domain name format"). */
export const spelled = (name = ""): string => `${name.toLowerCase().replace(/\.$/, "").replaceAll("*", "\\052")}.`;

export const zoneOf = (sim: Sim, id = ""): SimZone =>
  zones(sim).find((zone) => zone.id === id.replace(/^\/hostedzone\//, "")) ??
  refuse("NoSuchHostedZone", `No hosted zone found with ID: ${id}`, 404);

/** Since when the world's DNS answers a CNAME with this value; `undefined` where it does not. */
export function answeredSince(sim: Sim, name: string, value: string): number | undefined {
  const isPublic = (id: string) => zones(sim).some((zone) => zone.id === id && !zone.isPrivate);
  const found = Object.values(records(sim)).find(
    (record) => record.type === "CNAME" && record.name === name && isPublic(record.zoneId),
  );
  if (found) return found.values[0] === value ? found.since : undefined;
  const other = elsewhere(sim)[name];
  return other?.value === value ? other.since : undefined;
}

/** How a record set is answered. */
export const answerOf = ({ name, type, ttl, values, alias, setIdentifier }: SimRecord): ResourceRecordSet => ({
  Name: name,
  Type: type as "A",
  ...(setIdentifier === undefined ? {} : { SetIdentifier: setIdentifier, Weight: 1 }),
  ...(alias ? { AliasTarget: alias } : { TTL: ttl, ResourceRecords: values.map((Value) => ({ Value })) }),
});
