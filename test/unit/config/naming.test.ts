import { expect, test } from "vitest";

import { keptNames, namesOf } from "../../../src/config/naming.ts";
import { resolveStack } from "../../../src/config/resolve.ts";

test("every name follows from the configuration and the account", () => {
  expect(namesOf(resolveStack({ name: "shop" }), "123456789012")).toEqual({
    prefix: "shop-dev",
    loadBalancer: "shop-dev",
    targetGroup: "shop-dev",
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
    headersPolicy: "shop-dev-ap-northeast-1-security-headers",
    roles: {
      execution: "shop-dev-ap-northeast-1-task-execution",
      task: "shop-dev-ap-northeast-1-task",
      build: "shop-dev-ap-northeast-1-codebuild",
      pipeline: "shop-dev-ap-northeast-1-codepipeline",
      events: "shop-dev-ap-northeast-1-events",
    },
    securityGroups: { balancer: "shop-dev-alb", tasks: "shop-dev-tasks" },
    scalingPolicies: { cpu: "shop-dev-cpu-scaling", memory: "shop-dev-memory-scaling" },
    distributionComment: "shop-dev ap-northeast-1",
  });
});

test("the user's comment is the distribution's", () => {
  const stack = resolveStack({ edge: { comment: "the shop" } });
  expect(namesOf(stack, "123456789012").distributionComment).toBe("the shop");
});

test("what is global says the region, so that a second region shares no name", () => {
  const [here, there] = ["ap-northeast-1", "us-east-1"].map((region) =>
    namesOf(resolveStack({ name: "shop" }, undefined, region), "123456789012"),
  );
  const global = (names = here) => [
    ...Object.values(names?.roles ?? {}),
    names?.headersPolicy,
    names?.distributionComment,
  ];
  expect(global(here).filter((name) => global(there).includes(name))).toEqual([]);
});

test("a role's name has at most 64 characters, and two long names that begin alike stay two", () => {
  const roles = (name: string) =>
    Object.values(namesOf({ ...resolveStack({}, undefined, "ap-southeast-1"), name }, "123456789012").roles);
  const [one, other] = ["a".repeat(50), `${"a".repeat(49)}b`].map(roles);
  for (const name of [...(one ?? []), ...(other ?? [])]) expect(name.length).toBeLessThanOrEqual(64);
  expect(one?.filter((name) => other?.includes(name))).toEqual([]);
  expect(one).toEqual(roles("a".repeat(50)));
});

test("what stands under an earlier name keeps it, what is yet to be made does not", () => {
  const names = namesOf(resolveStack({ name: "shop" }), "123456789012");
  const kept = keptNames(names, {
    "security/task-role": { id: "shop-dev-task", spec: { name: "shop-dev-task" } },
    "security/events-role": { spec: { name: "shop-dev-events" } },
    "edge/headers-policy": { id: "p-1", spec: { name: "shop-dev-security-headers" } },
  });
  expect(kept.roles).toEqual({ ...names.roles, task: "shop-dev-task" });
  expect(kept.headersPolicy).toBe("shop-dev-security-headers");
});
