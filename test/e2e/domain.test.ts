import { ChangeResourceRecordSetsCommand } from "@aws-sdk/client-route-53";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
// Before what is run: it breaks into the calls.
import { watched } from "../support/traffic.ts";
import { deployed, writeService } from "../support/service.ts";
import { ZONE } from "../support/domain.ts";
import { Stage } from "../support/stage.ts";

const slug = (domain: string) => domain.replaceAll(".", "-");

/** What a domain adds to a stack besides its records. */
const ADDED = [
  ...["certificate", "https-listener", "https-rule"].map((name) => `balancer/${name}`),
  "edge/certificate",
  ...["https-group", "https-rules"].map((name) => `security/${name}`),
];
const recordsOf = (domain: string) => ["a", "aaaa", "validation"].map((name) => `dns/${name}-${slug(domain)}`);

/** What a domain changes. */
const CHANGED = ["balancer/http-listener", "balancer/load-balancer", "edge/distribution", "security/balancer-rules"];

const all = (ids: readonly string[], action: string) => Object.fromEntries(ids.map((id) => [id, action]));

describe("a domain of a stack that serves requests", () => {
  const stage = new Stage();
  beforeAll(async () => {
    await stage.run("reconcile");
    writeService(stage);
    await deployed(stage);
    await stage.run("reconcile");
  });
  afterAll(() => stage.remove());

  /** Reconciles, with no request lost at any moment, and nothing left to do. */
  const changed = async () => {
    const { exit, broken } = await watched(stage);
    expect(broken).toEqual([]);
    expect(exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  };
  const ingress = () => {
    const { tables } = stage.world().world.data;
    const groups = tables["ec2.securityGroups@ap-northeast-1"] as Record<
      string,
      { ingress: { from: number; peer: string }[] }
    >;
    return Object.values(groups)
      .flatMap((group) => group.ingress.filter(({ peer }) => peer.startsWith("pl-")))
      .map(({ from }) => from);
  };

  it("is added, changed and taken away again without a request lost", async () => {
    const before = stage.things();
    expect(ingress()).toEqual([80]);
    stage.edit({ domain: "shop.example.com" });
    expect(await stage.planned()).toEqual({
      ...all([...ADDED, ...recordsOf("shop.example.com")], "create"),
      ...all(CHANGED, "update"),
      "balancer/cloudfront-rule": "delete",
    });
    await changed();
    expect(ingress(), "only HTTPS is open").toEqual([443]);
    expect((await stage.outputs("application_url")).answer).toContain("https://shop.example.com");

    const doctor = await stage.type("doctor", "--target", "local");
    expect(doctor.exit).toBe(0);
    const path = doctor.lines.join("\n");
    expect(path).toContain("The listener on port 443 exists; requests that match no rule get a 403.");
    expect(path).toContain("on port 443 and outbound traffic to the tasks");

    stage.edit({ domain: ["www.example.com", "*.www.example.com"] });
    const [a, aaaa] = recordsOf("any---www.example.com");
    expect(await stage.planned()).toEqual({
      ...all(["edge/certificate", "balancer/certificate"], "replace"),
      ...all(["balancer/https-listener", "edge/distribution"], "update"),
      // The validation record of a wildcard is that of the name below it.
      ...all([...recordsOf("www.example.com"), `${a}`, `${aaaa}`], "create"),
      ...all(recordsOf("shop.example.com"), "delete"),
    });
    await changed();

    stage.edit({});
    expect(await stage.planned()).toEqual({
      ...all([...ADDED, ...recordsOf("www.example.com"), `${a}`, `${aaaa}`], "delete"),
      ...all(CHANGED, "update"),
      "balancer/cloudfront-rule": "create",
    });
    await changed();
    expect(ingress()).toEqual([80]);
    const left = (table: string) => stage.things()[table]?.length;
    for (const table of [
      "ec2.securityGroups@ap-northeast-1",
      "elb.listeners@ap-northeast-1",
      "elb.rules@ap-northeast-1",
    ])
      expect([table, left(table)]).toEqual([table, before[table]?.length]);
    expect(Object.keys(stage.things()).filter((table) => /^(acm|route53)/.test(table))).toEqual([]);
  });
});

describe("several domain names of several services", () => {
  const DOMAINS = ["shop.example.com", "api.example.com"];
  const stage = new Stage({
    domain: DOMAINS,
    services: { web: {}, api: { host: "api.example.com" } },
  });
  afterAll(() => stage.remove());
  const records = () => stage.world().world.table<{ name: string; type: string }>("route53.records");

  it("are created in one run, mended where someone changes them, and torn down to nothing", async () => {
    const run = await stage.run("reconcile");
    expect(run.exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect(
      Object.values(records())
        .map(({ name, type }) => `${type} ${name}`)
        .filter((one) => one.startsWith("A")),
    ).toEqual(["A shop.example.com.", "AAAA shop.example.com.", "A api.example.com.", "AAAA api.example.com."]);

    await stage.meddle((_aws, _clock, world) => {
      const table = world.table<{ type: string; alias?: { DNSName: string } }>("route53.records");
      for (const [key, record] of Object.entries(table)) {
        if (record.type === "CNAME") delete table[key];
        if (record.alias && record.type === "A") record.alias.DNSName = "d222222abcdef8.cloudfront.net.";
      }
      for (const listener of Object.values(
        world.table<{ port: number; sslPolicy?: string }>("elb.listeners@ap-northeast-1"),
      ))
        if (listener.port === 443) listener.sslPolicy = "ELBSecurityPolicy-2016-08";
      return Promise.resolve();
    });
    expect(await stage.planned()).toEqual({
      ...all(
        DOMAINS.map((domain) => `dns/validation-${slug(domain)}`),
        "create",
      ),
      ...all(
        DOMAINS.map((domain) => `dns/a-${slug(domain)}`),
        "update",
      ),
      "balancer/https-listener": "update",
    });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});

    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });
});

describe("a domain whose DNS is not in Route 53", () => {
  const stage = new Stage({ domain: "shop.example.net" });
  afterAll(() => stage.remove());

  it("is waited for, with the record to create, and the next run continues", async () => {
    const first = await stage.run("reconcile");
    expect(first.exit).toBe(1);
    const text = first.lines.join("\n");
    expect(text).toMatch(
      /PENDING_VALIDATION until public DNS has _[0-9a-f]+\.shop\.example\.net\. CNAME _[0-9a-f]+\.\S+/,
    );
    expect(text).toContain("run again to keep waiting");
    const [, name = "", value = ""] = /has (_\S+) CNAME (\S+) \(/.exec(text) ?? [];
    const { world } = stage.world();
    expect(Object.keys(world.table("acm.certificates@us-east-1"))).toHaveLength(1);
    await stage.meddle((_aws, clock, here) => {
      here.table("~dns.elsewhere")[name] = { value, since: clock.now() };
      return Promise.resolve();
    });
    const second = await stage.run("reconcile");
    expect(second.exit).toBe(0);
    expect(second.json.outputs["dns_records"]).toEqual([
      expect.stringMatching(/^shop\.example\.net CNAME d\w+\.cloudfront\.net$/),
    ]);
    expect(Object.keys(stage.world().world.table("acm.certificates@us-east-1"))).toHaveLength(1);
    expect(await stage.planned()).toEqual({});
    expect((await stage.run("teardown")).exit).toBe(0);
  });
});

describe("a domain that leads elsewhere already", () => {
  const stage = new Stage({ domain: "shop.example.com" });
  afterAll(() => stage.remove());

  it("is not taken over unless the user adopts its record", async () => {
    const ResourceRecordSet = {
      Name: "shop.example.com",
      Type: "A" as const,
      TTL: 60,
      ResourceRecords: [{ Value: "192.0.2.1" }],
    };
    await stage.meddle(({ route53 }) =>
      route53(
        new ChangeResourceRecordSetsCommand({
          HostedZoneId: ZONE,
          ChangeBatch: { Changes: [{ Action: "CREATE", ResourceRecordSet }] },
        }),
      ),
    );
    const adopt = `dns/a-shop-example-com=${ZONE}/shop.example.com/A`;
    const refused = await stage.run("plan");
    expect(refused.json.problems).toEqual([expect.stringContaining(`npx fairlead reconcile --adopt ${adopt}`)]);
    await expect(stage.run("reconcile")).rejects.toThrow("No changes were made");
    expect(stage.things()["ec2.vpcs@ap-northeast-1"], "nothing was changed").toBeUndefined();
    expect((await stage.run("reconcile", { adopt: [adopt] })).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });
});
