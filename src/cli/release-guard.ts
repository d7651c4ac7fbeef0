import type { Aws } from "../aws/aws.ts";
import type { Plan } from "../engine/action.ts";
import { releaseConflict } from "../release/release-conflict.ts";
import { paste } from "./paste.ts";
import type { Session } from "./session.ts";

/** The plan, refused if it would interrupt the deployment of a release in progress. */
export async function withReleases(session: Session, plan: Plan<Aws>): Promise<Plan<Aws>> {
  const attach = (executionId: string) => paste(session.flags, "deploy", "--attach", executionId);
  const problem = await releaseConflict(session, plan, attach);
  return problem === undefined ? plan : { ...plan, problems: [...plan.problems, problem] };
}
