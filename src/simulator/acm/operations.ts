import type {
  AddTagsToCertificateCommandInput,
  CertificateSummary,
  DeleteCertificateCommandInput,
  DescribeCertificateCommandInput,
  DescribeCertificateCommandOutput,
  FailureReason,
  KeyAlgorithm,
  ListCertificatesCommandInput,
  ListCertificatesCommandOutput,
  ListTagsForCertificateCommandInput,
  ListTagsForCertificateCommandOutput,
  RemoveTagsFromCertificateCommandInput,
  RequestCertificateCommandInput,
  RequestCertificateCommandOutput,
} from "@aws-sdk/client-acm";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Answer, Operations } from "../sim.ts";
import { tagList } from "../tagging.ts";
import { certificateRows, isValidated, newKey, stateOf, usersOf, validationRecord } from "./records.ts";

/** ACM, as far as Fairlead asks it: public certificates that DNS records validate. */
export const acm = {
  RequestCertificate(input: RequestCertificateCommandInput, sim): Answer<RequestCertificateCommandOutput> {
    const { DomainName, SubjectAlternativeNames = [], ValidationMethod, KeyAlgorithm: key, ...rest } = input;
    const { IdempotencyToken: token, Tags, ...others } = rest;
    onlyKnown("RequestCertificate", others);
    if (ValidationMethod !== "DNS")
      refuse("SimulatorUnknownOption", "The simulated ACM validates domains by DNS only.", 501);
    const domainName = (DomainName ?? "").toLowerCase();
    const names = [...new Set([domainName, ...SubjectAlternativeNames.map((name) => name.toLowerCase())])];
    const request = { domainName, names, keyAlgorithm: key ?? "RSA_2048", token, now: sim.now };
    return { CertificateArn: certificateRows.create(sim, { key: newKey(sim), tags: Tags }, request).arn };
  },

  DescribeCertificate(input: DescribeCertificateCommandInput, sim): Answer<DescribeCertificateCommandOutput> {
    const certificate = certificateRows.find(sim, input.CertificateArn);
    const { status, issuedAt } = stateOf(sim, certificate);
    const waits = status === "PENDING_VALIDATION" ? ("PENDING_VALIDATION" as const) : ("FAILED" as const);
    return {
      Certificate: {
        CertificateArn: certificate.arn,
        DomainName: certificate.domainName,
        SubjectAlternativeNames: certificate.names,
        DomainValidationOptions: certificate.names.map((name) => ({
          DomainName: name,
          ValidationDomain: name,
          ValidationMethod: "DNS",
          ValidationStatus: isValidated(sim, certificate, name) ? "SUCCESS" : waits,
          // The record appears seconds after the request: terraform-provider-aws, internal/service/acm/certificate.go,
          // certificateDNSValidationAssignmentTimeout.
          ...(certificate.recordsAt <= sim.now ? { ResourceRecord: resourceRecord(validationRecord(sim, name)) } : {}),
        })),
        CreatedAt: new Date(certificate.createdAt),
        ...(issuedAt === undefined ? {} : { IssuedAt: new Date(issuedAt) }),
        Status: status,
        // With a hyphen, unlike in requests: the example of `describe-certificate` in the reference of the AWS CLI.
        KeyAlgorithm: certificate.keyAlgorithm.replace("_", "-") as KeyAlgorithm,
        InUseBy: usersOf(sim, certificate.arn),
        ...(certificate.failure === undefined ? {} : { FailureReason: certificate.failure as FailureReason }),
        Type: "AMAZON_ISSUED",
        Options: { CertificateTransparencyLoggingPreference: "ENABLED" },
      },
    };
  },

  ListCertificates(input: ListCertificatesCommandInput, sim): Answer<ListCertificatesCommandOutput> {
    const { Includes, MaxItems: size, NextToken: token, ...rest } = input;
    onlyKnown("ListCertificates", rest);
    onlyKnown("ListCertificates' Includes", Includes ?? {}, "keyTypes");
    // Without key types it lists RSA_1024 and RSA_2048 only (botocore acm, Filters, keyTypes).
    const types: readonly string[] = Includes?.keyTypes ?? ["RSA_1024", "RSA_2048"];
    const { page, next } = certificateRows.list(sim, { token, size }, (one) => types.includes(one.keyAlgorithm));
    return {
      NextToken: next,
      CertificateSummaryList: page.map((certificate): CertificateSummary => ({
        CertificateArn: certificate.arn,
        DomainName: certificate.domainName,
        SubjectAlternativeNameSummaries: certificate.names,
        HasAdditionalSubjectAlternativeNames: false,
        Status: stateOf(sim, certificate).status,
        KeyAlgorithm: certificate.keyAlgorithm as KeyAlgorithm,
        Type: "AMAZON_ISSUED",
        InUse: usersOf(sim, certificate.arn).length > 0,
        CreatedAt: new Date(certificate.createdAt),
      })),
    };
  },

  DeleteCertificate(input: DeleteCertificateCommandInput, sim) {
    certificateRows.delete(sim, input.CertificateArn);
    return {};
  },

  AddTagsToCertificate: (input: AddTagsToCertificateCommandInput, sim) =>
    certificateRows.tag(sim, input.CertificateArn, input.Tags),

  ListTagsForCertificate: (
    input: ListTagsForCertificateCommandInput,
    sim,
  ): Answer<ListTagsForCertificateCommandOutput> => ({
    Tags: tagList(certificateRows.tagsOf(sim, input.CertificateArn)),
  }),

  RemoveTagsFromCertificate: (input: RemoveTagsFromCertificateCommandInput, sim) =>
    certificateRows.untag(
      sim,
      input.CertificateArn,
      input.Tags?.map(({ Key = "" }) => Key),
    ),
} satisfies Operations;

const resourceRecord = ({ name: Name, value: Value }: { name: string; value: string }) => ({
  Name,
  Type: "CNAME" as const,
  Value,
});
