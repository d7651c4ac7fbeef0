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

/** The listener on port 80, whose rules decide which service gets a request; `undefined` if there is none. */
export async function httpListenerOf(aws: Aws, LoadBalancerArn: string): Promise<Listener | undefined> {
  const listeners = await absent(
    everyPage(async (Marker) => {
      const page = await aws.elb(new DescribeListenersCommand({ LoadBalancerArn, Marker }));
      return { items: page.Listeners, next: page.NextMarker };
    }),
    "LoadBalancerNotFound",
  );
  return listeners?.find(({ Port }) => Port === 80);
}
