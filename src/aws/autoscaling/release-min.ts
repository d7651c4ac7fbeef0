import type { ScalableTarget } from "@aws-sdk/client-application-auto-scaling";
import { ListPipelineExecutionsCommand } from "@aws-sdk/client-codepipeline";
import type { Drifted } from "../../engine/resource-kind.ts";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import type { Tags } from "../tags.ts";

/**
 * The tag that a release has on a scalable target while its minimum is raised: `<execution>/<minimum before>/<minimum since>`. On the target and
 * nowhere else, so that whoever takes the minimum back knows which one, whatever has become of the release.
 */
export const RAISED_TAG = "fairlead:release-min";

/** What a scalable target has without what a release in progress has raised. */
interface BeforeRelease {
  readonly min: number | undefined;
  readonly tags: Tags;
  /** What differs for the release. */
  readonly notes: readonly string[];
  /** What a release has left behind that has ended. */
  readonly drifted: readonly Drifted[];
}

/**
 * The minimum that a scalable target had before the release that is being deployed. What a release that has ended left raised is drift, which the next
 * reconcile reverts: to the minimum before it if that is a minimum that the target `may` have now. A window that begins or ends sets its own minimum, so
 * where the raised one still is, the one before is still what the schedule says.
 */
export async function beforeRelease(
  aws: Aws,
  snapshot: Snapshot,
  { target, tags }: { readonly target: ScalableTarget; readonly tags: Tags },
  may: (min: number) => boolean,
): Promise<BeforeRelease> {
  const { [RAISED_TAG]: raised, ...others } = tags;
  const min = target.MinCapacity;
  const [execution = "", before = "", since] = raised?.split("/") ?? [];
  if (raised === undefined) return { min, tags, notes: [], drifted: [] };
  // Another minimum is a window's that has begun since, or someone's.
  const isRaised = String(min) === since && /^\d+$/.test(before);
  if (await isRunning(aws, snapshot, execution)) {
    const note = `minimum ${since} instead of ${before} until release ${execution} is deployed`;
    return { min: isRaised ? Number(before) : min, tags: others, notes: isRaised ? [note] : [], drifted: [] };
  }
  const left = { field: "tags", path: `tags.${RAISED_TAG}`, old: raised, new: undefined };
  if (!isRaised || !may(Number(before))) return { min, tags, notes: [], drifted: [left] };
  const stillRaised = { field: "min", path: "min", old: min, new: Number(before) };
  return { min: Number(before), tags, notes: [], drifted: [stillRaised, left] };
}

/** Whether an execution of the stack's pipeline is in progress. It is among the newest: the pipeline deploys one after the other. */
const isRunning = async (aws: Aws, snapshot: Snapshot, execution: string): Promise<boolean> => {
  const pipelineName = `${aws.stack}-pipeline`;
  const newest = await snapshot.once("codepipeline/executions", () =>
    absent(
      aws.codePipeline(new ListPipelineExecutionsCommand({ pipelineName, maxResults: 100 })),
      "PipelineNotFoundException",
    ),
  );
  const found = newest?.pipelineExecutionSummaries?.find(
    ({ pipelineExecutionId }) => pipelineExecutionId === execution,
  );
  return found?.status === "InProgress" || found?.status === "Stopping";
};
