import {
  DescribeCertificateCommand,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
  type CertificateDetail,
  type CertificateSummary,
  type KeyAlgorithm,
} from "@aws-sdk/client-acm";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import { everyPage } from "../pages.ts";
import { tagsFrom, type Tags } from "../tags.ts";

export const GONE = "ResourceNotFoundException";

export const isCertificateArn = (id: string | undefined): id is string => id?.includes(":acm:") ?? false;

/** The region of an ARN. */
export const regionIn = (arn: string): string => arn.split(":")[3] ?? "";

/** All of them: a list without key types leaves out all but two (botocore acm, Filters, keyTypes). */
const KEY_TYPES: KeyAlgorithm[] = [
  "RSA_1024",
  "RSA_2048",
  "RSA_3072",
  "RSA_4096",
  "EC_prime256v1",
  "EC_secp384r1",
  "EC_secp521r1",
];

/** Every certificate of the account in a region, without its tags. A page has up to a thousand, and an account at most 2,500 (ACM quotas). */
export const certificatesIn = (aws: Aws, snapshot: Snapshot, region: string): Promise<CertificateSummary[]> =>
  snapshot.once(`acm/certificates ${region}`, () =>
    everyPage(async (NextToken) => {
      const command = new ListCertificatesCommand({ Includes: { keyTypes: KEY_TYPES }, MaxItems: 1_000, NextToken });
      const page = await aws.in(region).acm(command);
      return { items: page.CertificateSummaryList, next: page.NextToken };
    }),
  );

/** A certificate with its validation records; `undefined` if there is none with this ARN. */
export const describedCertificate = (
  aws: Aws,
  snapshot: Snapshot,
  CertificateArn: string,
): Promise<CertificateDetail | undefined> =>
  snapshot.once(`acm/certificate ${CertificateArn}`, async () => {
    const asked = aws.in(regionIn(CertificateArn)).acm(new DescribeCertificateCommand({ CertificateArn }));
    return (await absent(asked, GONE))?.Certificate;
  });

/** The name that is validated for a domain: the record of `*.example.com` is that of `example.com` (ACM User Guide, "DNS validation"). */
export const validatedName = (domain: string): string => domain.replace(/^\*\./, "");

/** The CNAME that proves that a domain is the account's; `undefined` for some seconds after the request. */
export function validationIn({ DomainValidationOptions: all = [] }: CertificateDetail, domain: string) {
  const option = all.find(({ DomainName = "" }) => validatedName(DomainName) === domain);
  const { Name: name, Value: value } = option?.ResourceRecord ?? {};
  return name === undefined || value === undefined ? undefined : { name, value };
}

/** The tags of a certificate; `undefined` if there is none with this ARN. */
export async function certificateTags(aws: Aws, CertificateArn: string): Promise<Tags | undefined> {
  const asked = aws.in(regionIn(CertificateArn)).acm(new ListTagsForCertificateCommand({ CertificateArn }));
  const found = await absent(asked, GONE);
  return found && tagsFrom(found.Tags);
}
