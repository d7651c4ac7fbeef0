import { RAISED_TAG } from "../../src/aws/autoscaling/release-min.ts";
import { commandsSpec } from "./buildspec.ts";

/** A service whose minimum number of tasks a release raises. */
export interface WarmStep {
  /** The service's name in the config, and in ECS. */
  readonly service: string;
  readonly ecsService: string;
  readonly releaseMin: number;
  readonly warmAction: string;
  readonly coolAction: string;
}

/** The variables that an action passes to CodeBuild (at most 1,000 characters: botocore codepipeline, ActionConfigurationValue). */
export const warmVariablesOf = ({ service, ecsService, releaseMin }: WarmStep, step: "warm" | "cool"): string =>
  JSON.stringify(
    Object.entries({
      STEP: step,
      SERVICE: service,
      ECS_SERVICE: ecsService,
      RELEASE_MIN: String(releaseMin),
      // CodePipeline user guide, "Variables reference".
      EXECUTION: "#{codepipeline.PipelineExecutionId}",
    }).map(([name, value]) => ({ name, value, type: "PLAINTEXT" })),
  );

/** How long the tasks are waited for, at least. */
export const WARM_MINUTES = 10;
const SECONDS = 10;
const TRIES = (WARM_MINUTES * 60) / SECONDS;

const SCALED = "--service-namespace ecs --scalable-dimension ecs:service:DesiredCount";
const target = (member: string) =>
  `$(aws application-autoscaling describe-scalable-targets ${SCALED} --resource-ids "service/$CLUSTER/$ECS_SERVICE" --query 'ScalableTargets[0].${member}' --output text)`;
const counted = (member: string) =>
  `$(aws ecs describe-services --cluster "$CLUSTER" --services "$ECS_SERVICE" --query 'services[0].${member}' --output text)`;
const setMinimum = (variable: string) =>
  `aws application-autoscaling register-scalable-target ${SCALED} --resource-id "service/$CLUSTER/$ECS_SERVICE" --min-capacity "$${variable}"`;
const TAG = `aws application-autoscaling tag-resource --resource-arn "$ARN" --tags "{\\"${RAISED_TAG}\\":\\"$EXECUTION/$USUAL/$WANTED\\"}"`;
const UNTAG = `aws application-autoscaling untag-resource --resource-arn "$ARN" --tag-keys "${RAISED_TAG}"`;

const warming = (commands: string) => `if [ "$STEP" = warm ] && [ -z "$DONE" ]; then ${commands}; fi`;
const cooling = (commands: string) => `if [ "$STEP" = cool ] && [ -z "$DONE" ]; then ${commands}; fi`;

/**
 * Raises the minimum of a service's scalable target before it is deployed and waits until so many tasks run, or takes the minimum back. What it was
 * before is in a tag of the target, which is written first: whoever finds a raised minimum finds the usual one too. Registering moves the desired count
 * up to the minimum at once and keeps what is left out (botocore application-autoscaling, RegisterScalableTarget). The tasks above the minimum are
 * stopped by the service's own scaling afterwards.
 *
 * A service at zero tasks stays there: it is asleep, in a window without tasks, waits for messages, or has never been released. So does one in a
 * window whose maximum is lower. A minimum that is not the one that was raised is that of a window that has begun or ended meanwhile, or someone's, and
 * stays: no limits of the config are the raised ones (`checkReleaseMin`), so the minimum before is still the right one wherever the raised one is found.
 */
export const warmBuildspec = (): string =>
  commandsSpec([
    `DONE=""; USUAL=""; RAISED=""`,
    `ARN="${target("ScalableTargetARN")}"`,
    `if [ "$ARN" = None ]; then echo "$SERVICE: the service does not scale, so its minimum stays."; DONE=yes; fi`,
    `if [ -z "$DONE" ]; then MIN="${target("MinCapacity")}"; MOST="${target("MaxCapacity")}"; TAGGED="$(aws application-autoscaling list-tags-for-resource --resource-arn "$ARN" --query 'Tags."${RAISED_TAG}"' --output text)"; fi`,
    `if [ -z "$DONE" ] && [ "$TAGGED" != None ]; then REST="\${TAGGED#*/}"; USUAL="\${REST%%/*}"; RAISED="\${REST##*/}"; fi`,
    warming(
      `WANTED="$RELEASE_MIN"; if [ "$MIN" != "$RAISED" ]; then USUAL="$MIN"; fi; DESIRED="${counted("desiredCount")}"`,
    ),
    warming(
      `if [ "$DESIRED" = 0 ]; then echo "$SERVICE: it has no tasks now, so its minimum stays $MIN."; DONE=yes; fi`,
    ),
    warming(`if [ "$USUAL" -ge "$WANTED" ]; then echo "$SERVICE: its minimum is $USUAL already."; DONE=yes; fi`),
    warming(
      `if [ "$WANTED" -gt "$MOST" ]; then echo "$SERVICE: its maximum is $MOST now, so its minimum stays $MIN."; DONE=yes; fi`,
    ),
    warming(TAG),
    warming(setMinimum("WANTED")),
    warming(
      `echo "$SERVICE: its minimum is $WANTED instead of $USUAL during the release."; TRIES=0; RUNNING=0; MIN="$WANTED"`,
    ),
    // A call that fails here is repeated; the last word is a number in any case.
    warming(
      `until [ "$RUNNING" -ge "$WANTED" ] || [ "$MIN" != "$WANTED" ] || [ "$TRIES" -ge ${TRIES} ]; do sleep ${SECONDS}; RUNNING="${counted("runningCount")}" || RUNNING=0; MIN="${target("MinCapacity")}" || MIN="$WANTED"; TRIES="$((TRIES + 1))"; done`,
    ),
    warming(
      `if [ "$MIN" != "$WANTED" ]; then echo "$SERVICE: its minimum has become $MIN meanwhile, so no more tasks are waited for."; DONE=yes; fi`,
    ),
    warming(
      `if [ "$WANTED" -gt "$RUNNING" ]; then ${setMinimum("USUAL")}; ${UNTAG}; echo "$SERVICE: only $RUNNING of $WANTED tasks run after ${WARM_MINUTES} minutes. Its minimum is $USUAL again."; exit 1; fi`,
    ),
    warming(`echo "$SERVICE: $RUNNING tasks run."`),
    cooling(`if [ -z "$RAISED" ]; then echo "$SERVICE: its minimum was not raised."; DONE=yes; fi`),
    cooling(
      `if [ "$MIN" = "$RAISED" ]; then ${setMinimum("USUAL")}; echo "$SERVICE: its minimum is $USUAL again."; else echo "$SERVICE: its minimum has become $MIN meanwhile, and stays."; fi`,
    ),
    cooling(UNTAG),
  ]);
