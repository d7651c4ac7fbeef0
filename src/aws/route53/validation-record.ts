// The CNAME that proves to ACM that a domain is the account's is the same in every region and for every certificate of that domain, also
// of other stacks, and is needed again at each renewal: it is written over whatever is there, and deleted only with the last of them.
import { DescribeRegionsCommand } from "@aws-sdk/client-ec2";
import { Busy } from "../../engine/resource-kind.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import {
  certificatesIn,
  certificateTags,
  describedCertificate,
  isCertificateArn,
  validatedName,
  validationIn,
} from "../acm/certificates.ts";
import type { Aws } from "../aws.ts";
import { defineKind } from "../define-kind.ts";
import { isDenied } from "../errors.ts";
import { isOwn } from "../obstacles.ts";
import { changeRecord, deleteRecord, plainName, recordId, recordIn, recordsAt, spelled } from "./records.ts";

export interface ValidationRecordSpec {
  zoneId: string;
  /** Without `*.`: a domain and its wildcard have the same record. */
  domain: string;
  /** The certificate that tells the record's name and value. */
  certificateArn: string;
  /** Seconds for which name servers keep it. */
  ttl: number;
}

export interface ValidationRecordAttrs {
  /** The record's name. */
  name: string;
}

export const ValidationRecord = defineKind<ValidationRecordSpec, ValidationRecordAttrs>({
  type: "route53/validation-record",
  fields: {
    zoneId: { immutable: true, unique: true },
    domain: { immutable: true, unique: true },
    certificateArn: { writeOnly: true },
    ttl: {},
  },
  traits: { ownerless: true },

  async observe(aws, look) {
    const known = recordIn(look.knownId);
    const { certificateArn, domain = known && domainOf(known.name) } = look.spec;
    const zoneId = known?.zoneId ?? look.spec.zoneId;
    const wanted = domain === undefined ? undefined : await toldBy(aws, look.snapshot, certificateArn, domain);
    const name = known?.name ?? wanted?.name;
    if (zoneId === undefined || name === undefined) return undefined;
    const live = (await recordsAt(aws, look.snapshot, zoneId, name)).find(({ Type }) => Type === "CNAME");
    if (!live) return undefined;
    const value = live.ResourceRecords?.[0]?.Value;
    return {
      id: recordId(zoneId, name, "CNAME"),
      attrs: { name: plainName(name) },
      spec: { zoneId, domain: domainOf(plainName(name)), ttl: live.TTL },
      drifted:
        wanted && value !== wanted.value
          ? [{ field: "certificateArn", path: "value", old: value, new: wanted.value }]
          : undefined,
      owner: look.owner,
      ready: true,
    };
  },

  async create(aws, spec, making) {
    const record = await making.until(() => toldBy(aws, new Snapshot(), spec.certificateArn, spec.domain));
    await write(aws, spec, record);
    const id = recordId(spec.zoneId, record.name, "CNAME");
    await making.created(id);
    return { id, attrs: { name: plainName(record.name) } };
  },

  async update(aws, _observed, spec) {
    const record = await toldBy(aws, new Snapshot(), spec.certificateArn, spec.domain);
    if (!record) throw new Busy(`AWS has not named the validation record of ${spec.domain} yet.`);
    await write(aws, spec, record);
  },

  async delete(aws, { id }) {
    const { zoneId = "", name = "" } = recordIn(id) ?? {};
    const find = async () => (await recordsAt(aws, new Snapshot(), zoneId, name)).find(({ Type }) => Type === "CNAME");
    if ((await find()) && (await isNeeded(aws, domainOf(name)))) return;
    await deleteRecord(aws, zoneId, find);
  },
});

interface Validation {
  readonly name: string;
  readonly value: string;
}

/** The record that a certificate waits for; `undefined` if ACM does not tell it yet, or the certificate is gone. */
async function toldBy(
  aws: Aws,
  snapshot: Snapshot,
  arn: string | undefined,
  domain: string,
): Promise<Validation | undefined> {
  // An ARN that is known only after apply is not a string yet.
  if (typeof arn !== "string" || !isCertificateArn(arn)) return undefined;
  const certificate = await describedCertificate(aws, snapshot, arn);
  return certificate && validationIn(certificate, domain);
}

const write = (aws: Aws, { zoneId, ttl }: ValidationRecordSpec, { name, value }: Validation) =>
  changeRecord(aws, zoneId, "UPSERT", {
    Name: spelled(name),
    Type: "CNAME",
    TTL: ttl,
    ResourceRecords: [{ Value: value }],
  });

/** `_x1.shop.example.com` is the record of `shop.example.com`. */
const domainOf = (name: string): string => name.slice(name.indexOf(".") + 1);

/**
 * Whether another certificate of the account, in any of its regions, is renewed by the record of a domain. A region that may not be asked
 * counts as one that has such a certificate: a record that is left over does no harm, and a missing one ends a site half a year later.
 */
async function isNeeded(aws: Aws, domain: string): Promise<boolean> {
  const { Regions = [] } = await aws.ec2(new DescribeRegionsCommand({}));
  const asked = Regions.map(({ RegionName = "" }) => isNeededIn(aws, RegionName, domain));
  return (await Promise.all(asked)).includes(true);
}

async function isNeededIn(aws: Aws, region: string, domain: string): Promise<boolean> {
  try {
    const all = await certificatesIn(aws, new Snapshot(), region);
    const alike = all.filter(
      ({ Status, SubjectAlternativeNameSummaries: names = [] }) =>
        (Status === "ISSUED" || Status === "PENDING_VALIDATION") &&
        names.some((name) => validatedName(name) === domain),
    );
    const tags = await Promise.all(alike.map(({ CertificateArn = "" }) => certificateTags(aws, CertificateArn)));
    return tags.some((found) => found !== undefined && !isOwn(aws, found));
  } catch (error) {
    if (isDenied(error)) return true;
    throw error;
  }
}
