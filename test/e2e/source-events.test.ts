import { ListPipelineExecutionsCommand } from "@aws-sdk/client-codepipeline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploy } from "../../src/cli/commands/deploy.ts";
import { setEvents } from "../support/release.ts";
import { writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

/** Milliseconds: longer than any event takes, and than a pipeline is young. */
const LATER = 1_200_000;
/** Milliseconds after which a new bucket tells EventBridge of its objects; its pipeline is young then. */
const SWITCHED_ON = 330_000;

describe("uploads whose events come late, twice or never", { timeout: 120_000 }, () => {
  const stage = new Stage();
  beforeAll(async () => void (await stage.run("reconcile")));
  afterAll(() => stage.remove());

  /** Deploys something new some time later, where an event has this fate. */
  async function deployed(fate: Parameters<typeof setEvents>[1], after: number): Promise<number> {
    await stage.meddle(async (_aws, clock, world) => {
      setEvents(world, fate);
      await clock.sleep(after);
    });
    writeService(stage, "", { "version.txt": `${fate} ${after}` });
    const said = await stage.act((context) =>
      deploy("service", { target: "local", approve: true, json: true }, context),
    );
    return said.exit;
  }

  it("are one release each, and leave no second execution running", async () => {
    expect(await deployed("lost", 0)).toBe(0);
    expect(await deployed("late", SWITCHED_ON)).toBe(0);
    expect(await deployed("twice", LATER)).toBe(0);
    expect(await deployed("late", LATER)).toBe(0);
    expect(await deployed("lost", LATER)).toBe(0);
    const runs = await stage.meddle(async (aws) => {
      const command = new ListPipelineExecutionsCommand({ pipelineName: "fairlead-app-dev-pipeline" });
      return (await aws.codePipeline(command)).pipelineExecutionSummaries ?? [];
    });
    const releases = runs.filter(({ status }) => status === "Succeeded");
    const versionsOf = (some: typeof runs) => some.map(({ sourceRevisions }) => sourceRevisions?.[0]?.revisionId);
    expect(releases).toHaveLength(5);
    expect(new Set(versionsOf(releases)).size).toBe(5);
    const others = runs.filter((run) => !releases.includes(run) && run.trigger?.triggerType !== "CreatePipeline");
    expect(others.map(({ status }) => status)).toEqual(others.map(() => "Stopped"));
    // That of the event that came twice; a late one may come in time.
    expect(others.length).toBeGreaterThanOrEqual(1);
    expect(others.map(({ trigger }) => trigger?.triggerType)).toEqual(others.map(() => "CloudWatchEvent"));
  });

  it("are one release each with --no-wait as well: the next one stops what an event has started meanwhile", async () => {
    await stage.meddle(async (_aws, clock, world) => {
      setEvents(world, "twice");
      await clock.sleep(LATER);
    });
    writeService(stage, "", { "version.txt": "left alone" });
    const first = await stage.type("deploy", "--no-wait");
    // Longer than a second event takes; the release waits for its approval meanwhile.
    await stage.meddle((_aws, clock) => clock.sleep(75_000));
    const second = await stage.type("deploy", "--no-wait");
    const text = second.lines.join("\n");
    const [, stopped] =
      /Stopped execution (\S+): a duplicate or late S3 event had started it for the same source\.\n/.exec(text) ?? [];
    // Where the second execution was listed before the first one, it is the one that the first command told.
    expect([second.answer.trim(), stopped]).toContain(first.answer.trim());
    expect(stopped).not.toBe(second.answer.trim());
    expect(text).toMatch(/already uploaded, as version \S+\.\nThe release is in progress\.\n/);
    expect(text).toMatch(/\nTo follow it: npx fairlead deploy --attach \S+$/);
    const going = await stage.meddle(async (aws) => {
      const command = new ListPipelineExecutionsCommand({ pipelineName: "fairlead-app-dev-pipeline" });
      const { pipelineExecutionSummaries: runs = [] } = await aws.codePipeline(command);
      return runs.flatMap(({ status, pipelineExecutionId: id }) => (status === "InProgress" ? [id] : []));
    });
    expect(going).toEqual([second.answer.trim()]);
  });
});
