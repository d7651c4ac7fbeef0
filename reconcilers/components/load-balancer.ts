import { Listener } from "../../src/aws/elb/listener.ts";
import { LoadBalancer } from "../../src/aws/elb/load-balancer.ts";
import type { AnyHandle, Output } from "../../src/engine/output.ts";
import type { BalancerSettings } from "../../src/config/stack.ts";
import type { Scope } from "../scope.ts";
import type { Network } from "./network.ts";

export interface LoadBalancerProps {
  readonly name: string;
  readonly network: Network;
  readonly groupId: Output<string>;
  /** The rules of that group. */
  readonly rules: AnyHandle;
  readonly settings: Pick<BalancerSettings, "deletionProtection" | "idleTimeout">;
}

/** The load balancer: requests that match no rule of a service get a 403. */
export function loadBalancer(scope: Scope, { name, network, groupId, rules, settings }: LoadBalancerProps) {
  const balancer = scope.add(
    "balancer/load-balancer",
    LoadBalancer,
    {
      name,
      vpcId: network.vpcId,
      scheme: "internet-facing",
      subnetIds: network.publicSubnetIds,
      groupIds: [groupId],
      attributes: {
        "deletion_protection.enabled": String(settings.deletionProtection),
        "idle_timeout.timeout_seconds": String(settings.idleTimeout),
        "routing.http.drop_invalid_header_fields.enabled": "true",
      },
    },
    // AWS rejects an internet-facing load balancer in a VPC without an internet gateway; and in a subnet without a route to that gateway it
    // accepts requests that it cannot answer ("Your internet-facing load balancer is attached to a private subnet", ELB user guide,
    // "Troubleshoot your Application Load Balancers").
    { after: network.wayIn },
  );
  const listener = scope.add(
    "balancer/http-listener",
    Listener,
    {
      loadBalancerArn: balancer.arn,
      port: 80,
      protocol: "HTTP",
      action: { type: "fixed-response", statusCode: "403", contentType: "text/plain", body: "Forbidden" },
    },
    // The listener opens only when the security groups have their rules.
    { after: [rules] },
  );
  scope.output("alb_dns_name", balancer.dnsName);
  scope.output("alb_zone_id", balancer.zoneId);
  return { arn: balancer.arn, fullName: balancer.fullName, dnsName: balancer.dnsName, listenerArn: listener.arn };
}

/** The properties of a load balancer that other components use. */
export type Balancer = ReturnType<typeof loadBalancer>;

/** What a service needs of a load balancer, its own stack's or that of a shared one. */
export type Listening = Pick<Balancer, "arn" | "fullName" | "listenerArn">;
