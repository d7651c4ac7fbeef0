import { DeleteCertificateCommand, DescribeCertificateCommand } from "@aws-sdk/client-acm";
import { CreateListenerCommand, DeleteListenerCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ChangeResourceRecordSetsCommand, type Change } from "@aws-sdk/client-route-53";
import { describe, expect, it } from "vitest";
import { balancer } from "../../contract/ground.ts";
import { validated, ZONE } from "../../support/domain.ts";
import { simulated, type Simulated } from "../../support/simulated.ts";

const statusOf = async ({ aws }: Simulated, CertificateArn: string) =>
  (await aws.acm(new DescribeCertificateCommand({ CertificateArn }))).Certificate?.Status;

const change = ({ aws }: Simulated, ...Changes: Change[]) =>
  aws.route53(new ChangeResourceRecordSetsCommand({ HostedZoneId: ZONE, ChangeBatch: { Changes } }));

const address = (Action: Change["Action"], Name: string, Value: string): Change => ({
  Action,
  ResourceRecordSet: { Name, Type: "A", TTL: 60, ResourceRecords: [{ Value }] },
});

describe("the simulated ACM", () => {
  it("issues a certificate once DNS has its record, and keeps it issued when the record goes", async () => {
    const at = simulated();
    const { arn, name, value } = await validated(at, "shop.example.com");
    expect(await statusOf(at, arn)).toBe("PENDING_VALIDATION");
    await at.clock.sleep(300_000);
    expect(await statusOf(at, arn)).toBe("ISSUED");
    const ResourceRecordSet = { Name: name, Type: "CNAME" as const, TTL: 300, ResourceRecords: [{ Value: value }] };
    await change(at, { Action: "DELETE", ResourceRecordSet });
    expect(await statusOf(at, arn)).toBe("ISSUED");
  });

  it("has a just issued certificate refused by listeners, and one that a listener uses kept", async () => {
    const at = simulated();
    const { arn } = await validated(at, "shop.example.com");
    const { loadBalancerArn } = await balancer(at);
    const create = (SslPolicy: string) =>
      at.aws.elb(
        new CreateListenerCommand({
          LoadBalancerArn: loadBalancerArn,
          Port: 443,
          Protocol: "HTTPS",
          SslPolicy,
          Certificates: [{ CertificateArn: arn }],
          DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "403" } }],
        }),
      );
    await expect(create("ELBSecurityPolicy-2016-08")).rejects.toThrow("must have a fully-qualified domain name");
    await at.clock.sleep(300_000);
    await expect(create("ELBSecurityPolicy-None")).rejects.toMatchObject({ name: "SSLPolicyNotFoundException" });
    const { Listeners } = await create("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09");
    const remove = () => at.aws.acm(new DeleteCertificateCommand({ CertificateArn: arn }));
    await expect(remove()).rejects.toMatchObject({ name: "ResourceInUseException" });
    await at.aws.elb(new DeleteListenerCommand({ ListenerArn: Listeners?.[0]?.ListenerArn }));
    await expect(remove(), "for a while after it was let go").rejects.toMatchObject({ name: "ResourceInUseException" });
    await at.clock.sleep(300_000);
    await remove();
  });
});

describe("the simulated Route 53", () => {
  it("changes all records of a batch or none, creates none that exists and deletes none with other values", async () => {
    const at = simulated();
    await change(at, address("CREATE", "a.example.com", "192.0.2.1"));
    const both = [address("CREATE", "b.example.com", "192.0.2.2"), address("CREATE", "a.example.com", "192.0.2.3")];
    await expect(change(at, ...both)).rejects.toThrow("already exists");
    await expect(change(at, address("DELETE", "b.example.com", "192.0.2.2"))).rejects.toThrow("was not found");
    await expect(change(at, address("DELETE", "a.example.com", "192.0.2.3"))).rejects.toThrow("do not match");
    const record = {
      Name: "a.example.com",
      Type: "CNAME" as const,
      TTL: 60,
      ResourceRecords: [{ Value: "b.example.com" }],
    };
    await expect(change(at, { Action: "CREATE", ResourceRecordSet: record })).rejects.toThrow("conflicting RRSet");
    await expect(change(at, address("CREATE", "a.example.org", "192.0.2.1"))).rejects.toThrow("not permitted in zone");
  });
});
