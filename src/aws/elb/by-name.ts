import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  type Listener,
  type LoadBalancer,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import { everyPage } from "../pages.ts";

/** The load balancer with this name; `undefined` if there is none. */
export async function loadBalancerNamed(aws: Aws, name: string): Promise<LoadBalancer | undefined> {
  const asked = aws.elb(new DescribeLoadBalancersCommand({ Names: [name] }));
  return (await absent(asked, "LoadBalancerNotFound"))?.LoadBalancers?.[0];
}

/** The ports that a load balancer is asked on, those of a stack with a domain first. */
export const HTTPS_FIRST = [443, 80] as const;

/** The listener whose rules decide which service gets a request: on the first of `ports` that has one; `undefined` if none has. */
export async function listenerOn(
  aws: Aws,
  LoadBalancerArn: string,
  ports: readonly number[],
): Promise<Listener | undefined> {
  const listeners = await absent(
    everyPage(async (Marker) => {
      const page = await aws.elb(new DescribeListenersCommand({ LoadBalancerArn, Marker }));
      return { items: page.Listeners, next: page.NextMarker };
    }),
    "LoadBalancerNotFound",
  );
  const found = ports.map((port) => listeners?.find(({ Port }) => Port === port));
  return found.find((listener) => listener !== undefined);
}
