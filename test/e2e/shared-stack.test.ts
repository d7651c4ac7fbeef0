import { DescribeSecurityGroupsCommand } from "@aws-sdk/client-ec2";
import {
  DeleteListenerCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  SetRulePrioritiesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { doctor } from "../../src/cli/commands/doctor.ts";
import type { StackConfig } from "../../src/index.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const preview = (path: string): NonNullable<StackConfig["services"]> => ({
  web: { path, build: { context: "service" } },
});
const config: StackConfig = {
  name: "shop",
  environment: "staging",
  environments: {
    staging: { shareable: true },
    one: { shared: "shop/staging", services: preview("/one/*") },
    two: { shared: "shop/staging", services: { ...preview("/two/*"), mail: { type: "worker", queue: true } } },
  },
};

const IDS_OF_SHARED_STACK = /^(network|edge)\/|load-balancer|listener$|cluster$|balancer-group/;

describe("stacks that share another one's network, load balancer, CDN and cluster", () => {
  const stage = new Stage(config);
  const run = (verb: "plan" | "reconcile" | "teardown" | "status", env: string) => stage.run(verb, { env });
  const changes = async (env: string) =>
    (await run("plan", env)).json.actions.filter(({ action }) => action !== "noop").map(({ id }) => id);
  const rules = () =>
    stage.meddle(async (aws) => {
      const { LoadBalancers = [] } = await aws.elb(new DescribeLoadBalancersCommand({}));
      const { Listeners = [] } = await aws.elb(
        new DescribeListenersCommand({ LoadBalancerArn: LoadBalancers[0]?.LoadBalancerArn }),
      );
      const { Rules = [] } = await aws.elb(new DescribeRulesCommand({ ListenerArn: Listeners[0]?.ListenerArn }));
      return Rules.filter(({ IsDefault }) => !IsDefault).map(({ RuleArn = "", Priority, Conditions = [] }) => ({
        RuleArn,
        priority: Number(Priority),
        paths: Conditions.flatMap(({ PathPatternConfig }) => PathPatternConfig?.Values ?? []).join(),
      }));
    });

  beforeAll(() => writeService(stage));
  afterAll(() => stage.remove());

  it("are refused while it does not exist, before anything is created", async () => {
    const { exit, lines } = await stage.type("reconcile", "--env", "one", "--yes");
    expect(exit).toBe(1);
    expect(lines.join("\n")).toContain(
      "Cannot run on stack shop/staging in region ap-northeast-1 of account 123456789012: it does not exist, or does not have `shareable: true`. Run reconcile for it first: npx fairlead reconcile --env staging",
    );
    expect(stage.world().world.table("iam.roles")).toEqual({});
  });

  it("create only their services and their pipeline", async () => {
    expect((await run("reconcile", "staging")).exit).toBe(0);
    const { exit, json } = await run("reconcile", "one");
    expect(exit).toBe(0);
    expect(json.actions.filter(({ id }) => IDS_OF_SHARED_STACK.test(id))).toEqual([]);
    const { json: base } = await run("status", "staging");
    expect(base).toBeDefined();
    expect(json.outputs["application_url"]).toMatch(/^https:\/\/[a-z0-9]+\.cloudfront\.net\/one\/$/);
    const printed = await stage.type("outputs", "application_url", "--env", "one");
    expect(printed.answer).toContain(json.outputs["application_url"]);
    expect(await changes("one")).toEqual([]);
    expect(await changes("staging")).toEqual([]);
  });

  it("get requests by their own path, after the base's own rules of the same kind and before its catch-all", async () => {
    expect((await run("reconcile", "two")).exit).toBe(0);
    const found = await rules();
    expect(found.toSorted((a, b) => a.priority - b.priority).at(-1)?.paths).toBe("/*");
    expect(new Set(found.map(({ priority }) => priority)).size).toBe(3);
  });

  it("accept a release, and their doctor follows the request through the shared part", async () => {
    expect((await deployed(stage, { env: "one" })).json.release.ending).toBe("live");
    const found = await stage.act((context) => doctor({ target: "local", json: true, env: "one" }, context));
    const { hops } = JSON.parse(found.answer) as { hops: { name: string; state: string }[] };
    expect(hops.filter(({ state }) => state !== "ok")).toEqual([]);
    expect(hops.map(({ name }) => name)).toContain("distribution");
    expect(await changes("one")).toEqual([]);
    expect(await changes("staging")).toEqual([]);
  });

  it("keep their priority if it suits, and take a free one if another stack has theirs", async () => {
    const before = await rules();
    const two = before.find(({ paths }) => paths === "/two/*");
    const free = (two?.priority ?? 0) + (before.some(({ priority }) => priority === (two?.priority ?? 0) + 1) ? 2 : 1);
    await stage.meddle((aws) =>
      aws.elb(new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn: two?.RuleArn, Priority: free }] })),
    );
    // A neighbour that suits as well is no reason for a change.
    expect(await changes("two")).toEqual([]);
  });

  it("refuse a path that another one has", async () => {
    stage.edit({
      ...config,
      environments: { ...config.environments, three: { shared: "shop/staging", services: preview("/one/*") } },
    });
    const { exit, lines } = await stage.type("plan", "--env", "three");
    expect(exit).toBe(1);
    expect(lines.join("\n")).toContain(
      "services.web: the load balancer of shop/staging already routes /one/* to shop/one. Set another path or host.",
    );
    stage.edit(config);
  });

  it("keep the base from being torn down, or changed so that they lose what they run on", async () => {
    for (const command of ["teardown", "reconcile"] as const) {
      if (command === "reconcile")
        stage.edit({ ...config, environments: { ...config.environments, staging: { shareable: false } } });
      const { exit, lines } = await stage.type(command, "--env", "staging", "--yes");
      expect(exit).toBe(1);
      expect(lines.join("\n")).toMatch(
        /shop\/one and shop\/two run on shop\/staging, and this would delete .+\. Tear those stacks down first: npx fairlead teardown --env one, then npx fairlead teardown --env two$/m,
      );
    }
    stage.edit(config);
    expect(await changes("one")).toEqual([]);
  });

  it("can be torn down after the base's listener was deleted outside Fairlead, and a plan says what the base lacks", async () => {
    const before = stage.keep();
    await stage.meddle(async (aws) => {
      const { LoadBalancers = [] } = await aws.elb(new DescribeLoadBalancersCommand({}));
      const { Listeners = [] } = await aws.elb(
        new DescribeListenersCommand({ LoadBalancerArn: LoadBalancers[0]?.LoadBalancerArn }),
      );
      await aws.elb(new DeleteListenerCommand({ ListenerArn: Listeners[0]?.ListenerArn }));
    });
    const { exit, lines } = await stage.type("plan", "--env", "one");
    expect([exit, lines.join("\n")]).toEqual([1, expect.stringContaining("it has no listener yet. Run reconcile")]);
    expect((await run("teardown", "one")).exit).toBe(0);
    // The base creates its listener again, with another secret, which the others take over.
    expect((await run("reconcile", "staging")).exit).toBe(0);
    expect((await run("reconcile", "two")).exit).toBe(0);
    // Lists show a new rule after some seconds, and this run took less.
    await stage.meddle((_aws, clock) => clock.sleep(5_000));
    expect(await changes("two")).toEqual([]);
    before();
  });

  it("leave the base as it was when they are torn down, and then it goes too", async () => {
    for (const env of ["one", "two"]) expect((await run("teardown", env)).exit).toBe(0);
    expect(await changes("staging")).toEqual([]);
    expect(await rules()).toHaveLength(1);
    expect((await run("teardown", "staging")).exit).toBe(0);
    const groups = await stage.meddle((aws) => aws.ec2(new DescribeSecurityGroupsCommand({})));
    expect(groups.SecurityGroups?.filter(({ GroupName }) => GroupName?.startsWith("shop"))).toEqual([]);
  });
});

describe("a stack for others only", () => {
  const platform: StackConfig = { name: "platform", shareable: true, services: {}, network: { nat: "none" } };
  const guest: StackConfig = { name: "shop", shared: "platform", services: preview("/shop/*") };
  const stage = new Stage(platform);
  afterAll(() => stage.remove());

  it("has no services, no pipeline and no repository, but everything that services of other stacks need", async () => {
    const { exit, json } = await stage.run("reconcile");
    expect(exit).toBe(0);
    expect(json.actions.filter(({ id }) => /^(delivery|registry|scaling)\/|service$/.test(id))).toEqual([]);
    expect(await stage.planned()).toEqual({});
    const ids = json.actions.map(({ id }) => id);
    for (const id of ["compute/endpoint-sqs", "compute/endpoint-ssmmessages", "balancer/no-route", "edge/distribution"])
      expect(ids).toContain(id);
  });

  it.each([["deploy"], ["releases"], ["rollback"], ["logs"], ["exec"], ["approve"], ["doctor"]])(
    "has nothing for %s to work on, and says so",
    async (command) => {
      const { exit, lines } = await stage.type(command);
      expect(exit).toBe(2);
      expect(lines.join("\n")).toContain("platform dev has no services: it shares its VPC");
    },
  );

  it("has a status", async () => {
    expect((await stage.type("status")).exit).toBe(0);
  });

  it("is used by a stack of another name in the same environment", async () => {
    stage.edit(guest);
    writeService(stage);
    expect((await stage.run("reconcile")).exit).toBe(0);
    stage.edit(platform);
    expect((await stage.type("teardown", "--yes")).lines.join("\n")).toContain(
      "shop/dev runs on platform/dev, and this would delete 27 resources that they use. Tear that stack down first, with its own config: npx fairlead teardown --env dev",
    );
    stage.edit(guest);
    expect((await deployed(stage)).json.release.ending).toBe("live");
    const found = await stage.act((context) => doctor({ target: "local", json: true }, context));
    const { hops } = JSON.parse(found.answer) as { hops: { name: string; state: string }[] };
    expect(hops.filter(({ state }) => state !== "ok")).toEqual([]);
    expect((await stage.run("teardown")).exit).toBe(0);
    stage.edit(platform);
    expect(await stage.planned()).toEqual({});
    expect((await stage.run("teardown")).exit).toBe(0);
  });
});
