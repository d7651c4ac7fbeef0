import { fullNameIn } from "../../src/aws/elb/load-balancer.ts";
import type { SharedStack } from "../../src/aws/shared-stack.ts";
import { text } from "../../src/engine/output.ts";
import { isPublic } from "../../src/config/shared-stack.ts";
import type { Service } from "../../src/config/stack.ts";
import type { Scope } from "../scope.ts";

/**
 * What a stack uses of the stack that it shares, apart from the network: none of it is declared here, so none of it can be changed or
 * deleted. `shared` is `undefined` if that stack does not exist, which is reported before anything is created.
 */
export function sharedStack(
  scope: Scope,
  shared: SharedStack | undefined,
  { cluster, services }: { readonly cluster: string; readonly services: readonly Service[] },
) {
  const {
    balancerArn = "",
    listenerArn = "",
    balancerGroup = "",
    sharingGroup = "",
    secret,
    isOpen = false,
    domain,
    url,
  } = shared ?? {};
  if (domain !== undefined) scope.output("cloudfront_domain_name", text`${domain}`);
  if (url !== undefined) scope.output("application_url", text`${url}${startOf(services)}`);
  scope.output("ecs_cluster_name", text`${cluster}`);
  return {
    front: {
      balancer: {
        arn: text`${balancerArn}`,
        fullName: text`${fullNameIn(balancerArn)}`,
        listenerArn: text`${listenerArn}`,
        isSecure: false,
        isOpen,
      },
      groupId: text`${balancerGroup}`,
      // One that does not exist is reported before anything is created.
      secret: isOpen ? undefined : text`${secret ?? ""}`,
    },
    cluster: { name: text`${cluster}`, arn: text`${scope.arn("ecs", `cluster/${cluster}`)}` },
    sharing: [text`${sharingGroup}`],
  };
}

/**
 * Where a stack starts below the domain of the shared CDN: the path of one of its public services, up to its first wildcard, that contains
 * those of all others; empty if there is none. Services with host names of their own are not reached through that domain.
 */
function startOf(services: readonly Service[]): string {
  const starts = services.flatMap((service) =>
    isPublic(service) && service.hosts.length === 0 ? service.paths.map((path) => path.replace(/[*?].*$/, "")) : [],
  );
  return starts.find((start) => starts.every((other) => other.startsWith(start))) ?? "";
}
