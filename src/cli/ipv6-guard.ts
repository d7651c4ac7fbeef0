import { explain } from "../aws/advice.ts";
import type { Aws } from "../aws/aws.ts";
import type { NetworkFindings } from "../aws/ec2/existing-network.ts";
import { ipv6Bearers } from "../aws/ec2/ipv6-bearers.ts";
import { Subnet } from "../aws/ec2/subnet.ts";
import { isDenied } from "../aws/errors.ts";
import type { Plan } from "../engine/action.ts";
import { paste } from "./paste.ts";
import type { Session } from "./session.ts";

/**
 * Why AWS would refuse to take IPv6 from subnets: nobody can take its address from a running task. Nothing is asked where a plan takes none.
 */
export async function ipv6Findings({ aws, flags }: Session, { actions }: Plan<Aws>): Promise<NetworkFindings> {
  const nothing: NetworkFindings = { problems: [], notes: [] };
  const losing = actions.filter(
    ({ kind, action, differences }) =>
      kind.type === Subnet.type &&
      action === "update" &&
      differences.some(({ path, new: wanted }) => path === "ipv6Cidr" && wanted === undefined),
  );
  const ids = losing.flatMap(({ observed }) => observed?.id ?? []);
  if (ids.length === 0) return nothing;
  try {
    const bearers = await ipv6Bearers(aws, ids);
    const [first] = bearers;
    if (!first) return nothing;
    const who = `${first.NetworkInterfaceId}, ${first.Description || "without a description"}`;
    const all = bearers.length === 1 ? `network interface (${who}) has` : `network interfaces (such as ${who}) have`;
    const sleep = paste(flags, "sleep");
    const wake = paste(flags, "wake");
    return {
      problems: [
        `network.ipv6 cannot be turned off while ${bearers.length} ${all} IPv6 addresses in its subnets: a task keeps its address until it stops, and gets another one when it starts again. Set network.ipv6 back to true and stop the tasks (${sleep}), then remove it, reconcile, and start them again (${wake}). Or give network.${losing[0]?.id.startsWith("network/public") ? "public" : "private"}Subnets other ranges in the same edit, so that tasks move to new subnets without an interruption.`,
      ],
      notes: [],
    };
  } catch (error) {
    if (!isDenied(error)) throw error;
    return { ...nothing, notes: [`Could not check which tasks have IPv6 addresses: ${explain(error).what}`] };
  }
}
