import type { Aws } from "../aws/aws.ts";
import { explain } from "../aws/advice.ts";
import { readFailoverOrigin, type FailoverOrigin } from "../aws/failover-origin.ts";
import type { Names } from "../config/naming.ts";
import { standbyOf } from "../config/stack-regions.ts";
import type { Stack } from "../config/stack.ts";
import { RunError } from "./exit.ts";

/** The load balancer of the stack's second region; `undefined` if there is none. `id`: the distribution's, as recorded. */
export async function failoverOf(
  stack: Stack,
  aws: Aws,
  { loadBalancer, distributionComment }: Names,
  id: string | undefined,
): Promise<FailoverOrigin | undefined> {
  const region = standbyOf(stack);
  if (region === undefined) return undefined;
  const standby = { region, balancer: loadBalancer, isSecure: stack.domains.length > 0 };
  try {
    return await readFailoverOrigin(aws, standby, { id, comment: distributionComment });
  } catch (error) {
    // Without it, the distribution would lose its second origin.
    throw new RunError(
      `The load balancer of ${stack.name} ${stack.environment} in ${region} could not be read: ${explain(error).what} No changes were made. If ${region} is down, remove it from regions, or work in ${stack.region} once it is back.`,
      { cause: error },
    );
  }
}
