import type { Aws } from "../aws/aws.ts";
import { explain } from "../aws/advice.ts";
import { readFailoverOrigin, recordedFailoverOrigin, type FailoverOrigin } from "../aws/failover-origin.ts";
import type { Names } from "../config/naming.ts";
import { standbyOf } from "../config/stack-regions.ts";
import type { Stack } from "../config/stack.ts";
import { isDenied } from "../aws/errors.ts";
import { RunError } from "./exit.ts";

/**
 * The load balancer of the stack's second region; `undefined` if there is none. `id`: the distribution's, as recorded. If that region is down, the
 * distribution keeps what it has of it, so that the first one can still be edited and released.
 */
export async function failoverOf(
  stack: Stack,
  aws: Aws,
  { loadBalancer, distributionComment }: Names,
  id: string | undefined,
): Promise<FailoverOrigin | undefined> {
  const region = standbyOf(stack);
  if (region === undefined) return undefined;
  const standby = { region, balancer: loadBalancer, isSecure: stack.domains.length > 0 };
  const distribution = { id, comment: distributionComment };
  try {
    return await readFailoverOrigin(aws, standby, distribution);
  } catch (error) {
    const unread = `The load balancer of ${stack.name} ${stack.environment} in ${region} could not be read: ${explain(error).what}`;
    // A missing permission is no outage, and has to be told.
    const kept = isDenied(error)
      ? undefined
      : await recordedFailoverOrigin(aws, region, distribution).catch(() => undefined);
    if (kept) return { ...kept, unread };
    // Without it, a distribution would be created without its second origin.
    throw new RunError(
      `${unread} No changes were made. If ${region} is down, remove it from regions, or work in ${stack.region} once it is back.`,
      { cause: error },
    );
  }
}
