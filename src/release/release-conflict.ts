import type { Aws } from "../aws/aws.ts";
import { Service, startsDeployment } from "../aws/ecs/service.ts";
import { TaskDefinition } from "../aws/ecs/task-definition.ts";
import type { Action, Plan } from "../engine/action.ts";
import { deployingIn, situationOf } from "./situation.ts";
import type { ServiceRef } from "./service-ref.ts";

/** Whether an action of a plan would start a deployment of the service. */
const deploys = ({ kind, action, differences }: Action<Aws>): boolean => {
  if (kind.type !== Service.type && kind.type !== TaskDefinition.type) return false;
  if (action === "replace" || action === "delete") return true;
  const fields = differences.map(({ path }) => path.split(/[.[]/, 1)[0] ?? path);
  return kind.type === Service.type ? startsDeployment(fields) : fields.some((field) => field !== "tags");
};

/**
 * Why a plan is blocked: it would start a deployment of the service while a release is being deployed, which ends the release's deployment, and
 * CodePipeline marks it as failed. `attach` returns the command that follows the release. The pipeline is read only if the plan deploys.
 */
export async function releaseConflict(
  ref: ServiceRef,
  plan: Plan<Aws>,
  attach: (executionId: string) => string,
): Promise<string | undefined> {
  const own = plan.actions.filter(deploys);
  const deploying = own.length > 0 ? deployingIn(await situationOf(ref)) : undefined;
  if (!deploying) return undefined;
  const what = own.map(({ id }) => id).join(" and ");
  return `Release ${deploying.executionId} is being deployed. Changing ${what} now would end its deployment, and CodePipeline would mark the release as failed. Run again when the release has finished. To follow it: ${attach(deploying.executionId)}`;
}
