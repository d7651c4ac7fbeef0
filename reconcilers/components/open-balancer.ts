import { OWN_ADDRESS } from "../../src/aws/shared-stack.ts";
import type { Stack } from "../../src/config/stack.ts";
import { text, type AnyHandle, type Output } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";
import type { Target } from "./domain.ts";
import type { Balancer } from "./load-balancer.ts";
import { openRules } from "./security-groups.ts";

export interface OpenBalancerProps {
  readonly balancer: Balancer;
  /** The security group that lets users in, without its rules. */
  readonly groupId: Output<string>;
  /** The rules of the services. */
  readonly rules: readonly AnyHandle[];
  readonly allowFrom: readonly string[];
  readonly domains: readonly string[];
  /** What has to serve requests before users are sent to it: given where they are sent elsewhere until then. */
  readonly meanwhile: readonly AnyHandle[];
}

/**
 * Lets users reach a load balancer that has no CDN in front of it, once the rules of its services route their requests.
 */
export function openBalancer(
  scope: Scope,
  { balancer, groupId, rules, allowFrom, domains, meanwhile }: OpenBalancerProps,
): Target {
  // Port 80 redirects where there is a certificate.
  const ports = balancer.isSecure ? [80, 443] : [80];
  const opened = openRules(scope, { groupId, allowFrom, ports, after: [balancer.listener, ...rules] });
  const [first] = domains;
  scope.output("application_url", first === undefined ? text`http://${balancer.dnsName}` : text`https://${first}`);
  return {
    dnsName: balancer.dnsName,
    zoneId: balancer.zoneId,
    types: balancer.isDualStack ? ["A", "AAAA"] : ["A"],
    ready: [balancer.ready, opened],
    meanwhile,
  };
}

/** What the tag of a shared stack without CDN says of its address: the first domain name, or that it is the load balancer's own. */
export const addressOf = ({ domains: [first] }: Pick<Stack, "domains">): string => first ?? OWN_ADDRESS;
