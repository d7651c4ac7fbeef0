// Every update increments the version of the declaration, "A newly created pipeline is always assigned a version number of 1"
// (GetPipelineState, API reference). GetPipelineState tells it with the time of the creation, and is asked for what waits in the
// pipeline anyway: where both are those of what Fairlead wrote last, the state records what the pipeline is.
import { GetPipelineStateCommand, type GetPipelineStateCommandOutput } from "@aws-sdk/client-codepipeline";
import type { Look } from "../../engine/resource-kind.ts";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { absent, hasCode } from "../errors.ts";

/** The version of the pipeline spec's format: a pipeline recorded in an earlier format is read again. */
const SPELLING = 1;

/** Version and creation time as one string; nothing if AWS omits one of them. */
export const revisionOf = (version: number | undefined, created: Date | undefined): { revision?: string } =>
  version === undefined || created === undefined ? {} : { revision: `${SPELLING}/${version} ${created.toISOString()}` };

/** The state of a pipeline's stages; concurrent callers share one call. `undefined` if the pipeline does not exist. */
export const pipelineState = (
  aws: Aws,
  name: string,
  snapshot: Snapshot,
): Promise<GetPipelineStateCommandOutput | undefined> =>
  snapshot.once(`codepipeline/state ${name}`, () =>
    absent(aws.codePipeline(new GetPipelineStateCommand({ name })), "PipelineNotFoundException"),
  );

/** The known revision, if the pipeline still has it; `undefined` without permission to read the pipeline's state. */
export async function standingRevision(
  aws: Aws,
  { knownId, knownAttrs, snapshot }: Pick<Look<object>, "knownId" | "knownAttrs" | "snapshot">,
): Promise<string | undefined> {
  const known = knownAttrs?.["revision"];
  if (knownId === undefined || typeof known !== "string") return undefined;
  try {
    const state = await pipelineState(aws, knownId, snapshot);
    const { revision } = revisionOf(state?.pipelineVersion, state?.created);
    return revision === known ? known : undefined;
  } catch (error) {
    if (hasCode(error, "AccessDenied", "AccessDeniedException")) return undefined;
    throw error;
  }
}
