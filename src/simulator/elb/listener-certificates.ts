import type {
  AddListenerCertificatesCommandInput,
  AddListenerCertificatesCommandOutput,
  CreateListenerCommandInput,
  DescribeListenerCertificatesCommandInput,
  DescribeListenerCertificatesCommandOutput,
  RemoveListenerCertificatesCommandInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { certificateRows, dropCertificate, stateOf } from "../acm/records.ts";
import { refuse } from "../errors.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";
import { listenerOf, type SimListener } from "./records.ts";

/** The security policies that a listener takes, those that Fairlead sets and AWS's default ("Security policies", ALB user guide). */
const POLICIES = [
  "ELBSecurityPolicy-2016-08",
  "ELBSecurityPolicy-TLS13-1-2-2021-06",
  "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
];

export type Secured = Pick<SimListener, "certificateArn" | "sslPolicy">;

/** The certificate and the policy of an HTTPS listener. */
export function securityOf(
  sim: Sim,
  { Certificates = [], SslPolicy }: Pick<CreateListenerCommandInput, "Certificates" | "SslPolicy">,
) {
  const [certificate, more] = Certificates;
  const arn = certificate?.CertificateArn;
  if (arn === undefined) return refuse("ValidationError", "A certificate must be specified for HTTPS listeners");
  // botocore elbv2, CreateListener, Certificates: "You must provide exactly one certificate. Set CertificateArn ... but do not set IsDefault."
  if (more) refuse("TooManyCertificatesException", "Exactly one certificate must be specified");
  if (certificate?.IsDefault !== undefined) refuse("ValidationError", "IsDefault cannot be specified");
  demandUsable(sim, arn);
  const sslPolicy = SslPolicy ?? "ELBSecurityPolicy-2016-08";
  if (!POLICIES.includes(sslPolicy)) refuse("SSLPolicyNotFoundException", `SSL policy '${sslPolicy}' not found`);
  return { certificateArn: arn, sslPolicy };
}

/** Refuses a certificate that a listener does not take. */
function demandUsable(sim: Sim, arn: string): void {
  const found = Object.values(certificateRows.records(sim)).find((one) => one.arn === arn);
  if (!found) return void refuse("CertificateNotFoundException", `Certificate ARN '${arn}' is not valid`);
  const { status, issuedAt = 0 } = stateOf(sim, found);
  // Also one that was just issued: terraform-provider-aws issue 41789.
  if (status !== "ISSUED" || issuedAt + TIMING.certificateUsable * 1_000 > sim.now)
    refuse(
      "UnsupportedCertificateException",
      `The certificate '${arn}' must have a fully-qualified domain name, a supported signature, and a supported key size.`,
    );
}

const secured = (sim: Sim, arn: string | undefined): SimListener => {
  const listener = listenerOf(sim, arn);
  return listener.protocol === "HTTPS"
    ? listener
    : refuse("InvalidConfigurationRequestException", "Certificates can only be added to secure listeners");
};

/** The certificates of a listener besides its default one. */
export const certificateOperations = {
  AddListenerCertificates(
    input: AddListenerCertificatesCommandInput,
    sim,
  ): Answer<AddListenerCertificatesCommandOutput> {
    const listener = secured(sim, input.ListenerArn);
    const arns = (input.Certificates ?? []).flatMap(({ CertificateArn }) => CertificateArn ?? []);
    for (const arn of arns) demandUsable(sim, arn);
    // "If the certificate in already in the certificate list, the call is successful but the certificate is not added again."
    listener.otherCertificates = [...new Set([...(listener.otherCertificates ?? []), ...arns])];
    return { Certificates: arns.map((CertificateArn) => ({ CertificateArn, IsDefault: false })) };
  },

  DescribeListenerCertificates(
    input: DescribeListenerCertificatesCommandInput,
    sim,
  ): Answer<DescribeListenerCertificatesCommandOutput> {
    const { certificateArn, otherCertificates = [] } = secured(sim, input.ListenerArn);
    return {
      Certificates: [
        { CertificateArn: certificateArn, IsDefault: true },
        ...otherCertificates.map((CertificateArn) => ({ CertificateArn, IsDefault: false })),
      ],
    };
  },

  RemoveListenerCertificates(input: RemoveListenerCertificatesCommandInput, sim) {
    const listener = secured(sim, input.ListenerArn);
    const arns = (input.Certificates ?? []).flatMap(({ CertificateArn }) => CertificateArn ?? []);
    for (const arn of arns) {
      if (!listener.otherCertificates?.includes(arn) && arn === listener.certificateArn)
        refuse("OperationNotPermittedException", "The default certificate cannot be removed");
      dropCertificate(sim, arn);
    }
    listener.otherCertificates = (listener.otherCertificates ?? []).filter((arn) => !arns.includes(arn));
    return {};
  },
} satisfies Operations;
