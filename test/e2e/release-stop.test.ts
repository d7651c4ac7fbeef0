import { GetPipelineExecutionCommand, GetPipelineStateCommand } from "@aws-sdk/client-codepipeline";
import { DescribeServicesCommand } from "@aws-sdk/client-ecs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
// First: it takes the place of what the others load.
import { attended, calm, scene } from "../support/scene.ts";
import { releaseStop } from "../../src/cli/commands/release/stop.ts";
import { begin, standReleased } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const APP = "fairlead-app-dev";
const PIPELINE = `${APP}-pipeline`;

interface StopAnswer {
  readonly release: {
    readonly executionId: string;
    readonly ending: string;
    readonly deployment: string;
    readonly runs: string;
  };
}

describe("release stop", { timeout: 120_000 }, () => {
  const stage = new Stage();
  let before: () => void;
  let version = 1;

  beforeAll(async () => {
    before = await standReleased(stage);
  });
  afterEach(() => {
    calm();
    before();
  });
  afterAll(() => stage.remove());

  /** Begins a release; answers its id once so many seconds have passed. */
  const begun = (seconds: number) => begin(stage, ++version, seconds);
  const wait = (seconds: number) => stage.meddle((_aws, clock) => clock.sleep(seconds * 1_000));
  const stop = async (...argv: string[]) => {
    const said = await stage.type("release", "stop", ...argv, "--json");
    return {
      ...said,
      text: said.lines.join("\n"),
      json: said.answer === "" ? undefined : (JSON.parse(said.answer) as StopAnswer),
    };
  };
  const statusOf = (pipelineExecutionId: string) =>
    stage.meddle(async (aws) => {
      const command = new GetPipelineExecutionCommand({ pipelineName: PIPELINE, pipelineExecutionId });
      return (await aws.codePipeline(command)).pipelineExecution?.status;
    });
  const service = () =>
    stage.meddle(async (aws) => {
      const command = new DescribeServicesCommand({ cluster: `${APP}-cluster`, services: [`${APP}-service`] });
      return (await aws.ecs(command)).services?.[0];
    });
  /** A release that was approved, so many seconds ago. */
  async function deploying(seconds: number): Promise<string> {
    const id = await begun(120);
    expect((await stage.type("approve", "--detach")).exit).toBe(0);
    await wait(seconds);
    return id;
  }

  it("stops a release that waits for approval, of which nothing was deployed", async () => {
    const id = await begun(120);
    const { exit, text, json } = await stop(id.slice(0, 8), "--reason", "not this one");
    expect(exit).toBe(0);
    expect(text).toContain(`Release ${id} is waiting for approval, which is abandoned: nothing was deployed.`);
    expect(text).toContain(`Release ${id} is stopped; nothing of it was deployed. The service runs ${APP}:2.`);
    expect(json?.release).toEqual({
      executionId: id,
      ending: "stopped",
      deployment: "none",
      why: null,
      runs: `${APP}:2`,
    });
    expect(await statusOf(id)).toBe("Stopped");
    expect((await stage.type("releases")).lines.join("\n")).toMatch(
      new RegExp(`${id}  stopped\\n    why      not this one`),
    );
    expect((await stage.type("approve")).lines.join("\n")).toMatch(
      /No approval is pending .*To look at the releases: .* releases/,
    );
    // Whoever does it again is told the same.
    expect((await stop(id)).json?.release).toMatchObject({ ending: "stopped", deployment: "none" });
    expect(await stage.planned()).toEqual({});
  });

  it("lets the release queued behind it continue", async () => {
    const first = await begun(120);
    const second = await begun(120);
    expect((await stop(first)).exit).toBe(0);
    await wait(60);
    const { stageStates = [] } = await stage.meddle((aws) =>
      aws.codePipeline(new GetPipelineStateCommand({ name: PIPELINE })),
    );
    expect(stageStates.find(({ stageName }) => stageName === "Approval")?.latestExecution?.pipelineExecutionId).toBe(
      second,
    );
  });

  it("stops a release that waits between two stages", async () => {
    await begun(120);
    const second = await begun(120);
    const { exit, text } = await stop(second);
    expect(exit).toBe(0);
    expect(text).toContain("is between two stages and goes no further.");
    expect(await statusOf(second)).toBe("Stopped");
  });

  it("abandons a build, or lets it complete", async () => {
    const abandoned = await begun(30);
    expect((await stop(abandoned)).text).toContain("is in Build, which is abandoned");
    const finished = await begun(30);
    const { exit, text } = await stop(finished, "--finish");
    expect(exit).toBe(0);
    expect(text).toMatch(/is in Build, which is allowed to finish: nothing starts after it\.[^]*Release: stopping/);
    expect(await statusOf(finished)).toBe("Stopped");
  });

  it("rolls back a deployment that has started, follows that to the end and says what is running", async () => {
    const id = await deploying(30);
    expect((await service())?.deployments?.[0]).toMatchObject({ rolloutState: "IN_PROGRESS" });
    const { exit, text, json } = await stop(id);
    expect(exit).toBe(0);
    expect(text).toMatch(/is being deployed: CodePipeline abandons it, and ECS rolls the service back[^]*tasks: /);
    expect(text).toContain(
      `Release ${id} is stopped, and ECS has rolled its deployment back. The service runs ${APP}:2.`,
    );
    expect(json?.release).toMatchObject({ ending: "stopped", deployment: "rolled-back", runs: `${APP}:2` });
    expect(await service()).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: "COMPLETED" }] });
    expect(await stage.planned()).toEqual({});
  });

  it("does the rest when it is repeated after it died in between", async () => {
    const id = await deploying(30);
    scene.intercept = (_table, _moment, { operation }) => {
      if (operation === "StopServiceDeployment") throw new Error("died here");
    };
    expect((await stop(id)).exit).toBe(1);
    calm();
    expect(await statusOf(id)).toBe("Stopped");
    expect((await service())?.taskDefinition).toMatch(/:3$/);
    const { exit, json } = await stop(id);
    expect(exit).toBe(0);
    expect(json?.release).toMatchObject({ deployment: "rolled-back", runs: `${APP}:2` });
  });

  it("does not touch a later release if an earlier one was stopped before", async () => {
    const first = await begun(120);
    expect((await stop(first)).exit).toBe(0);
    await deploying(30);
    expect((await stop(first)).json?.release).toMatchObject({ deployment: "none" });
    expect((await service())?.taskDefinition).toMatch(/:3$/);
  });

  it("says so if ECS had finished before it could be stopped", async () => {
    const id = await deploying(30);
    let seen = false;
    scene.intercept = (table, _moment, { operation }) => {
      if (operation !== "ListServiceDeployments" || seen) return;
      seen = true;
      for (const one of Object.values(table("ecs.services@ap-northeast-1")) as {
        deployments: object[];
        releases: { status: string }[];
      }[]) {
        Object.assign(one.deployments[0] ?? {}, { rolloutState: "COMPLETED" });
        Object.assign(one.releases[0] ?? {}, { status: "SUCCESSFUL" });
      }
    };
    const { exit, text, json } = await stop(id);
    expect(exit).toBe(1);
    expect(json?.release).toMatchObject({ deployment: "completed", runs: `${APP}:3` });
    expect(text).toContain("could not be stopped: ECS had already completed its deployment.");
    expect(text).toContain("npx fairlead rollback goes back to the release before it.");
  });

  it("refuses what cannot be stopped, and says what to do instead", async () => {
    const waiting = await begun(120);
    expect(await stop(waiting, "--finish")).toMatchObject({
      exit: 2,
      lines: [expect.stringContaining("--finish would wait for the approval.")],
    });
    expect(await stop("01234567")).toMatchObject({
      exit: 2,
      lines: [
        expect.stringContaining(
          `has no release 01234567 among its latest 100. In progress: ${waiting}. To look at them: `,
        ),
      ],
    });
    expect((await stop(waiting)).exit).toBe(0);
    const listed = await stage.type("releases", "--json");
    const { releases } = JSON.parse(listed.answer) as { releases: { executionId: string; ending: string }[] };
    const live = releases.find(({ ending }) => ending === "live")?.executionId ?? "";
    expect(await stop(live)).toMatchObject({
      exit: 1,
      lines: [expect.stringMatching(/is no longer in progress: it is live\. npx fairlead rollback goes back/)],
    });
  });

  it("asks first, and changes nothing if the answer is no", async () => {
    const id = await begun(120);
    scene.question = () => false;
    const said = await stage.act((context) => releaseStop(id, { target: "local" }, attended(context)));
    expect(said.exit).toBe(1);
    expect(said.lines.at(-1)).toBe("No changes were made.");
    expect(await statusOf(id)).toBe("InProgress");
  });
});
