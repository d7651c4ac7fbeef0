import { RequestCertificateCommand } from "@aws-sdk/client-acm";
import { ChangeResourceRecordSetsCommand, type ResourceRecordSet } from "@aws-sdk/client-route-53";
import { describe, expect, it } from "vitest";
import { Certificate } from "../../../../src/aws/acm/certificate.ts";
import { markOf } from "../../../../src/aws/owner.ts";
import { Record, type RecordSpec } from "../../../../src/aws/route53/record.ts";
import { ValidationRecord } from "../../../../src/aws/route53/validation-record.ts";
import { Snapshot } from "../../../../src/engine/snapshot.ts";
import { made } from "../../../contract/made.ts";
import { ZONE } from "../../../support/domain.ts";
import { simulated, type Simulated } from "../../../support/simulated.ts";

const ID = "dns/a-shop";
const NAME = "shop.example.com";
const SPEC: RecordSpec = {
  zoneId: ZONE,
  name: NAME,
  type: "A",
  alias: { zoneId: "Z2FDTNDATAQYW2", dnsName: "d111111abcdef8.cloudfront.net" },
};

const lookOf = <Spec extends object>({ aws }: Simulated, spec: Spec, knownId?: string) => ({
  id: ID,
  owner: markOf(aws.owner, ID),
  knownId,
  excludeIds: [],
  spec,
  snapshot: new Snapshot(),
});

const change = (at: Simulated, Action: "UPSERT" | "DELETE", set: ResourceRecordSet) =>
  at.aws.route53(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: ZONE,
      ChangeBatch: { Changes: [{ Action, ResourceRecordSet: set }] },
    }),
  );

const theirs = (Type: "A" | "CNAME", Value: string): ResourceRecordSet => ({
  Name: NAME,
  Type,
  TTL: 60,
  ResourceRecords: [{ Value }],
});

describe("an alias record", () => {
  it("is not the stack's if it was there before and points elsewhere, also as a CNAME", async () => {
    for (const set of [theirs("A", "192.0.2.1"), theirs("CNAME", "old.example.net")]) {
      const at = simulated();
      await change(at, "UPSERT", set);
      const seen = await Record.observe(at.aws, lookOf(at, SPEC));
      expect(seen).toMatchObject({ id: `${ZONE}/${NAME}/${set.Type}`, owner: undefined });
    }
  });

  it("is the stack's if it points where the stack's would, or the state records it", async () => {
    const at = simulated();
    await made(at, Record, SPEC);
    expect((await Record.observe(at.aws, lookOf(at, SPEC)))?.owner).toBe(markOf(at.aws.owner, ID));
    await change(at, "UPSERT", theirs("A", "192.0.2.1"));
    const known = await Record.observe(at.aws, lookOf(at, SPEC, `${ZONE}/${NAME}/A`));
    expect(known).toMatchObject({ owner: markOf(at.aws.owner, ID), spec: { alias: undefined } });
  });

  it("never overwrites what someone creates between plan and apply", async () => {
    const at = simulated();
    await change(at, "UPSERT", theirs("A", "192.0.2.1"));
    await expect(made(at, Record, SPEC)).rejects.toThrow("has just been created by someone else and points elsewhere");
  });

  it("is deleted with the values that it has at that moment", async () => {
    const at = simulated();
    await made(at, Record, SPEC);
    const seen = await Record.observe(at.aws, lookOf(at, SPEC));
    if (!seen) throw new Error("it is not there");
    await change(at, "UPSERT", theirs("A", "192.0.2.1"));
    await Record.delete(at.aws, seen);
    expect(await Record.observe(at.aws, lookOf(at, SPEC))).toBeUndefined();
  });
});

describe("a validation record", () => {
  const own = async (at: Simulated) => {
    const domains = [NAME];
    const { arn } = await made(at, Certificate, { region: "us-east-1", domains, keyAlgorithm: "RSA_2048", tags: {} });
    const spec = { zoneId: ZONE, domain: NAME, certificateArn: arn, ttl: 300 };
    // Seconds after the request: ACM names the record only then.
    await made(at, ValidationRecord, spec);
    return { spec, seen: async () => ValidationRecord.observe(at.aws, lookOf(at, spec)) };
  };

  it("is written over what is there, and another value of it is drift", async () => {
    const at = simulated();
    const { spec, seen } = await own(at);
    const before = await seen();
    const [, name = ""] = before?.id.split("/") ?? [];
    await change(at, "UPSERT", { ...theirs("CNAME", "elsewhere.example.net"), Name: name });
    const drifted = await seen();
    expect(drifted?.drifted).toMatchObject([{ path: "value", old: "elsewhere.example.net" }]);
    if (drifted) await ValidationRecord.update(at.aws, drifted, spec, new Set(["certificateArn"]));
    expect((await seen())?.drifted).toBeUndefined();
  });

  it("stays while another certificate of the account is renewed by it, in whichever region", async () => {
    const at = simulated();
    const { seen } = await own(at);
    const before = await seen();
    if (!before) throw new Error("it is not there");
    const request = { DomainName: "other.example.com", SubjectAlternativeNames: [`*.${NAME}`] };
    const { acm } = at.aws.in("eu-west-1");
    const { CertificateArn = "" } = await acm(new RequestCertificateCommand({ ...request, ValidationMethod: "DNS" }));
    await at.clock.sleep(15_000);
    await ValidationRecord.delete(at.aws, before);
    expect((await seen())?.id).toBe(before.id);
    await Certificate.delete(at.aws, {
      id: CertificateArn,
      attrs: { arn: CertificateArn },
      spec: {},
      owner: undefined,
      ready: true,
    });
    await ValidationRecord.delete(at.aws, before);
    expect(await seen()).toBeUndefined();
  });
});
