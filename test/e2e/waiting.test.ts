import {
  DisableStageTransitionCommand,
  EnableStageTransitionCommand,
  ListPipelineExecutionsCommand,
} from "@aws-sdk/client-codepipeline";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { deploy } from "../../src/cli/commands/deploy.ts";
import { begin, standReleased, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const PIPELINE = "fairlead-app-dev-pipeline";
const COMMANDS = ["status", "plan", "releases", "doctor"] as const;
const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;
const INTO_DEPLOY = { pipelineName: PIPELINE, stageName: "Deploy", transitionType: "Inbound" } as const;
const ENABLE = `    aws codepipeline enable-stage-transition --pipeline-name ${PIPELINE} --stage-name Deploy --transition-type Inbound --region ap-northeast-1`;

interface Waiting {
  readonly waits: readonly Readonly<Record<string, string>>[];
  readonly frozen: readonly Readonly<Record<string, string>>[];
}

describe("what waits in the pipeline", { timeout: 120_000 }, () => {
  const stage = new Stage();
  let before: () => void;
  let version = 1;

  beforeAll(async () => {
    before = await standReleased(stage);
  });
  afterEach(() => before());
  afterAll(() => stage.remove());

  const wait = (seconds: number) => stage.meddle((_aws, clock) => clock.sleep(seconds * 1_000));
  /** Begins a release; answers its id once it has come to its approval, or waits before it. */
  const begun = () => begin(stage, ++version, 120);
  const approved = async (seconds: number) => {
    expect((await stage.type("approve", "--detach")).exit).toBe(0);
    await wait(seconds);
  };
  const freeze = (reason = "Freeze until Monday") =>
    stage.meddle((aws) => aws.codePipeline(new DisableStageTransitionCommand({ ...INTO_DEPLOY, reason })));
  const thaw = () => stage.meddle((aws) => aws.codePipeline(new EnableStageTransitionCommand(INTO_DEPLOY)));
  /** What each of the commands says of it, which has to be the same in all. */
  async function told(): Promise<{ readonly text: string } & Waiting> {
    const all: { text: string; report: Waiting }[] = [];
    for (const name of COMMANDS) {
      const { lines } = await stage.type(name);
      const from = lines.findLastIndex((line) => line === "");
      const { waits, frozen } = JSON.parse((await stage.type(name, "--json")).answer) as Waiting;
      all.push({ text: lines.slice(from + 1).join("\n"), report: { waits, frozen } });
    }
    expect(all).toEqual(all.map(() => all[0]));
    return { text: all[0]?.text ?? "", ...(all[0]?.report ?? { waits: [], frozen: [] }) };
  }

  it("is nothing if nothing waits, at the cost of one call", async () => {
    const log = join(stage.directory, "calls.jsonl");
    const answer = JSON.parse((await stage.type("plan", "--json", "--log", log)).answer) as Waiting;
    expect([answer.waits, answer.frozen]).toEqual([[], []]);
    expect((await stage.type("releases")).lines.join("\n")).not.toMatch(/waits|disabled/);
    expect((await stage.type("plan")).lines.join("\n")).not.toMatch(/waits|disabled/);
    const calls = readFileSync(log, "utf8").trim().split("\n");
    expect(calls.filter((line) => line.includes('"GetPipelineState"'))).toHaveLength(1);
  });

  it("is a release and its approval, with the commands that answer and stop it", async () => {
    const id = await begun();
    const { text, waits } = await told();
    expect(text.split("\n")).toEqual([
      expect.stringMatching(
        new RegExp(
          `^! Release ${id} has been waiting for approval since ${TIME}; it fails if it is not approved by ${TIME}\\.$`,
        ),
      ),
      "    To approve: npx fairlead approve",
      "    To reject:  npx fairlead reject --reason WHY",
      `    To stop it: npx fairlead release stop ${id}`,
    ]);
    expect(waits).toEqual([
      { executionId: id, stage: "Approval", for: "approval", since: expect.any(String) as string },
    ]);
  });

  it("is nothing of a release that is built, which is told with its stage, and of one that is deployed old and new tasks", async () => {
    const id = await begin(stage, ++version, 20);
    const building = (await stage.type("status")).lines;
    expect(building).toEqual(
      expect.arrayContaining([
        expect.stringMatching(new RegExp(`^! Release ${id} is in the stage Build since ${TIME}\\.$`)),
        `    To follow it: npx fairlead deploy --attach ${id}`,
        `    To stop it: npx fairlead release stop ${id}`,
      ]),
    );
    expect(JSON.parse((await stage.type("status", "--json")).answer)).toMatchObject({
      waits: [],
      working: [{ executionId: id, stage: "Build" }],
    });
    await wait(120);
    await approved(45);
    const deploying = (await stage.type("status")).lines.join("\n");
    expect(deploying).toContain(
      "Service: 2 of 2 tasks run the new revision, and still 2 of fairlead-app-dev:2, revision fairlead-app-dev:3, image ",
    );
    expect(deploying).toContain(`! ECS has been deploying release ${id} since `);
    await wait(900);
    expect((await stage.type("status")).lines.join("\n")).toContain(
      "Service: 2 of 2 tasks run, revision fairlead-app-dev:3, ",
    );
  });

  it("is a release behind the approval of another, with the command that lets it continue", async () => {
    const first = await begun();
    const second = await begun();
    const { text, waits } = await told();
    expect(text.split("\n")).toEqual([
      `! Release ${second} is queued behind ${first} in Approval.`,
      expect.stringContaining(`! Release ${first} has been waiting for approval since `),
      "    To approve: npx fairlead approve",
      "    To reject:  npx fairlead reject --reason WHY",
      `    To stop it: npx fairlead release stop ${first}`,
      `    To stop it: npx fairlead release stop ${second}`,
    ]);
    expect(waits).toMatchObject([
      { executionId: first, for: "approval" },
      { executionId: second, for: "release", inFront: first },
    ]);
    // What is answered lets the next one come to its own approval.
    expect((await stage.type("reject", "--reason", "not this one")).exit).toBe(0);
    await wait(30);
    expect((await told()).waits).toMatchObject([{ executionId: second, for: "approval" }]);
  });

  it("is a release superseded by a later one, by its id", async () => {
    await begun();
    const second = await begun();
    const third = await begun();
    const { releases } = JSON.parse((await stage.type("releases", "--json")).answer) as {
      releases: { executionId: string; ending: string; why: string }[];
    };
    expect(releases.find(({ executionId }) => executionId === second)).toMatchObject({
      ending: "superseded",
      why: `A newer execution took its place: ${third}.`,
    });
    const attached = await stage.type("deploy", "--attach", second);
    expect(attached.exit).toBe(1);
    expect(attached.lines.join("\n")).toContain(`superseded: A newer execution took its place: ${third}.`);
    expect(attached.lines.join("\n")).not.toContain("Cause:");
  });

  it("is a release before a disabled transition: who, when, why, and the command that enables it", async () => {
    await freeze();
    const idle = await told();
    expect(idle.text.split("\n")).toEqual([
      expect.stringMatching(
        new RegExp(
          `^! Releases will be held before Deploy: the transition into Deploy was disabled by arn:aws:iam::123456789012:user/local at ${TIME}: Freeze until Monday$`,
        ),
      ),
      ENABLE,
    ]);
    expect(idle.frozen).toMatchObject([{ stage: "Deploy", reason: "Freeze until Monday" }]);
    const id = await begun();
    await approved(60);
    const { text, waits } = await told();
    expect(text.split("\n")).toEqual([
      expect.stringMatching(
        new RegExp(
          `^! Release ${id} is on hold: the transition into Deploy was disabled by \\S+ at ${TIME}: Freeze until Monday$`,
        ),
      ),
      ENABLE,
      `    To stop it: npx fairlead release stop ${id}`,
    ]);
    expect(waits).toMatchObject([
      { executionId: id, stage: "Deploy", for: "transition", reason: "Freeze until Monday" },
    ]);
    await thaw();
    await wait(180);
    expect(JSON.parse((await stage.type("status", "--json")).answer)).toMatchObject({ waits: [], frozen: [] });
    const runs = await stage.meddle((aws) =>
      aws.codePipeline(new ListPipelineExecutionsCommand({ pipelineName: PIPELINE })),
    );
    expect(runs.pipelineExecutionSummaries?.[0]).toMatchObject({ pipelineExecutionId: id, status: "Succeeded" });
  });

  it("says that enabling it does not help a release that has waited for more than thirty days", async () => {
    await freeze();
    await begun();
    await approved(31 * 86_400);
    expect((await told()).text).toContain(
      "    It was disabled more than 30 days ago: releases held there do not resume once it is enabled. Deploy again.",
    );
  });

  it("is reported by a deploy behind it at once and only once, with the commands; without a terminal the deploy ends there", async () => {
    await freeze();
    writeService(stage, "", { "version.txt": String(++version) });
    const said = await stage.type("deploy", "--approve");
    expect(said.exit).toBe(0);
    const text = said.lines.join("\n");
    const id = /Release (\S+)/.exec(text)?.[1] ?? "";
    expect(
      text.match(/is on hold: the transition into Deploy was disabled by \S+ at \S+: Freeze until Monday/g),
    ).toHaveLength(1);
    expect(text).toContain(ENABLE);
    expect(text).toContain(`To stop it: npx fairlead release stop ${id}`);
    expect(said.lines.at(-1)).toBe(
      `Release ${id} is not affected. It is waiting, as shown above. To follow it again: npx fairlead deploy --attach ${id}`,
    );
    await thaw();
    const attached = await stage.type("deploy", "--attach", id);
    expect(attached.exit).toBe(0);
    expect(attached.lines.join("\n")).toContain("Live in ");
  });

  it("is not said to continue by itself if the waiting deploy is interrupted", async () => {
    await freeze();
    writeService(stage, "", { "version.txt": String(++version) });
    const interrupted = new AbortController();
    const said = await stage.act(
      (context) => deploy("service", { target: "local", approve: true }, { ...context, stop: interrupted.signal }),
      {
        choose: () => Promise.resolve(undefined),
        reads: (line) => {
          if (line.includes("To stop it: ")) interrupted.abort(new Error("the run was stopped"));
        },
      },
    );
    expect(said.exit).toBe(1);
    expect(said.lines.at(-1)).toMatch(
      /is not affected\. It is waiting, as shown above\. To follow it again: npx fairlead deploy --attach/,
    );
  });

  it("is a release that ECS is deploying", async () => {
    const id = await begun();
    await approved(30);
    const { text, waits } = await told();
    expect(text.split("\n")).toEqual([
      expect.stringMatching(new RegExp(`^! ECS has been deploying release ${id} since ${TIME}\\.$`)),
      `    To follow it: npx fairlead deploy --attach ${id}`,
      `    To stop it and roll back: npx fairlead release stop ${id}`,
    ]);
    expect(waits).toMatchObject([{ executionId: id, for: "deployment" }]);
  });
});
