import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runCommandLine } from "../../../src/cli/main.ts";
import { programOf } from "../../../src/cli/program.ts";
import { processTerminal } from "../../../src/cli/terminal.ts";
import { commandsOf, pathOf, placedIn } from "../../../src/help/commands.ts";
import { completionScript } from "../../../src/help/completion.ts";
import { SHELLS } from "../../../src/help/shells.ts";

const program = programOf(undefined as never, () => undefined);
const folder = mkdtempSync(join(tmpdir(), "fairlead-completion-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the script for bash", () => {
  writeFileSync(join(folder, "script.bash"), completionScript(placedIn(program), "bash"));
  mkdirSync(join(folder, "app"));
  // Stands for the program, which the script asks for names.
  writeFileSync(join(folder, "fairlead"), '#!/bin/sh\necho "asked-$3$4$5"\necho other\n');
  chmodSync(join(folder, "fairlead"), 0o755);
  const lines = [
    ["fairlead", "re"],
    ["fairlead", "state", ""],
    ["fairlead", "state", "show", "--js"],
    ["fairlead", "plan", "--target", ""],
    ["fairlead", "plan", "--target", "a"],
    ["fairlead", "plan", "--env", "asked"],
    ["fairlead", "plan", "--config", "a.ts", "--env", "asked"],
    ["fairlead", "plan", "--env", "state", "--ch"],
    ["fairlead", "job", "run", "asked"],
    ["fairlead", "deploy", "a"],
    ["fairlead", "plan", "--config", "script"],
    ["fairlead", "history", "--limit", ""],
    ["fairlead", "secret", "set", "--generate", "--re"],
    ["fairlead", "task", "web", "--", "--t"],
    ["fairlead", "completion", ""],
  ];
  const answers = execFileSync(
    "bash",
    [
      "--norc",
      "-c",
      `source ./script.bash
       try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _fairlead; echo "\${COMPREPLY[*]}"; }
       ${lines.map((words) => `try ${words.map((word) => `'${word}'`).join(" ")}`).join("\n")}`,
    ],
    { cwd: folder, encoding: "utf8", env: { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}` } },
  ).split("\n");
  const proposed = new Map(lines.map((words, index) => [words.slice(1).join(" "), answers[index]]));

  it.each([
    ["re", "reconcile reject releases release"],
    ["state ", "show rm unlock backups restore init migrate"],
    ["state show --js", "--json"],
    ["plan --target ", "local aws"],
    ["plan --target a", "aws"],
    ["plan --env asked", "asked-environments"],
    ["plan --config a.ts --env asked", "asked-environments--configa.ts"],
    ["plan --env state --ch", "--check"],
    ["job run asked", "asked-jobs"],
    ["deploy a", "app"],
    ["plan --config script", "script.bash"],
    ["history --limit ", ""],
    ["secret set --generate --re", "--region --restart"],
    ["task web -- --t", ""],
    ["completion ", "bash zsh fish"],
  ])("completes '%s' with '%s'", (line, words) => {
    expect(proposed.get(line)).toBe(words);
  });
});

describe.each(SHELLS)("the script for %s", (shell) => {
  const script = completionScript(placedIn(program), shell);

  it.each(commandsOf(program).map(pathOf))("has %s with all of its flags", (path) => {
    const command = commandsOf(program).find((one) => pathOf(one) === path);
    const lines = script.split("\n").filter((line) => line.includes(`"${path}"`) || line.includes(`'${path}'`));
    const flags = command?.options.flatMap(({ long, hidden }) => (hidden ? [] : (long ?? ""))) ?? [];
    const wanted = flags.map((flag) => (shell === "fish" ? `-l ${flag.slice(2)} ` : flag));
    expect(flags.length).toBeGreaterThan(0);
    expect(wanted.filter((flag) => !lines.some((line) => line.includes(flag)))).toEqual([]);
  });

  it("has balanced quotes on each line, whatever a description says", () => {
    const lines = script.split("\n").filter((line) => !line.startsWith("#"));
    expect(lines.filter((line) => (line.match(/'/g) ?? []).length % 2 === 1)).toEqual([]);
  });
});

describe("the names that a script asks for", () => {
  const directory = mkdtempSync(join(folder, "stack-"));
  writeFileSync(
    join(directory, "stack.config.mjs"),
    `console.log("a word of the config");
     export default {
       environment: "dev", region: "eu-west-1", services: { web: {}, report: { type: "job" }, "not a name": {} },
       environments: { production: { region: "us-east-1", services: { mail: {} } } },
     };`,
  );
  const asked = async (argv: readonly string[], where = directory) => {
    const [answers, errors]: [string[], string[]] = [[], []];
    const terminal = {
      ...processTerminal(false),
      answer: (text: string) => void answers.push(text),
      error: (text: string) => void errors.push(text),
    };
    const exit = await runCommandLine(["completion", ...argv], {
      directory: where,
      terminal,
      stop: new AbortController().signal,
    });
    return { exit, answer: answers.join("\n"), errors };
  };

  it.each([
    ["services", "web\nreport\nmail"],
    ["jobs", "report"],
    ["environments", "dev\nproduction"],
    ["regions", "eu-west-1\nus-east-1"],
  ])("%s are those of the config and its environments", async (kind, names) => {
    expect(await asked(["--names", kind])).toEqual({ exit: 0, answer: names, errors: [] });
  });

  it("are none without a config, and the reason goes to stderr", async () => {
    const { exit, answer, errors } = await asked(["--names", "services"], folder);
    expect({ exit, answer }).toEqual({ exit: 2, answer: "" });
    expect(errors.join("\n")).toContain("There is no stack.config.ts");
  });

  it("are an object with --json, as the script is", async () => {
    expect(JSON.parse((await asked(["--names", "jobs", "--json"])).answer)).toEqual({ names: ["report"] });
    expect(JSON.parse((await asked(["fish", "--json"])).answer)).toEqual({
      shell: "fish",
      script: expect.stringContaining("complete -c fairlead"),
    });
  });

  it("need a shell or a kind", async () => {
    const { exit, errors } = await asked([]);
    expect(exit).toBe(2);
    expect(errors.join("\n")).toMatch(/Run one of: .*completion (?:-- )?bash, .*completion (?:-- )?zsh, /);
  });
});
