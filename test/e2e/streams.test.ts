import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { afterAll, describe, expect, it } from "vitest";
import { programOf } from "../../src/cli/program.ts";
import { processTerminal } from "../../src/cli/terminal.ts";
import { command } from "../support/command.ts";
import { project } from "../support/project.ts";
import { Stage } from "../support/stage.ts";

/** What each command that needs arguments is given here. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  reject: ["--reason", "no"],
  "release stop": ["0123"],
  rollback: ["--yes"],
  task: ["web", "--", "true"],
  "job run": ["report"],
  completion: ["bash"],
  "secret set": ["API_KEY", "--generate"],
  "secret rm": ["API_KEY", "--yes"],
  "state rm": ["network/vpc", "--yes"],
  "state restore": ["1", "--yes"],
  "state migrate": ["--yes"],
  deploy: ["nowhere"],
};

/** Every command by its words. */
const words = (parent: Command): string[] =>
  parent.commands.flatMap((one) => (one.commands.length > 0 ? words(one) : pathOf(one)));
const pathOf = (one: Command): string =>
  [one.parent?.parent ? one.parent.name() : "", one.name()].filter((word) => word !== "").join(" ");

const ALL = words(
  programOf({ directory: ".", terminal: processTerminal(false), stop: new AbortController().signal }, () => {}),
);

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
    const argv = [...name.split(" "), "--json", ...(ARGUMENTS[name] ?? [])];
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
    const { exit, errors, lines, answer } = await stageWith().type(...name.split(" "), ...(ARGUMENTS[name] ?? []));
    expect({ exit, errors: errors.length > 0 || exit === 0 || lines.length > 0 }).toEqual({ exit, errors: true });
    expect(errors.join("\n")).not.toMatch(/\n\s+at |FAIRLEAD_DEBUG/);
    expect(exit === 0 ? "" : answer).toBe("");
  });

  it.each(ALL)("%s --json with an unknown flag: the error as one object, and exit code 2", async (name) => {
    const { exit, answer, errors } = await stageWith().type(
      ...name.split(" "),
      "--json",
      "--nonsense",
      ...(ARGUMENTS[name] ?? []),
    );
    expect(exit).toBe(2);
    expect(parsed(answer)).toEqual([{ error: { message: "unknown option '--nonsense'", exit: 2 } }]);
    expect(errors).toContain("error: unknown option '--nonsense'");
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
