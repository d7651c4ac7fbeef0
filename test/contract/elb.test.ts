import { ListenerRule, type ListenerRuleSpec } from "../../src/aws/elb/listener-rule.ts";
import { Listener, type ListenerSpec } from "../../src/aws/elb/listener.ts";
import { LoadBalancer, type LoadBalancerSpec } from "../../src/aws/elb/load-balancer.ts";
import { TargetGroup } from "../../src/aws/elb/target-group.ts";
import { balancer, forbidden, listener, network, targetGroupSpec, vpc } from "./ground.ts";
import { contract } from "./suite.ts";

contract({
  kind: LoadBalancer,
  spec: async (at): Promise<LoadBalancerSpec> => {
    const { vpcId, subnetIds, groupId } = await network(at);
    return {
      name: "demo-test",
      vpcId,
      scheme: "internet-facing",
      subnetIds,
      groupIds: [groupId],
      attributes: { "idle_timeout.timeout_seconds": "30", "deletion_protection.enabled": "false" },
      tags: {},
    };
  },
  edits: {
    subnetIds: async ({ subnetIds, vpcId }, at) => {
      const third = Object.values(at.world.table<{ id: string; cidr: string }>(`ec2.subnets@${at.aws.region}`));
      const { id } = third.find(({ cidr }) => cidr === "10.0.2.0/24") ?? { id: vpcId };
      return [subnetIds.at(1) ?? "", id, subnetIds.at(0) ?? ""].toSorted();
    },
    groupIds: async (_spec, at) =>
      Object.values(at.world.table<{ id: string; name: string }>(`ec2.securityGroups@${at.aws.region}`)).flatMap(
        ({ id, name }) => (name === "second" ? [id] : []),
      ),
    attributes: () => ({ "idle_timeout.timeout_seconds": "90", "deletion_protection.enabled": "false" }),
  },
});

contract({
  kind: TargetGroup,
  spec: async (at) => targetGroupSpec((await vpc(at)).vpcId, "demo-test-5000"),
  edits: {
    healthCheck: ({ healthCheck }) => ({ ...healthCheck, path: "/ready", interval: 20 }),
    attributes: () => ({ "deregistration_delay.timeout_seconds": "5" }),
  },
  without: { port: "targets are registered with ports of their own" },
});

contract({
  kind: Listener,
  spec: async (at): Promise<ListenerSpec> => ({
    loadBalancerArn: (await balancer(at)).loadBalancerArn,
    port: 80,
    protocol: "HTTP",
    action: forbidden,
    tags: {},
  }),
  edits: { port: () => 81, action: () => ({ ...forbidden, statusCode: "404" }) },
  without: { protocol: "the other one needs a certificate" },
});

contract({
  kind: ListenerRule,
  spec: async (at): Promise<ListenerRuleSpec> => {
    const { listenerArn, targetGroupArn } = await listener(at);
    return {
      listenerArn,
      priority: 100,
      pathPatterns: ["/*"],
      hosts: ["shop.example.com"],
      secretHeader: "X-Origin-Verify",
      sharedSecret: "made-by-another-rule",
      action: { type: "forward", targetGroupArn },
      tags: {},
    };
  },
  edits: {
    priority: () => 50,
    pathPatterns: () => ["/api/*", "/static/*"],
    hosts: () => [],
    secretHeader: () => "X-Other",
    sharedSecret: () => "0123456789abcdef",
    action: () => forbidden,
  },
});
