import { GetDistributionCommand, UpdateDistributionCommand } from "@aws-sdk/client-cloudfront";
import { RevokeSecurityGroupEgressCommand, RevokeSecurityGroupIngressCommand } from "@aws-sdk/client-ec2";
import {
  CreateRuleCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteRuleCommand,
  ModifyRuleCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { examine } from "../../../src/release/doctor.ts";
import type { ServiceRef } from "../../../src/release/service-ref.ts";
import { brokenAt, ids, notOk, one, RECONCILE, told, Ward } from "../../support/ward.ts";
import { TIMING } from "../../../src/simulator/timing.ts";

describe("the request path", () => {
  const ward = new Ward({});
  beforeAll(() => ward.build());
  afterAll(() => ward.remove());
  beforeEach(() => ward.restore(ward.released));

  it("fails at a distribution that was disabled outside Fairlead", async () => {
    const ref = ward.ref();
    const { distribution: Id } = await ids(ref);
    const { ETag: IfMatch, Distribution: live } = await ref.aws.cloudFront(new GetDistributionCommand({ Id }));
    const config = live?.DistributionConfig;
    if (!config) throw new Error("the distribution has no config");
    await ref.aws.cloudFront(
      new UpdateDistributionCommand({ Id, IfMatch, DistributionConfig: { ...config, Enabled: false } }),
    );
    brokenAt(await examine(ref), "distribution", `Distribution ${Id} is disabled.`);
  });

  it("fails at a distribution that is disabled in the config itself, which needs another fix", async () => {
    const ref = ward.ref();
    const { distribution } = await ids(ref);
    const { Distribution: live } = await ref.aws.cloudFront(new GetDistributionCommand({ Id: distribution }));
    const off = { Distribution: { ...live, DistributionConfig: { ...live?.DistributionConfig, Enabled: false } } };
    const stack = { ...ref.stack, edge: ref.stack.edge && { ...ref.stack.edge, enabled: false } };
    brokenAt(
      await examine(told({ ...ref, stack }, GetDistributionCommand, off)),
      "distribution",
      `Distribution ${distribution} is disabled, as the config says.`,
      "Set `edge.enabled` to true and run `npx fairlead reconcile`.",
    );
  });

  describe("whose distribution was changed outside Fairlead", () => {
    /** Changes the one origin, and lets the change arrive or not. */
    async function change(edit: object, seconds = 600): Promise<{ ref: ServiceRef; Id: string; dnsName: string }> {
      const ref = ward.ref();
      const { distribution: Id, dnsName } = await ids(ref);
      const { ETag: IfMatch, Distribution: live } = await ref.aws.cloudFront(new GetDistributionCommand({ Id }));
      const config = live?.DistributionConfig;
      const [origin] = config?.Origins?.Items ?? [];
      if (!config || !origin) throw new Error("the distribution has no origin");
      const Origins = { Quantity: 1, Items: [{ ...origin, ...edit }] };
      await ref.aws.cloudFront(
        new UpdateDistributionCommand({ Id, IfMatch, DistributionConfig: { ...config, Origins } }),
      );
      await ref.clock.sleep(seconds * 1000);
      return { ref, Id, dnsName };
    }

    it("is broken there when requests go to another origin", async () => {
      const { ref, Id, dnsName } = await change({ DomainName: "example.com" });
      brokenAt(
        await examine(ref),
        "distribution",
        `Distribution ${Id} sends requests to example.com, not to the load balancer at ${dnsName}.`,
      );
    });

    it("fails there if the secret header is not sent, and the rule's value is then unknown", async () => {
      const { ref, Id } = await change({ CustomHeaders: { Quantity: 0 } });
      brokenAt(
        await examine(ref),
        "distribution",
        `Distribution ${Id} does not send the secret header X-Origin-Verify to its origin.`,
        RECONCILE,
        { "listener rule": "unknown" },
      );
    });

    it("waits while the change is on its way to the edge", async () => {
      const { ref, Id, dnsName } = await change({}, 0);
      const hops = await examine(ref);
      expect(notOk(hops)).toEqual({ distribution: "waiting" });
      expect(one(hops, "distribution")?.what).toBe(
        `Distribution ${Id} is enabled and forwards all requests with X-Origin-Verify to ${dnsName}, but its latest change is still being deployed to the edge locations (InProgress).`,
      );
    });
  });

  it("fails at a missing load balancer, and still checks everything behind it", async () => {
    const ref = ward.ref();
    const { balancer } = await ids(ref);
    await ref.aws.elb(new DeleteLoadBalancerCommand({ LoadBalancerArn: balancer }));
    const hops = await examine(ref);
    brokenAt(hops, "load balancer", "Load balancer fairlead-app-dev does not exist.", RECONCILE, {
      listener: "unknown",
      "listener rule": "unknown",
    });
    expect(one(hops, "listener")?.what).toBe("There is no load balancer, so there is no listener to check.");
    expect(one(hops, "listener rule")?.what).toBe("There is no listener on port 80, so there is no rule to check.");
  });

  it("is broken at the load balancer's security group without its way in", async () => {
    const ref = ward.ref();
    const { balancerGroup: GroupId } = await ids(ref);
    const rule = { IpProtocol: "tcp", FromPort: 80, ToPort: 80, PrefixListIds: [{ PrefixListId: "pl-58a04531" }] };
    await ref.aws.ec2(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [rule] }));
    brokenAt(
      await examine(ref),
      "load balancer's security group",
      `Security group ${GroupId} of the load balancer does not allow inbound traffic from CloudFront (pl-58a04531) on port 80.`,
    );
  });

  it("is broken at the load balancer's security group without its way out", async () => {
    const ref = ward.ref();
    const { balancerGroup: GroupId, tasksGroup } = await ids(ref);
    const UserIdGroupPairs = [{ GroupId: tasksGroup }];
    const rule = { IpProtocol: "tcp", FromPort: 5000, ToPort: 5000, UserIdGroupPairs };
    await ref.aws.ec2(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [rule] }));
    brokenAt(
      await examine(ref),
      "load balancer's security group",
      `Security group ${GroupId} of the load balancer does not allow outbound traffic to the tasks' security group ${tasksGroup} on port 5000.`,
      RECONCILE,
      // The health checks do not get through either.
      { "target group": "broken" },
    );
  });

  it("is broken at a listener that is gone", async () => {
    const ref = ward.ref();
    const { listener } = await ids(ref);
    await ref.aws.elb(new DeleteListenerCommand({ ListenerArn: listener }));
    const what = "Load balancer fairlead-app-dev does not listen on port 80.";
    brokenAt(await examine(ref), "listener", what, RECONCILE, { "listener rule": "unknown" });
  });

  it("is broken at a rule that is gone", async () => {
    const ref = ward.ref();
    const { rule } = await ids(ref);
    await ref.aws.elb(new DeleteRuleCommand({ RuleArn: rule }));
    const what = "No listener rule forwards to target group fairlead-app-dev.";
    brokenAt(await examine(ref), "listener rule", what);
  });

  it("fails at a rule with another secret, and shows neither", async () => {
    const ref = ward.ref();
    const { rule, conditions, secret } = await ids(ref);
    const header = { HttpHeaderName: "x-origin-verify", Values: ["somebody-elses"] };
    const others = conditions.filter(({ Field }) => Field !== "http-header");
    await ref.aws.elb(
      new ModifyRuleCommand({
        RuleArn: rule,
        Conditions: [...others, { Field: "http-header", HttpHeaderConfig: header }],
      }),
    );
    const hops = await examine(ref);
    brokenAt(
      hops,
      "listener rule",
      "The rule with priority 100 requires a different value of X-Origin-Verify than CloudFront sends.",
    );
    expect(secret).toHaveLength(40);
    for (const value of [secret, "somebody-elses"]) expect(JSON.stringify(hops)).not.toContain(value);
  });

  it("is broken at a rule that asks for no secret, or takes some paths only", async () => {
    const ref = ward.ref();
    const { rule: RuleArn, conditions } = await ids(ref);
    const paths = (Values: string[]) => ({ Field: "path-pattern", PathPatternConfig: { Values } });
    const others = conditions.filter(({ Field }) => Field !== "path-pattern");
    await ref.aws.elb(new ModifyRuleCommand({ RuleArn, Conditions: [paths(["/*"])] }));
    const bare = "The rule with priority 100 does not require the secret header X-Origin-Verify.";
    brokenAt(await examine(ref), "listener rule", bare);
    await ref.aws.elb(new ModifyRuleCommand({ RuleArn, Conditions: [...others, paths(["/only/*"])] }));
    const narrow = "The rule with priority 100 matches only some requests, because of its condition on path-pattern.";
    brokenAt(await examine(ref), "listener rule", narrow);
  });

  it("is broken at a rule that another one comes before", async () => {
    const ref = ward.ref();
    const { listener } = await ids(ref);
    const closed = { StatusCode: "503", ContentType: "text/plain", MessageBody: "Back soon" };
    await ref.aws.elb(
      new CreateRuleCommand({
        ListenerArn: listener,
        Priority: 7,
        Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/*"] } }],
        Actions: [{ Type: "fixed-response", FixedResponseConfig: closed }],
      }),
    );
    // Until every list shows the rule.
    await ref.clock.sleep(2_000 * TIMING.listLag);
    brokenAt(
      await examine(ref),
      "listener rule",
      "The rule with priority 7 matches all requests before the rule with priority 100 does.",
      "Delete the rule with priority 7, or change its priority to a number above 100.",
    );
  });
});
