import { DescribeCertificateCommand, RequestCertificateCommand } from "@aws-sdk/client-acm";
import { ChangeResourceRecordSetsCommand } from "@aws-sdk/client-route-53";
import type { Simulated } from "./simulated.ts";

/** The zone that the simulated account has from the start. */
export const ZONE = "Z0LOCAL0EXAMPLE0COM0";

/** A certificate of someone else for `domain`, in the stack's region. */
export async function certificate({ aws, clock }: Simulated, domain: string) {
  const { CertificateArn = "" } = await aws.acm(
    new RequestCertificateCommand({ DomainName: domain, ValidationMethod: "DNS" }),
  );
  await clock.sleep(10_000);
  const { Certificate } = await aws.acm(new DescribeCertificateCommand({ CertificateArn }));
  const { Name = "", Value = "" } = Certificate?.DomainValidationOptions?.[0]?.ResourceRecord ?? {};
  return { arn: CertificateArn, name: Name, value: Value };
}

/** Writes the record that proves that `domain` is the account's: the same for each of its certificates. */
export async function validated(at: Simulated, domain: string) {
  const { arn, name, value } = await certificate(at, domain);
  await at.aws.route53(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: ZONE,
      ChangeBatch: {
        Changes: [
          {
            Action: "UPSERT",
            ResourceRecordSet: { Name: name, Type: "CNAME", TTL: 300, ResourceRecords: [{ Value: value }] },
          },
        ],
      },
    }),
  );
  return { arn, name, value };
}
