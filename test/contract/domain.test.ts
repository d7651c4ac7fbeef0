import { Certificate } from "../../src/aws/acm/certificate.ts";
import { Record } from "../../src/aws/route53/record.ts";
import { ValidationRecord } from "../../src/aws/route53/validation-record.ts";
import { validated, ZONE } from "../support/domain.ts";
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
