/** One thing that is wrong with a configuration. Path and message together make one line. */
export interface ConfigProblem {
  /** Where it is, as the user would write it: `environments.prod.network.zones[1]`. */
  readonly path: string;
  /** The value, what is allowed and, where one is likely, what was meant. Never more than a line. */
  readonly message: string;
  /** File, line and column: `stack.config.ts:12:5`. The file alone where it computes the setting, nothing before it was looked for. */
  readonly place?: string;
}

/** A problem on a line of its own, as a compiler writes it. */
export const lineOf = ({ place, path, message }: ConfigProblem): string =>
  `${place === undefined ? "" : `${place}: `}${path}: ${message}`;

/** A configuration that Fairlead refuses. It lists every problem, so that a file is mended in one go. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(lineOf).join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}
