import { CreateHostedZoneCommand, ListResourceRecordSetsCommand, Route53Client } from "@aws-sdk/client-route-53";
import { describe, expect, it } from "vitest";
import { stackOnMoto } from "./stack-on-moto.ts";
import { REGION } from "./world.ts";

/*
 * What moto lacks here is in the simulator's tests: it issues certificates after a minute whatever DNS says, takes a certificate that is not
 * issued, deletes one that is used, and lets a record be created over another and be deleted with other values.
 */
describe("a stack with a domain, over HTTP", () => {
  const at = stackOnMoto(({ stack }) => stack.edit({ domain: "shop.example.com" }));
  const route53 = () =>
    new Route53Client({
      region: REGION,
      endpoint: at.moto.endpoint,
      credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
    });

  it("is created in the zone that contains it, needs no changes then, and is torn down to what was there", async () => {
    const dns = route53();
    const made = await dns.send(new CreateHostedZoneCommand({ Name: "example.com", CallerReference: "acceptance" }));
    const records = async () => {
      const found = await dns.send(new ListResourceRecordSetsCommand({ HostedZoneId: made.HostedZone?.Id }));
      return (found.ResourceRecordSets ?? []).map(({ Name, Type }) => `${Type} ${Name}`).toSorted();
    };
    const before = await records();

    const { code, json, stderr } = await at.run("reconcile", "--yes");
    expect(stderr).not.toContain("failed");
    expect(code).toBe(0);
    expect(json.outputs["application_url"]).toBe("https://shop.example.com");
    expect(await records()).toEqual(
      expect.arrayContaining([
        ...before,
        "A shop.example.com.",
        "AAAA shop.example.com.",
        expect.stringMatching(/^CNAME _\w+\.shop\.example\.com\.$/),
      ]),
    );
    expect(await at.changes()).toEqual({});

    expect((await at.run("teardown", "--yes")).code).toBe(0);
    expect(await records()).toEqual(before);
  });
});
