import {
  DescribeCertificateCommand,
  ListCertificatesCommand,
  RequestCertificateCommand,
  type CertificateDetail,
} from "@aws-sdk/client-acm";
import { CreateListenerCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { describe, expect, it } from "vitest";
import { Certificate, type CertificateSpec } from "../../../../src/aws/acm/certificate.ts";
import { markOf } from "../../../../src/aws/owner.ts";
import { ownerTags } from "../../../../src/aws/tags.ts";
import { Snapshot } from "../../../../src/engine/snapshot.ts";
import { balancer, forbidden } from "../../../contract/ground.ts";
import { made } from "../../../contract/made.ts";
import { validated } from "../../../support/domain.ts";
import { simulated, type Simulated } from "../../../support/simulated.ts";

const ID = "edge/certificate";
const HERE = "ap-northeast-1";

const specOf = ({ aws }: Simulated, region = HERE): CertificateSpec => ({
  region,
  domains: ["shop.example.com"],
  keyAlgorithm: "RSA_2048",
  tags: ownerTags(aws.owner, ID),
});

const making = ({ aws }: Simulated, token = "0123456789abcdef") => ({
  owner: markOf(aws.owner, ID),
  token,
  secret: "",
  usable: () => {},
  created: async () => {},
  until: () => Promise.reject(new Error("nothing is waited for")),
});

const observe = ({ aws }: Simulated, spec: CertificateSpec, knownId?: string) =>
  Certificate.observe(aws, {
    id: ID,
    owner: markOf(aws.owner, ID),
    knownId,
    excludeIds: [],
    spec,
    snapshot: new Snapshot(),
  });

/** What the simulated AWS keeps of a certificate. */
const kept = ({ world }: Simulated, region: string) =>
  Object.values(world.table<{ failure?: string }>(`acm.certificates@${region}`));

describe("a certificate", () => {
  it("is requested once if the response of the request is lost", async () => {
    const at = simulated();
    const spec = specOf(at, "us-east-1");
    const first = await Certificate.create(at.aws, spec, making(at));
    const second = await Certificate.create(at.aws, spec, making(at));
    expect(second.id).toBe(first.id);
    expect(kept(at, "us-east-1")).toHaveLength(1);
    expect(at.calls.map(({ region }) => region)).toEqual(["us-east-1", "us-east-1"]);
    await at.clock.sleep(15_000);
    expect((await observe(at, spec))?.id, "found in its region by its owner tags").toBe(first.id);
  });

  it("says which record it waits for and what to do, and is not ready before it is issued", async () => {
    const at = simulated();
    const { id } = await Certificate.create(at.aws, specOf(at), making(at));
    expect((await observe(at, specOf(at), id))?.status).toContain("has not named its validation records yet");
    await at.clock.sleep(10_000);
    const { Certificate: detail } = await at.aws.acm(new DescribeCertificateCommand({ CertificateArn: id }));
    const record = (detail as CertificateDetail).DomainValidationOptions?.[0]?.ResourceRecord;
    const seen = await observe(at, specOf(at), id);
    expect(seen).toMatchObject({ ready: false, failed: undefined, within: 3_600 });
    expect(seen?.status).toContain(`${record?.Name} CNAME ${record?.Value}`);
    expect(seen?.status).toContain("create it at its provider");
  });

  it("is replaced if AWS does not issue it, or its records were missing for three days", async () => {
    const at = simulated();
    const { id } = await Certificate.create(at.aws, specOf(at), making(at));
    await at.clock.sleep(72 * 3_600_000);
    expect((await observe(at, specOf(at), id))?.failed).toBe("its validation records were not there within 72 hours");
    for (const one of kept(at, HERE)) one.failure = "CAA_ERROR";
    expect((await observe(at, specOf(at), id))?.failed).toBe("AWS did not issue it (CAA_ERROR)");
  });

  it("is not mistaken for that of another owner with the same name, nor for an earlier generation", async () => {
    const at = simulated();
    await at.aws.acm(new RequestCertificateCommand({ DomainName: "shop.example.com", ValidationMethod: "DNS" }));
    await at.clock.sleep(15_000);
    expect(await observe(at, specOf(at))).toBeUndefined();
    const { id } = await Certificate.create(at.aws, specOf(at), making(at));
    await at.clock.sleep(15_000);
    const look = { id: ID, owner: markOf(at.aws.owner, ID), knownId: undefined, snapshot: new Snapshot() };
    expect(await Certificate.observe(at.aws, { ...look, excludeIds: [id], spec: specOf(at) })).toBeUndefined();
    expect((await observe(at, specOf(at)))?.id).toBe(id);
  });

  it("is deleted once its own listener let go of it, and not while another's uses it", async () => {
    const at = simulated();
    await validated(at, "shop.example.com");
    const { arn } = await made(at, Certificate, specOf(at));
    const { loadBalancerArn } = await balancer(at);
    await at.clock.sleep(600_000);
    await at.aws.elb(
      new CreateListenerCommand({
        LoadBalancerArn: loadBalancerArn,
        Port: 443,
        Protocol: "HTTPS",
        Certificates: [{ CertificateArn: arn }],
        DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: forbidden.statusCode } }],
      }),
    );
    const seen = await observe(at, specOf(at), arn);
    if (!seen) throw new Error("it is gone");
    // The ground's load balancer has the stack's own tags: the delete waits for it.
    await expect(Certificate.delete(at.aws, seen)).rejects.toThrow("is in use");
    const [own] = Object.values(at.world.table<{ tags: object }>(`elb.loadBalancers@${HERE}`));
    if (own) own.tags = {};
    await expect(Certificate.delete(at.aws, seen)).rejects.toThrow(
      `certificate ${arn} cannot be deleted: ${loadBalancerArn}, not created by Fairlead, uses it.`,
    );
  });

  it("is found among those of every key type: a list without them has RSA keys of 1024 and 2048 bits only", async () => {
    const at = simulated();
    const spec = { ...specOf(at), keyAlgorithm: "EC_prime256v1" as const };
    const { id } = await Certificate.create(at.aws, spec, making(at));
    await at.clock.sleep(15_000);
    expect((await at.aws.acm(new ListCertificatesCommand({}))).CertificateSummaryList).toEqual([]);
    expect(await observe(at, spec)).toMatchObject({ id, spec: { keyAlgorithm: "EC_prime256v1" } });
  });
});
