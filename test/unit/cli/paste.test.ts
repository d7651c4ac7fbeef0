import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CommonFlags } from "../../../src/cli/context.ts";
import { paste, pasted } from "../../../src/cli/paste.ts";
import { programOf } from "../../../src/cli/program.ts";

const AWS: CommonFlags = { target: "aws", env: "production", region: "eu-west-1", config: "infra/stack.config.ts" };
const FLAGS = "--target aws --env production --region eu-west-1 --config infra/stack.config.ts";

describe.each([
  ["npx", "", (name: string, rest: string) => `npx fairlead ${name}${rest}`],
  ["npm run", "node bin/fairlead.mjs plan", (name: string, rest: string) => `npm run ${name} --${rest}`],
])("commands in texts of other layers, in a run by %s", (_, script, written) => {
  beforeEach(() => vi.stubEnv("npm_lifecycle_script", script));
  afterEach(() => vi.unstubAllEnvs());

  it("get the flags of the run behind their names", () => {
    expect(pasted("It does not exist. To create it: npx fairlead reconcile", AWS)).toBe(
      `It does not exist. To create it: ${written("reconcile", ` ${FLAGS}`)}`,
    );
    expect(pasted("Run `npx fairlead plan`, then npx fairlead deploy.", AWS)).toBe(
      `Run \`${written("plan", ` ${FLAGS}`)}\`, then ${written("deploy", ` ${FLAGS}`)}.`,
    );
  });

  it("keep their arguments, and the second word of their name", () => {
    const [state, logs] = [written("state", ""), written("logs", "")];
    const of = (head: string, words: string) =>
      pasted(`To do it: npx fairlead ${words}`, { target: "local" }).includes(head);
    expect(of(script === "" ? `${state} rm a/b` : `${state} rm a/b`, "state rm a/b")).toBe(true);
    expect(of(`${logs} --service web`, "logs --service web")).toBe(true);
    expect(pasted("npx fairlead secret set KEY", AWS)).toBe(`${written("secret", ` set ${FLAGS}`)} KEY`);
  });

  it("are left alone where `paste` wrote them", () => {
    const text = `First ${paste(AWS, "plan", "--check")}, then ${paste(AWS, "secret", "set", "KEY")}`;
    expect(pasted(text, AWS)).toBe(text);
  });
});

it("the config that was found is found again, and is no flag", () => {
  vi.stubEnv("npm_lifecycle_script", "");
  expect(pasted("npx fairlead plan", { target: "local", config: "../stack.config.ts", configFound: true })).toBe(
    "npx fairlead plan",
  );
  vi.unstubAllEnvs();
});

/* A message that names a command names it so that it can be pasted. */

const root = fileURLToPath(new URL("../../../", import.meta.url));
const names = programOf(undefined as never, () => undefined).commands.map((one) => one.name());
/** "Run reconcile first.", "run the teardown again": a command that nobody can paste. */
const UNPASTED = new RegExp(
  String.raw`\b(?:[Rr]un|[Tt]ry|[Uu]se|[Ss]ee) (?:the |a )?(?:${names.join("|")})(?= (?:first|again|to|with|for|and|then|until)\b|[.,;:)"'\`])`,
);

/** The lines of a source that are no comments. */
const linesOf = (file: string) =>
  readFileSync(root + file, "utf8")
    .split("\n")
    .filter((line) => /["'`]/.test(line) && !/^\s*(?:\*|\/\/|\/\*)/.test(line));

const sources = ["src", "state"]
  .flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
  )
  .filter((file) => file.endsWith(".ts") && !/^src\/(?:simulator|testing)\//.test(file));

describe("messages", () => {
  it("name no command without its beginning", () => {
    const found = sources.flatMap((file) =>
      linesOf(file)
        // What ends with the command may speak of it before.
        .filter((line) => UNPASTED.test(line) && !/npx fairlead|\$\{paste/.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });

  it("of the command line itself have its flags too", () => {
    // Help and what is written into a workflow have no flags; the state's location is told in errors, which get theirs at the end.
    const known = ["paste.ts", "completion-command.ts", "init-github.ts", "state-location.ts"];
    const found = sources
      .filter((file) => file.startsWith("src/cli/") && !known.some((name) => file.endsWith(`/${name}`)))
      .flatMap((file) => linesOf(file).filter((line) => line.includes("npx fairlead")));
    expect(found).toEqual([]);
  });

  it("that it looks for are found", () => {
    const examples = [
      "Run reconcile first.",
      "Run the teardown again.",
      "then run plan again",
      "Run status to see why.",
    ];
    expect(examples.filter((text) => !UNPASTED.test(text))).toEqual([]);
    expect(UNPASTED.test("run a command in a container")).toBe(false);
  });
});
