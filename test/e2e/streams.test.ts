import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runCommandLine } from "../../src/cli/main.ts";
import { command } from "../support/command.ts";
import { ALL, argumentsOf, QUIET } from "../support/every-command.ts";
import { project } from "../support/project.ts";
import { writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const parsed = (text: string): unknown[] => {
  try {
    return [JSON.parse(text)];
  } catch {
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
  }
};

describe("what a command says of a stack that does not exist", () => {
  const stages: Stage[] = [];
  const stageWith = (config = {}) => {
    const stage = new Stage(config);
    stages.push(stage);
    return stage;
  };
  afterAll(() => stages.forEach((stage) => stage.remove()));

  it.each(ALL)("%s --json: one object on stdout, which has the error if it fails", async (name) => {
    const argv = [...name.split(" "), "--json", ...argumentsOf(name)];
    const { exit, answer, errors } = await stageWith().type(...argv);
    const objects = parsed(answer);
    expect(objects).toHaveLength(1);
    // What doctor finds broken is its answer, and no failure of doctor.
    const { error, broken } = objects[0] as { error?: { message: string; exit: number }; broken?: string };
    expect(error?.exit ?? (broken === undefined ? 0 : 1)).toBe(exit);
    expect(error?.message ?? "done").toMatch(/\S/);
    expect(exit).toBeLessThanOrEqual(2);
    expect(errors.join("\n")).not.toMatch(/\n\s+at /);
  });

  it.each(ALL)("%s: an error goes to stderr, without a stack trace", async (name) => {
    const { exit, errors, lines, answer } = await stageWith().type(...name.split(" "), ...argumentsOf(name));
    expect({ exit, errors: errors.length > 0 || exit === 0 || lines.length > 0 }).toEqual({ exit, errors: true });
    expect(errors.join("\n")).not.toMatch(/\n\s+at |FAIRLEAD_DEBUG/);
    expect(exit === 0 ? "" : answer).toBe("");
  });

  it("status: that nothing exists, and the command that creates it", async () => {
    const { exit, lines } = await stageWith().type("status");
    expect(exit).toBe(0);
    expect(lines.at(-1)).toMatch(/^Nothing of the stack exists\. To create it: \S.* reconcile$/);
  });

  it.each(ALL)("%s --json with an unknown flag: the error as one object, and exit code 2", async (name) => {
    const { exit, answer, errors } = await stageWith().type(
      ...name.split(" "),
      "--json",
      "--nonsense",
      ...argumentsOf(name),
    );
    expect(exit).toBe(2);
    expect(parsed(answer)).toEqual([{ error: { message: "unknown option '--nonsense'", exit: 2 } }]);
    expect(errors).toContain(
      "Error: unknown option '--nonsense'.\nFor the flags of a command: npx fairlead help COMMAND",
    );
  });

  it("logs --json and --follow: one object cannot be followed", async () => {
    const { exit, answer } = await stageWith().type("logs", "--json", "--follow", "--target", "aws");
    expect({ exit, objects: parsed(answer) }).toEqual({
      exit: 2,
      objects: [
        {
          error: {
            message: expect.stringMatching(
              /To print a JSON object for each line: .* logs --follow --jsonl --target aws$/,
            ),
            exit: 2,
          },
        },
      ],
    });
    expect((await stageWith().type("logs", "--jsonl", "--nonsense")).answer).toContain('{"error":');
  });

  it("an error names the commands that mend it with the flags of the run", async () => {
    const { errors } = await stageWith().type("exec", "--env", "dev");
    expect(errors.join("\n")).toMatch(/does not exist. To create it: .*\breconcile (?:-- )?--env dev$/);
  });

  it("the config's problems, each with its place", async () => {
    const { exit, answer } = await stageWith({ nam: "x" }).type("plan", "--json");
    expect(exit).toBe(2);
    expect(parsed(answer)).toEqual([
      {
        error: {
          message: "The config is invalid. No changes were made.",
          exit: 2,
          problems: [
            expect.objectContaining({ path: "nam", place: expect.stringMatching(/^stack\.config\.ts:\d+:\d+$/) }),
          ],
        },
      },
    ]);
  });
});

describe("--quiet", () => {
  const stage = new Stage();
  afterAll(() => stage.remove());
  const typed = async (...argv: string[]) => {
    const { exit, lines, errors } = await stage.type(...argv);
    return { exit, lines: lines.filter((line) => !errors.includes(line)), errors };
  };

  it.each(QUIET)("%s: nothing but the error where it fails", async (name) => {
    const { exit, lines, errors } = await typed(...name.split(" "), "-q", "--target", "aws", ...argumentsOf(name));
    expect({ exit: exit > 0, lines, errors: errors.length > 0 }).toEqual({ exit: true, lines: [], errors: true });
  });

  it("leaves what a command came to, and what failed", async () => {
    const done = expect.stringMatching(/^Done in .*: 42 created/) as string;
    const url = expect.stringMatching(/^Application URL: /) as string;
    expect(await typed("reconcile", "-q")).toEqual({ exit: 0, lines: [done, url], errors: [] });
    const again = await typed("reconcile");
    expect(again.lines.join("\n")).toMatch(
      /Application URL: .*\nIt is simulated: nothing answers there\. .*npx fairlead doctor/,
    );
    writeService(stage);
    const live = expect.stringMatching(/^Live in .*: fairlead-app-dev:2\.$/) as string;
    expect(await typed("deploy", "--approve", "--quiet")).toMatchObject({ exit: 0, lines: [live, url], errors: [] });
    expect(await typed("task", "web", "-q", "--", "true")).toMatchObject({ exit: 0, errors: [] });
    writeService(stage, "# simulate: exits");
    const failed = await typed("deploy", "--approve", "--quiet");
    expect(failed).toMatchObject({ exit: 1, lines: [] });
    expect(failed.errors.join("\n")).toMatch(/Cause: .*\nTo do: /);
    const none = expect.stringMatching(/^Receipt: no resources/) as string;
    expect(await typed("teardown", "-q")).toMatchObject({ exit: 0, lines: [expect.stringMatching(/^Done/), none] });
  });

  it("asks nothing, not even somebody at a terminal", async () => {
    const choose = () => Promise.reject(new Error("asked"));
    const argv = ["deploy", "-q"];
    await stage.type("reconcile", "-q");
    const { exit, lines } = await stage.act((context) => runCommandLine(argv, context), { choose });
    expect({ exit, lines }).toEqual({
      exit: 0,
      lines: [expect.stringMatching(/^Waiting for approval/), expect.stringMatching(/^Release .* It is waiting/)],
    });
  });
});

describe("the streams of the process", () => {
  const stack = project();
  afterAll(() => stack.remove());
  const ESCAPE = "\u001b[";
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    command(stack.directory, args, { NO_COLOR: "", ...env });

  it("have no colours in a pipe, also in CI, unless they are asked for", async () => {
    expect((await run(["plan"], { CI: "true" })).stdout).not.toContain(ESCAPE);
    expect((await run(["plan"], { FORCE_COLOR: "1" })).stdout).toContain(ESCAPE);
    expect((await run(["plan"], { FORCE_COLOR: "1", NO_COLOR: "1" })).stdout).not.toContain(ESCAPE);
  });

  it("have errors on stderr alone", async () => {
    const { code, stdout, stderr } = await run(["outputs"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^Error: \S.*\n$/s);
  });

  it("keep what a config prints out of the answer", async () => {
    writeFileSync(
      join(stack.directory, "noisy.config.ts"),
      'import { defineStack } from "fairlead";\nconsole.log("a word of the config");\nexport default defineStack({});\n',
    );
    const { stdout, stderr } = await run(["plan", "--json", "--config", "noisy.config.ts"]);
    expect(JSON.parse(stdout)).toHaveProperty("summary");
    expect(stderr).toContain("a word of the config");
  });
});
