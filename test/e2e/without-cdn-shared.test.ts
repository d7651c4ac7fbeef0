import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const service = { web: { path: "/one/*", build: { context: "service" } } };
const config = (staging: StackConfig): StackConfig => ({
  name: "shop",
  environment: "staging",
  environments: {
    staging: { shareable: true, services: {}, ...staging },
    one: { shared: "shop/staging", services: service },
  },
});

describe("a stack that shares one without CDN", () => {
  const stage = new Stage(config({ edge: false }));
  const run = (verb: "plan" | "reconcile" | "teardown", env: string) => stage.run(verb, { env });
  const changes = async (env: string) =>
    (await run("plan", env)).json.actions.filter(({ action }) => action !== "noop").map(({ id }) => id);
  beforeAll(() => writeService(stage));
  afterAll(() => stage.remove());

  it("has rules without a secret, and is reached through the load balancer", async () => {
    expect((await run("reconcile", "staging")).exit).toBe(0);
    const { exit, json } = await run("reconcile", "one");
    expect(exit).toBe(0);
    expect(json.outputs["application_url"]).toMatch(/^http:\/\/shop-staging-\S+\.elb\.amazonaws\.com\/one\/$/);
    expect(Object.keys(json.outputs)).not.toContain("cloudfront_domain_name");
    const rules = Object.values(
      stage.world().world.table<{ conditions: { Field: string }[] }>("elb.rules@ap-northeast-1"),
    );
    expect(rules.flatMap(({ conditions }) => conditions.map(({ Field }) => Field))).toEqual(["path-pattern"]);
    for (const env of ["one", "staging"]) expect(await changes(env)).toEqual([]);
  });

  it("is released, and its doctor follows the request through the shared part", async () => {
    expect((await deployed(stage, { env: "one" })).json.release.ending).toBe("live");
    const { exit, lines } = await stage.type("doctor", "--env", "one");
    expect(exit).toBe(0);
    const path = lines.join("\n");
    expect(path).toContain("The shared stack has no CDN: users reach its load balancer directly.");
    expect(path).toContain("allows inbound traffic from users (as the shared stack's config says) on port 80");
  });

  it("keeps the shared stack from getting a CDN, until it is gone", async () => {
    stage.edit(config({}));
    expect((await run("plan", "staging")).json.problems).toEqual([
      expect.stringContaining(
        "shop/one runs on shop/staging, and this would delete security/open-group, security/open-rules.",
      ),
    ]);
    stage.edit(config({ edge: false, domain: "shop.example.com" }));
    expect((await run("reconcile", "staging")).exit).toBe(0);
    const { json } = await run("reconcile", "one");
    expect(json.outputs["application_url"]).toBe("https://shop.example.com/one/");
    for (const env of ["one", "staging"]) expect(await changes(env)).toEqual([]);
    expect((await run("teardown", "one")).exit).toBe(0);
    expect((await run("teardown", "staging")).exit).toBe(0);
  });
});
