import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  CodePipelineClient,
  DisableStageTransitionCommand,
  EnableStageTransitionCommand,
  GetPipelineExecutionCommand,
} from "@aws-sdk/client-codepipeline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command, type Ended } from "../support/command.ts";
import { project } from "../support/project.ts";
import { REGION, startMoto, type Moto } from "./world.ts";

const SERVICE = fileURLToPath(new URL("../../service", import.meta.url));
const COMMANDS = ["status", "plan", "releases", "doctor"] as const;

/** What waits in a pipeline on the wire: a process of its own for each command, as from many terminals. */
describe("releases that wait on the wire", () => {
  const stack = project();
  let moto: Moto;
  let codePipeline: CodePipelineClient;
  let pipelineName: string;
  let version = 0;
  const run = (...args: string[]) => command(stack.directory, [...args, "--target", "aws", ...moto.logged()], moto.env);

  beforeAll(async () => {
    moto = await startMoto();
    codePipeline = new CodePipelineClient({
      endpoint: moto.endpoint,
      region: REGION,
      credentials: { accessKeyId: "t", secretAccessKey: "t" },
    });
    cpSync(SERVICE, join(stack.directory, "service"), { recursive: true });
    expect((await run("reconcile", "--yes")).code).toBe(0);
    const named = await command(stack.directory, ["outputs", "codepipeline_name", "--target", "aws"], moto.env);
    pipelineName = named.stdout.trim();
  });
  afterAll(() => {
    codePipeline.destroy();
    moto.stop();
    stack.remove();
  });

  /** Begins a release of something new; answers its id. */
  async function begun(): Promise<string> {
    writeFileSync(join(stack.directory, "service", "version.txt"), String(++version));
    const { code, stdout } = await run("deploy", "--detach");
    expect(code).toBe(0);
    return stdout.trim().split("\n").at(-1) ?? "";
  }
  const statusOf = async (pipelineExecutionId: string) =>
    (await codePipeline.send(new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId }))).pipelineExecution
      ?.status;
  const into = () => ({ pipelineName, stageName: "Deploy", transitionType: "Inbound" }) as const;
  /** All that each of the commands says. */
  const said = async () =>
    Promise.all(
      COMMANDS.map(async (name) => {
        const { stdout, stderr }: Ended = await run(name);
        return stdout + stderr;
      }),
    );

  it("are seen by every command with what resolves them: two in a queue, rejected one after the other", async () => {
    const [first, second] = [await begun(), await begun()];
    for (const text of await said()) {
      expect(text).toContain(`Release ${second} is queued behind ${first} in Approval.`);
      expect(text).toMatch(new RegExp(`Release ${first} has been waiting for approval since \\S+; it fails`));
      expect(text).toContain(
        "    To approve: npx fairlead approve --target aws\n    To reject:  npx fairlead reject --reason WHY --target aws",
      );
      expect(text).toContain(`To stop it: npx fairlead release stop ${second} --target aws`);
    }
    const rejected = await run("reject", "--reason", "not this one");
    expect(rejected).toMatchObject({ code: 0, stdout: expect.stringContaining("Rejected.") });
    expect(await statusOf(first)).toBe("Failed");
    for (const text of await said())
      expect(text).toMatch(new RegExp(`Release ${second} has been waiting for approval`));
    expect((await run("reject", "--reason", "nor this one")).code).toBe(0);
    expect(await statusOf(second)).toBe("Failed");
    for (const text of await said()) expect(text).not.toMatch(/Release \S+ (has been waiting|is queued|is on hold)/);
  });

  it("are stopped where they are, and the releases behind them continue", async () => {
    const [first, second] = [await begun(), await begun()];
    const stopped = await run("release", "stop", first.slice(0, 8), "--reason", "not this one", "--yes", "--json");
    expect(stopped.code).toBe(0);
    expect(JSON.parse(stopped.stdout)).toMatchObject({
      release: { executionId: first, ending: "stopped", deployment: "none" },
    });
    expect(await statusOf(first)).toBe("Stopped");
    expect((await run("status")).stdout).toMatch(new RegExp(`Release ${second} has been waiting for approval`));
    // Without a terminal nothing is stopped unasked.
    expect((await run("release", "stop", second)).code).toBe(2);
    expect(await statusOf(second)).toBe("InProgress");
    expect((await run("release", "stop", second, "--yes")).code).toBe(0);
    expect(await statusOf(second)).toBe("Stopped");
  });

  it("show who disabled a transition, when and why, also in the deploy that waits there", async () => {
    await codePipeline.send(new DisableStageTransitionCommand({ ...into(), reason: "Change freeze" }));
    for (const text of await said())
      expect(text).toMatch(
        /Releases will be held before Deploy: the transition into Deploy was disabled by \S+:user\/operator at \S+: Change freeze/,
      );
    writeFileSync(join(stack.directory, "service", "version.txt"), String(++version));
    // It says so at once and goes on waiting; enabled from elsewhere, it comes to its end.
    let meanwhile: Promise<string[]> | undefined;
    const look = async () => {
      const all = await said();
      await codePipeline.send(new EnableStageTransitionCommand(into()));
      return all;
    };
    const waited = await command(
      stack.directory,
      ["deploy", "--approve", "--json", "--target", "aws", ...moto.logged()],
      moto.env,
      (heard) => {
        if (heard.includes("enable-stage-transition")) meanwhile ??= look();
      },
    );
    const others = (await meanwhile) ?? [];
    expect(others.map((text) => /Release \S+ is on hold: the transition into Deploy was disabled/.test(text))).toEqual(
      COMMANDS.map(() => true),
    );
    expect(waited.code).toBe(0);
    expect(waited.stderr.match(/the transition into Deploy was disabled by \S+ at \S+: Change freeze/g)).toHaveLength(
      1,
    );
    expect(waited.stderr).toContain(
      `aws codepipeline enable-stage-transition --pipeline-name ${pipelineName} --stage-name Deploy --transition-type Inbound --region ${REGION}`,
    );
    expect(JSON.parse(waited.stdout)).toMatchObject({ release: { ending: "live" } });
  });
});
