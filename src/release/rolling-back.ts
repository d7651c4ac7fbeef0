import { hasCode } from "../aws/errors.ts";
import { rollbackOf } from "../aws/ecs/rollout.ts";
import { serviceOf } from "./revision.ts";
import { isJob, type ServiceRef } from "./service-ref.ts";
import { deployingIn, type Situation } from "./situation.ts";

/**
 * The same situation, with why ECS rolls a deployment back where it does: the pipeline's action is in progress until that has ended, as if it
 * still deployed. Asks ECS only while something is deployed; who may not ask is told what the pipeline says.
 */
export async function withRollback(refs: readonly ServiceRef[], situation: Situation): Promise<Situation> {
  if (!deployingIn(situation)) return situation;
  const reasons = await Promise.all(refs.filter((ref) => !isJob(ref)).map(reasonOf));
  const rollback = reasons.find((reason) => reason !== undefined);
  if (rollback === undefined) return situation;
  const waits = situation.waits.map((wait) => (wait.for === "deployment" ? { ...wait, rollback } : wait));
  return { ...situation, waits };
}

async function reasonOf(ref: ServiceRef): Promise<string | undefined> {
  try {
    const service = await serviceOf(ref);
    return service && rollbackOf(service);
  } catch (error) {
    if (hasCode(error, "AccessDenied", "AccessDeniedException")) return undefined;
    throw error;
  }
}
