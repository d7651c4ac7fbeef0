import { ListenerRule } from "../src/aws/elb/listener-rule.ts";
import { Listener } from "../src/aws/elb/listener.ts";
import { LoadBalancer } from "../src/aws/elb/load-balancer.ts";
import { TargetGroup } from "../src/aws/elb/target-group.ts";
import type { Layer } from "./layer.ts";
import type { Network } from "./network.ts";
import type { Security } from "./security.ts";

/** The header that CloudFront adds and the listener asks for. */
export const ORIGIN_HEADER = "X-Origin-Verify";

/** The load balancer: it answers 403 to everything but requests that carry CloudFront's secret header. */
export function balancer(layer: Layer, { vpc, gateway, publics, publicRoutes }: Network, { groups, rules }: Security) {
  const { balancer: settings, container } = layer.stack;
  const loadBalancer = layer.add(
    "load-balancer",
    LoadBalancer,
    {
      name: layer.names.loadBalancer,
      vpcId: vpc.vpcId,
      scheme: "internet-facing",
      subnetIds: publics.map(({ subnetId }) => subnetId),
      groupIds: [groups.balancer.groupId],
      attributes: {
        "deletion_protection.enabled": String(settings.deletionProtection),
        "idle_timeout.timeout_seconds": String(settings.idleTimeout),
        "routing.http.drop_invalid_header_fields.enabled": "true",
      },
    },
    // AWS refuses an internet-facing one in a VPC without an internet gateway; and a subnet that it is put into without a route to that
    // gateway takes requests that it cannot answer ("Your internet-facing load balancer is attached to a private subnet", ELB user guide,
    // "Troubleshoot your Application Load Balancers").
    { after: [gateway, publicRoutes] },
  );
  const { interval, timeout, healthyThreshold, unhealthyThreshold, matcher } = settings.healthCheck;
  const targetGroup = layer.add("target-group", TargetGroup, {
    name: layer.names.targetGroup,
    vpcId: vpc.vpcId,
    protocol: "HTTP",
    port: container.port,
    targetType: "ip",
    healthCheck: { path: container.healthCheckPath, matcher, interval, timeout, healthyThreshold, unhealthyThreshold },
    attributes: { "deregistration_delay.timeout_seconds": String(settings.deregistrationDelay) },
  });
  const listener = layer.add(
    "http-listener",
    Listener,
    {
      loadBalancerArn: loadBalancer.arn,
      port: 80,
      protocol: "HTTP",
      action: { type: "fixed-response", statusCode: "403", contentType: "text/plain", body: "Forbidden" },
    },
    // The door opens when the groups guard it.
    { after: [rules.balancer] },
  );
  const rule = layer.add("cloudfront-rule", ListenerRule, {
    listenerArn: listener.arn,
    priority: 100,
    pathPatterns: ["/*"],
    secretHeader: ORIGIN_HEADER,
    action: { type: "forward", targetGroupArn: targetGroup.arn },
  });
  return { loadBalancer, targetGroup, listener, rule };
}

/** What the balancer layer hands on. */
export type Balancer = ReturnType<typeof balancer>;
