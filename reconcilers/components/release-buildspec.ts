import { ANSWERED_ONLY } from "../../src/aws/ecs/definition.ts";
import { commandsSpec } from "./buildspec.ts";

/** Revision of a family that a release changes, as what an action of the release project is told by variables. */
export interface ReleaseStep {
  /** The service's name. */
  readonly service: string;
  readonly family: string;
  readonly container: string;
  /** The build's file that contains the image. */
  readonly imageDefinitions: string;
  /** The ECS service in whose network the new revision is run, and the log that it writes; left out where it is only registered. */
  readonly run?: { readonly ecsService: string; readonly logGroup: string };
}

/**
 * The variables that a CodePipeline action passes to CodeBuild: at most 1,000 characters (botocore codepipeline, ActionConfigurationValue).
 */
export const variablesOf = ({ service, family, container, imageDefinitions, run }: ReleaseStep): string => {
  const variables = {
    SERVICE: service,
    FAMILY: family,
    CONTAINER: container,
    FILE: imageDefinitions,
    ...(run
      ? // CodePipeline user guide, "Variables reference": the execution's id is `#{codepipeline.PipelineExecutionId}`.
        { RUN_LIKE: run.ecsService, LOG_GROUP: run.logGroup, EXECUTION: "#{codepipeline.PipelineExecutionId}" }
      : {}),
  };
  return JSON.stringify(Object.entries(variables).map(([name, value]) => ({ name, value, type: "PLAINTEXT" })));
};

/** With the tags, including the owner tags: a revision without them would have no owner. */
const NEXT = `.taskDefinition + {tags: .tags} | .containerDefinitions |= map(if .name == $name then .image = $image else . end) | del(${ANSWERED_ONLY.map((member) => `.${member}`).join(", ")})`;

/** Number of polls, at intervals of five seconds, for a task that ECS does not show yet, or no longer. */
const MISSES = ".".repeat(24);

const ifRun = (commands: string) => `if [ -n "$RUN_LIKE" ]; then ${commands}; fi`;
const tasks = `--cluster "$CLUSTER" --tasks "$TASK"`;

/**
 * Steps of a release before and after it deploys: it registers a family's latest revision again with the released image and, if the action
 * says so, runs it and waits until it has stopped. `aws ecs wait tasks-stopped` gives up after ten minutes, so the buildspec polls instead.
 * The client token names release and service: a retried action finds the task that was started (ECS API Reference, "Ensuring idempotency"),
 * whose revision is the same, since a revision that already has the image is not registered again.
 */
export const releaseBuildspec = (): string =>
  commandsSpec([
    "command -v jq > /dev/null || dnf install --assumeyes --quiet jq",
    `IMAGE="$(jq --raw-output --arg name "$CONTAINER" '.[] | select(.name == $name) | .imageUri' "$FILE")"`,
    `if [ -z "$IMAGE" ]; then echo "$FILE has no image for the container $CONTAINER."; exit 1; fi`,
    `aws ecs describe-task-definition --task-definition "$FAMILY" --include TAGS --output json > newest.json`,
    `CURRENT="$(jq --raw-output --arg name "$CONTAINER" '.taskDefinition.containerDefinitions[] | select(.name == $name) | .image' newest.json)"`,
    `REVISION="$(jq --raw-output '.taskDefinition.taskDefinitionArn' newest.json)"`,
    `if [ "$CURRENT" != "$IMAGE" ]; then jq --arg name "$CONTAINER" --arg image "$IMAGE" '${NEXT}' newest.json > next.json; fi`,
    `if [ "$CURRENT" != "$IMAGE" ]; then REVISION="$(aws ecs register-task-definition --cli-input-json file://next.json --query taskDefinition.taskDefinitionArn --output text)"; fi`,
    `echo "$SERVICE: $REVISION has the image $IMAGE."`,
    ifRun(
      `NETWORK="$(aws ecs describe-services --cluster "$CLUSTER" --services "$RUN_LIKE" --query 'services[0].networkConfiguration' --output json)"`,
    ),
    ifRun(
      `aws ecs run-task --cluster "$CLUSTER" --task-definition "$REVISION" --launch-type FARGATE --network-configuration "$NETWORK" --client-token "$EXECUTION-$SERVICE" --started-by "$EXECUTION" --propagate-tags TASK_DEFINITION --enable-ecs-managed-tags --output json > run.json`,
    ),
    ifRun(`TASK="$(jq --raw-output '.tasks[].taskArn' run.json)"`),
    ifRun(`if [ -z "$TASK" ]; then echo "$SERVICE: ECS started no task."; cat run.json; exit 1; fi`),
    ifRun(`echo "$SERVICE: task \${TASK##*/} is running the command before the release."`),
    ifRun(
      `until [ "$STATUS" = STOPPED ]; do sleep 5; STATUS="$(aws ecs describe-tasks ${tasks} --query 'tasks[0].lastStatus' --output text)"; if [ "$STATUS" = None ]; then MISSED="$MISSED."; fi; if [ "$MISSED" = ${MISSES} ]; then echo "$SERVICE: ECS no longer reports task \${TASK##*/}."; exit 1; fi; done`,
    ),
    // The log driver flushes the remaining events when the container exits; a task that never ran has no stream.
    ifRun(
      `sleep 5; aws logs get-log-events --log-group-name "$LOG_GROUP" --log-stream-name "before/$CONTAINER/\${TASK##*/}" --limit 50 --output json > log.json || echo '{"events": []}' > log.json`,
    ),
    ifRun(`jq --raw-output '.events[].message' log.json`),
    ifRun(`aws ecs describe-tasks ${tasks} --output json > task.json`),
    ifRun(
      `CODE="$(jq --raw-output --arg name "$CONTAINER" '.tasks[].containers[] | select(.name == $name) | .exitCode' task.json)"`,
    ),
    ifRun(
      `if [ "$CODE" = null ]; then echo "$SERVICE: the command before the release did not start: $(jq --raw-output '.tasks[].stoppedReason' task.json)"; exit 1; fi`,
    ),
    ifRun(`echo "$SERVICE: the command before the release ended with exit code $CODE."`),
    ifRun(`exit "$CODE"`),
  ]);
