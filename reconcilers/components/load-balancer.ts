import type { Action } from "../../src/aws/elb/action.ts";
import { Listener } from "../../src/aws/elb/listener.ts";
import { LoadBalancer } from "../../src/aws/elb/load-balancer.ts";
import { following, type AnyHandle, type Output } from "../../src/engine/output.ts";
import type { BalancerSettings } from "../../src/config/stack.ts";
import type { Scope } from "../scope.ts";
import type { Network } from "./network.ts";

export interface LoadBalancerProps {
  readonly name: string;
  readonly network: Network;
  readonly groupIds: readonly Output<string>[];
  /** The rules of the group that has the outbound rules. */
  readonly rules: AnyHandle;
  /** The certificate of the domain, and what lets HTTPS in; if omitted, the load balancer serves plain HTTP. */
  readonly tls?: { readonly certificateArn: Output<string>; readonly rules: AnyHandle | undefined } | undefined;
  /** Whether users reach it directly, without CDN. */
  readonly isOpen: boolean;
  /** The name of the bucket of its access logs; if omitted, it keeps none. */
  readonly logBucket?: Output<string> | undefined;
  /** Whether users reach it by IPv6 too. */
  readonly isDualStack: boolean;
  /** Whether only CloudFront reaches it, through a VPC origin. */
  readonly isInternal: boolean;
  readonly settings: Pick<BalancerSettings, "deletionProtection" | "idleTimeout">;
}

/** The policy that AWS recommends (Elastic Load Balancing user guide, "Security policies for your Application Load Balancer"). */
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";

const FORBIDDEN = { type: "fixed-response", statusCode: "403", contentType: "text/plain", body: "Forbidden" } as const;
const NOT_FOUND = { type: "fixed-response", statusCode: "404", contentType: "text/plain", body: "Not found" } as const;
const TO_HTTPS = { type: "redirect", port: "443", protocol: "HTTPS", statusCode: "HTTP_301" } as const;

/** The load balancer: requests that match no rule of a service get a 403, because they did not come through the CDN, or without CDN a 404. */
export function loadBalancer(scope: Scope, props: LoadBalancerProps) {
  const { name, network, groupIds, rules, tls, isOpen, isDualStack, isInternal, logBucket, settings } = props;
  const otherwise = isOpen ? NOT_FOUND : FORBIDDEN;
  const balancer = scope.add(
    "balancer/load-balancer",
    LoadBalancer,
    {
      name,
      vpcId: network.vpcId,
      scheme: isInternal ? "internal" : "internet-facing",
      subnetIds: isInternal ? network.privateSubnetIds : network.publicSubnetIds,
      groupIds: [...groupIds],
      ...(isDualStack && { ipAddressType: "dualstack" as const }),
      attributes: {
        "deletion_protection.enabled": String(settings.deletionProtection),
        "idle_timeout.timeout_seconds": String(settings.idleTimeout),
        "routing.http.drop_invalid_header_fields.enabled": "true",
        ...(logBucket && { "access_logs.s3.enabled": "true", "access_logs.s3.bucket": logBucket }),
      },
    },
    // AWS rejects an internet-facing load balancer in a VPC without an internet gateway, whatever its subnets' routes are (CloudFormation
    // User Guide, "DependsOn attribute", asks for the attachment alone); in a subnet without a route to that gateway it accepts requests
    // that it cannot answer ("Your internet-facing load balancer is attached to a private subnet", ELB user guide, "Troubleshoot your
    // Application Load Balancers"). Nobody sends any to a new one before it has the rules of the services.
    { after: network.gateways, beforeChange: network.wayIn },
  );
  const listener = scope.add(
    "balancer/http-listener",
    Listener,
    {
      loadBalancerArn: balancer.arn,
      port: 80,
      protocol: "HTTP",
      action: tls ? TO_HTTPS : otherwise,
    },
    // The listener opens only when the security groups have their rules.
    { after: [rules] },
  );
  const secure = tls && httpsListener(scope, balancer.arn, tls, otherwise);
  scope.output("alb_dns_name", balancer.dnsName);
  scope.output("alb_zone_id", balancer.zoneId);
  return {
    arn: balancer.arn,
    fullName: balancer.fullName,
    dnsName: balancer.dnsName,
    // Requests are routed to services once it has its attributes, and its subnets their routes.
    listenerArn: following((secure ?? listener).arn, [balancer, ...network.wayIn]),
    isSecure: secure !== undefined,
    isOpen,
    isDualStack,
    zoneId: balancer.zoneId,
    ready: balancer,
    listener: secure ?? listener,
  };
}

const httpsListener = (
  scope: Scope,
  loadBalancerArn: Output<string>,
  { certificateArn, rules }: NonNullable<LoadBalancerProps["tls"]>,
  action: Action,
) =>
  scope.add(
    "balancer/https-listener",
    Listener,
    {
      loadBalancerArn,
      port: 443,
      protocol: "HTTPS",
      certificateArn,
      sslPolicy: TLS_POLICY,
      otherCertificateArns: [],
      action,
    },
    { after: rules ? [rules] : [] },
  );

/** The properties of a load balancer that other components use. */
export type Balancer = ReturnType<typeof loadBalancer>;

/** What a service needs of a load balancer, its own stack's or that of a shared one. */
export type Listening = Pick<Balancer, "arn" | "fullName" | "listenerArn" | "isSecure" | "isOpen">;
