import { describe, expect, test } from "vitest";

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
    accessLogBucket: "shop-dev-access-123456789012-ap-northeast-1",
    accessLogGroup: "shop-dev-ap-northeast-1-cdn-access",
    accessLogSource: "shop-dev-cdn-",
    accessLogDestinations: { s3: "shop-dev-ap-northeast-1-cdn-s3", cloudwatch: "shop-dev-ap-northeast-1-cdn-logs" },
    applicationLogGroup: "/ecs/shop-dev",
    flowLogGroup: "/aws/vpc/shop-dev",
    buildLogGroup: "/aws/codebuild/shop-dev",
    buildProject: "shop-dev-build",
    releaseProject: "shop-dev-release",
    scanProject: "shop-dev-scan",
    warmProject: "shop-dev-warm",
    warmAction: "Warm-web",
    coolAction: "Cool-web",
    scanAction: "Scan-web",
    releaseLogGroup: "/aws/codebuild/shop-dev/release",
    pipeline: "shop-dev-pipeline",
    sourceRule: "shop-dev-s3-change",
    failedRule: "shop-dev-pipeline-failed",
    approvalRule: "shop-dev-approval",
    firewall: "shop-dev-ap-northeast-1-firewall",
    firewallLogGroup: "aws-waf-logs-shop-dev-ap-northeast-1",
    headersPolicy: "shop-dev-ap-northeast-1-security-headers",
    vpcOrigin: "shop-dev-ap-northeast-1",
    roles: {
      execution: "shop-dev-ap-northeast-1-task-execution",
      task: "shop-dev-ap-northeast-1-task",
      build: "shop-dev-ap-northeast-1-codebuild",
      pipeline: "shop-dev-ap-northeast-1-codepipeline",
      events: "shop-dev-ap-northeast-1-events",
      release: "shop-dev-ap-northeast-1-codebuild-release",
      scan: "shop-dev-ap-northeast-1-codebuild-scan",
      warm: "shop-dev-ap-northeast-1-codebuild-warm",
      schedule: "shop-dev-ap-northeast-1-schedule",
      flowLogs: "shop-dev-ap-northeast-1-flow-logs",
    },
    securityGroups: {
      balancer: "shop-dev-alb",
      https: "shop-dev-alb-https",
      open: "shop-dev-alb-open",
      sharing: "shop-dev-sharing",
      tasks: "shop-dev-tasks",
    },
    scalingWindows: "shop-dev",
    scalingPolicies: {
      cpu: "shop-dev-cpu-scaling",
      memory: "shop-dev-memory-scaling",
      load: "shop-dev-load-scaling",
      fromZero: "shop-dev-from-zero",
      toZero: "shop-dev-to-zero",
    },
    distributionComment: "shop-dev ap-northeast-1",
    deployAction: "Deploy",
    imageDefinitions: "imagedefinitions.json",
    beforeFamily: "shop-dev-before_release",
    beforeAction: "Before-web",
    schedule: "shop-dev",
    updateAction: "Update-web",
    jobFailedRule: "shop-dev-job-failed",
    jobNotStartedRule: "shop-dev-job-not-started",
  });
});

test("another service has its own names and shares the rest", () => {
  const stack = resolveStack({ name: "shop" });
  const [web, api] = [undefined, "api"].map((service) => namesOf(stack, "123456789012", service));
  expect(api).toEqual({
    ...web,
    targetGroup: "shop-dev-api",
    service: "shop-dev-api-service",
    taskFamily: "shop-dev-api",
    container: "api",
    repository: "shop-dev-api",
    applicationLogGroup: "/ecs/shop-dev-api",
    roles: {
      ...web?.roles,
      execution: "shop-dev-ap-northeast-1-api-task-execution",
      task: "shop-dev-ap-northeast-1-api-task",
      schedule: "shop-dev-ap-northeast-1-api-schedule",
    },
    securityGroups: {
      balancer: "shop-dev-alb",
      https: "shop-dev-alb-https",
      open: "shop-dev-alb-open",
      sharing: "shop-dev-sharing",
      tasks: "shop-dev-api-tasks",
    },
    scalingWindows: "shop-dev-api",
    scalingPolicies: {
      cpu: "shop-dev-api-cpu-scaling",
      memory: "shop-dev-api-memory-scaling",
      load: "shop-dev-api-load-scaling",
      fromZero: "shop-dev-api-from-zero",
      toZero: "shop-dev-api-to-zero",
    },
    deployAction: "Deploy-api",
    imageDefinitions: "imagedefinitions-api.json",
    beforeFamily: "shop-dev-api-before_release",
    beforeAction: "Before-api",
    scanAction: "Scan-api",
    warmAction: "Warm-api",
    coolAction: "Cool-api",
    schedule: "shop-dev-api",
    updateAction: "Update-api",
    jobFailedRule: "shop-dev-api-job-failed",
    jobNotStartedRule: "shop-dev-api-job-not-started",
  });
});

test("a target group's name has at most 32 characters, and two services never share one", () => {
  const stack = { ...resolveStack({}), name: "a-name-of-some-length" };
  const names = ["reports-of-the-day-1", "reports-of-the-day-2"].map(
    (service) => namesOf(stack, "123456789012", service).targetGroup,
  );
  for (const name of names) expect(name.length).toBeLessThanOrEqual(32);
  expect(new Set(names).size).toBe(2);
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

describe("behind a VPC origin", () => {
  const inside = (config: object) => resolveStack({ name: "shop", edge: { origin: "vpc" }, ...config });
  const names = (config: object, service?: string) => namesOf(inside(config), "123456789012", service);

  test("load balancer and target groups have names that no other stack or service has, and another VPC's are others", () => {
    const [own, moved] = [names({}), names({ network: { cidr: "10.1.0.0/16" } })];
    expect(own.loadBalancer).toMatch(/^shop-dev--internal-[0-9a-f]{4}$/);
    expect(own.targetGroup).toBe(own.loadBalancer);
    expect(names({}, "api").targetGroup).toMatch(/^shop-dev-api--internal-[0-9a-f]{4}$/);
    expect(moved.loadBalancer).not.toBe(own.loadBalancer);
  });

  test("they fit where the stack's name is as long as it may be", () => {
    const long = names({ name: "storefront", environment: "production" }, "notifications");
    expect(long.loadBalancer.length).toBeLessThanOrEqual(32);
    expect(long.targetGroup.length).toBeLessThanOrEqual(32);
  });

  test("a target group keeps its recorded name only as long as it is on a load balancer of the same sort", () => {
    const recorded = (name: string) => ({ "balancer/target-group": { id: "arn", spec: { name } } });
    const outside = namesOf(resolveStack({ name: "shop" }), "123456789012");
    expect(keptNames(outside, recorded("shop-dev-5000")).targetGroup).toBe("shop-dev-5000");
    expect(keptNames(names({}), recorded("shop-dev")).targetGroup).toBe(names({}).targetGroup);
    expect(keptNames(outside, recorded(names({}).targetGroup)).targetGroup).toBe("shop-dev");
  });
});
