import { describedRevision, latestRevision } from "../aws/ecs/revisions.ts";
import { serviceOf } from "./revision.ts";
import { isJob, type ServiceRef } from "./service-ref.ts";

/** The services whose current revision reads a secret, whatever the config says by now: of a job, its next run would. */
export async function runningReaders(refs: readonly ServiceRef[], arn: string): Promise<ServiceRef[]> {
  const all = await Promise.all(refs.map(async (ref) => ((await reads(ref, arn)) ? ref : undefined)));
  return all.filter((ref) => ref !== undefined);
}

async function reads(ref: ServiceRef, arn: string): Promise<boolean> {
  const { aws, names } = ref;
  const running = isJob(ref) ? undefined : (await serviceOf(ref))?.taskDefinition;
  const revision = isJob(ref)
    ? await latestRevision(aws, names.taskFamily)
    : running === undefined
      ? undefined
      : await describedRevision(aws, running);
  const secrets = revision?.definition.containerDefinitions?.flatMap((container) => container.secrets ?? []) ?? [];
  // A JSON key follows the ARN after a colon.
  return secrets.some(({ valueFrom = "" }) => valueFrom === arn || valueFrom.startsWith(`${arn}:`));
}
