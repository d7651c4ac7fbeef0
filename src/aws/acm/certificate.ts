// A certificate is requested at once and issued only when DNS has its validation records, which may take minutes or days. It can be in
// another region than the stack: CloudFront accepts those of us-east-1 only. Its ARN says in which.
import {
  AddTagsToCertificateCommand,
  DeleteCertificateCommand,
  RemoveTagsFromCertificateCommand,
  RequestCertificateCommand,
  type CertificateDetail,
  type KeyAlgorithm,
} from "@aws-sdk/client-acm";
import type { Look } from "../../engine/resource-kind.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { defineKind, wholeArn } from "../define-kind.ts";
import { absent } from "../errors.ts";
import { unlessHeld } from "../obstacles.ts";
import { ownedAmong } from "../owned.ts";
import { GLOBAL_REGION } from "../tagging.ts";
import { ownerOf, tagChanges, tagList, type Tags } from "../tags.ts";
import {
  certificatesIn,
  certificateTags,
  describedCertificate,
  GONE,
  isCertificateArn,
  regionIn,
} from "./certificates.ts";
import { heldCertificate } from "./obstacles.ts";
import { pendingText } from "./pending.ts";

export interface CertificateSpec {
  /** Where it is: the stack's region, or us-east-1 for a distribution. */
  region: string;
  /** At most ten; the first, of at most 64 characters, stays the first, the others are sorted. */
  domains: string[];
  keyAlgorithm: KeyAlgorithm;
  tags: Tags;
}

export interface CertificateAttrs {
  arn: string;
}

export const Certificate = defineKind<CertificateSpec, CertificateAttrs>({
  type: "acm/certificate",
  fields: {
    region: { immutable: true },
    domains: { immutable: true },
    keyAlgorithm: { immutable: true },
    tags: {},
  },
  traits: { markedAtOnce: true },
  timing: { ready: 150, listed: 15 },
  inventory: { idIn: wholeArn("acm", "certificate") },

  canonical: (spec) => ({ ...spec, domains: inOrder(spec.domains) }),

  async observe(aws, look) {
    const found = await findCertificate(aws, look);
    if (!found) return undefined;
    const { arn, certificate, tags } = found;
    const { Status: status, SubjectAlternativeNames: names = [], DomainName: first = "" } = certificate;
    return {
      id: arn,
      attrs: { arn },
      spec: {
        region: regionIn(arn),
        domains: inOrder([first, ...names.filter((name) => name !== first)]),
        // `RSA-2048` in some answers, `RSA_2048` in others (the AWS CLI's example of describe-certificate; botocore's enum).
        keyAlgorithm: certificate.KeyAlgorithm?.replace("-", "_") as KeyAlgorithm | undefined,
        tags,
      },
      ready: status === "ISSUED",
      status: status === "PENDING_VALIDATION" ? pendingText(certificate) : status,
      // ACM waits for 72 hours for the records (ACM User Guide, "DNS validation"): a run for an hour, and the next one continues.
      within: status === "PENDING_VALIDATION" ? 3_600 : undefined,
      failed: failureOf(certificate),
    };
  },

  async list(aws) {
    const regions = [...new Set([aws.region, GLOBAL_REGION])];
    const all = (await Promise.all(regions.map((region) => certificatesIn(aws, new Snapshot(), region)))).flat();
    return ownedAmong(
      aws,
      all.map(({ CertificateArn: id = "" }) => ({ id, tags: () => certificateTags(aws, id) })),
    );
  },

  /** Without `once`: within an hour the same token gets the same certificate (ACM API Reference, RequestCertificate). */
  async create(aws, spec, making) {
    const [DomainName, ...others] = spec.domains;
    const command = new RequestCertificateCommand({
      DomainName,
      ...(others.length > 0 ? { SubjectAlternativeNames: others } : {}),
      ValidationMethod: "DNS",
      KeyAlgorithm: spec.keyAlgorithm,
      IdempotencyToken: making.token.replaceAll(/\W/g, "_").slice(0, 32),
      Tags: tagList(spec.tags),
    });
    const { CertificateArn: arn = "" } = await aws.in(spec.region).acm(command);
    await making.created(arn);
    return { id: arn, attrs: { arn } };
  },

  async update(aws, { id: CertificateArn, spec: { tags = {} } }, spec) {
    const { write, remove } = tagChanges(spec.tags, tags);
    const { acm } = aws.in(regionIn(CertificateArn));
    if (Object.keys(write).length > 0)
      await acm(new AddTagsToCertificateCommand({ CertificateArn, Tags: tagList(write) }));
    if (remove.length > 0)
      await acm(new RemoveTagsFromCertificateCommand({ CertificateArn, Tags: remove.map((Key) => ({ Key })) }));
  },

  async delete(aws, { id: CertificateArn }) {
    const notYet = [...unlessHeld(aws, heldCertificate(aws, CertificateArn), IN_USE), CHANGING];
    const command = new DeleteCertificateCommand({ CertificateArn });
    await absent(aws.in(regionIn(CertificateArn)).acm(command, { notYet }), GONE);
  },
});

/**
 * It counts as used for a while after its last user let go of it: terraform-provider-aws tries for 20 minutes
 * (internal/service/acm/certificate.go, certificateCrossServicePropagationTimeout).
 */
const IN_USE: readonly NotYet[] = [{ code: "ResourceInUse", budget: 1_200 }];
/** "You are trying to update a resource ... that is already being created or updated" (botocore acm, ConflictException). */
const CHANGING: NotYet = { code: "ConflictException", budget: 120 };

/** The first name, then the others sorted: AWS keeps which is the first, and no order of the others. */
function inOrder(domains: readonly string[]): string[] {
  const [first, ...others] = domains;
  return first === undefined ? [] : [first, ...others.toSorted()];
}

/** Why it can never be used: AWS's status and reason. */
function failureOf({ Status: status, FailureReason: reason }: CertificateDetail): string | undefined {
  if (status === "FAILED") return `AWS did not issue it (${reason ?? "no reason given"})`;
  if (status === "VALIDATION_TIMED_OUT") return "its validation records were not there within 72 hours";
  return status === "EXPIRED" || status === "REVOKED" ? `it is ${status.toLowerCase()}` : undefined;
}

interface Found {
  readonly arn: string;
  readonly certificate: CertificateDetail;
  readonly tags: Tags;
}

/** By its ARN; otherwise by the tags of those with the same first name, since no list returns tags. */
async function findCertificate(aws: Aws, look: Look<CertificateSpec>): Promise<Found | undefined> {
  const { knownId, owner, excludeIds, spec, snapshot } = look;
  const known = isCertificateArn(knownId) ? await read(aws, snapshot, knownId) : undefined;
  if (known) return known;
  const { region, domains } = spec;
  if (region === undefined || domains === undefined) return undefined;
  const alike = (await certificatesIn(aws, snapshot, region)).filter(({ DomainName }) => DomainName === domains[0]);
  for (const { CertificateArn: arn = "" } of alike) {
    if (excludeIds.includes(arn)) continue;
    const found = await read(aws, snapshot, arn);
    if (found && ownerOf(found.tags) === owner) return found;
  }
  return undefined;
}

async function read(aws: Aws, snapshot: Snapshot, arn: string): Promise<Found | undefined> {
  const [certificate, tags] = await Promise.all([describedCertificate(aws, snapshot, arn), certificateTags(aws, arn)]);
  return certificate && tags && { arn, certificate, tags };
}
