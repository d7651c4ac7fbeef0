import { explain } from "../aws/advice.ts";
import type { Aws } from "../aws/aws.ts";
import type { NetworkFindings } from "../aws/ec2/existing-network.ts";
import { checkedPrefixLists } from "../aws/ec2/named-prefix-lists.ts";
import { isDenied } from "../aws/errors.ts";
import type { Plan } from "../engine/action.ts";
import type { Session } from "./session.ts";

/** The rules that may name prefix lists of the user's own. */
const RULES = "security/open-rules";

/** Why AWS would refuse the prefix lists that `balancer.allowFrom` names; nothing is asked where a plan does not write the rules. */
export async function prefixListFindings({ aws, stack }: Session, { actions }: Plan<Aws>): Promise<NetworkFindings> {
  const nothing: NetworkFindings = { problems: [], notes: [] };
  const rules = actions.find(({ id }) => id === RULES);
  if (!rules || rules.action === "noop" || rules.action === "delete") return nothing;
  try {
    const { allowFrom: sources } = stack.balancer;
    const hasIpv6 = stack.network.ipv6 === true && sources.some((source) => source.includes(":"));
    return await checkedPrefixLists(aws, { sources, ports: stack.domains.length > 0 ? 2 : 1, hasIpv6 });
  } catch (error) {
    // A permission that earlier versions did not need here: AWS itself refuses a list that is not there.
    if (!isDenied(error)) throw error;
    return { ...nothing, notes: [`Could not check the prefix lists of balancer.allowFrom: ${explain(error).what}`] };
  }
}
