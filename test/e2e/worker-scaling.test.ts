import { DescribeScalingPoliciesCommand, type ScalingPolicy } from "@aws-sdk/client-application-auto-scaling";
import { DescribeClustersCommand, DescribeServicesCommand } from "@aws-sdk/client-ecs";
import { afterAll, describe, expect, it } from "vitest";
import { Stage } from "../support/stage.ts";

const stage = new Stage({
  services: {
    web: { build: { context: "service" }, scaling: { requestsPerTarget: 600 } },
    mailer: { type: "worker", queue: true, spot: { base: 1, percent: 75 }, scaling: { backlogPerTask: 25 } },
  },
});
afterAll(() => stage.remove());

const policyOf = (policies: readonly ScalingPolicy[], name: string) =>
  policies.find(({ PolicyName }) => PolicyName === name)?.TargetTrackingScalingPolicyConfiguration;

describe("services that scale on their load", () => {
  it("are scaled on requests per target and on the backlog per task, in addition to CPU and memory", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    const { aws } = stage.world();
    const { ScalingPolicies = [] } = await aws.autoScaling(
      new DescribeScalingPoliciesCommand({ ServiceNamespace: "ecs" }),
    );
    expect(policyOf(ScalingPolicies, "fairlead-app-dev-load-scaling")).toMatchObject({
      TargetValue: 600,
      PredefinedMetricSpecification: {
        PredefinedMetricType: "ALBRequestCountPerTarget",
        ResourceLabel: expect.stringMatching(/^app\/fairlead-app-dev\/.+\/targetgroup\/fairlead-app-dev\//),
      },
    });
    const backlog = policyOf(ScalingPolicies, "fairlead-app-dev-mailer-load-scaling");
    expect(backlog).toMatchObject({ TargetValue: 25 });
    expect(JSON.stringify(backlog?.CustomizedMetricSpecification)).toContain("fairlead-app-dev-mailer-queue");
    expect(ScalingPolicies).toHaveLength(6);
  });

  it("run on spare capacity to the configured extent, in a cluster that supports it", async () => {
    const { aws } = stage.world();
    const cluster = "fairlead-app-dev-cluster";
    const { services: found = [] } = await aws.ecs(
      new DescribeServicesCommand({
        cluster,
        services: ["fairlead-app-dev-mailer-service", "fairlead-app-dev-service"],
      }),
    );
    const of = (name: string) => found.find(({ serviceName }) => serviceName === name)?.capacityProviderStrategy ?? [];
    expect(of("fairlead-app-dev-mailer-service")).toEqual(
      expect.arrayContaining([
        { capacityProvider: "FARGATE", base: 1, weight: 25 },
        { capacityProvider: "FARGATE_SPOT", base: 0, weight: 75 },
      ]),
    );
    expect(of("fairlead-app-dev-service")).toEqual([]);
    const { clusters } = await aws.ecs(new DescribeClustersCommand({ clusters: [cluster] }));
    expect(clusters?.[0]?.capacityProviders).toEqual(expect.arrayContaining(["FARGATE", "FARGATE_SPOT"]));
  });

  it("are deleted with everything else", async () => {
    const { exit, lines } = await stage.say("teardown");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain("no resources of fairlead-app-dev are left");
  });
});
