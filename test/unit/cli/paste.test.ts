import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CommonFlags } from "../../../src/cli/context.ts";
import { paste, pasted, typedAgain } from "../../../src/cli/paste.ts";
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

describe("the command that runs", () => {
  const AGAIN: CommonFlags = { target: "aws", again: "npx fairlead task web --target aws -- true" };
  beforeEach(() => vi.stubEnv("npm_lifecycle_script", ""));
  afterEach(() => vi.unstubAllEnvs());

  it("follows a text that asks to run it again", () => {
    expect(pasted("It may still succeed: run again to keep waiting.", AGAIN)).toBe(
      "It may still succeed: run again to keep waiting: npx fairlead task web --target aws -- true",
    );
    expect(pasted("Run again. If it stays: npx fairlead state show", AGAIN)).toBe(
      "Run again: npx fairlead task web --target aws -- true. If it stays: npx fairlead state show --target aws",
    );
    expect(pasted("There is no terminal: run again with --yes. No changes were made.", AGAIN)).toBe(
      "There is no terminal: run again with --yes: npx fairlead task web --target aws --yes -- true. No changes were made.",
    );
    const once = pasted("Run again.", AGAIN);
    expect(pasted(once, AGAIN)).toBe(once);
  });

  it("is quoted for the shell, begins as it did, and keeps the values of variables to itself", () => {
    const words = ["task", "web", "--variable", "TOKEN=hunter2", "--variable=A=b c", "--", "sh", "-c", "echo a"];
    expect(typedAgain(words)).toBe(
      `npx fairlead task web --variable TOKEN="$TOKEN" --variable=A="$A" -- sh -c 'echo a'`,
    );
    vi.stubEnv("npm_lifecycle_script", "node bin/fairlead.mjs plan");
    expect(typedAgain(["state", "rm", "a/b"])).toBe("npm run state -- rm a/b");
    expect(pasted("Run again with --yes.", { target: "local", again: "npm run reconcile" })).toBe(
      "Run again with --yes: npm run reconcile -- --yes",
    );
  });
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

  it("ask to run again in words that the command can follow", () => {
    const again = /\b(?:[Rr]un|[Tt]ry)\b(?: (?:it|this|that|(?:the|this) \w+))? again\b[^"`]*/g;
    const flags: CommonFlags = { target: "local", again: "AGAIN" };
    const found = sources
      // Where the words are looked for; a comment there quotes them.
      .filter((file) => file !== "src/cli/paste.ts")
      .flatMap((file) =>
        linesOf(file).flatMap((line) =>
          [...line.matchAll(again)]
            .map(([text]) => text)
            // A text that names its command needs no other, and what AWS `says` is AWS's.
            .filter(
              (text) => !line.includes("says:") && !text.includes("${paste") && !pasted(text, flags).includes("AGAIN"),
            )
            .map((text) => `${file}: ${text}`),
        ),
      );
    expect(found).toEqual([]);
    expect(pasted("Please try again later.", flags)).not.toContain("AGAIN");
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
