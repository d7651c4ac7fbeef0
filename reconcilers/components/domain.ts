import { Certificate } from "../../src/aws/acm/certificate.ts";
import { Record } from "../../src/aws/route53/record.ts";
import { ValidationRecord } from "../../src/aws/route53/validation-record.ts";
import { text, whenReady, type AnyHandle, type Output } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";

/** Where a distribution's certificate is, wherever the stack is (CloudFront Developer Guide, "Requirements for using SSL/TLS certificates"). */
const EDGE_REGION = "us-east-1";
/** Seconds; AWS's own examples of validation records have it too. */
const TTL = 300;

export interface DomainProps {
  /** The first is the one that users are sent to. */
  readonly domains: readonly string[];
  /** The id of each domain's hosted zone; without those whose DNS is elsewhere. */
  readonly zones: Readonly<Record<string, string>>;
}

/** What a domain name points to. */
export interface Target {
  readonly dnsName: Output<string>;
  /** The zone that an alias to it needs. */
  readonly zoneId: Output<string>;
  /** The types of records: AAAA too where it has IPv6 addresses. */
  readonly types: readonly ("A" | "AAAA")[];
  /** What has to be ready before users are sent there. */
  readonly ready: readonly AnyHandle[];
  /** The same, in this run only: `Order.meanwhile`. */
  readonly meanwhile?: readonly AnyHandle[];
}

/** `a-b.example.com` as a part of an id: `a--b-example-com`; that of `*.example.com` is like no other name's. */
const slug = (domain: string) => domain.replaceAll("-", "--").replace(/^\*\./, "any---").replaceAll(".", "-");

/**
 * The certificates of the load balancer and, if there is one, of the distribution, and the records by which AWS validates them: the same in both
 * regions, and for a name and its wildcard.
 */
export function certificates(scope: Scope, { domains, zones }: DomainProps, hasCdn: boolean) {
  const request = (id: string, region: string) =>
    scope.add(id, Certificate, { region, domains: [...domains], keyAlgorithm: "RSA_2048" });
  const isBoth = scope.region === EDGE_REGION;
  const edge = hasCdn || isBoth ? request("edge/certificate", EDGE_REGION) : undefined;
  // In us-east-1 one certificate is for both, and stays when the CDN goes.
  const own = isBoth && edge ? edge : request("balancer/certificate", scope.region);
  const zoneOf = new Map(domains.map((domain) => [domain.replace(/^\*\./, ""), zones[domain]]));
  for (const [domain, zoneId] of zoneOf)
    if (zoneId !== undefined)
      scope.add(`dns/validation-${slug(domain)}`, ValidationRecord, {
        zoneId,
        domain,
        certificateArn: (edge ?? own).arn,
        ttl: TTL,
      });
  return { edge: edge && whenReady(edge.arn), own: whenReady(own.arn) };
}

/** The records that send users to the application, where Route 53 has the domain's zone; the others are an output. */
export function aliases(
  scope: Scope,
  { domains, zones }: DomainProps,
  { dnsName, zoneId, types, ready, meanwhile = [] }: Target,
): void {
  for (const domain of domains)
    for (const type of types) {
      const zone = zones[domain];
      if (zone === undefined) continue;
      const spec = { zoneId: zone, name: domain, type, alias: { zoneId, dnsName } };
      scope.add(`dns/${type.toLowerCase()}-${slug(domain)}`, Record, spec, { ready, meanwhile });
    }
  const elsewhere = domains.filter((domain) => zones[domain] === undefined);
  if (elsewhere.length > 0)
    scope.output(
      "dns_records",
      elsewhere.map((domain) => text`${domain} CNAME ${dnsName}`),
    );
}
