import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { VERSION } from "../../src/cli/version.ts";
import { command } from "../support/command.ts";
import { project } from "../support/project.ts";

/** A text that only code for this purpose has. */
const MARKS = {
  "the simulated AWS": "SimulatorUnknownOperation",
  "the EC2 client": "com.amazonaws.ec2",
  "the CloudFront client": "com.amazonaws.cloudfront",
  "the settings of a config": "Invalid input: expected ",
  "the compiler of a config": "@babel/plugin-transform-typescript",
  "the layout of images": "org.eclipse.elk.layered.spacing",
  "the differ": "newlineIsToken may not be used with patch-generation functions",
  "the completion scripts": "complete -c fairlead -f",
  "the examples of the help": "carry an AWS Copilot workspace over",
} as const;

/** Chunks are loaded when something of theirs is first used: a command reads what it needs. */
describe("the chunks of the command line", () => {
  const stack = project();
  let coverage: string;
  beforeEach(() => (coverage = mkdtempSync(join(tmpdir(), "fairlead-chunks-"))));
  afterEach(() => rmSync(coverage, { recursive: true, force: true }));
  afterAll(() => stack.remove());

  /** What a command has loaded, by Node's account of the scripts that ran. */
  async function loadedBy(...args: string[]): Promise<string[]> {
    const { code, stderr } = await command(stack.directory, args, { NODE_V8_COVERAGE: coverage });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const scripts = readdirSync(coverage).flatMap(
      (file) => (JSON.parse(readFileSync(join(coverage, file), "utf8")) as { result: { url: string }[] }).result,
    );
    const texts = scripts.flatMap(({ url }) =>
      url.includes("/dist/cli/") ? readFileSync(url.startsWith("file:") ? fileURLToPath(url) : url, "latin1") : [],
    );
    expect(texts.length).toBeGreaterThan(0);
    return Object.entries(MARKS).flatMap(([what, mark]) => (texts.some((text) => text.includes(mark)) ? [what] : []));
  }

  it("are those of no AWS service and no config for the help of all commands", async () => {
    expect(await loadedBy("--help")).toEqual(["the examples of the help"]);
  });

  it("are none for the version", async () => {
    const { code, stdout } = await command(stack.directory, ["--version"], { NODE_V8_COVERAGE: coverage });
    expect({ code, version: stdout }).toEqual({ code: 0, version: `${VERSION}\n` });
    const files = readdirSync(coverage).map((file) => readFileSync(join(coverage, file), "utf8"));
    expect(files.join("")).toContain("/bin/fairlead.mjs");
    expect(files.join("")).not.toContain("/dist/cli/");
  });

  it("are compiled once for a build, and again where nothing of that is left", async () => {
    const built = fileURLToPath(new URL("../../dist/", import.meta.url));
    const { main } = JSON.parse(readFileSync(join(built, "cli.json"), "utf8")) as { main: string };
    const compiled = join(built, "cli", "compiled", process.version, main);
    const run = async () => {
      expect((await command(stack.directory, ["--help"])).code).toBe(0);
      return statSync(compiled).ino;
    };
    const kept = await run();
    expect(await run()).toBe(kept);
    rmSync(compiled);
    expect(await run()).toBeGreaterThan(0);
  });

  it("are those of the simulated AWS and of the services that a run on it asks", async () => {
    const others = ["the layout of images", "the differ", "the completion scripts", "the examples of the help"];
    expect(await loadedBy("reconcile", "--yes")).toEqual(Object.keys(MARKS).filter((what) => !others.includes(what)));
  });

  it("are those of the examples for a command's help, and of the scripts for completion", async () => {
    expect(await loadedBy("plan", "--help")).toEqual(["the examples of the help"]);
    expect(await loadedBy("completion", "fish")).toContain("the completion scripts");
  });
});
