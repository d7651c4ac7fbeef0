import type { PipelineExecutionSummary } from "@aws-sdk/client-codepipeline";
import { describe, expect, it } from "vitest";
import type { ServiceRef } from "../../../src/release/service-ref.ts";
import { successorOf, duplicatesOf } from "../../../src/release/duplicates.ts";

const RULE = "shop-dev-s3-change";
const ARN = "arn:aws:events:eu-west-1:123456789012:rule/";

/** Executions, the newest first: `id status version trigger`, with the rule in the trigger where it is an event. */
const runsOf = (...lines: readonly string[]): PipelineExecutionSummary[] =>
  lines.map((line) => {
    const [pipelineExecutionId, status, version, triggerType, rule = RULE] = line.split(" ");
    return {
      pipelineExecutionId,
      status,
      sourceRevisions: version === "-" ? [] : [{ actionName: "Source", revisionId: version }],
      trigger: {
        triggerType,
        triggerDetail: triggerType === "CloudWatchEvent" ? ARN + rule : "arn:aws:iam::1:user/ada",
      },
    } as PipelineExecutionSummary;
  });
const twins = (...lines: readonly string[]) =>
  duplicatesOf(runsOf(...lines), RULE, "followed").map(({ pipelineExecutionId }) => pipelineExecutionId);

describe("an execution of a source that has its release", () => {
  it.each(["InProgress", "Succeeded", "Failed", "Stopped"])("is a twin of one that is %s", (status) => {
    expect(twins("b InProgress v1 CloudWatchEvent", `a ${status} v1 CloudWatchEvent`)).toEqual(["b"]);
  });

  it("is a twin where the pipeline was started without its event", () => {
    expect(twins("b InProgress v1 CloudWatchEvent", "a InProgress v1 StartPipelineExecution")).toEqual(["b"]);
  });

  it("is a twin of the one that is followed although it began before that, which had not been listed yet", () => {
    const runs = runsOf("followed InProgress v1 StartPipelineExecution", "e InProgress v1 CloudWatchEvent");
    expect(duplicatesOf(runs, RULE, "followed").map(({ pipelineExecutionId }) => pipelineExecutionId)).toEqual(["e"]);
  });

  it("is not stopped by whoever follows it", () => {
    const runs = runsOf("s InProgress v1 StartPipelineExecution", "followed InProgress v1 CloudWatchEvent");
    expect(duplicatesOf(runs, RULE, "followed")).toEqual([]);
  });

  it.each([
    ["a person started it", ["b InProgress v1 StartPipelineExecution", "a Succeeded v1 CloudWatchEvent"]],
    ["somebody rolled a stage back", ["b InProgress v1 ManualRollback", "a Succeeded v1 CloudWatchEvent"]],
    ["another rule started it", ["b InProgress v1 CloudWatchEvent nightly", "a Succeeded v1 CloudWatchEvent"]],
    ["it has overtaken the other", ["b InProgress v1 CloudWatchEvent", "a Superseded v1 CloudWatchEvent"]],
    ["it has another source", ["b InProgress v2 CloudWatchEvent", "a InProgress v1 CloudWatchEvent"]],
    ["its source is not known yet", ["b InProgress - CloudWatchEvent", "a Failed - CreatePipeline"]],
    ["it has ended", ["b Succeeded v1 CloudWatchEvent", "a Succeeded v1 CloudWatchEvent"]],
  ])("is none where %s", (_why, lines) => {
    expect(twins(...lines)).toEqual([]);
  });
});

describe("the release that continues in place of a superseded or duplicate one", () => {
  const heir = (...lines: readonly string[]) => {
    const codePipeline = async () => ({ pipelineExecutionSummaries: runsOf(...lines) });
    return successorOf({ aws: { codePipeline }, names: { pipeline: "release" } } as unknown as ServiceRef, "a");
  };

  it("is the execution of the same source that overtook it", async () => {
    expect(await heir("b InProgress v1 CloudWatchEvent", "a Superseded v1 CloudWatchEvent")).toBe("b");
  });

  it("is nothing where a person stopped it", async () => {
    expect(await heir("b InProgress v1 CloudWatchEvent", "a Stopped v1 CloudWatchEvent")).toBeUndefined();
  });

  it("is nothing where another source took its place", async () => {
    expect(await heir("b InProgress v2 CloudWatchEvent", "a Superseded v1 CloudWatchEvent")).toBeUndefined();
  });
});
