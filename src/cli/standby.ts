import type { Aws } from "../aws/aws.ts";
import { sendingTo } from "../aws/cloudfront/send-to.ts";
import { standbyOf } from "../config/stack-regions.ts";
import type { Plan } from "../engine/action.ts";
import { paste } from "./paste.ts";
import type { Session } from "./session.ts";

const DISTRIBUTION = "edge/distribution";

/** What a plan means for the two regions. */
export function standbyNotes({ stack, facts: { failover }, flags }: Session, { actions }: Plan<Aws>): string[] {
  const region = standbyOf(stack);
  const cdn = actions.find(({ id }) => id === DISTRIBUTION);
  const both = { ...flags, region: undefined };
  if (region === undefined) {
    const left = cdn?.differences.find(({ path, old }) => path === "failoverDomain" && typeof old === "string")?.old;
    const from = typeof left === "string" ? regionIn(left) : undefined;
    return from === undefined
      ? []
      : [
          `${from} is no longer in regions: the distribution stops sending requests there, and the stack in ${from} is left as it is. To delete it after that: ${paste({ ...flags, region: from }, "teardown")}`,
        ];
  }
  if (!failover)
    return [
      `The stack in ${region} has no load balancer yet, so nothing fails over to it. To create both: ${paste(both, "reconcile")}`,
    ];
  if (failover.unread !== undefined)
    return [`${failover.unread} The distribution keeps what it has of ${region}, until a reconcile can read it again.`];
  if (failover.isActive)
    return [
      `All requests go to ${region}, since failover sent them there. To send them to ${stack.region} again: ${paste(both, "failover", stack.region)}`,
    ];
  const isNew = cdn?.action === "create" || cdn?.differences.some(({ path }) => path === "failoverDomain");
  const { staticPath = "", methods } = stack.edge ?? {};
  return isNew
    ? [
        `If ${stack.region} fails, CloudFront sends GET and HEAD requests ${methods === "read" ? `to all paths but ${stack.edge?.apiPath}` : `to ${staticPath} alone`} to ${region} by itself; others fail until you send everything there: ${paste(both, "failover", region)}`,
      ]
    : [];
}

/** Refuses to delete the load balancer that a distribution of the stack in another region sends requests to. */
export async function stillServing({ aws, flags, stack }: Session, plan: Plan<Aws>): Promise<string[]> {
  const balancer = plan.actions.find(({ id, action }) => id === "balancer/load-balancer" && action === "delete");
  const own = balancer?.observed?.attrs["dnsName"];
  // A stack that never was in two regions is not asked for: `--region` is.
  if (typeof own !== "string" || flags.region === undefined || standbyOf(stack) !== undefined) return [];
  const user = await sendingTo(aws, own);
  if (user === undefined) return [];
  const first = paste({ ...flags, region: undefined }, "reconcile");
  return [
    `Distribution ${user} still sends requests to the load balancer in ${stack.region}. Remove ${stack.region} from regions in the config first, then run: ${first}`,
  ];
}

/** The region in the DNS name of a load balancer: `<name>-<number>.<region>.elb.<suffix>` (Elastic Load Balancing User Guide). */
const regionIn = (dnsName: string): string | undefined => /\.([a-z0-9-]+)\.elb\./.exec(dnsName)?.[1];
