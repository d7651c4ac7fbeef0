import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { makeNetwork, networkSettings, toldOf, type MadeNetwork } from "../support/existing-network.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";
// Settings that meet on the same resources: each alone has a file of its own.

const LOGGED = { accessLogs: { balancer: true }, delivery: { failOn: "HIGH" } } as const;

async function settled(stage: Stage, config: StackConfig, env?: string): Promise<readonly string[]> {
  stage.edit(config);
  const options = env === undefined ? {} : { env };
  const { exit, lines } = await stage.run("reconcile", options);
  expect(lines.filter((line) => line.startsWith("Failed"))).toEqual([]);
  expect(exit).toBe(0);
  const { json } = await stage.run("plan", options);
  expect(json.actions.filter(({ action }) => action !== "noop")).toEqual([]);
  return lines;
}

const answersOf = async (stage: Stage) => {
  const { exit, lines } = await stage.type("doctor");
  expect(lines.filter((line) => line.includes("✗"))).toEqual([]);
  expect(exit).toBe(0);
  return lines.join("\n");
};

describe("access logs, a firewall, a domain, checked images and several services, behind a VPC origin", () => {
  const services = { web: {}, api: { path: "/api/*" }, docs: { image: "httpd", path: "/docs/*" } } as const;
  const vpc: StackConfig = {
    ...LOGGED,
    services,
    domain: "shop.example.com",
    edge: { origin: "vpc", firewall: {} },
  };
  const stage = new Stage(vpc);
  afterAll(() => stage.remove());
  beforeAll(() => {
    for (const name of ["web", "api"]) {
      const path = join(stage.directory, "service", name, "Dockerfile");
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, "FROM public.ecr.aws/docker/library/node:22\n");
    }
  });

  it("are created together, and serve a release", async () => {
    await settled(stage, vpc);
    expect((await stage.type("deploy", "--approve")).exit).toBe(0);
    await settled(stage, vpc);
    expect(await answersOf(stage)).toContain("through VPC origin vo_");
  });

  it("move to a public load balancer and lose their domain, in one edit", async () => {
    const { domain: _domain, ...rest } = vpc;
    await settled(stage, { ...rest, edge: { firewall: { mode: "count" } } });
    expect(await answersOf(stage)).not.toContain("VPC origin");
  });

  it("lose the CDN with its logs and its firewall, keep those of the load balancer, and get all of it back", async () => {
    await settled(stage, { ...LOGGED, services, edge: false });
    const kept = Object.keys(stage.things());
    expect(kept.filter((table) => /^(wafv2|cloudfront)\.|^logs\.deliver/.test(table))).toEqual([]);
    await answersOf(stage);
    await settled(stage, vpc);
    expect(await answersOf(stage)).toContain("through VPC origin vo_");
  });

  it("are torn down to nothing", async () => {
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });

  it("leave no part of the CDN in an environment that has none", async () => {
    stage.edit({ ...LOGGED, services, edge: { firewall: {} }, environments: { bare: { edge: false } } });
    const { json, exit } = await stage.run("plan", { env: "bare" });
    expect(exit).toBe(0);
    expect(json.actions.filter(({ type }) => /^(wafv2|cloudfront)\/|^logs\/delivery/.test(type))).toEqual([]);
  });
});

describe("a VPC origin in someone else's VPC, which other stacks share", () => {
  const stage = new Stage();
  let made: MadeNetwork;
  let before: Awaited<ReturnType<typeof told>>;
  const told = () =>
    stage.meddle(async (aws, clock) => {
      await clock.sleep(3_600_000);
      return toldOf(aws, made);
    });
  const config = (edge: NonNullable<StackConfig["edge"]>): StackConfig => ({
    name: "shop",
    environment: "staging",
    environments: {
      staging: { shareable: true, services: {}, accessLogs: { balancer: true }, edge, network: networkSettings(made) },
      one: { shared: "shop/staging", services: { web: { path: "/one/*", build: { context: "service" } } } },
    },
  });
  beforeAll(async () => {
    made = await stage.meddle((aws, clock) => makeNetwork(aws, clock));
    before = await told();
    writeService(stage);
  });
  afterAll(() => stage.remove());

  it("serves a guest", async () => {
    await settled(stage, config({ origin: "vpc", firewall: {} }), "staging");
    await settled(stage, config({ origin: "vpc", firewall: {} }), "one");
    expect((await deployed(stage, { env: "one" })).json.release.ending).toBe("live");
    const { exit, lines } = await stage.type("doctor", "--env", "one");
    expect(lines.filter((line) => line.includes("✗"))).toEqual([]);
    expect(exit).toBe(0);
  });

  it("leaves the VPC as it was, but for the security group that CloudFront made in it", async () => {
    for (const env of ["one", "staging"]) expect((await stage.run("teardown", { env })).exit).toBe(0);
    const { SecurityGroups: groups = [], ...rest } = await told();
    const { SecurityGroups: groupsBefore, ...restBefore } = before;
    expect(rest).toEqual(restBefore);
    // It is CloudFront's, and nothing in someone else's VPC is deleted.
    expect(groups.filter(({ GroupName }) => GroupName !== "CloudFront-VPCOrigins-Service-SG")).toEqual(groupsBefore);
  });
});
