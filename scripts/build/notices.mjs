// The licences of the libraries whose code is in the package: most of them ask for their text wherever their code is.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { common } from "./common.mjs";

/** What the package begins with: whatever of a library these need is in it. */
const ENTRIES = ["src/cli/main.ts", "src/index.ts", "src/testing.ts"];

/** The files that have a licence, and what has to be said beside it. */
const TEXTS = /^(?:licen[cs]e|notice|copying)(?:[-.].*)?$/i;

/** The text of all notices: each licence once, below the libraries that it is of. */
export async function noticesOf(root) {
  const { metafile } = await build({
    ...common(root),
    entryPoints: ENTRIES,
    outdir: `${root}dist`,
    format: "esm",
    write: false,
    metafile: true,
  });
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const folders = new Set(
    used.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path.replaceAll("\\", "/")) ?? []),
  );
  const byText = new Map();
  for (const folder of [...folders].toSorted()) {
    const { who, text } = libraryIn(join(root, folder));
    byText.set(text, [...(byText.get(text) ?? []), who]);
  }
  const parts = [...byText].map(([text, libraries]) => `${libraries.join("\n")}\n\n${text}`);
  return `Fairlead contains code of these libraries, under these licences.\n\n${parts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

/** A library by its name, with where its source is, and its licence. */
function libraryIn(folder) {
  const { name, version, license, homepage, repository } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const source = typeof repository === "string" ? repository : (repository?.url ?? homepage ?? "");
  const where = source.replace(/^git\+/, "").replace(/\.git$/, "");
  const texts = readdirSync(folder)
    .filter((file) => TEXTS.test(file))
    .map((file) => readFileSync(join(folder, file), "utf8").trim());
  return {
    who: `${name} ${version} (${license})${where === "" ? "" : `: ${where}`}`,
    text: texts.length > 0 ? texts.join("\n\n") : `${license}; the library has no text of its own.`,
  };
}
