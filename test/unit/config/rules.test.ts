import { describe, expect, test } from "vitest";

import { memorySizes } from "../../../src/config/fargate.ts";
import { lines } from "./lines.ts";

const network = (settings: object) => lines({ network: settings });

describe("ranges", () => {
  test.each([
    [
      { cidr: "10.0.0.0" },
      `network.cidr: "10.0.0.0" is not an IPv4 range; allowed: an address and a prefix, such as 10.0.0.0/16`,
    ],
    [
      { cidr: "10.0.0.256/16" },
      `network.cidr: "10.0.0.256/16" is not an IPv4 range; allowed: an address and a prefix, such as 10.0.0.0/16`,
    ],
    [
      { cidr: "10.00.0.0/16" },
      `network.cidr: "10.00.0.0/16" is not an IPv4 range; allowed: an address and a prefix, such as 10.0.0.0/16`,
    ],
    [
      { cidr: "10.0.0.0/8" },
      `network.cidr: "10.0.0.0/8" has a prefix length that AWS does not allow here; allowed: /16 to /28`,
    ],
    [
      { cidr: "10.0.5.0/16" },
      `network.cidr: "10.0.5.0/16" has host bits set; did you mean "10.0.0.0/16"? allowed: the first address of the range`,
    ],
    [
      { cidr: "127.1.0.0/16" },
      `network.cidr: "127.1.0.0/16" is within 127.0.0.0/8, which AWS does not allow for a VPC; allowed: a private range, such as 10.0.0.0/16`,
    ],
    [
      { cidr: "10.0.0.0/20" },
      `network.cidr: "10.0.0.0/20" has no room for the default subnets (x.x.1.0/24 and up, x.x.10.0/24 and up); set network.publicSubnets and network.privateSubnets`,
    ],
    [
      { cidr: "10.0.0.0/20", publicSubnets: ["10.0.1.0/24", "10.0.2.0/24"] },
      `network.cidr: "10.0.0.0/20" has no room for the default subnets (x.x.1.0/24 and up, x.x.10.0/24 and up); set network.privateSubnets`,
    ],
    [
      { publicSubnets: ["10.0.1.0/24", "10.0.2.0/28"] },
      `network.publicSubnets[1]: "10.0.2.0/28" has a prefix length that AWS does not allow here; allowed: /16 to /27 (a load balancer needs /27 or larger)`,
    ],
    [
      { privateSubnets: ["10.0.30.0/24", "10.0.40.0/29"] },
      `network.privateSubnets[1]: "10.0.40.0/29" has a prefix length that AWS does not allow here; allowed: /16 to /28`,
    ],
    [
      { publicSubnets: ["10.0.1.0/24", "10.0.2.9/24"] },
      `network.publicSubnets[1]: "10.0.2.9/24" has host bits set; did you mean "10.0.2.0/24"? allowed: the first address of the range`,
    ],
    [
      { publicSubnets: ["10.0.1.0/24", "10.1.2.0/24"] },
      `network.publicSubnets[1]: "10.1.2.0/24" is outside the VPC; allowed: ranges inside network.cidr "10.0.0.0/16"`,
    ],
    [
      { publicSubnets: ["10.0.1.0/24", "10.0.1.128/25"] },
      `network.publicSubnets[1]: "10.0.1.128/25" overlaps with network.publicSubnets[0] "10.0.1.0/24"; allowed: ranges that do not overlap`,
    ],
    [
      { publicSubnets: ["10.0.1.0/24", "10.0.20.0/24"] },
      `network.privateSubnets[1]: "10.0.20.0/24" (the default) overlaps with network.publicSubnets[1] "10.0.20.0/24"; allowed: ranges that do not overlap`,
    ],
    [
      { publicSubnets: ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"] },
      `network.publicSubnets: ["10.0.1.0/24","10.0.2.0/24","10.0.3.0/24"] has 3 ranges for 2 zones; allowed: one for each of network.zones`,
    ],
    [
      { zones: ["ap-northeast-1a"], publicSubnets: ["10.0.1.0/24"] },
      `network.publicSubnets: ["10.0.1.0/24"] has 1 range for 1 zone; allowed: two, because a load balancer needs a subnet in a second zone`,
    ],
    [
      { zones: ["ap-northeast-1a"], privateSubnets: ["10.0.10.0/24", "10.0.20.0/24"] },
      `network.privateSubnets: ["10.0.10.0/24","10.0.20.0/24"] has 2 ranges for 1 zone; allowed: one for each of network.zones`,
    ],
  ])("%j", (settings, line) => {
    expect(network(settings)).toEqual([line]);
  });

  test("every range of a wrong VPC that can be judged is", () => {
    expect(network({ cidr: "10.0.0.0/33", publicSubnets: ["10.0.1.0/24", "10.0.1.0/24"] })).toEqual([
      `network.cidr: "10.0.0.0/33" is not an IPv4 range; allowed: an address and a prefix, such as 10.0.0.0/16`,
      `network.publicSubnets[1]: "10.0.1.0/24" overlaps with network.publicSubnets[0] "10.0.1.0/24"; allowed: ranges that do not overlap`,
    ]);
  });

  test("small and unusual ranges that AWS takes are taken", () => {
    expect(
      network({
        cidr: "192.168.7.0/24",
        publicSubnets: ["192.168.7.0/27", "192.168.7.32/27"],
        privateSubnets: ["192.168.7.64/28", "192.168.7.128/25"],
      }),
    ).toEqual([]);
  });
});

describe("zones", () => {
  test.each([
    [
      ["us-east-1a", "ap-northeast-1c"],
      `network.zones[0]: "us-east-1a" is not a zone of ap-northeast-1; allowed: "ap-northeast-1a", "ap-northeast-1b", "ap-northeast-1c", "ap-northeast-1d"`,
    ],
    [
      ["ap-northeast-1a", "ap-northeast-1-lax-1a"],
      `network.zones[1]: "ap-northeast-1-lax-1a" is not a zone of ap-northeast-1; allowed: "ap-northeast-1a", "ap-northeast-1b", "ap-northeast-1c", "ap-northeast-1d"`,
    ],
    [
      ["ap-norteast-1a", "ap-northeast-1c"],
      `network.zones[0]: "ap-norteast-1a" is not a zone of ap-northeast-1; did you mean "ap-northeast-1a"? allowed: "ap-northeast-1a", "ap-northeast-1b", "ap-northeast-1c", "ap-northeast-1d"`,
    ],
    [
      ["ap-northeast-1a", "ap-northeast-1a"],
      `network.zones[1]: "ap-northeast-1a" is listed twice; allowed: each zone once`,
    ],
  ])("%j", (zones, line) => {
    expect(network({ zones })).toEqual([line]);
  });

  test("zones of the top do not fit the region of an environment", () => {
    const zones = ["ap-northeast-1a", "ap-northeast-1c"];
    const config = { network: { zones }, environments: { us: { region: "us-west-1" } } };
    expect(lines(config)).toEqual([]);
    expect(lines(config, "us")).toHaveLength(2);
  });

  test("zones of a region that is not known are not judged", () => {
    expect(lines({ region: "xx-moon-1", network: { zones: ["xx-moon-1a", "xx-moon-1b"] } })).toHaveLength(1);
  });
});

describe("names", () => {
  test("the longest names that fit are taken", () => {
    expect(lines({ name: "a".repeat(21) })).toEqual([]);
    expect(lines({ region: "us-east-1", name: "a".repeat(22), container: { port: 65_535 } })).toEqual([]);
  });

  test("a bucket's name is the first to be too long", () => {
    expect(lines({ name: "a".repeat(22) })).toEqual([
      `name: "aaaaaaaaaaaaaaaaaaaaaa" with environment "dev" makes resource names too long for AWS: the bucket "aaaaaaaaaaaaaaaaaaaaaa-dev-artifacts-<account>-ap-northeast-1" (64 of 63); allowed: 24 characters for name and environment together`,
    ]);
  });

  test("in a region with a short name it is the load balancer's", () => {
    expect(lines({ region: "us-east-1", name: "a".repeat(29) })).toEqual([
      `name: "${"a".repeat(29)}" with environment "dev" makes resource names too long for AWS: the load balancer "${"a".repeat(29)}-dev" (33 of 32), the bucket "${"a".repeat(29)}-dev-artifacts-<account>-us-east-1" (66 of 63); allowed: 29 characters for name and environment together`,
    ]);
  });

  test("every name that is too long is told", () => {
    const [line, ...others] = lines({ name: "an-application-with-a-long-name" });
    expect(others).toEqual([]);
    expect(line).toContain(`the load balancer "an-application-with-a-long-name-dev" (35 of 32), `);
    expect(line).toContain(`, the bucket `);
  });

  test.each([
    [
      "internal",
      `name: "internal" makes the load balancer's name begin with "internal-", which AWS does not allow; allowed: another name`,
    ],
    [
      "sg",
      `name: "sg" makes the security group's name begin with "sg-", which AWS does not allow; allowed: another name`,
    ],
    [
      "sthree-x",
      `name: "sthree-x" makes the bucket's name begin with "sthree-", which AWS does not allow; allowed: another name`,
    ],
  ])("%s", (name, line) => {
    expect(lines({ name })).toEqual([line]);
  });
});

describe("tasks", () => {
  test.each([
    [
      { container: { memory: 300 } },
      "container.memory: 300 is not available on Fargate with cpu 256; allowed: 512, 1024, 2048",
    ],
    [
      { container: { cpu: 512 } },
      "container.memory: 512 (the default) is not available on Fargate with cpu 512; allowed: 1024, 2048, 3072, 4096",
    ],
    [
      { container: { cpu: 4096, memory: 8000 } },
      "container.memory: 8000 is not available on Fargate with cpu 4096; allowed: 8192 to 30720 in steps of 1024",
    ],
    [
      { container: { cpu: 16_384, memory: 36_864 } },
      "container.memory: 36864 is not available on Fargate with cpu 16384; allowed: 32768 to 122880 in steps of 8192",
    ],
    [{ scaling: { min: 8, max: 4 } }, "scaling.min: 8 is above scaling.max; allowed: at most 4"],
    [
      { service: { desiredCount: 2 }, scaling: { min: 3 } },
      "service.desiredCount: 2 is below scaling.min; allowed: at least 3",
    ],
    [
      { service: { desiredCount: 9 }, scaling: { max: 6 } },
      "service.desiredCount: 9 is above scaling.max; allowed: at most 6",
    ],
    [
      { service: { maxPercent: 100 } },
      "service.maxPercent: 100 leaves no room to deploy 2 tasks with service.minHealthyPercent 100: 2 may run and 2 must; allowed: at least 150, or a lower minHealthyPercent",
    ],
    [
      { service: { desiredCount: 1, minHealthyPercent: 50, maxPercent: 150 } },
      "service.maxPercent: 150 leaves no room to deploy 1 task with service.minHealthyPercent 50: 1 may run and 1 must; allowed: at least 200, or a lower minHealthyPercent",
    ],
    [
      { service: { desiredCount: 2, maxPercent: 150 }, scaling: { min: 1 } },
      "service.maxPercent: 150 leaves no room to deploy 1 task with service.minHealthyPercent 100, and autoscaling may choose this count (scaling.min is 1): 1 may run and 1 must; allowed: at least 200, or a lower minHealthyPercent",
    ],
    [
      { container: { tmpSize: 512 } },
      "container.tmpSize: 512 is not less than the task's memory, which it is part of; allowed: less than 512 (container.memory)",
    ],
    [
      { balancer: { healthCheck: { timeout: 30 } } },
      "balancer.healthCheck.timeout: 30 is not less than the interval; allowed: less than 30 (balancer.healthCheck.interval)",
    ],
    [
      { balancer: { healthCheck: { interval: 5 } } },
      "balancer.healthCheck.timeout: 5 (the default) is not less than the interval; allowed: less than 5 (balancer.healthCheck.interval)",
    ],
    [
      { edge: { apiPath: "/static/*" } },
      `edge.apiPath: "/static/*" is the same as edge.staticPath; allowed: two different patterns`,
    ],
  ])("%j", (config, line) => {
    expect(lines(config)).toEqual([line]);
  });

  test("the sizes that Fargate sells", () => {
    expect(memorySizes(256)).toEqual([512, 1024, 2048]);
    expect(memorySizes(1024)).toEqual([2048, 3072, 4096, 5120, 6144, 7168, 8192]);
    expect(memorySizes(4096)).toHaveLength(23);
    expect(memorySizes(8192).slice(0, 2)).toEqual([16_384, 20_480]);
    expect(memorySizes(16_384).at(-1)).toBe(122_880);
  });

  test("a task policy has unique Sids and fits a role", () => {
    const statement = { Sid: "A", Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
    expect(lines({ service: { taskPolicy: [statement, statement] } })).toEqual([
      `service.taskPolicy[1].Sid: "A" is listed twice; allowed: each Sid once`,
    ]);
    const Resource = Array.from({ length: 300 }, (_, index) => `arn:aws:s3:::a-bucket-with-a-long-name/${index}`);
    const [line] = lines({ service: { taskPolicy: [{ ...statement, Resource }] } });
    expect(line).toMatch(/^service\.taskPolicy: .* has \d+ characters; allowed: at most 10240, the limit for a role$/);
  });

  test("there is room for the owner tags", () => {
    const tags = Array.from({ length: 41 }, (_, index) => [`k${index}`, ""]);
    expect(lines({ tags: Object.fromEntries(tags.slice(1)) })).toEqual([]);
    expect(lines({ tags: Object.fromEntries(tags) })[0]).toMatch(/^tags: .* has 41 tags; allowed: at most 40$/);
  });
});

describe("ECS Exec", () => {
  test("needs a root file system that can be written to", () => {
    expect(lines({ service: { enableExec: true } })).toEqual([
      "service.enableExec: true requires a writable root file system; allowed: with container.readonlyRootFilesystem false",
    ]);
    expect(lines({ service: { enableExec: true }, container: { readonlyRootFilesystem: false } })).toEqual([]);
  });
});
