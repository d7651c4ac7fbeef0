import type {
  Change,
  ChangeResourceRecordSetsCommandInput,
  ChangeResourceRecordSetsCommandOutput,
  GetHostedZoneCommandInput,
  GetHostedZoneCommandOutput,
  ListHostedZonesByNameCommandInput,
  ListHostedZonesByNameCommandOutput,
  ListResourceRecordSetsCommandInput,
  ListResourceRecordSetsCommandOutput,
} from "@aws-sdk/client-route-53";
import { settleCertificates } from "../acm/records.ts";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";
import { answerOf, recordKey, records, spelled, zoneOf, zones, type SimRecord, type SimZone } from "./records.ts";

const zoneAnswer = ({ id, name, isPrivate }: SimZone) => ({
  Id: `/hostedzone/${id}`,
  Name: name,
  CallerReference: id,
  Config: { PrivateZone: isPrivate },
});

/** Names in the order of the lists: by their labels, the last one first (API reference, ListHostedZonesByName). */
const place = (name: string) => name.replace(/\.$/, "").split(".").toReversed().join(".");
const byPlace = (one: string, other: string) => (place(one) < place(other) ? -1 : place(one) > place(other) ? 1 : 0);

/** Route 53, as far as Fairlead asks it: the records of zones that exist already. */
export const route53 = {
  ListHostedZonesByName(input: ListHostedZonesByNameCommandInput, sim): Answer<ListHostedZonesByNameCommandOutput> {
    const { DNSName, MaxItems = "100", ...rest } = input;
    onlyKnown("ListHostedZonesByName", rest);
    const from = DNSName === undefined ? undefined : spelled(DNSName);
    const all = zones(sim)
      .filter(({ name }) => from === undefined || byPlace(name, from) >= 0)
      .toSorted((one, other) => byPlace(one.name, other.name));
    const size = Number(MaxItems);
    return {
      HostedZones: all.slice(0, size).map(zoneAnswer),
      DNSName,
      IsTruncated: all.length > size,
      ...(all[size] ? { NextDNSName: all[size].name, NextHostedZoneId: all[size].id } : {}),
      MaxItems: Number(MaxItems),
    };
  },

  GetHostedZone: (input: GetHostedZoneCommandInput, sim): Answer<GetHostedZoneCommandOutput> => ({
    HostedZone: zoneAnswer(zoneOf(sim, input.Id)),
  }),

  ListResourceRecordSets(input: ListResourceRecordSetsCommandInput, sim): Answer<ListResourceRecordSetsCommandOutput> {
    const { HostedZoneId, StartRecordName, StartRecordType, MaxItems = "300", ...rest } = input;
    onlyKnown("ListResourceRecordSets", rest);
    if (StartRecordType !== undefined && StartRecordName === undefined)
      refuse("InvalidInput", "StartRecordName must be specified if StartRecordType is specified");
    const { id } = zoneOf(sim, HostedZoneId);
    const from = StartRecordName === undefined ? undefined : spelled(StartRecordName);
    const all = Object.values(records(sim))
      .filter(({ zoneId, name }) => zoneId === id && (from === undefined || byPlace(name, from) >= 0))
      .filter(({ name, type }) => name !== from || StartRecordType === undefined || type >= StartRecordType)
      .toSorted((one, other) => byPlace(one.name, other.name) || (one.type < other.type ? -1 : 1));
    const size = Number(MaxItems);
    return {
      ResourceRecordSets: all.slice(0, size).map(answerOf),
      IsTruncated: all.length > size,
      MaxItems: Number(MaxItems),
    };
  },

  /** All changes of a batch, or none (API reference, ChangeResourceRecordSets). */
  ChangeResourceRecordSets(
    input: ChangeResourceRecordSetsCommandInput,
    sim,
  ): Answer<ChangeResourceRecordSetsCommandOutput> {
    const zone = zoneOf(sim, input.HostedZoneId);
    const changes = input.ChangeBatch?.Changes ?? [];
    if (changes.length === 0) refuse("InvalidInput", "The request contains an invalid set of changes: it is empty");
    settleCertificates(sim);
    const after = { ...records(sim) };
    const wrong = changes.flatMap((change) => carryOut(sim, zone, after, change) ?? []);
    if (wrong.length > 0) refuse("InvalidChangeBatch", `[${wrong.join(", ")}]`);
    const table = records(sim);
    for (const key of Object.keys(table)) if (!(key in after)) delete table[key];
    Object.assign(table, after);
    return {
      ChangeInfo: {
        Id: `/change/C${sim.world.hex(20).toUpperCase()}`,
        Status: "PENDING",
        SubmittedAt: new Date(sim.now),
      },
    };
  },
} satisfies Operations;

/** One change, in `after`; says why it is refused. */
function carryOut(
  sim: Sim,
  zone: SimZone,
  after: Record<string, SimRecord>,
  { Action, ResourceRecordSet: set }: Change,
): string | undefined {
  const { Name, Type = "A", TTL: ttl, ResourceRecords, AliasTarget: alias, SetIdentifier, ...rest } = set ?? {};
  onlyKnown("ResourceRecordSet", rest, "Weight");
  const name = spelled(Name);
  const what = `resource record set [name='${name}', type='${Type}']`;
  if (name !== zone.name && !name.endsWith(`.${zone.name}`))
    return `RRSet with DNS name ${name} is not permitted in zone ${zone.name}`;
  const values = (ResourceRecords ?? []).map(({ Value = "" }) => Value);
  if (alias ? values.length > 0 || ttl !== undefined : values.length === 0 || ttl === undefined)
    return `Invalid request: ${what} needs either an alias target, or values and a TTL`;
  const record: SimRecord = {
    zoneId: zone.id,
    name,
    type: Type,
    ttl,
    values,
    // As Route 53 keeps it: with a dot at the end.
    alias: alias && { ...alias, DNSName: `${alias.DNSName?.toLowerCase().replace(/\.$/, "")}.` },
    setIdentifier: SetIdentifier,
    // "Changes generally propagate to all Route 53 name servers within 60 seconds" (API reference, ChangeResourceRecordSets).
    since: sim.now + TIMING.dns * 1_000,
  };
  const key = recordKey(zone.id, name, Type, SetIdentifier);
  const old = after[key];
  if (Action === "DELETE") {
    if (!old) return `Tried to delete ${what} but it was not found`;
    if (!sameValues(old, record))
      return `Tried to delete ${what} but the values provided do not match the current values`;
    delete after[key];
    return undefined;
  }
  if (Action === "CREATE" && old) return `Tried to create ${what} but it already exists`;
  const atName = Object.values(after).filter((one) => one.zoneId === zone.id && one.name === name && one !== old);
  if (Type === "CNAME" && name === zone.name)
    return `RRSet of type CNAME with DNS name ${name} is not permitted at apex in zone ${zone.name}`;
  const clash = atName.find(({ type }) => (type === "CNAME") !== (Type === "CNAME") || type === Type);
  if (clash)
    return `RRSet of type ${Type} with DNS name ${name} is not permitted because a conflicting RRSet of type ${clash.type} with the same DNS name already exists in zone ${zone.name}`;
  after[key] = { ...record, since: old && sameValues(old, record) ? old.since : record.since };
  return undefined;
}

const sameValues = (one: SimRecord, other: SimRecord): boolean =>
  one.ttl === other.ttl &&
  one.values.join("\n") === other.values.join("\n") &&
  JSON.stringify(one.alias) === JSON.stringify(other.alias);
