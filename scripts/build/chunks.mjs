// Builds the CLI in chunks, each of which bin/chunks.mjs loads when something in it is first used: a command that asks four services should
// not read the code of thirty, nor of the simulated AWS if it speaks to the real one.
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, transform } from "esbuild";
import { common } from "./common.mjs";
import { clientScript } from "./client.mjs";
import { importsOf, namesBy } from "./imports.mjs";

const SDK = /^@aws-sdk\/client-/;
/** What runs a config file, and what it compiles one with that it has not met before. */
const JITI = ["./node_modules/jiti/lib/jiti.cjs", "./node_modules/jiti/dist/babel.cjs"];
/** Parts of the sources that only some commands need. Nothing below them may be imported for its side effects. */
const PARTS = {
  simulator: ["src/simulator/"],
  policy: ["src/aws/permissions/", "src/authorization/"],
  init: ["src/init/"],
  image: ["src/picture/svg", "src/picture/layout"],
  page: ["src/page/files"],
  console: ["src/console/serve", "src/cli/commands/console"],
  completion: ["src/help/completion"],
  examples: ["src/help/examples"],
  ask: ["src/cli/ask"],
  markdown: ["src/cli/plan-markdown"],
  commands: ["src/cli/commands/"],
};
/** In the folder of a part, and none of it: a part of its own, or what every command line needs. */
const APART = { commands: ["src/cli/commands/console"], init: ["src/init/languages"] };
/**
 * Libraries that more than one of these parts uses: without a chunk of their own they would be in that of another part. And one that only a
 * plan with a long difference needs.
 */
const LIBRARIES = ["yaml", "fflate", "diff"];

/** How long a chunk of an earlier build is kept for a command that started before this one, in milliseconds. */
const KEPT = 86_400_000;

/** Writes the chunks into `folder`, and which of them is the first to `folder.json`, last: a command that starts meanwhile reads whole files. */
export async function buildChunks(root, folder) {
  const imports = await importsOf(root, ["src", "reconcilers", "state"]);
  const clients = namesBy(imports, ({ from }) => SDK.test(from));
  const isBelow = (paths, file) => paths?.some((path) => file.startsWith(path)) ?? false;
  const isIn = (part, file) => isBelow(PARTS[part], file) && !isBelow(APART[part], file);
  const first = filesOfStart(imports, (file) => Object.keys(PARTS).some((part) => isIn(part, file)));
  const parts = Object.keys(PARTS).map((part) => [
    part,
    namesBy(imports, ({ file, from }) => isIn(part, from) && !isIn(part, file)),
  ]);
  // An entry of its own makes what only it and the CLI need a chunk of its own.
  const entries = new Map([
    ...[...clients].map(([name, names]) => [name, reexported([[name, names]])]),
    ...[...parts, ["start", namesBy(imports, ({ from }) => first.has(from))]].map(([part, files]) => [
      part,
      reexported(Array.from(files, ([file, names]) => [`./${file}`, names])),
    ]),
  ]);
  const result = await build({
    ...common(root),
    // Its ESM looks for its own files where it is.
    alias: { jiti: JITI[0] },
    plugins: [virtual(root, entries), realImport, ...common(root).plugins],
    entryPoints: [
      { in: "src/cli/main.ts", out: "main" },
      ...[...entries.keys()].map((name) => ({ in: `entry:${name}`, out: `entry-${name.replace(SDK, "")}` })),
      ...[...JITI, ...LIBRARIES].map((path, index) => ({ in: path, out: `entry-library-${index}` })),
    ],
    entryNames: "[name]-[hash]",
    chunkNames: "[hash]",
    outdir: folder,
    write: false,
    splitting: true,
    format: "esm",
    define: { "import.meta.url": "chunkUrl", CONSOLE_SCRIPT: JSON.stringify(await clientScript(root)) },
    charset: "ascii",
  });
  await mkdir(folder, { recursive: true });
  const written = await Promise.all(
    result.outputFiles
      .map(({ path, text }) => ({ name: nameOf(path), text }))
      .filter(({ name }) => !name.startsWith("entry-"))
      .map(async ({ name, text }) => {
        await write(`${folder}/${name}`, await asFunction(text));
        return name;
      }),
  );
  await write(`${folder}.json`, JSON.stringify({ main: written.find((name) => name.startsWith("main-")) }));
  await removeFormer(folder, new Set(written));
}

/** The files that every command line needs, before any command is known: what the CLI reaches without a part, and which reaches none itself. */
function filesOfStart(imports, isPart) {
  const reached = new Set(["src/cli/main.ts"]);
  for (const one of reached)
    for (const { file, from } of imports)
      if (file === one && !isPart(from) && /^[a-z]+\/.*\.tsx?$/.test(from)) reached.add(from);
  const usesPart = new Set();
  for (let before = -1; before < usesPart.size;) {
    before = usesPart.size;
    for (const { file, from } of imports)
      if (reached.has(file) && (isPart(from) || usesPart.has(from))) usesPart.add(file);
  }
  return new Set([...reached].filter((file) => !usesPart.has(file)));
}

const nameOf = (path) => path.replace(/^.*[\\/]/, "").replace(/\.js$/, ".cjs");

/**
 * A chunk as a function that bin/chunks.mjs calls: CommonJS, because Node 20 keeps what it compiled of a script, but not of a module. In
 * ASCII, because it is read as Latin-1.
 */
async function asFunction(text) {
  const { code } = await transform(text, {
    format: "cjs",
    platform: "node",
    target: "node20",
    minify: true,
    charset: "ascii",
    // A script that is compiled so cannot import; it can require.
    supported: { "dynamic-import": false },
  });
  const linked = code.replaceAll(/\brequire\("\.\/([^"/]+)\.js"\)/g, (_, name) => `chunkOf("${name}.cjs")`);
  return `(function (exports, require, module, __filename, __dirname, chunkOf, importOf) {const chunkUrl = require("node:url").pathToFileURL(__filename).href;${linked}\n})`;
}

/** jiti imports what it does not compile itself, which `require` cannot always load; bin/chunks.mjs gives it an `import()`. */
const realImport = {
  name: "real-import",
  setup: (bundling) =>
    bundling.onLoad({ filter: /[\\/]jiti[\\/]lib[\\/]jiti\.cjs$/ }, async ({ path }) => ({
      contents: replaced(await readFile(path, "utf8"), "import(id)", "importOf(id)"),
      loader: "js",
    })),
};

function replaced(text, from, to) {
  if (!text.includes(from)) throw new Error(`There is no ${from} to replace.`);
  return text.replace(from, to);
}

/** A module that exports these names of these modules, and so keeps nothing else of them. */
const reexported = (modules) =>
  modules
    .flatMap(([name, names], index) =>
      [...names].map((one) => `export { ${one} as ${one}_${index} } from ${JSON.stringify(name)};`),
    )
    .join("\n");

const virtual = (root, entries) => ({
  name: "entries",
  setup(bundling) {
    bundling.onResolve({ filter: /^entry:/ }, ({ path }) => ({
      path: path.slice("entry:".length),
      namespace: "entry",
    }));
    bundling.onLoad({ filter: /.*/, namespace: "entry" }, ({ path }) => ({
      contents: entries.get(path),
      resolveDir: root,
    }));
  },
});

async function write(path, text) {
  await writeFile(`${path}.${process.pid}`, text);
  await rename(`${path}.${process.pid}`, path);
}

/** Removes chunks of earlier builds, and what Node compiled of them. */
async function removeFormer(folder, written) {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const [chunk = ""] = /^.+?\.cjs/.exec(entry.name) ?? [];
    if (!entry.isFile() || written.has(chunk)) continue;
    const path = join(entry.parentPath, entry.name);
    // A command that ends meanwhile replaces files there.
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (mtimeMs < Date.now() - KEPT) await rm(path, { force: true });
  }
}

/** The last build in `folder`: the name of its first chunk, and the texts of that one and of all that it may run, by name. */
export async function chunksOf(folder) {
  const { main } = JSON.parse(await readFile(`${folder}.json`, "utf8"));
  const texts = {};
  const left = [main];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (name in texts) continue;
    texts[name] = await readFile(`${folder}/${name}`, "latin1");
    left.push(...Array.from(texts[name].matchAll(/\bchunkOf\("([^"]+)"\)/g), ([, used]) => used));
  }
  return { main, texts };
}
