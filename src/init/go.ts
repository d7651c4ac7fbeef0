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
    name: /^module\s+(?:\S*\/)?([^\s/]+)/m.exec(module)?.[1],
    version: /^go\s+(1\.\d+)/m.exec(module)?.[1] ?? "1.24",
    mains: [...new Set(folders)],
    readsPort: false,
  };
}
