import type { SourceFiles } from "./source-files.ts";

/** What the commands of a build share: one shell, one file system, one Docker. */
export interface Machine {
  readonly variables: Record<string, string>;
  /** Files by path: those of the source, and those that commands wrote. */
  readonly files: SourceFiles;
  /** Does what `docker` is asked for; answers what it prints. */
  readonly docker: (words: readonly string[]) => Ran;
  /** The same of AWS's command line. */
  readonly aws: (words: readonly string[]) => Ran;
  /** Lets so many seconds pass; answers whether the build's time is up. */
  readonly sleep?: (seconds: number) => boolean;
}

/** What a command came to. */
export interface Ran {
  readonly code: number;
  readonly output: string;
  /** What it wrote to its standard error, where that is told apart. */
  readonly errors?: string;
}
