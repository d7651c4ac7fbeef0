import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tmpdir } from "node:os";
import { afterEach, describe, expect, it, vi } from "vitest";
import { programOf } from "../../../src/cli/program.ts";
import { processTerminal } from "../../../src/cli/terminal.ts";
import { commandsOf, pathOf } from "../../../src/help/commands.ts";
import { ENVIRONMENT, INTERNAL } from "../../../src/help/environment.ts";
import { exampleText } from "../../../src/help/example-text.ts";
import { EXAMPLES } from "../../../src/help/examples.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path: string) => readFileSync(root + path, "utf8");

/** A program whose commands do nothing but say that they were called. */
function parser() {
  const called: string[] = [];
  const terminal = { ...processTerminal(false), line: () => {}, error: () => {} };
  const program = programOf({ directory: tmpdir(), terminal, stop: new AbortController().signal }, () => {});
  for (const one of commandsOf(program)) one.action(() => void called.push(pathOf(one)));
  return { program, called };
}

/** A line of a shell as words. */
const wordsIn = (line: string) =>
  Array.from(line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g), ([, double, single, bare]) => double ?? single ?? bare ?? "");

async function parsed(line: string): Promise<readonly string[]> {
  const { program, called } = parser();
  await program.parseAsync(wordsIn(line), { from: "user" });
  return called;
}

const paths = ["", ...commandsOf(parser().program).map(pathOf)];

describe("the examples of", () => {
  it("commands are of commands that exist", () => {
    expect(Object.keys(EXAMPLES).toSorted()).toEqual(paths.toSorted());
  });

  it.each(paths)("'%s' are one to three, and parse", async (path) => {
    const examples = EXAMPLES[path] ?? [];
    expect(examples.length).toBeGreaterThan(0);
    expect(examples.length).toBeLessThanOrEqual(3);
    for (const { words } of examples) {
      const [called = "nothing"] = await parsed(words);
      // Those of the program are of any command.
      expect({ words, called: path === "" ? path : called }).toEqual({ words, called: path });
    }
  });

  it("a command that does not exist, or has no such flag, would be refused", async () => {
    await expect(parsed("plan --nonsense")).rejects.toThrow("unknown option '--nonsense'");
    await expect(parsed("plan extra")).rejects.toThrow("too many arguments");
    await expect(parsed("apply")).rejects.toThrow("There is no command apply");
  });
});

describe("the help of a command", () => {
  afterEach(() => vi.unstubAllEnvs());
  const helpOf = (name: string) => {
    const { program } = parser();
    let text = "";
    const command = commandsOf(program).find((one) => pathOf(one) === name);
    command?.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
    return text;
  };

  it("ends with examples that begin as the command itself did", () => {
    vi.stubEnv("npm_lifecycle_script", "");
    expect(helpOf("state rm")).toContain("Examples:\n  npx fairlead state rm network/vpc --target aws\n");
    vi.stubEnv("npm_lifecycle_script", "node bin/fairlead.mjs state");
    expect(helpOf("state rm")).toContain("Examples:\n  npm run state -- rm network/vpc --target aws\n");
    expect(exampleText("task")).toContain("  npm run task -- web -- python manage.py migrate\n");
  });
});

describe("commands in the documents", () => {
  const documents = readdirSync(`${root}docs`)
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`);

  it.each(["README.md", ...documents])("of %s parse", async (document) => {
    const blocks = read(document).match(/^ *```sh\n[^]*?^ *```$/gm) ?? [];
    const lines = blocks
      .join("\n")
      .split("\n")
      .map((line) => /^\s*npx fairlead (.*?)\s*(?:\s#.*|[|>&].*)?$/.exec(line)?.[1] ?? "")
      .filter((line) => line !== "");
    const called = await Promise.all(
      lines.map(async (line) => [line, await parsed(line).catch((error: Error) => error.message)] as const),
    );
    expect(called.filter(([, commands]) => typeof commands === "string")).toEqual([]);
  });
});

/** The variables that a source reads: by name, or taken out of `process.env` or of something called `env`. */
function readIn(text: string): readonly string[] {
  const named = text.matchAll(/\benv(?:\.([A-Z][A-Z_]+)\b|\["(\w+)"\])/g);
  const taken = text.matchAll(/\{([^{}]*)\} = (?:process\.)?env\b/g);
  return [
    ...Array.from(named, ([, dotted, quoted]) => dotted ?? quoted ?? ""),
    ...Array.from(taken, ([, names = ""]) =>
      Array.from(names.matchAll(/(?<!\.)\b([A-Z][A-Z_]+)\b/g), ([, name = ""]) => name),
    ).flat(),
  ];
}

/** Text that is about the environment of somebody else's program, and not read here. */
const QUOTED: Readonly<Record<string, readonly string[]>> = {
  "src/init/sample.ts": ["PORT"],
  "src/config/tidy.ts": ["IMAGE", "API"],
};

describe("the environment variables", () => {
  const sources = ["bin", "src", "state", "reconcilers"].flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(?:ts|mjs)$/.test(file))
      .map((file) => `${folder}/${file}`),
  );
  const ours = ENVIRONMENT.filter(({ by }) => by === "fairlead").flatMap(({ names }) => names);

  it("that the sources read are those of the table", () => {
    const found = sources.flatMap((file) => readIn(read(file)).filter((name) => !QUOTED[file]?.includes(name)));
    expect([...new Set(found)].toSorted()).toEqual([...ours, ...INTERNAL].toSorted());
  });

  it("are found however they are read", () => {
    expect(readIn('process.env["A_B"]; env.C_D; const { E_F, GIT_G: _g, ...env } = process.env;')).toEqual([
      "A_B",
      "C_D",
      "E_F",
      "GIT_G",
    ]);
  });
});
