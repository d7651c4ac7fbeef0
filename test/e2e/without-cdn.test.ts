import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
// Before what is run: it breaks into the calls.
import { watched } from "../support/traffic.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const all = (ids: readonly string[], action: string) => Object.fromEntries(ids.map((id) => [id, action]));

const OPEN = ["security/open-group", "security/open-rules"];
const CDN = ["edge/distribution", "edge/headers-policy"];

/** What a stack with a domain has with a CDN and without, in two ways. */
const UPDATED = [
  ...["load-balancer", "https-listener", "https-rule"].map((name) => `balancer/${name}`),
  ...["a", "validation"].map((name) => `dns/${name}-shop-example-com`),
];

/** A stack that serves requests. */
async function serving(stage: Stage): Promise<void> {
  expect((await stage.run("reconcile")).exit).toBe(0);
  writeService(stage);
  await deployed(stage);
  expect((await stage.run("reconcile")).exit).toBe(0);
}

/** Reconciles an edit, with no request lost at any moment, and nothing left to do. */
async function changed(stage: Stage, config: StackConfig) {
  stage.edit(config);
  const planned = await stage.planned();
  const { lines } = await stage.say("plan");
  const { exit, broken } = await watched(stage);
  expect(broken).toEqual([]);
  expect(exit).toBe(0);
  expect(await stage.planned()).toEqual({});
  return { planned, text: lines.join("\n") };
}

interface Group {
  readonly ingress: { readonly from: number; readonly peer: string }[];
}

/** The ports and peers that the load balancer's groups let in; those of the tasks name a group. */
const ingress = (stage: Stage) =>
  Object.values(stage.world().world.table<Group>("ec2.securityGroups@ap-northeast-1"))
    .flatMap((group) => group.ingress.filter(({ peer }) => !peer.startsWith("sg-")))
    .map(({ from, peer }) => `${from} ${peer}`)
    .toSorted();

const headersAsked = (stage: Stage) =>
  Object.values(stage.world().world.table<{ conditions: { Field?: string }[] }>("elb.rules@ap-northeast-1")).flatMap(
    ({ conditions }) => conditions.filter(({ Field }) => Field === "http-header"),
  ).length;

describe("a stack without CDN, with a domain", () => {
  const DOMAIN = { domain: "shop.example.com" };
  const stage = new Stage({ ...DOMAIN, edge: false });
  beforeAll(() => serving(stage));
  afterAll(() => stage.remove());

  it("serves HTTPS from its load balancer, and has nothing of CloudFront", async () => {
    const things = stage.things();
    expect(things["cloudfront.distributions"]).toBeUndefined();
    expect(things["acm.certificates@us-east-1"]).toBeUndefined();
    expect(things["acm.certificates@ap-northeast-1"]).toHaveLength(1);
    expect(ingress(stage)).toEqual(["443 0.0.0.0/0", "80 0.0.0.0/0"]);
    expect(headersAsked(stage)).toBe(0);
    const { outputs } = (await stage.run("reconcile")).json;
    expect(outputs).toMatchObject({ application_url: "https://shop.example.com" });
    expect(Object.keys(outputs)).not.toContain("cloudfront_domain_name");

    const doctor = await stage.type("doctor", "--target", "local");
    expect(doctor.exit).toBe(0);
    const path = doctor.lines.join("\n");
    expect(path).toContain("users reach the load balancer directly, by HTTPS.");
    expect(path).toContain("requests that match no rule get a 404.");
    expect(path).toContain("allows inbound traffic from users (0.0.0.0/0) on port 443");
    expect((await stage.say("plan")).lines.join("\n")).not.toContain("not encrypted");
  });

  it("lets in only the addresses of another edge, if the config names them", async () => {
    const allowFrom = ["203.0.113.0/24", "198.51.100.0/24"];
    stage.edit({ ...DOMAIN, edge: false, balancer: { allowFrom } });
    expect(await stage.planned()).toEqual({ "security/open-rules": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(ingress(stage)).toEqual([443, 80].flatMap((port) => allowFrom.toSorted().map((peer) => `${port} ${peer}`)));
    expect(await stage.planned()).toEqual({});
    stage.edit({ ...DOMAIN, edge: false });
    expect((await stage.run("reconcile")).exit).toBe(0);
  });

  it("gets a CDN and gives it up again without a request lost", async () => {
    const { planned, text } = await changed(stage, DOMAIN);
    expect(planned).toEqual({
      ...all([...CDN, "edge/certificate", "security/https-group", "security/https-rules"], "create"),
      "dns/aaaa-shop-example-com": "create",
      ...all(UPDATED, "update"),
      ...all(OPEN, "delete"),
    });
    expect(text).toContain("The records of `domain` move from the load balancer to a new distribution");
    expect(ingress(stage)).toEqual([expect.stringMatching(/^443 pl-/)]);
    expect(headersAsked(stage)).toBe(1);

    const back = await changed(stage, { ...DOMAIN, edge: false });
    expect(back.planned).toEqual({
      ...all(OPEN, "create"),
      ...all(UPDATED, "update"),
      "dns/aaaa-shop-example-com": "delete",
      ...all([...CDN, "edge/certificate", "security/https-group", "security/https-rules"], "delete"),
    });
    expect(back.text).toContain("The records of `domain` move from the distribution to the load balancer");
    expect(ingress(stage)).toEqual(["443 0.0.0.0/0", "80 0.0.0.0/0"]);
    expect(headersAsked(stage)).toBe(0);
  });

  it("goes to sleep, wakes, and is torn down to nothing", async () => {
    expect((await stage.type("sleep", "--target", "local", "--yes")).exit).toBe(0);
    expect((await stage.type("wake", "--target", "local", "--yes")).exit).toBe(0);
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });
});

describe("a stack without CDN and without a domain", () => {
  const stage = new Stage({ edge: false, alarms: { emails: ["ops@example.com"], dashboard: true } });
  beforeAll(() => serving(stage));
  afterAll(() => stage.remove());

  it("is reached by the load balancer's own name, and is plain about what is not encrypted", async () => {
    expect((await stage.outputs("application_url")).answer).toMatch(/http:\/\/\S+\.elb\.amazonaws\.com/);
    const doctor = (await stage.type("doctor", "--target", "local")).lines.join("\n");
    expect(doctor).toContain("by plain HTTP, so their traffic is not encrypted");
    expect(Object.keys(stage.things()).filter((table) => table.endsWith("@us-east-1"))).toEqual([]);
    stage.edit({ edge: false, container: { cpu: 512, memory: 1024 } });
    expect((await stage.say("plan")).lines.join("\n")).toContain("is not encrypted: `edge` is false");
  });

  it("says that its URL changes where it gets a CDN, and back", async () => {
    const { text } = await changed(stage, {});
    expect(text).toContain("the load balancer's own name stops answering");
    expect(ingress(stage)).toEqual([expect.stringMatching(/^80 pl-/)]);
    const back = await changed(stage, { edge: false });
    expect(back.text).toMatch(/https:\/\/d\w+\.cloudfront\.net stops answering/);
  });

  it("mends what others change", async () => {
    await stage.meddle((_aws, _clock, world) => {
      for (const group of Object.values(world.table<Group>("ec2.securityGroups@ap-northeast-1"))) {
        const open = group.ingress.findIndex(({ peer }) => peer === "0.0.0.0/0");
        if (open >= 0) group.ingress.splice(open, 1);
      }
      return Promise.resolve();
    });
    expect(await stage.planned()).toEqual({ "security/open-rules": "create" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(ingress(stage)).toEqual(["80 0.0.0.0/0"]);
  });
});
