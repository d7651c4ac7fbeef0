import { expect, test } from "vitest";

import { namesOf } from "../../../src/model/naming.ts";
import { resolveStack } from "../../../src/model/resolve.ts";

test("every name follows from the configuration and the account", () => {
  expect(namesOf(resolveStack({ name: "shop" }), "123456789012")).toEqual({
    prefix: "shop-dev",
    loadBalancer: "shop-dev",
    targetGroup: "shop-dev-5000",
    cluster: "shop-dev-cluster",
    service: "shop-dev-service",
    taskFamily: "shop-dev",
    container: "shop",
    repository: "shop-dev",
    sourceBucket: "shop-dev-source-123456789012-ap-northeast-1",
    artifactBucket: "shop-dev-artifacts-123456789012-ap-northeast-1",
    applicationLogGroup: "/ecs/shop-dev",
    buildLogGroup: "/aws/codebuild/shop-dev",
    buildProject: "shop-dev-build",
    pipeline: "shop-dev-pipeline",
    sourceRule: "shop-dev-s3-change",
    headersPolicy: "shop-dev-security-headers",
    roles: {
      execution: "shop-dev-task-execution",
      task: "shop-dev-task",
      build: "shop-dev-codebuild",
      pipeline: "shop-dev-codepipeline",
      events: "shop-dev-events",
    },
    securityGroups: { balancer: "shop-dev-alb", tasks: "shop-dev-tasks" },
    scalingPolicies: { cpu: "shop-dev-cpu-scaling", memory: "shop-dev-memory-scaling" },
    distributionComment: "shop-dev",
  });
});

test("the user's comment is the distribution's", () => {
  const stack = resolveStack({ edge: { comment: "the shop" } });
  expect(namesOf(stack, "123456789012").distributionComment).toBe("the shop");
});
