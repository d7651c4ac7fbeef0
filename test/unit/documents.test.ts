import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { programOf } from "../../src/cli/program.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");

const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "examples/flask/README.md",
  "examples/shop/README.md",
  "examples/table/README.md",
  "examples/tenants/README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    // Reports of live runs are records, and nobody edits them.
    .filter((path) => path.endsWith(".md") && !path.startsWith("live/20"))
    .map((path) => `docs/${path}`),
];

/** Words that AWS's, Terraform's and Kubernetes' documents do not use in this sense; `test/unit/language.test.ts` has those for all texts. */
const IDIOM =
  /\b(?:somebody|whoever|bears?|verbs?|stands? up|stood up|under way|in the way|carried out|for ever|nobody's|behind our)\b/i;

/** A document without its code blocks. */
const prose = (text: string) => text.replaceAll(/^```[^]*?^```$/gm, "");

/** The anchor that GitHub gives a heading: lower case, punctuation dropped, spaces as hyphens. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");

const anchors = (path: string) =>
  Array.from(prose(read(path)).matchAll(/^#+ (.+)$/gm), ([, heading = ""]) => anchorOf(heading));

describe.each(documents)("%s", (document) => {
  it("links to files and headings that exist", () => {
    const broken = Array.from(prose(read(document)).matchAll(/\]\(([^)\s]+)\)/g), ([, link = ""]) => link)
      .filter((link) => !/^https?:/.test(link))
      .filter((link) => {
        const [file = "", anchor] = link.split("#");
        const target = file === "" ? document : normalize(join(dirname(document), file));
        return !existsSync(join(root, target)) || (anchor !== undefined && !anchors(target).includes(anchor));
      });
    expect(broken).toEqual([]);
  });

  it("names source files and tests that exist", () => {
    const paths = Array.from(
      read(document).matchAll(/`((?:src|test|state|scripts|reconcilers|service|examples|docs)\/[\w./-]+)`/g),
      ([, path = ""]) => path,
    );
    expect(paths.filter((path) => !/DATE|NAME/.test(path) && !existsSync(join(root, path)))).toEqual([]);
  });

  it("has none of the phrases to avoid", () => {
    expect(
      prose(read(document))
        .split("\n")
        .filter((line) => IDIOM.test(line)),
    ).toEqual([]);
  });

  it("names npm scripts that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = Array.from(read(document).matchAll(/(?<!")\bnpm run ([a-z][\w:]*)/g), ([, script = ""]) => script);
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });
});

// Declaring the commands does not use the context; only running one does.
const program = programOf(undefined as never, () => undefined);

it("every command of the CLI has an npm script", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  for (const name of program.commands.map((command) => command.name()))
    expect(scripts).toHaveProperty(name, `node bin/fairlead.mjs ${name}`);
});

it.each([
  ["README.md", /^## Commands$([^]*?)^## /m],
  ["docs/commands.md", /^# Commands$([^]*?)^Every command/m],
])("%s lists every command of the CLI", (document, section) => {
  const commands = program.commands.flatMap((command) =>
    command.commands.length === 0
      ? [command.name()]
      : command.commands.map((inner) => `${command.name()} ${inner.name()}`),
  );
  const [, table = ""] = section.exec(read(document)) ?? [];
  const rows = Array.from(table.matchAll(/^\| (`.*?) +\| (.*) \|$/gm), ([, names = "", text = ""]) => ({
    names,
    text,
  }));
  const listed = rows.flatMap(({ names, text }) =>
    Array.from(`${names} ${text}`.matchAll(/`((?:[a-z]+ )?[a-z]+)(?: [-[A-Z][^`]*)?`/g), ([, name = ""]) => name),
  );
  expect(commands.filter((name) => !listed.includes(name))).toEqual([]);
});

it("the README is short enough for two minutes", () => {
  expect(read("README.md").split("\n").length).toBeLessThan(150);
  expect(read("README.md").split(/\s+/).length).toBeLessThan(1_200);
});

describe("code in docs/own-resources.md that names its file", () => {
  const blocks = Array.from(
    read("docs/own-resources.md").matchAll(/^<!-- (\S+) -->\n\n```ts\n([^]*?)^```$/gm),
    ([, path = "", text = ""]) => [path, text] as const,
  );

  it("is all of the example", () => {
    const files = readdirSync(join(root, "examples/table"), { recursive: true, encoding: "utf8" });
    const sources = files.filter((file) => file.endsWith(".ts") && !file.startsWith("node_modules"));
    expect(blocks.map(([path]) => path).toSorted()).toEqual(sources.map((file) => `examples/table/${file}`).toSorted());
  });

  it.each(blocks)("is that of %s", (path, text) => {
    expect(text).toBe(read(path));
  });

  it("needs the permissions that the page lists", () => {
    const kind = read("examples/table/kinds/dynamodb-table.ts");
    const calls = new Set(Array.from(kind.matchAll(/new (\w+)Command\(/g), ([, call]) => `dynamodb:${call}`));
    const listed = Array.from(
      prosePermissions().matchAll(/"(dynamodb:(?!GetItem|PutItem)\w+)"/g),
      ([, action]) => action,
    );
    expect(new Set(listed)).toEqual(calls);
  });
});

/** The statements of docs/own-resources.md. */
const prosePermissions = () => (read("docs/own-resources.md").match(/^```json\n[^]*?^```$/gm) ?? []).join("\n");

describe("docs/topology.md", () => {
  const settings = Array.from(read("docs/settings.md").matchAll(/^\| `([^`]+)` \|/gm), ([, path = ""]) => path);
  const isSetting = (name: string) => settings.some((path) => path === name || path.startsWith(`${name}.`));
  const isCommand = (line: string) => {
    const [name, ...flags] = line.split(" ");
    const options = program.commands.filter((command) => command.name() === name).map((command) => command.options);
    return options.some((of) => flags.every((flag) => of.some(({ long }) => long === flag)));
  };

  it("names settings and commands that exist", () => {
    const named = Array.from(read("docs/topology.md").matchAll(/`([^`]+)`/g), ([, word = ""]) => word)
      // Values, paths, and what applies to several commands.
      .filter((word) => !/^["-]|\//.test(word))
      .map((word) => word.replace(/: .*/, ""));
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((word) => !isSetting(word) && !isCommand(word))).toEqual([]);
  });

  it("names a test in each row", () => {
    const rows = read("docs/topology.md")
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .slice(2);
    expect(rows.filter((row) => !/`test\/[\w./-]+\.test\.ts` +\|$/.test(row))).toEqual([]);
  });
});
