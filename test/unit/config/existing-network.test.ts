import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/config/errors.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import type { NetworkConfig } from "../../../src/config/types.ts";

const VPC = "vpc-0a1b2c3d4e5f60718";
const [A, B, C, D] = ["a", "b", "c", "d"].map((letter) => `subnet-0123456789abcdef${letter}`) as [
  string,
  string,
  string,
  string,
];
const network: NetworkConfig = { vpc: VPC, publicSubnets: [A, B], privateSubnets: [C, D] };

const problems = (config: object, env?: string): string[] => {
  try {
    resolveStack(config, env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
};

describe("a network that exists already", () => {
  it("is taken as it is named, without anything of a network that the stack creates", () => {
    expect(resolveStack({ network }).network).toEqual(network);
  });

  it.each([
    [
      { cidr: "10.1.0.0/16" },
      `network.cidr: "10.1.0.0/16" only applies to a VPC that the stack creates; the ranges of network.vpc are read from AWS; allowed: omit it`,
    ],
    [
      { zones: ["ap-northeast-1a", "ap-northeast-1c"] },
      `network.zones: ["ap-northeast-1a","ap-northeast-1c"] only applies to subnets that the stack creates; the subnets of network.vpc already have zones; allowed: omit it`,
    ],
    [
      { nat: "single" },
      `network.nat: "single" only applies to NAT gateways that the stack creates; it creates none in network.vpc, where the subnets' routes decide; allowed: omit it`,
    ],
    [
      { endpoints: ["s3"] },
      `network.endpoints: ["s3"] only applies to endpoints in a VPC that the stack creates; those of network.vpc are created by its owner; allowed: omit it`,
    ],
    [
      { tasks: "public" },
      `network.tasks: "public" only applies to a network that the stack creates; in network.vpc tasks run in privateSubnets; allowed: omit it`,
    ],
    [
      { publicSubnets: ["10.0.1.0/24", B] },
      `network.publicSubnets[0]: "10.0.1.0/24" is not a subnet id; allowed: with network.vpc, ids of its subnets, such as subnet-0123456789abcdef0`,
    ],
    [{ privateSubnets: [C, C] }, `network.privateSubnets[1]: "${C}" is listed twice; allowed: each subnet once`],
    [
      { privateSubnets: [C, A] },
      `network.privateSubnets[1]: "${A}" is also in network.publicSubnets, and a task has no public IP address, so it cannot reach the internet from there; allowed: a subnet with a route to a NAT gateway or similar`,
    ],
    [
      { vpc: "shared-vpc" },
      `network.vpc: "shared-vpc" is not allowed; allowed: a VPC id, such as vpc-0123456789abcdef0`,
    ],
  ])("refuses %j", (more, problem) => {
    expect(problems({ network: { ...network, ...more } })).toEqual([problem]);
  });

  it("needs subnets in two zones for the load balancer and for the tasks", () => {
    expect(problems({ network: { vpc: VPC } })).toEqual([
      `network.publicSubnets: [] (the default) names no subnet of "${VPC}"; an internet-facing load balancer needs two zones; allowed: the ids of two or more of its subnets`,
      `network.privateSubnets: [] (the default) names no subnet of "${VPC}"; tasks need two zones; allowed: the ids of two or more of its subnets`,
    ]);
    expect(problems({ network: { ...network, publicSubnets: [A] } })).toEqual([
      `network.publicSubnets: ["${A}"] names only one subnet of "${VPC}"; an internet-facing load balancer needs two zones; allowed: the ids of two or more of its subnets`,
    ]);
  });

  it("is named by an environment, and by that one alone", () => {
    const config = { environments: { prod: { network } } };
    expect(resolveStack(config, "prod").network).toEqual(network);
    expect(resolveStack(config).network.vpc).toBeUndefined();
    expect(problems({ network: { nat: "single" }, ...config }, "prod")).toEqual([
      expect.stringContaining('network.nat: "single" only applies to NAT gateways that the stack creates'),
    ]);
  });

  it("is what ids of subnets belong to", () => {
    expect(problems({ network: { publicSubnets: [A, "10.0.2.0/24"] } })).toEqual([
      `network.publicSubnets[0]: "${A}" is a subnet id, but the stack creates its own network; allowed: CIDR ranges, or subnet ids together with network.vpc, the id of their VPC`,
    ]);
  });
});
