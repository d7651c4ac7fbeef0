import { ConfigError } from "../../../src/config/errors.ts";
import { resolveStack } from "../../../src/config/resolve.ts";

/** The lines that a configuration is refused with; none when it is taken. */
export function lines(config: unknown, env?: string, region?: string): string[] {
  try {
    resolveStack(config, env, undefined, region);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => `${problem.path}: ${problem.message}`);
  }
}
