import { dirname } from "node:path";
import { textAt, type SourceText } from "./sources.ts";

/** A Go application. */
export interface GoApp {
  readonly language: "go";
  readonly name: string | undefined;
  readonly version: string;
  /** The packages with a main function, as `go build` takes them: the first is built. */
  readonly mains: readonly string[];
  readonly readsPort: false;
}

/** The application of a folder with a go.mod. */
export function goApp(directory: string, files: readonly SourceText[]): GoApp | undefined {
  const module = textAt(directory, "go.mod");
  if (module === undefined) return undefined;
  const folders = files
    .filter(({ path, text }) => path.endsWith(".go") && /^package main\b/m.test(text) && /^func main\(/m.test(text))
    .map(({ path }) => (dirname(path) === "." ? "." : `./${dirname(path)}`));
  return {
    language: "go",
    name: nameOf(module),
    version: /^go\s+(1\.\d+)/m.exec(module)?.[1] ?? "1.24",
    mains: [...new Set(folders)],
    readsPort: false,
  };
}

/**
 * The last part of the module's path that is no major version: /v2 and above end the paths of later versions, and gopkg.in has .v1 instead (Go
 * Modules Reference, "Major version suffixes").
 */
function nameOf(module: string): string | undefined {
  const path = /^module\s+"?([^\s"]+)/m.exec(module)?.[1];
  const plain = path?.replace(/(?<=.)\/v(?:[2-9]|[1-9]\d+)$/, "").replace(/^(gopkg\.in\/.+)\.v\d+$/, "$1");
  return plain?.split("/").at(-1);
}
