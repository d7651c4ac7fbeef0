import { afterAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { Stage } from "../support/stage.ts";

const nginx = "public.ecr.aws/nginx/nginx:1.27";
const web = { build: { context: "service" } };
const api = {
  path: "/api/*",
  container: { port: 8080 },
  sidecars: { proxy: { image: nginx, port: 9000 } },
  dependsOn: { proxy: "START" },
} as const;
const all: StackConfig["services"] = {
  web,
  api,
  admin: { path: "/admin/*", imageOf: "api" },
  docs: { path: "/docs/*", image: nginx },
};

const stage = new Stage();
afterAll(() => stage.remove());

const resources = () => stage.run("plan").then(({ json }) => json.actions);

describe("several web services in one stack", () => {
  it("are added to an existing one without changing it, except for what they share", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    stage.edit({ services: { web, api } });
    const planned = await stage.planned();
    const touched = Object.entries(planned).filter(([id]) => !id.startsWith("api/"));
    expect(Object.fromEntries(touched)).toEqual({
      "security/balancer-rules": "update",
      // Its place among several.
      "balancer/cloudfront-rule": "update",
      "security/build-role": "update",
      "security/pipeline-role": "update",
      "delivery/build-project": "update",
      "delivery/pipeline": "update",
    });
    expect(new Set(Object.entries(planned).flatMap(([id, action]) => (id.startsWith("api/") ? [action] : [])))).toEqual(
      new Set(["create"]),
    );
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it("each have their own rule, roles, tasks and log group, and a repository if they are built", async () => {
    stage.edit({ services: all });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    const ids = (await resources()).map(({ id }) => id);
    const own = (name: string) => ids.filter((id) => id.startsWith(`${name}/`)).map((id) => id.slice(name.length + 1));
    expect(own("api").toSorted()).toEqual([
      "balancer/cloudfront-rule",
      "balancer/target-group",
      "compute/service",
      "compute/task-definition",
      "observability/application-log",
      "registry/repository",
      "scaling/cpu-policy",
      "scaling/memory-policy",
      "scaling/target",
      "security/task-execution-role",
      "security/task-role",
      "security/tasks-group",
      "security/tasks-rules",
    ]);
    expect(own("admin")).toEqual(own("docs"));
    expect(own("admin")).not.toContain("registry/repository");
    // Everything else is there once.
    expect(ids.filter((id) => id.endsWith("delivery/pipeline"))).toEqual(["delivery/pipeline"]);
  });

  it("answer behind one CDN, whose secret all of their rules require", async () => {
    const { aws } = stage.world();
    const { DescribeListenersCommand, DescribeLoadBalancersCommand, DescribeRulesCommand } =
      await import("@aws-sdk/client-elastic-load-balancing-v2");
    const { LoadBalancers } = await aws.elb(new DescribeLoadBalancersCommand({}));
    const { Listeners } = await aws.elb(
      new DescribeListenersCommand({ LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn }),
    );
    const { Rules = [] } = await aws.elb(new DescribeRulesCommand({ ListenerArn: Listeners?.[0]?.ListenerArn }));
    const conditions = Rules.filter(({ IsDefault }) => !IsDefault).map(({ Conditions = [] }) => ({
      path: Conditions.flatMap(({ PathPatternConfig }) => PathPatternConfig?.Values ?? []).join(),
      secret: Conditions.flatMap(({ HttpHeaderConfig }) => HttpHeaderConfig?.Values ?? []).join(),
    }));
    // The first that matches counts: the more specific ones come first.
    expect(conditions.map(({ path }) => path)).toEqual(["/admin/*", "/docs/*", "/api/*", "/*"]);
    expect(new Set(conditions.map(({ secret }) => secret)).size).toBe(1);
  });

  it("are removed one by one, and leave nothing behind", async () => {
    stage.edit({ services: { web, api } });
    const planned = Object.entries(await stage.planned());
    expect(planned.filter(([, action]) => action === "delete").map(([id]) => id.split("/")[0])).not.toContain("api");
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    const { exit, lines } = await stage.say("teardown");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain("no resources of fairlead-app-dev are left");
  });

  it("need none called web: requests that match no service get a 404", async () => {
    const { web: _web, ...others } = all ?? {};
    stage.edit({ services: others });
    const { exit } = await stage.run("reconcile");
    expect(exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect((await resources()).map(({ id }) => id)).toContain("balancer/no-route");
    expect((await stage.say("teardown")).exit).toBe(0);
  });
});
