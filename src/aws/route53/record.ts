// Records have no tags: a record at the same name that points elsewhere is not the stack's, and is never overwritten unless the user adopts
// it. A delete must repeat the live values.
import type { ResourceRecordSet } from "@aws-sdk/client-route-53";
import { UncertainAnswer } from "../../engine/resource-kind.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import { defineKind } from "../define-kind.ts";
import { messageOf } from "../errors.ts";
import {
  alreadyExists,
  changeRecord,
  deleteRecord,
  plainName,
  recordId,
  recordIn,
  recordsAt,
  shortId,
} from "./records.ts";

/** What an alias record points to. */
export interface AliasTarget {
  /** The zone of the target, such as Z2FDTNDATAQYW2 for every distribution. */
  zoneId: string;
  dnsName: string;
}

export interface RecordSpec {
  zoneId: string;
  name: string;
  type: "A" | "AAAA";
  alias: AliasTarget;
}

export interface RecordAttrs {
  name: string;
}

export const Record = defineKind<RecordSpec, RecordAttrs>({
  type: "route53/record",
  fields: {
    zoneId: { immutable: true, unique: true },
    name: { immutable: true, unique: true },
    type: { immutable: true, unique: true },
    alias: {},
  },
  // A domain is moved to another one: the old name is answered until the new one is.
  traits: { ownerless: true, deletedLast: true },
  // Route 53 Developer Guide: changes "generally propagate to all Route 53 name servers within 60 seconds", and resolvers keep an alias for the
  // TTL of its target, which is 60 seconds for a load balancer and a distribution ("Choosing between alias and non-alias records").
  timing: { cached: 120 },

  canonical: (spec) => ({ ...spec, name: lower(spec.name), alias: targetOf(spec.alias) }),

  async observe(aws, look) {
    const { zoneId, name, type } = recordIn(look.knownId) ?? look.spec;
    if (zoneId === undefined || name === undefined || type === undefined) return undefined;
    const all = await recordsAt(aws, look.snapshot, zoneId, name);
    // A CNAME excludes all other records of its name (Route 53 Developer Guide, "CNAME record type").
    const live = all.find(({ Type }) => Type === type) ?? all.find(({ Type }) => Type === "CNAME");
    if (!live) return undefined;
    const id = recordId(zoneId, name, live.Type ?? "");
    const alias = aliasFrom(live);
    const wanted = look.spec.alias && targetOf(look.spec.alias);
    const same = alias !== undefined && alias.dnsName === wanted?.dnsName && alias.zoneId === wanted.zoneId;
    return {
      id,
      attrs: { name: plainName(live.Name ?? name) },
      spec: { zoneId, name: lower(name), type: live.Type as RecordSpec["type"], alias },
      owner: id === look.knownId || same ? look.owner : undefined,
      ready: true,
    };
  },

  async create(aws, spec, making) {
    const id = recordId(spec.zoneId, spec.name, spec.type);
    await changeRecord(aws, spec.zoneId, "CREATE", recordOf(spec)).catch(async (error: unknown) => {
      if (!alreadyExists(error)) throw error;
      // By a call of this run whose response was lost, or by someone else a moment ago.
      const all = await recordsAt(aws, new Snapshot(), spec.zoneId, spec.name);
      const alias = aliasFrom(all.find(({ Type }) => Type === spec.type) ?? { Name: undefined, Type: undefined });
      if (alias?.dnsName === targetOf(spec.alias).dnsName)
        throw new UncertainAnswer(`ChangeResourceRecordSets: ${messageOf(error)}`, { cause: error });
      throw new Error(
        `The record ${spec.type} ${spec.name} has just been created by someone else and points elsewhere, so it was not changed. Delete it. To see what it points to: npx fairlead plan`,
        { cause: error },
      );
    });
    await making.created(id);
    return { id, attrs: { name: spec.name } };
  },

  async update(aws, _observed, spec) {
    await changeRecord(aws, spec.zoneId, "UPSERT", recordOf(spec));
  },

  async delete(aws, { id }) {
    const { zoneId = "", name = "", type } = recordIn(id) ?? {};
    await deleteRecord(aws, zoneId, async () =>
      (await recordsAt(aws, new Snapshot(), zoneId, name)).find(({ Type }) => Type === type),
    );
  },
});

const lower = (name: string) => name.toLowerCase();

/** Names as they are compared: AWS answers them with a dot at the end, a load balancer's also with `dualstack.` in front from its console. */
const targetOf = ({ zoneId, dnsName }: AliasTarget): AliasTarget => ({
  zoneId,
  // A name that is known only after apply is not a string yet.
  dnsName: typeof dnsName === "string" ? dnsName.toLowerCase().replace(/\.$/, "") : dnsName,
});

/** What a record points to; `undefined` for one with values of its own, a routing policy or a health check of its target. */
function aliasFrom({ AliasTarget: alias, SetIdentifier }: ResourceRecordSet): AliasTarget | undefined {
  const { DNSName, HostedZoneId, EvaluateTargetHealth } = alias ?? {};
  return DNSName === undefined || SetIdentifier !== undefined || EvaluateTargetHealth === true
    ? undefined
    : targetOf({ zoneId: shortId(HostedZoneId), dnsName: DNSName });
}

const recordOf = ({ name, type, alias }: RecordSpec): ResourceRecordSet => ({
  Name: name,
  Type: type,
  // CloudFront refuses true, and for one load balancer it changes nothing (Route 53 API reference, AliasTarget).
  AliasTarget: { HostedZoneId: alias.zoneId, DNSName: alias.dnsName, EvaluateTargetHealth: false },
});
