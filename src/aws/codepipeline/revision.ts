// A declaration has a version that every update counts up, "A newly created pipeline is always assigned a version number of 1"
// (GetPipelineState, API reference). GetPipelineState tells it with the time of the creation, and is asked for what waits in the
// pipeline anyway: where both are those of what Fairlead wrote last, the state records what the pipeline is.
import { GetPipelineStateCommand, type GetPipelineStateCommandOutput } from "@aws-sdk/client-codepipeline";
import type { Look } from "../../engine/resource-kind.ts";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { absent, hasCode } from "../errors.ts";

/** Counts up with the spelling of a pipeline's spec: what an earlier version of Fairlead recorded is read anew. */
const SPELLING = 1;

/** Version and creation as one word; nothing where AWS left one out. */
export const revisionOf = (version: number | undefined, created: Date | undefined): { revision?: string } =>
  version === undefined || created === undefined ? {} : { revision: `${SPELLING}/${version} ${created.toISOString()}` };

/** How the stages of a pipeline stand, asked once by all who look at it together; `undefined` where there is no such pipeline. */
export const pipelineState = (
  aws: Aws,
  name: string,
  snapshot: Snapshot,
): Promise<GetPipelineStateCommandOutput | undefined> =>
  snapshot.once(`codepipeline/state ${name}`, () =>
    absent(aws.codePipeline(new GetPipelineStateCommand({ name })), "PipelineNotFoundException"),
  );

/** The known revision, if the pipeline still has it. Whoever may not ask for the state of its stages does not know. */
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
