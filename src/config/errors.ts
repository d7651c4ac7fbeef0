/** A problem of a config. Path and message together are one line. */
export interface ConfigProblem {
  /** The path as the user would write it: `environments.prod.network.zones[1]`. */
  readonly path: string;
  /** The value, what is allowed and, if likely, what was meant. At most one line. */
  readonly message: string;
  /** File, line and column: `stack.config.ts:12:5`. Only the file if it computes the setting, and nothing before it was looked for. */
  readonly place?: string;
}

/** A problem on its own line, in the format of a compiler. */
export const lineOf = ({ place, path, message }: ConfigProblem): string =>
  `${place === undefined ? "" : `${place}: `}${path}: ${message}`;

/** An invalid config. It lists every problem, so that the file can be fixed in one go. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(lineOf).join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}
