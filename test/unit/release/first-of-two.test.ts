import type { PipelineExecutionSummary } from "@aws-sdk/client-codepipeline";
import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../../src/clock.ts";
import { findExecution } from "../../../src/release/executions.ts";
import type { ServiceRef } from "../../../src/release/service-ref.ts";

const run = (pipelineExecutionId: string, version?: string): PipelineExecutionSummary => ({
  pipelineExecutionId,
  status: "InProgress",
  sourceRevisions: version === undefined ? [] : [{ actionName: "Source", revisionId: version }],
  trigger: { triggerType: "CloudWatchEvent" },
});

/** The execution that is found for version `v1`, and after how many lists, where CodePipeline answers these one after the other. */
async function found(...lists: readonly (readonly PipelineExecutionSummary[])[]) {
  let asked = 0;
  const codePipeline = async () => ({ pipelineExecutionSummaries: lists[Math.min(asked++, lists.length - 1)] });
  const ref = { aws: { codePipeline }, names: { pipeline: "release" }, clock: new VirtualClock(0) };
  const id = await findExecution(ref as unknown as ServiceRef, "v1");
  return { id, asked };
}

describe("of two executions that one upload started", () => {
  it("the first one is found, also where the second one is the first to show its source", async () => {
    expect(await found([run("second", "v1"), run("first")], [run("second", "v1"), run("first", "v1")])).toEqual({
      id: "first",
      asked: 2,
    });
  });

  it("the second one is found where the first one turns out to have another source", async () => {
    expect(await found([run("second", "v1"), run("first")], [run("second", "v1"), run("first", "v0")])).toEqual({
      id: "second",
      asked: 2,
    });
  });

  it("the second one is found where the first one does not show its source within 20 s", async () => {
    const { id, asked } = await found([run("second", "v1"), run("first")]);
    expect([id, asked > 5]).toEqual(["second", true]);
  });

  it("is found at once where only a later one does not show its source", async () => {
    expect(await found([run("later"), run("first", "v1")])).toEqual({ id: "first", asked: 1 });
  });
});
