import { describe, expect, test } from "vitest";

import { defineStack } from "../../../src/index.ts";
import { ConfigError } from "../../../src/config/errors.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import example from "../../../stack.config.ts";
import { lines } from "./lines.ts";

describe("defaults", () => {
  test("an empty configuration is the whole topology", () => {
    expect(resolveStack({})).toEqual({
      name: "fairlead-app",
      environment: "dev",
      stackName: "fairlead-app-dev",
      region: "ap-northeast-1",
      replicate: { secrets: false },
      tags: {},
      network: {
        cidr: "10.0.0.0/16",
        zones: ["ap-northeast-1a", "ap-northeast-1c"],
        zonesAreDefault: true,
        publicZones: ["ap-northeast-1a", "ap-northeast-1c"],
        endpoints: [],
        ipv6: false,
        publicSubnets: ["10.0.1.0/24", "10.0.2.0/24"],
        privateSubnets: ["10.0.10.0/24", "10.0.20.0/24"],
        nat: "perZone",
        tasks: "private",
      },
      registry: { keepImages: 30, untaggedDays: 1, scanOnPush: true, mutableTags: true },
      container: {
        port: 5000,
        cpu: 256,
        memory: 512,
        healthCheckPath: "/health",
        environment: {},
        secrets: {},
        readonlyRootFilesystem: true,
        tmpSize: 64,
        initProcess: false,
        user: "1000",
        stopTimeout: 30,
      },
      cluster: { containerInsights: true },
      service: {
        desiredCount: 2,
        minHealthyPercent: 100,
        maxPercent: 200,
        circuitBreaker: true,
        deploymentAlarms: false,
        healthCheckGracePeriod: 60,
        enableExec: false,
        taskPolicy: [],
      },
      scaling: {
        min: 2,
        max: 6,
        cpuTarget: 70,
        memoryTarget: 80,
        scaleInCooldown: 300,
        scaleOutCooldown: 60,
        schedule: {},
      },
      balancer: {
        deregistrationDelay: 30,
        idleTimeout: 60,
        healthCheck: { interval: 30, timeout: 5, healthyThreshold: 2, unhealthyThreshold: 2, matcher: "200" },
        deletionProtection: false,
        allowFrom: ["0.0.0.0/0"],
      },
      dns: {},
      domains: [],
      edge: {
        origin: "public",
        priceClass: "PriceClass_100",
        methods: "all",
        staticPath: "/static/*",
        apiPath: "/api/*",
        enabled: true,
      },
      delivery: {
        sourceKey: "source.zip",
        computeType: "BUILD_GENERAL1_MEDIUM",
        buildImage: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
        buildTimeoutMinutes: 30,
        buildspec: "buildspec.yml",
        approval: { enabled: true, message: "Please review the build output and approve deployment to ECS" },
        artifactRetentionDays: 30,
        sourceRetentionDays: 30,
        keepRevisions: 50,
      },
      logs: { retentionDays: 30, buildRetentionDays: 30 },
      services: [expect.objectContaining({ name: "web", type: "web", paths: ["/*"], priority: 100 })],
      storage: { backups: true },
      state: {},
      patch: {},
      shareable: false,
      confirm: "yes",
      protect: false,
    });
  });

  test.each([
    ["us-east-1", ["us-east-1a", "us-east-1b"]],
    ["ca-central-1", ["ca-central-1a", "ca-central-1b"]],
    ["ap-northeast-1", ["ap-northeast-1a", "ap-northeast-1c"]],
  ] as const)("zones of %s", (region, zones) => {
    expect(resolveStack({ region }).network.zones).toEqual(zones);
  });

  test("subnets follow the VPC's range and the number of zones", () => {
    const zones = ["us-west-2a", "us-west-2b", "us-west-2c"];
    expect(resolveStack({ region: "us-west-2", network: { cidr: "10.9.32.0/19", zones } }).network).toMatchObject({
      publicSubnets: ["10.9.33.0/24", "10.9.34.0/24", "10.9.35.0/24"],
      privateSubnets: ["10.9.42.0/24", "10.9.52.0/24", "10.9.62.0/24"],
    });
  });

  test.each([
    [{ service: { desiredCount: 4 } }, [4, 4, 12]],
    [{ service: { desiredCount: 0 } }, [0, 0, 1]],
    [{ scaling: { min: 5 } }, [5, 5, 15]],
    [{ scaling: { max: 1 } }, [1, 1, 1]],
    [{ scaling: { min: 1, max: 9 } }, [2, 1, 9]],
    [{ service: { desiredCount: 3 }, scaling: { min: 1 } }, [3, 1, 9]],
  ])("the counts of %j", (config, [desiredCount, min, max]) => {
    const { service, scaling } = resolveStack(config);
    expect([service.desiredCount, scaling.min, scaling.max]).toEqual([desiredCount, min, max]);
  });

  test("a setting that is undefined is not set", () => {
    const stack = resolveStack({ name: undefined, container: { image: undefined, port: undefined }, edge: undefined });
    expect(stack).toEqual(resolveStack({}));
    expect(stack.container).not.toHaveProperty("image");
  });
});

describe("environments", () => {
  const config = defineStack({
    name: "shop",
    tags: { team: "web", cost: "7" },
    container: { environment: { A: "1", B: "2" }, command: ["a", "b"] },
    environments: {
      prod: {
        tags: { cost: "8" },
        container: { environment: { B: "3" }, command: ["c"] },
        balancer: { healthCheck: { interval: 10 } },
      },
    },
  });

  test("overrides are merged into groups and records, and replace lists", () => {
    expect(resolveStack(config, "prod")).toMatchObject({
      stackName: "shop-prod",
      tags: { team: "web", cost: "8" },
      container: { environment: { A: "1", B: "3" }, command: ["c"], port: 5000 },
      balancer: { healthCheck: { interval: 10, timeout: 5 } },
    });
  });

  test("another environment is untouched by them", () => {
    expect(resolveStack(config)).toMatchObject({ stackName: "shop-dev", tags: { cost: "7" } });
  });

  test("the file's own environment is picked when --env does not pick one", () => {
    expect(resolveStack({ ...config, environment: "prod" }).tags).toEqual({ team: "web", cost: "8" });
    expect(resolveStack({ environment: "qa" }).stackName).toBe("fairlead-app-qa");
    expect(resolveStack({ environment: "qa" }, "qa").stackName).toBe("fairlead-app-qa");
  });

  test("an environment that is not there is refused with those that are", () => {
    expect(lines(config, "pord")).toEqual([
      `--env: "pord" is not an environment in this file; did you mean "prod"? allowed: "dev", "prod"`,
    ]);
    expect(lines({}, "staging")).toEqual([`--env: "staging" is not an environment in this file; allowed: "dev"`]);
    expect(lines(config, "toString")).toHaveLength(1);
    expect(lines(config, "")).toHaveLength(1);
  });

  test("a mistake in any environment is told, a broken rule in the picked one only", () => {
    const both = { environments: { prod: { container: { memory: 3000 } }, qa: { container: { prot: 80 } } } };
    const [misspelt] = lines(both);
    expect(lines(both)).toHaveLength(1);
    expect(misspelt).toContain("environments.qa.container.prot: is an unknown setting");
    expect(misspelt).toContain("did you mean environments.qa.container.port?");
    expect(lines(both, "prod")).toContain(
      "environments.prod.container.memory: 3000 is not available on Fargate with cpu 256; allowed: 512, 1024, 2048",
    );
  });

  test("the name and the environment stay at the top", () => {
    expect(lines({ environments: { prod: { name: "x", environment: "y", environments: {} } } })).toEqual([
      `environments.prod.name: cannot be set in an environment; allowed: name at the top level, beside environments`,
      `environments.prod.environment: cannot be set in an environment; allowed: environment at the top level, beside environments`,
      `environments.prod.environments: cannot be set in an environment; allowed: environments at the top level, beside environments`,
    ]);
  });
});

describe("errors", () => {
  test("all problems are in one error, a line each", () => {
    const wrong = { container: { port: 0 }, service: { desiredCount: 3 }, scaling: { min: 1, max: 2 }, logs: 7 };
    expect(() => resolveStack(wrong)).toThrow(ConfigError);
    expect(() => resolveStack(wrong)).toThrow(lines(wrong).join("\n"));
    expect(lines(wrong)).toEqual([
      "container.port: 0 is not allowed; allowed: a whole number from 1 to 65535",
      "logs: 7 is not allowed; allowed: an object with retentionDays, buildRetentionDays",
      "service.desiredCount: 3 is above scaling.max; allowed: at most 2",
    ]);
  });

  test.each([
    [Promise.resolve({}), "a Promise object"],
    [() => ({}), "a function"],
    [new Map(), "a Map object"],
    [[], "[]"],
    [undefined, "undefined"],
    [null, "null"],
    ["x", `"x"`],
  ])("%j is no configuration", (config, shown) => {
    expect(lines(config)).toEqual([
      `defineStack: ${shown} is not a configuration; allowed: an object of settings, as passed to defineStack`,
    ]);
  });
});

test("the example is taken in both of its environments", () => {
  expect(resolveStack(example).stackName).toBe("fairlead-app-dev");
  expect(resolveStack(example, "prod").container).toMatchObject({ cpu: 512, memory: 1024 });
});
