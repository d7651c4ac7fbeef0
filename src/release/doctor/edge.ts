import type { Origin, VpcOrigin } from "@aws-sdk/client-cloudfront";
import type { LoadBalancer } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ServiceRef } from "../service-ref.ts";
import { broken, list, ok, waiting, type Verdict } from "./hop.ts";
import { originOf, roleOf, SECRET_HEADER, secretOf } from "./origin.ts";
import type { Seen } from "./seen.ts";

export async function distributionVerdict({ stack }: ServiceRef, seen: Seen): Promise<Verdict> {
  const { isOpen } = await seen.front;
  if (isOpen) return withoutCdn(stack);
  const [distribution, balancer] = await Promise.all([seen.distribution, seen.balancer]);
  if (!distribution) return broken("No CloudFront distribution has the stack's tags.");
  const it = `Distribution ${distribution.Id}`;
  if (distribution.DistributionConfig?.Enabled === false)
    return stack.edge?.enabled === true || stack.shared
      ? broken(`${it} is disabled.`)
      : broken(
          `${it} is disabled, as the config says.`,
          "Set `edge.enabled` to true and run `npx fairlead reconcile`.",
        );
  const origin = originOf(distribution, stack);
  const domain = origin?.DomainName ?? "nowhere";
  const wanted = balancer?.DNSName;
  // Without a load balancer there is nothing to compare with, and the next check says so.
  if (wanted !== undefined && domain.toLowerCase() !== wanted.toLowerCase())
    return broken(`${it} sends requests to ${domain}, not to the load balancer at ${wanted}.`);
  const inside = origin?.VpcOriginConfig?.VpcOriginId;
  const wrong =
    inside === undefined
      ? wrongProtocol(stack, it, origin)
      : wrongOrigin(it, {
          id: inside,
          origin: await seen.vpcOrigin,
          balancer,
          isSecure: stack.domains.length > 0,
          stack,
        });
  if (wrong) return wrong;
  const aliases = distribution.DistributionConfig?.Aliases?.Items ?? [];
  const unknown = stack.domains.filter((name) => !aliases.includes(name));
  if (unknown.length > 0) return broken(`${it} does not serve ${list(unknown)}.`);
  if (secretOf(distribution, stack) === undefined)
    return broken(`${it} does not send the secret header ${SECRET_HEADER} to its origin.`);
  const sends = `forwards all requests with ${SECRET_HEADER} to ${domain}${inside === undefined ? "" : ` through VPC origin ${inside}`}`;
  if (distribution.Status !== "Deployed")
    return waiting(
      `${it} is enabled and ${sends}, but its latest change is still being deployed to the edge locations (${distribution.Status}).`,
    );
  const role = roleOf(distribution, stack);
  return ok(`${it} is enabled, deployed, and ${sends}.${role === undefined ? "" : ` ${role}`}`);
}

/** Over the internet, the origin's protocol and port are those of the listener. */
function wrongProtocol(stack: ServiceRef["stack"], it: string, origin: Origin | undefined): Verdict | undefined {
  if (stack.edge?.origin === "vpc" && !stack.shared)
    return broken(`${it} does not reach the load balancer through a VPC origin.`);
  const { OriginProtocolPolicy: policy, HTTPPort: port, HTTPSPort: securePort } = origin?.CustomOriginConfig ?? {};
  const isSecure = stack.shared ? policy === "https-only" : stack.domains.length > 0;
  if (!isSecure && (policy !== "http-only" || port !== 80))
    return broken(`${it} does not use plain HTTP on port 80 for its origin, which is where the load balancer listens.`);
  if (isSecure && (policy !== "https-only" || securePort !== 443))
    return broken(`${it} does not use HTTPS on port 443 for its origin, which is where the load balancer listens.`);
  return undefined;
}

/** Inside AWS, the VPC origin has them, and says which load balancer it leads to. */
function wrongOrigin(it: string, { id, origin, balancer, isSecure, stack }: InsideWay): Verdict | undefined {
  const its = `VPC origin ${id}`;
  if (!origin) return broken(`${it} sends requests to ${its}, which does not exist.`);
  const { Arn: arn, OriginProtocolPolicy: policy } = origin.VpcOriginEndpointConfig ?? {};
  if (balancer && arn !== balancer.LoadBalancerArn)
    return broken(`${its} leads to ${arn}, not to the load balancer ${balancer.LoadBalancerName}.`);
  const wanted = isSecure ? "https-only" : "http-only";
  if (!stack.shared && policy !== wanted) return broken(`${its} has the protocol policy ${policy}, not ${wanted}.`);
  if (origin.Status !== "Deployed")
    return waiting(`${its} is still being deployed (${origin.Status}), which takes up to 15 minutes.`);
  return undefined;
}

interface InsideWay {
  readonly id: string;
  readonly origin: VpcOrigin | undefined;
  readonly balancer: LoadBalancer | undefined;
  readonly isSecure: boolean;
  readonly stack: ServiceRef["stack"];
}

/** The stack's own CDN is off; that of a shared stack is set in its own config, and so is its domain. */
function withoutCdn({ domains, shared }: ServiceRef["stack"]): Verdict {
  if (shared) return ok("The shared stack has no CDN: users reach its load balancer directly.");
  return domains.length > 0
    ? ok("The stack has no CDN (`edge: false`): users reach the load balancer directly, by HTTPS.")
    : ok(
        "The stack has no CDN (`edge: false`): users reach the load balancer directly, by plain HTTP, so their traffic is not encrypted. A `domain` encrypts it.",
      );
}
