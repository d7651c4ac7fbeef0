import { StopServiceDeploymentCommand } from "@aws-sdk/client-ecs";
import { describe, expect, it } from "vitest";
import type { ReleaseEvent } from "../../../src/release/events.ts";
import type { ServiceRef } from "../../../src/release/service-ref.ts";
import { stoppable, stopRelease } from "../../../src/release/stop.ts";
import { deliverable, running, SOURCE, type Release } from "../../support/release.ts";
import { failing, refusing, siteOf } from "./delivered.ts";

/** A release of these files, so many seconds after it was approved. */
async function deploying(files: Readonly<Record<string, string>>, seconds: number): Promise<Release> {
  const release = await deliverable();
  await release.upload(files);
  await release.wait(90);
  await release.answer("Approved");
  await release.wait(seconds);
  return release;
}

async function stopped(release: Release, ref: ServiceRef = siteOf(release.at)) {
  const events: ReleaseEvent[] = [];
  const id = (await release.runs())[0]?.pipelineExecutionId ?? "";
  const changing = <T>(work: () => Promise<T>) => work();
  const stopping = { reason: "enough", finish: false, changing };
  const end = await stopRelease(ref, await stoppable(ref, id.slice(0, 8)), stopping, (event) => events.push(event));
  return { ...end, events };
}

describe("stopping a release that is being deployed", () => {
  it("goes back to the revision before, by word of ECS", async () => {
    const release = await deploying(SOURCE, 20);
    expect((await running(release)).revision).toBe(2);
    expect(await stopped(release)).toMatchObject({ ending: "stopped", deployment: "rolled-back", runs: "ground:1" });
    const { service, revision } = await running(release);
    expect([revision, service?.runningCount, service?.deployments?.length]).toEqual([1, 2, 1]);
  });

  it("follows one that ECS rolls back by itself already", async () => {
    const release = await deploying(failing("exits"), 20);
    for (let tries = 0; tries < 60 && (await running(release)).revision === 2; tries++) await release.wait(5);
    expect(await stopped(release)).toMatchObject({ deployment: "rolled-back", runs: "ground:1" });
    expect((await running(release)).service).toMatchObject({ runningCount: 2 });
  });

  it("says so where there is nothing to go back to", async () => {
    const release = await deploying(SOURCE, 20);
    const refusal = Object.assign(new Error("There is no earlier service revision to roll back to."), {
      name: "InvalidParameterException",
      $metadata: { httpStatusCode: 400 },
    });
    const ref = refusing(siteOf(release.at), "ecs", StopServiceDeploymentCommand, refusal);
    expect(await stopped(release, ref)).toMatchObject({
      ending: "stopped",
      deployment: "failed",
      why: "There is no earlier service revision to roll back to.",
      runs: "ground:2",
    });
  });
});
