import { Certificate } from "../../src/aws/acm/certificate.ts";
import { Record } from "../../src/aws/route53/record.ts";
import { ValidationRecord } from "../../src/aws/route53/validation-record.ts";
import { Listener } from "../../src/aws/elb/listener.ts";
import { certificate, validated, ZONE } from "../support/domain.ts";
import type { Simulated } from "../support/simulated.ts";
import { balancer, forbidden } from "./ground.ts";
import { made } from "./made.ts";
import { contract } from "./suite.ts";

contract({
  kind: Certificate,
  spec: async (at) => {
    await validated(at, "shop.example.com");
    return {
      region: "us-east-1",
      domains: ["shop.example.com", "*.shop.example.com"],
      keyAlgorithm: "RSA_2048" as const,
      tags: {},
    };
  },
  edits: {},
});

contract({
  kind: ValidationRecord,
  spec: async (at) => {
    const own = { region: "us-east-1", domains: ["shop.example.com"], keyAlgorithm: "RSA_2048" as const, tags: {} };
    const { arn } = await made(at, Certificate, own);
    return { zoneId: ZONE, domain: "shop.example.com", certificateArn: arn, ttl: 300 };
  },
  edits: { ttl: () => 60 },
  without: { certificateArn: "AWS does not return it: it tells only what the record is" },
});

const ALIAS = { zoneId: "Z2FDTNDATAQYW2", dnsName: "d111111abcdef8.cloudfront.net" };

contract({
  kind: Record,
  spec: async () => ({ zoneId: ZONE, name: "*.shop.example.com", type: "AAAA" as const, alias: ALIAS }),
  edits: { alias: () => ({ ...ALIAS, dnsName: "d222222abcdef8.cloudfront.net" }) },
});

contract({
  kind: Listener,
  spec: async (at) => {
    const { arn } = await validated(at, "shop.example.com");
    await certificate(at, "*.shop.example.com");
    const { loadBalancerArn } = await balancer(at);
    return {
      loadBalancerArn,
      port: 443,
      protocol: "HTTPS" as const,
      certificateArn: arn,
      sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
      otherCertificateArns: [],
      action: forbidden,
      tags: {},
    };
  },
  edits: {
    port: () => 8443,
    certificateArn: (_spec, at) => other(at),
    sslPolicy: () => "ELBSecurityPolicy-2016-08",
    otherCertificateArns: (_spec, at) => [other(at)],
    action: () => ({ ...forbidden, statusCode: "404" }),
  },
  without: { protocol: "a certificate is for HTTPS only" },
});

/** The certificate of the wildcard. */
const other = ({ world, aws }: Simulated) =>
  Object.values(world.table<{ arn: string; names: string[] }>(`acm.certificates@${aws.region}`)).find(({ names }) =>
    names.includes("*.shop.example.com"),
  )?.arn ?? "";
