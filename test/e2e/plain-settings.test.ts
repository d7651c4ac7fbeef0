import {
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  ModifyLoadBalancerAttributesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { describe, expect, it } from "vitest";
import { eachAlone, type Alone } from "../support/each-alone.ts";
import type { Stage } from "../support/stage.ts";

/** A field that no setting exposes. */
const PATCHED = "routing.http.preserve_host_header.enabled";

const REVISION = ["compute/service", "compute/task-definition"];

/** Settings of resources that every stack has and that `edits.test.ts` leaves out: the setting, its value, and what alone it changes. */
const SETTINGS: readonly Alone[] = [
  ["balancer.idleTimeout", 120, ["balancer/load-balancer"]],
  ["balancer.deletionProtection", true, ["balancer/load-balancer"]],
  ["balancer.healthCheck.interval", 15, ["balancer/target-group"]],
  ["balancer.healthCheck.timeout", 10, ["balancer/target-group"]],
  ["balancer.healthCheck.healthyThreshold", 3, ["balancer/target-group"]],
  ["balancer.healthCheck.unhealthyThreshold", 4, ["balancer/target-group"]],
  ["balancer.healthCheck.matcher", "200-299", ["balancer/target-group"]],
  ["container.stopTimeout", 60, REVISION],
  ["container.user", "1001:1001", REVISION],
  ["container.entryPoint", ["node"], REVISION],
  ["container.command", ["server.js"], REVISION],
  ["container.readonlyRootFilesystem", false, REVISION],
  ["service.minHealthyPercent", 50, ["compute/service"]],
  ["service.maxPercent", 150, ["compute/service"]],
  ["service.healthCheckGracePeriod", 90, ["compute/service"]],
  ["scaling.max", 8, ["scaling/target"]],
  ["scaling.memoryTarget", 60, ["scaling/memory-policy"]],
  ["scaling.scaleInCooldown", 120, ["scaling/cpu-policy", "scaling/memory-policy"]],
  ["scaling.scaleOutCooldown", 30, ["scaling/cpu-policy", "scaling/memory-policy"]],
  ["registry.untaggedDays", 7, ["registry/repository"]],
  ["registry.scanOnPush", false, ["registry/repository"]],
  // What is changed by hand below.
  ["registry.scanOnPush", true, ["registry/repository"]],
  ["edge.apiPath", "/v1/*", ["edge/distribution"]],
  ["edge.enabled", false, ["edge/distribution"]],
  ["edge.comment", "the shop", ["edge/distribution"]],
  ["delivery.buildImage", "aws/codebuild/standard:7.0", ["delivery/build-project"]],
  ["delivery.buildTimeoutMinutes", 20, ["delivery/build-project"]],
  ["delivery.buildspec", "ci/build.yml", ["delivery/build-project"]],
  ["delivery.approval.message", "Go?", ["delivery/pipeline"]],
  ["logs.buildRetentionDays", 14, ["observability/build-log"]],
  ["patch", { "balancer/load-balancer": { attributes: { [PATCHED]: "true" } } }, ["balancer/load-balancer"]],
];

/** The patched field as it is, and a way to set it by hand. */
async function patched(stage: Stage, set?: string): Promise<string | undefined> {
  return stage.meddle(async ({ elb }) => {
    const { LoadBalancers = [] } = await elb(new DescribeLoadBalancersCommand({}));
    const { LoadBalancerArn = "" } = LoadBalancers[0] ?? {};
    if (set !== undefined)
      await elb(
        new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes: [{ Key: PATCHED, Value: set }] }),
      );
    const { Attributes = [] } = await elb(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }));
    return Attributes.find(({ Key }) => Key === PATCHED)?.Value;
  });
}

describe("settings of what every stack has", () => {
  eachAlone({}, SETTINGS, { balancer: { deletionProtection: true } }, (stage, settles) =>
    it("include a patched field, which is set again where someone has changed it", async () => {
      expect(await patched(stage)).toBe("true");
      expect(await patched(stage, "false")).toBe("false");
      expect(await stage.planned()).toEqual({ "balancer/load-balancer": "update" });
      await settles();
      expect(await patched(stage)).toBe("true");
    }),
  );
});
