import { ListenerRule } from "../../src/aws/elb/listener-rule.ts";
import { TargetGroup } from "../../src/aws/elb/target-group.ts";
import type { Output } from "../../src/engine/output.ts";
import type { WebService } from "../../src/config/stack.ts";
import type { Scope } from "../scope.ts";
import { ORIGIN_HEADER } from "./cdn.ts";
import type { Listening } from "./load-balancer.ts";
import type { Network } from "./network.ts";

export interface WebRouteProps {
  /** The target group's name. */
  readonly name: string;
  readonly network: Network;
  readonly balancer: Listening;
  readonly service: WebService;
  /** The value of CloudFront's secret header, if another rule created it; omit to create it here. */
  readonly secret?: Output<string> | undefined;
}

/**
 * Routes requests from the load balancer to a service's tasks: only requests that carry CloudFront's secret header, if there is a CDN. The rule
 * of the HTTPS listener is another resource than that of the HTTP listener: while a stack gets a domain, both serve. With and without a CDN it
 * is the same resource, since a listener has one rule of a priority.
 */
export function webRoute(scope: Scope, { name, network, balancer, service, secret }: WebRouteProps) {
  const { interval, timeout, healthyThreshold, unhealthyThreshold, matcher } = service.healthCheck;
  const targetGroup = scope.add("balancer/target-group", TargetGroup, {
    name,
    vpcId: network.vpcId,
    protocol: "HTTP",
    port: service.container.port,
    targetType: "ip",
    healthCheck: {
      path: service.container.healthCheckPath,
      matcher,
      interval,
      timeout,
      healthyThreshold,
      unhealthyThreshold,
    },
    attributes: { "deregistration_delay.timeout_seconds": String(service.deregistrationDelay) },
  });
  const rule = scope.add(balancer.isSecure ? "balancer/https-rule" : "balancer/cloudfront-rule", ListenerRule, {
    listenerArn: balancer.listenerArn,
    priority: service.priority,
    pathPatterns: [...service.paths],
    hosts: [...service.hosts],
    secretHeader: balancer.isOpen ? undefined : ORIGIN_HEADER,
    sharedSecret: balancer.isOpen ? undefined : secret,
    action: { type: "forward", targetGroupArn: targetGroup.arn },
  });
  return { targetGroupArn: targetGroup.arn, targetGroupName: targetGroup.fullName, rule, secret: rule.secret };
}

/** The properties of a service's route that other components use. */
export type WebRoute = ReturnType<typeof webRoute>;

/** Returns 404 for requests from CloudFront that match no service, if no service serves all paths; creates the secret header's value. */
export const noRoute = (scope: Scope, balancer: Listening) =>
  scope.add(balancer.isSecure ? "balancer/https-no-route" : "balancer/no-route", ListenerRule, {
    listenerArn: balancer.listenerArn,
    // The lowest priority of a rule: ELB API reference, CreateRule, Priority.
    priority: 50_000,
    pathPatterns: ["/*"],
    hosts: [],
    secretHeader: ORIGIN_HEADER,
    sharedSecret: undefined,
    action: { type: "fixed-response", statusCode: "404", contentType: "text/plain", body: "Not found" },
  });
