import { Checker, type Origins } from "./checker.ts";
import { checkNames } from "./check-names.ts";
import { checkNetwork } from "./check-network.ts";
import { checkServices } from "./check-services.ts";
import { checkContext } from "./check-tasks.ts";
import { ConfigError, type ConfigProblem } from "./errors.ts";
import { fillDefaults } from "./fill.ts";
import { configSchema } from "./parts.ts";
import { refuseUnbuilt } from "./refuse-unbuilt.ts";
import { isRegion, regions } from "./regions.ts";
import { shape } from "./shape.ts";
import { list, show, showPath } from "./show.ts";
import type { Stack } from "./stack.ts";
import { nearest } from "./suggest.ts";
import { overlay, valueAt } from "./tidy.ts";
import type { EnvironmentConfig, StackConfig } from "./types.ts";

/**
 * Turns what `stack.config.ts` exports into the desired state of one environment: the environment's overrides are merged in,
 * defaults filled, every rule checked.
 *
 * `env` is what `--env` picks. Without it the file's own `environment` does, and without that "dev". `region` is where a stack
 * lives whose file names no region; without it the default does.
 *
 * @throws {ConfigError} with every problem that there is; it throws nothing else, whatever it is given.
 */
export function resolveStack(config: unknown, env?: string, region?: string): Stack {
  const stack = resolveDeclared(config, env, region);
  refuseUnbuilt(stack);
  return stack;
}

/** The same of what the schema knows, whether it can be built yet or not. */
export function resolveDeclared(config: unknown, env?: string, region?: string): Stack {
  const { config: file, problems: wrong, missingAttribute } = shape(config);
  const { environments = {}, ...base } = file;
  const picked = env ?? file.environment ?? fillDefaults({}).environment;
  const override: EnvironmentConfig = Object.hasOwn(environments, picked) ? (environments[picked] ?? {}) : {};

  // Two valid halves of the same type make a valid whole, so this cannot fail; what only the whole can show is checked below.
  const overlaid = configSchema.parse(overlay(base, override));
  const merged = region !== undefined && isRegion(region) ? { region, ...overlaid } : overlaid;
  const stack = fillDefaults(merged, picked);
  const check = new Checker(stack, origins(merged, override, picked, missingAttribute));
  checkNames(check);
  checkNetwork(check, merged);
  checkContext(check);
  checkServices(check, merged);

  const elsewhere = overlaid.region === undefined ? unknownRegion(region) : [];
  const problems = [...wrong, ...unknownEnvironment(file, env, missingAttribute), ...elsewhere, ...check.problems];
  // What is wrong beside the services is so for each of them.
  const once = new Map(problems.map((problem) => [`${problem.path}: ${problem.message}`, problem]));
  if (once.size > 0) throw new ConfigError([...once.values()]);
  return stack;
}

function origins(
  merged: StackConfig,
  override: EnvironmentConfig,
  picked: string,
  missingAttribute: readonly string[],
): Origins {
  const own = `${showPath(["environments", picked])}.`;
  return {
    // What is wrong in another environment says nothing about this one.
    missingAttribute: missingAttribute.map((path) => (path.startsWith(own) ? path.slice(own.length) : path)),
    isSet: (path) => valueAt(merged, path.split(".")) !== undefined,
    written: (path) => (valueAt(override, path.split(".")) === undefined ? path : own + path),
  };
}

/** A region from the environment must be one that Fairlead knows the zones of. */
function unknownRegion(region: string | undefined): ConfigProblem[] {
  if (region === undefined || isRegion(region)) return [];
  return [
    {
      path: "AWS_REGION",
      message: `${show(region)} is not a region that Fairlead supports; allowed: ${list(regions)}`,
    },
  ];
}

/** An environment that `--env` picks must be one that the file knows: a misspelt one would stand a new stack up. */
function unknownEnvironment(
  file: StackConfig,
  env: string | undefined,
  missingAttribute: readonly string[],
): ConfigProblem[] {
  // One whose overrides were refused is there all the same.
  const refused = env !== undefined && missingAttribute.includes(showPath(["environments", env]));
  const known = [...new Set([fillDefaults(file).environment, ...Object.keys(file.environments ?? {})])];
  if (env === undefined || refused || known.includes(env)) return [];
  const meant = nearest(env, known);
  const question = meant === undefined ? "" : `did you mean ${show(meant)}? `;
  const message = `${show(env)} is not an environment in this file; ${question}allowed: ${list(known)}`;
  return [{ path: "--env", message }];
}
