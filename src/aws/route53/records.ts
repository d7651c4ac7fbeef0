import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  type ChangeAction,
  type ResourceRecordSet,
} from "@aws-sdk/client-route-53";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { absent, hasCode, messageOf } from "../errors.ts";

/** Ids come back as `/hostedzone/Z...` (API reference, HostedZone). */
export const shortId = (id = ""): string => id.replace(/^\/hostedzone\//, "");

/** A name as Route 53 answers it: a dot at its end, `*` as `\052` (Route 53 Developer Guide, "DNS domain name format"). */
export const spelled = (name: string): string => `${name.toLowerCase().replace(/\.$/, "").replaceAll("*", "\\052")}.`;

/** The same for people. */
export const plainName = (name: string): string => name.replace(/\.$/, "").replaceAll("\\052", "*");

/** The id of a record set: its zone, name and type. */
export const recordId = (zoneId: string, name: string, type: string): string =>
  `${zoneId}/${plainName(spelled(name))}/${type}`;

/** The parts of such an id. */
export function recordIn(id: string | undefined): { zoneId: string; name: string; type: string } | undefined {
  const [zoneId, name, type, more] = id?.split("/") ?? [];
  return zoneId === undefined || name === undefined || type === undefined || more !== undefined
    ? undefined
    : { zoneId, name, type };
}

/** All record sets at a name, in one call; none if the zone does not exist. */
export const recordsAt = (aws: Aws, snapshot: Snapshot, zoneId: string, name: string): Promise<ResourceRecordSet[]> =>
  snapshot.once(`route53/records ${zoneId} ${spelled(name)}`, async () => {
    const asked = aws.route53(
      new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, StartRecordName: spelled(name), MaxItems: 100 }),
    );
    const { ResourceRecordSets = [] } = (await absent(asked, "NoSuchHostedZone")) ?? {};
    return ResourceRecordSets.filter(({ Name }) => Name === spelled(name));
  });

/** Changes one record set. A change that another one precedes is tried again like any throttled call (PriorRequestNotComplete). */
export const changeRecord = (aws: Aws, HostedZoneId: string, Action: ChangeAction, set: ResourceRecordSet) =>
  aws.route53(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId,
      ChangeBatch: { Changes: [{ Action, ResourceRecordSet: set }] },
    }),
  );

/**
 * Deletes the record set that `find` returns, as it is at that moment: "the values that you specify must match" (API reference,
 * ChangeResourceRecordSets). If someone changes it in between, it is read again, once. One that is gone is a success.
 */
export async function deleteRecord(
  aws: Aws,
  zoneId: string,
  find: () => Promise<ResourceRecordSet | undefined>,
): Promise<void> {
  for (let tries = 0; ; tries++) {
    const live = await find();
    if (!live) return;
    try {
      await absent(changeRecord(aws, zoneId, "DELETE", live), "NoSuchHostedZone");
      return;
    } catch (error) {
      if (tries > 0 || !hasCode(error, "InvalidChangeBatch")) throw error;
    }
  }
}

/** Whether a create was refused because such a record exists. */
export const alreadyExists = (error: unknown): boolean =>
  hasCode(error, "InvalidChangeBatch") && messageOf(error).includes("already exists");
