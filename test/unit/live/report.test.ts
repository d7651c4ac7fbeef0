import { describe, expect, it } from "vitest";
import { compare } from "../../live/compare.ts";
import { costOf } from "../../live/cost.ts";
import { optionsFrom, Refused } from "../../live/options.ts";
import { reportOf, type Findings, type Side } from "../../live/report.ts";
import { roleOf, withoutAccountData } from "../../live/role.ts";
import { shapesOf } from "../../live/shape.ts";
import { waitsIn } from "../../live/waits.ts";
import { call } from "./calls.ts";

const steps = (outcome: "done" | "failed", why?: string) => [
  { name: "reconcile", title: "Create the stack", outcome, why, ms: 12_000 },
];
const side = (calls: Side["calls"], outcome: "done" | "failed" = "done", why?: string): Side => ({
  steps: steps(outcome, why),
  calls,
  waits: waitsIn(calls),
  chains: [{ step: "reconcile", links: [{ id: "network/nat-1", action: "create", from: 0, to: 5_000 }] }],
});

const aws = side([
  call(1, "CreateVpc", { error: "RequestLimitExceeded" }),
  call(2, "CreateVpc", { attempt: 2, answer: { Vpc: ["empty structure"] } }),
  call(3, "DescribeVpcs", { error: "InvalidVpcID.NotFound" }),
  call(6, "DescribeVpcs", { answer: { Vpcs: ["list"], "Vpcs[].Extra": ["string"] } }),
]);
const simulated = side([
  call(2, "CreateVpc", { answer: { Vpc: ["empty structure"] } }),
  call(3, "DescribeVpcs", { answer: { Vpcs: ["list"], "Vpcs[].VpcId": ["string"] } }),
]);

const findings: Findings = {
  date: "2026-11-27",
  version: "1.2.3",
  commit: "abc1234",
  region: "eu-west-1",
  isAws: true,
  cost: { hourly: 0.1, expected: 0.2, most: 0.3 },
  aws,
  simulated,
  comparison: compare(shapesOf(aws.calls), shapesOf(simulated.calls)),
  leftovers: { left: [], lagging: [], unread: [] },
};

describe("the report of a life", () => {
  it("has steps, waits, errors, differences and calls", () => {
    const text = reportOf(findings);
    expect(text).toContain("Fairlead 1.2.3 (abc1234), region eu-west-1, on AWS. It completed.");
    expect(text).toContain("| **reconcile**: Create the stack | done | 12.0 s | 12.0 s | 4 | 2 | 1 | 1 |");
    expect(text).toContain("InvalidVpcID.NotFound → answered | 4.0 s | did not wait |");
    expect(text).toContain("create network/nat-1 5.0 s");
    expect(text).toContain("| reconcile | ec2.CreateVpc | RequestLimitExceeded (throttled) | 1 | 0 |");
    expect(text).toContain("| ec2.DescribeVpcs | `Vpcs[].Extra` | only on AWS | string |");
    expect(text).toContain("| ec2.DescribeVpcs | `Vpcs[].VpcId` | only in the simulator | string |");
    expect(text).toContain("| ec2.CreateVpc | 2 | 1 | reconcile 2 |");
    expect(text).toContain("No resources of the stack are left");
  });

  it("says what failed and what is left, without any data of the account", () => {
    const why = "arn:aws:iam::123456789012:role/x at 10.1.2.3, i-0123456789abcdef0, dabc.cloudfront.net: no";
    const left = [{ what: "VPC", id: "vpc-0123456789abcdef0" }];
    const leftovers = { left, lagging: ["arn"], unread: [{ what: "role", error: "AccessDenied" }] };
    const text = reportOf({ ...findings, isAws: false, aws: { ...aws, steps: steps("failed", why) }, leftovers });
    expect(text).toContain("It did not complete: **reconcile** failed.");
    expect(text).toContain("an emulation of AWS");
    expect(text).toContain("**Left: 1.** VPC vpc-(id)");
    expect(text).toContain("Could not check whether a role is left: AccessDenied");
    expect(text).not.toMatch(/123456789012|10\.1\.2\.3|0123456789abcdef0|dabc/);
  });
});

describe("what is of one account", () => {
  it("is taken out of texts, and address ranges of the config are not", () => {
    expect(withoutAccountData("10.0.0.0/16 and 1.2.3.4 in 123456789012")).toBe(
      "10.0.0.0/16 and (address) in (account)",
    );
    expect(withoutAccountData("arn:aws:elasticloadbalancing:eu-west-1:123456789012:x/0123456789abcdef")).toBe(
      "arn:aws:elasticloadbalancing:eu-west-1:(account):x/(id)",
    );
  });

  it("makes no other role of a call", () => {
    const asked = (id: string, account: string) => ({
      id,
      role: `arn:aws:iam::${account}:role/web`,
      CallerReference: id,
      order: { b: 1, a: 2 },
    });
    expect(roleOf(asked("vpc-0123456789abcdef0", "123456789012"))).toBe(
      roleOf({ ...asked("vpc-0aaaaaaaaaaaaaaa0", "210987654321"), order: { a: 2, b: 1 }, CallerReference: "other" }),
    );
    expect(roleOf({ name: "web" })).not.toBe(roleOf({ name: "api" }));
  });
});

describe("what a life costs", () => {
  it("is that of each hour begun, with its tasks and builds", () => {
    const times = { expected: 20 * 60_000, most: 90 * 60_000 };
    const { hourly, expected, most } = costOf({ from: 73, to: 146 }, "us-east-1", times);
    expect(hourly).toBeCloseTo(0.1, 6);
    expect(expected).toBeCloseTo(0.1 + 0.1, 6);
    expect(most).toBeCloseTo(2 * 0.2 + 0.1, 6);
  });
});

describe("the options of a life", () => {
  it("have defaults, and are refused where they are wrong", () => {
    expect(optionsFrom([], "2026-11-27")).toEqual({
      yes: false,
      rehearsal: true,
      limit: 5_400_000,
      seed: undefined,
      date: "2026-11-27",
      service: "service",
      out: "docs/live",
      keep: undefined,
    });
    expect(optionsFrom(["--limit", "2h", "--yes"], "2026-11-27")).toMatchObject({ limit: 7_200_000, yes: true });
    for (const wrong of [["--limit", "soon"], ["--date", "today"], ["--force"]])
      expect(() => optionsFrom(wrong, "2026-11-27")).toThrow(Refused);
  });
});
