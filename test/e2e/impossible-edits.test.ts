import { DeleteNatGatewayCommand, DescribeNatGatewaysCommand, DescribeRouteTablesCommand } from "@aws-sdk/client-ec2";
import {
  CreateRuleCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  SetRulePrioritiesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { TIMING } from "../../src/simulator/timing.ts";
import { Stage } from "../support/stage.ts";

const ZONES = ["ap-northeast-1a", "ap-northeast-1c"];

describe("an edit that AWS cannot apply", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = new Stage();
    await stage.run("reconcile");
  });
  afterEach(() => stage.remove());

  it.each<[string, StackConfig, RegExp]>([
    [
      "another zone in the same ranges",
      { network: { zones: ["ap-northeast-1a", "ap-northeast-1d"] } },
      /^network\/public-2: AWS cannot move subnet subnet-\w+ to zone ap-northeast-1d, .* such as 10\.0\.3\.0\/24\.$/,
    ],
    [
      "the zones the other way round",
      { network: { zones: ZONES.toReversed() } },
      /^network\/public-1: AWS cannot move/,
    ],
    [
      "wider subnets",
      { network: { publicSubnets: ["10.0.0.0/22", "10.0.4.0/22"], privateSubnets: ["10.0.16.0/20", "10.0.32.0/20"] } },
      /^network\/public-1: 10\.0\.0\.0\/22 overlaps 10\.0\.1\.0\/24 of network\/public-1 \(subnet-\w+\), which exists .* such as 10\.0\.\d+\.0\/22\.$/,
    ],
    [
      "two ranges swapped",
      { network: { publicSubnets: ["10.0.2.0/24", "10.0.1.0/24"] } },
      /^network\/public-1: 10\.0\.2\.0\/24 overlaps 10\.0\.2\.0\/24 of network\/public-2/,
    ],
  ])("is refused before anything is touched, with what would work: %s", async (_what, edit, sentence) => {
    stage.edit(edit);
    const before = stage.things();
    const { exit, json } = await stage.run("plan");
    expect([exit, json.problems?.[0]]).toEqual([1, expect.stringMatching(sentence)]);
    await expect(stage.run("reconcile")).rejects.toThrow(/Blocked by/);
    expect(stage.things()).toEqual(before);
    // Nothing is told of the state: it is right.
    expect(json.problems?.join()).not.toContain("state rm");
  });

  it("works with the ranges that the error suggests", async () => {
    const zones = ["ap-northeast-1a", "ap-northeast-1d"];
    stage.edit({ network: { zones } });
    const { json } = await stage.run("plan");
    const [pub, priv] = (json.problems ?? []).map((problem) => /such as (\S+)\.$/.exec(problem)?.[1] ?? "");
    stage.edit({
      network: { zones, publicSubnets: ["10.0.1.0/24", pub ?? ""], privateSubnets: ["10.0.10.0/24", priv ?? ""] },
    });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });
});

describe("an edit of many settings at once", () => {
  let stage: Stage;
  afterEach(() => stage.remove());

  it("is applied if it combines a new range with more NAT gateways", async () => {
    stage = new Stage({ network: { nat: "single" } });
    await stage.run("reconcile");
    stage.edit({ network: { cidr: "10.9.0.0/16" } });
    const { exit, json } = await stage.run("plan");
    expect([exit, json.problems]).toEqual([0, []]);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });
});

describe("a change made outside Fairlead", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = new Stage();
    await stage.run("reconcile");
  });
  afterEach(() => stage.remove());

  it("to a NAT gateway: one that is being deleted counts as gone, and the route goes to the new one in the same run", async () => {
    const gone = await stage.meddle(async ({ ec2 }) => {
      const { NatGateways: [gateway] = [] } = await ec2(new DescribeNatGatewaysCommand({}));
      await ec2(new DeleteNatGatewayCommand({ NatGatewayId: gateway?.NatGatewayId }));
      return gateway?.NatGatewayId;
    });
    expect(Object.values(await stage.planned())).toEqual(["replace", "update"]);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    const { RouteTables = [] } = await stage.world().aws.ec2(new DescribeRouteTablesCommand({}));
    const targets = RouteTables.flatMap(({ Routes = [] }) => Routes.map(({ NatGatewayId }) => NatGatewayId));
    expect(targets).not.toContain(gone);
  });

  it("to listener rules: the error names the rule that has the stack's priority, and nothing is changed", async () => {
    await stage.meddle(async ({ elb }, clock) => {
      const { LoadBalancers: [balancer] = [] } = await elb(new DescribeLoadBalancersCommand({}));
      const { Listeners: [listener] = [] } = await elb(
        new DescribeListenersCommand({ LoadBalancerArn: balancer?.LoadBalancerArn }),
      );
      const ListenerArn = listener?.ListenerArn;
      const { Rules = [] } = await elb(new DescribeRulesCommand({ ListenerArn }));
      const RuleArn = Rules.find(({ IsDefault }) => !IsDefault)?.RuleArn;
      await elb(new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn, Priority: 200 }] }));
      await elb(
        new CreateRuleCommand({
          ListenerArn,
          Priority: 100,
          Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/admin"] } }],
          Actions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "404" } }],
        }),
      );
      // Until the rule is listed.
      await clock.sleep(1_000 * TIMING.listLag * 2);
    });
    const { exit, json } = await stage.run("plan");
    expect([exit, json.problems]).toEqual([
      1,
      [
        expect.stringMatching(
          /^balancer\/cloudfront-rule: priority 100 of the listener is used by a rule outside the stack: arn:\S+ \(path-pattern \/admin\)\. Change its priority, then run again\. To change it: aws elbv2 set-rule-priorities/,
        ),
      ],
    ]);
  });
});
