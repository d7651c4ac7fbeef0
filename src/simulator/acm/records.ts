import { createHash } from "node:crypto";
import { distributions } from "../cloudfront/records.ts";
import { listeners } from "../elb/records.ts";
import { refuse } from "../errors.ts";
import { uuid } from "../moment.ts";
import { plain } from "../plain.ts";
import { answeredSince } from "../route53/records.ts";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";

export interface SimCertificate {
  arn: string;
  domainName: string;
  /** The domain name among them. */
  names: string[];
  keyAlgorithm: string;
  createdAt: number;
  /** When its validation records appear. */
  recordsAt: number;
  /** Once it was issued, its records are needed for renewals only. */
  issuedAt?: number;
  /** Why it failed, for a test that lets it: one of AWS's reasons, such as `CAA_ERROR`. */
  failure?: string;
  tags: SimTags;
  token?: string | undefined;
  visibleAt?: number;
}

/** What RequestCertificate says, with the moment of the call. */
export interface Request {
  readonly domainName: string;
  readonly names: string[];
  readonly keyAlgorithm: string;
  readonly token: string | undefined;
  readonly now: number;
}

/** "Idempotency tokens time out after one hour" (ACM API Reference, RequestCertificate). */
const TOKEN_LASTS = 3_600_000;
/** ACM User Guide, "Quotas": ten names a certificate, unless AWS raised it. */
const MOST_NAMES = 10;
/** ACM User Guide, "DNS validation": it times out where the record is not there within 72 hours. */
const TIMES_OUT_AFTER = 72 * 3_600_000;

export const certificateRows = plain<SimCertificate, Request>({
  table: "acm.certificates",
  arn: (sim, key) => sim.arn("acm", `certificate/${key}`),
  sameAs: (before, { token, names, now }) =>
    token !== undefined &&
    before.token === token &&
    now - before.createdAt < TOKEN_LASTS &&
    before.names.join(" ") === names.join(" "),
  check(_sim, { domainName, names }) {
    if (names.length > MOST_NAMES)
      refuse("LimitExceededException", `The request exceeds the limit of ${MOST_NAMES} domain names`);
    // "The first domain name ... cannot exceed 64 octets" (ACM API Reference, RequestCertificate, DomainName).
    if (domainName.length > 64)
      refuse("InvalidDomainValidationOptionsException", "The first domain name can be no longer than 64 characters.");
  },
  made: (sim, { domainName, names, keyAlgorithm, token }) => ({
    domainName,
    names,
    keyAlgorithm,
    createdAt: sim.now,
    recordsAt: sim.in(TIMING.validationRecord),
    token,
  }),
  missing: (arn, sim) => [
    "ResourceNotFoundException",
    `Could not find certificate ${arn.startsWith("arn:") ? arn : sim.arn("acm", `certificate/${arn}`)}`,
  ],
  takesArn: true,
  tags: { code: "InvalidTagException", limitCode: "TooManyTagsException" },
  lag: { list: TIMING.listLag },
  pages: { usual: 100, most: 1_000, code: "ValidationException" },
  // botocore acm, DeleteCertificate: "You cannot delete an ACM certificate that is being used by another Amazon Web Services service."
  inUse(sim, { arn }) {
    if (usersOf(sim, arn).length > 0 || (usedUntil(sim)[arn] ?? 0) > sim.now)
      refuse("ResourceInUseException", `Certificate ${arn} in account ${sim.account} is in use.`);
  },
});

/** The key of a new certificate. */
export const newKey = uuid;

/** Until when a certificate counts as used by what was just taken off it. */
const usedUntil = (sim: Sim) => sim.global<number>("~acm.uses");

/**
 * A certificate that was taken off a listener or a distribution counts as used for a while (terraform-provider-aws,
 * internal/service/acm/certificate.go, certificateCrossServicePropagationTimeout: a delete is tried again for 20 minutes).
 */
export function dropCertificate(sim: Sim, arn: string | undefined): void {
  if (arn !== undefined) usedUntil(sim)[arn] = sim.in(TIMING.release + sim.world.random() * TIMING.certificateRelease);
}

/** The ARNs of what uses a certificate: load balancers and distributions (botocore acm, CertificateDetail, InUseBy). */
export function usersOf(sim: Sim, arn: string): string[] {
  const balancers = Object.values(listeners(sim)).filter(
    ({ certificateArn, otherCertificates = [] }) => certificateArn === arn || otherCertificates.includes(arn),
  );
  const edges = Object.values(distributions(sim)).filter(
    ({ config }) => config.ViewerCertificate?.ACMCertificateArn === arn,
  );
  return [...new Set([...balancers.map(({ loadBalancerArn }) => loadBalancerArn), ...edges.map((edge) => edge.arn)])];
}

/** The name that is validated: that of `*.example.com` is `example.com`. */
const validated = (name: string) => name.replace(/^\*\./, "");

/**
 * The CNAME by which the account proves that a name is its own: the same in every region, for each certificate, and for `x` and `*.x`
 * (ACM User Guide, "DNS validation").
 */
export function validationRecord(sim: Sim, name: string): { name: string; value: string } {
  const domain = validated(name);
  const hex = createHash("sha256").update(`${sim.account} ${domain}`).digest("hex");
  return { name: `_${hex.slice(0, 32)}.${domain}.`, value: `_${hex.slice(32)}.jkddzztszm.acm-validations.aws.` };
}

/** When ACM has seen the record of a name; `undefined` where it is not there. */
function seenAt(sim: Sim, { recordsAt }: SimCertificate, name: string): number | undefined {
  const record = validationRecord(sim, name);
  const since = answeredSince(sim, record.name, record.value);
  return since === undefined ? undefined : Math.max(since, recordsAt) + TIMING.certificate * 1_000;
}

/** When a certificate was issued, by now: once all its names are validated. */
function issuedAt(sim: Sim, certificate: SimCertificate): number | undefined {
  if (certificate.issuedAt !== undefined) return certificate.issuedAt;
  const seen = certificate.names.map((name) => seenAt(sim, certificate, name));
  const at = Math.max(...seen.map((moment) => moment ?? Infinity));
  return at <= sim.now && at < certificate.createdAt + TIMES_OUT_AFTER ? at : undefined;
}

/** Keeps that certificates were issued: called before a record changes that they were issued by. */
export function settleCertificates(sim: Sim): void {
  for (const [table, records] of Object.entries(sim.world.data.tables)) {
    if (!table.startsWith("acm.certificates")) continue;
    for (const certificate of Object.values(records) as SimCertificate[]) {
      const at = certificate.failure === undefined ? issuedAt(sim, certificate) : undefined;
      if (at !== undefined) certificate.issuedAt = at;
    }
  }
}

/** What a certificate is at this moment. */
export function stateOf(sim: Sim, certificate: SimCertificate) {
  if (certificate.failure !== undefined) return { status: "FAILED" as const };
  const at = issuedAt(sim, certificate);
  if (at !== undefined) return { status: "ISSUED" as const, issuedAt: at };
  const late = sim.now >= certificate.createdAt + TIMES_OUT_AFTER;
  return { status: late ? ("VALIDATION_TIMED_OUT" as const) : ("PENDING_VALIDATION" as const) };
}

/** Whether ACM has seen the record of one name. */
export const isValidated = (sim: Sim, certificate: SimCertificate, name: string): boolean =>
  certificate.issuedAt !== undefined || (seenAt(sim, certificate, name) ?? Infinity) <= sim.now;

/** Whether a certificate is for a host name: a `*` stands for one label. */
export const isFor = ({ names }: Pick<SimCertificate, "names">, host: string): boolean =>
  names.some((name) => name === host || (name.startsWith("*.") && host.replace(/^[^.]+\./, "*.") === name));
