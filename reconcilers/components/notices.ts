import { Rule, type RuleSpec } from "../../src/aws/eventbridge/rule.ts";
import type { Names } from "../../src/config/naming.ts";
import type { AlarmSettings } from "../../src/config/stack.ts";
import type { Output } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";
import { isJob, type Placed } from "../services.ts";

export interface NoticesProps {
  readonly settings: Pick<AlarmSettings, "failedPipelines" | "approvals" | "failedJobs">;
  readonly topicArn: Output<string>;
  readonly names: Pick<Names, "pipeline" | "cluster" | "failedRule" | "approvalRule">;
  readonly environment: string;
  /** Whether the stack has a pipeline, and whether that asks for an approval. */
  readonly pipeline: boolean;
  readonly approval: boolean;
  readonly services: readonly Placed[];
}

/** Tells of events that are no state: a release that failed or waits for its approval, and a run of a job that failed. */
export function notices(scope: Scope, props: NoticesProps): void {
  const { settings, topicArn, names, services } = props;
  const command = (words: string) => `npx fairlead ${words} --target aws --env ${props.environment}`;
  const tell = (place: Scope, id: string, rule: Pick<RuleSpec, "name" | "description" | "pattern">, told: Told) =>
    place.add(`alarms/${id}`, Rule, {
      ...rule,
      enabled: true,
      targets: [{ id: "topic", arn: topicArn, input: { paths: told.paths, template: template(told.lines) } }],
    });
  const paths = { pipeline: "$.detail.pipeline", execution: "$.detail.execution-id" };
  if (props.pipeline && settings.failedPipelines)
    tell(
      scope,
      "pipeline-failed",
      {
        name: names.failedRule,
        description: `Tells when a release of ${names.pipeline} fails`,
        // A new pipeline starts a run of its own at once, which finds no source yet ("Create a pipeline", CodePipeline user guide): the failure
        // of that stage is not told.
        pattern: {
          source: ["aws.codepipeline"],
          "detail-type": ["CodePipeline Stage Execution State Change"],
          detail: { pipeline: [names.pipeline], stage: [{ "anything-but": ["Source"] }], state: ["FAILED"] },
        },
      },
      {
        paths: { ...paths, stage: "$.detail.stage" },
        lines: [
          "A release of <pipeline> failed in the stage <stage> (execution <execution>).",
          `What failed and why: ${command("doctor")}`,
        ],
      },
    );
  if (props.pipeline && props.approval && settings.approvals)
    tell(
      scope,
      "approval",
      {
        name: names.approvalRule,
        description: `Tells when a release of ${names.pipeline} waits for its approval`,
        pattern: {
          source: ["aws.codepipeline"],
          "detail-type": ["CodePipeline Action Execution State Change"],
          detail: { pipeline: [names.pipeline], type: { category: ["Approval"] }, state: ["STARTED"] },
        },
      },
      {
        paths,
        lines: [
          "A release of <pipeline> waits for its approval (execution <execution>).",
          // The event has neither who released it nor the commit (CodePipeline user guide, "Monitoring CodePipeline events").
          `Who released what: ${command("status")}`,
          `To approve or reject it: ${command("approve")} or ${command("reject")}`,
          `In the console: https://${scope.region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/<pipeline>/view?region=${scope.region}`,
        ],
      },
    );
  if (!settings.failedJobs) return;
  for (const { scope: place, names: own, service } of services.filter(isJob)) {
    /** Tasks of a family that no service runs have it as their group (ECS API Reference, RunTask, `group`). */
    const stopped = {
      clusterArn: [scope.arn("ecs", `cluster/${names.cluster}`)],
      group: [`family:${own.taskFamily}`],
      lastStatus: ["STOPPED"],
    };
    const ofTasks = { source: ["aws.ecs"], "detail-type": ["ECS Task State Change"] };
    const told = { task: "$.detail.taskArn", reason: "$.detail.stoppedReason" };
    const logs = `Its log: ${command(`logs --service ${service.name}`)}`;
    tell(
      place,
      "job-failed",
      {
        name: own.jobFailedRule,
        description: `Tells when a run of the job ${service.name} fails`,
        // A sidecar that is stopped with the job has an exit code of its own.
        pattern: {
          ...ofTasks,
          detail: { ...stopped, containers: { name: [own.container], exitCode: [{ "anything-but": [0] }] } },
        },
      },
      { paths: told, lines: [`A run of the job ${service.name} failed: <reason>.`, "Task: <task>", logs] },
    );
    tell(
      place,
      "job-not-started",
      {
        name: own.jobNotStartedRule,
        description: `Tells when a run of the job ${service.name} cannot be started`,
        pattern: { ...ofTasks, detail: { ...stopped, stopCode: ["TaskFailedToStart"] } },
      },
      { paths: told, lines: [`A run of the job ${service.name} could not be started: <reason>`, "Task: <task>"] },
    );
  }
}

interface Told {
  /** Where the event has the values of the lines. */
  readonly paths: Readonly<Record<string, string>>;
  readonly lines: readonly string[];
}

/** EventBridge takes lines that are in double quotes each (EventBridge user guide, "Input transformation"). */
const template = (lines: readonly string[]): string => lines.map((line) => JSON.stringify(line)).join("\n");
