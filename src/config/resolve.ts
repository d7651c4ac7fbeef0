import { Checker, type Origins } from "./checker.ts";
import { checkAccessLogs } from "./check-access-logs.ts";
import { checkAlarms } from "./check-alarms.ts";
import { checkActions, checkDelivery } from "./check-delivery.ts";
import { checkDomain } from "./check-domain.ts";
import { checkEdge } from "./check-edge.ts";
import { checkFirewall } from "./check-firewall.ts";
import { checkNames } from "./check-names.ts";
import { checkRegions } from "./check-regions.ts";
import { checkNetwork } from "./check-network.ts";
import { checkSchedule } from "./check-schedule.ts";
import { checkServices } from "./check-services.ts";
import { checkContext } from "./check-tasks.ts";
import { ConfigError, type ConfigProblem } from "./errors.ts";
import { fillDefaults } from "./fill.ts";
import { configSchema } from "./parts.ts";
import { isRegion, regions } from "./regions.ts";
import { shape } from "./shape.ts";
import { inheritedBy } from "./shared-stack.ts";
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
 * lives whose file names no region; without it the default does. `wanted` is what `--region` picks: one of the stack's two regions,
 * of which the first one is meant otherwise, or a region that the file does not have any more.
 *
 * @throws {ConfigError} with every problem that there is; it throws nothing else, whatever it is given.
 */
export function resolveStack(config: unknown, env?: string, region?: string, wanted?: string): Stack {
  const { config: file, problems: wrong, rejected } = shape(config);
  const { environments = {}, ...base } = file;
  const picked = env ?? file.environment ?? fillDefaults({}).environment;
  const override: EnvironmentConfig = Object.hasOwn(environments, picked) ? (environments[picked] ?? {}) : {};

  // Merging two valid parts of the same type gives a valid whole, so this cannot fail; rules between settings are checked below.
  const overlaid = configSchema.parse(overlay(inheritedBy(override, base), override));
  const named = region !== undefined && isRegion(region) ? { region, ...overlaid } : overlaid;
  const { config: merged, leftBehind } = inRegion(named, wanted);
  const filled = fillDefaults(merged, picked);
  const stack = leftBehind ? { ...filled, leftBehind } : filled;
  const check = new Checker(stack, origins(merged, override, picked, rejected));
  checkNames(check);
  const anyHasTwo = [base, ...Object.values(environments)].some((one) => one.regions !== undefined);
  checkRegions(check, overlaid.region, anyHasTwo);
  checkNetwork(check, merged);
  checkContext(check);
  checkEdge(check);
  checkServices(check, merged);
  checkAlarms(check);
  checkAccessLogs(check);
  checkDomain(check);
  checkSchedule(check);
  checkDelivery(check);
  checkActions(check);
  checkFirewall(check);

  const hasRegion = overlaid.region !== undefined || overlaid.regions !== undefined;
  const elsewhere = [...(hasRegion ? [] : unknownRegion(region, "AWS_REGION")), ...unknownRegion(wanted, "--region")];
  const problems = [...wrong, ...unknownEnvironment(file, env, rejected), ...elsewhere, ...check.problems];
  // Problems outside the services would be reported once per service.
  const once = new Map(problems.map((problem) => [`${problem.path}: ${problem.message}`, problem]));
  if (once.size > 0) throw new ConfigError([...once.values()]);
  return stack;
}

/**
 * The config in one of its regions. Of a region that it does not have any more, it does not know the network's zones and ids either: what is
 * there can only be looked at and deleted.
 */
function inRegion(
  config: StackConfig,
  wanted: string | undefined,
): { readonly config: StackConfig; readonly leftBehind?: true } {
  const own = config.regions ?? [config.region ?? fillDefaults({}).region];
  const region = wanted ?? own[0];
  if (region === undefined || !isRegion(region)) return { config };
  if (config.regions?.[1] === region) return { config: { ...config, region, ...withoutEdgePatches(config) } };
  if (own.includes(region)) return { config: config.regions ? { ...config, region } : config };
  const {
    regions: _,
    network: { vpc: _vpc, zones: _zones, publicSubnets: _public, privateSubnets: _own, ...network } = {},
    ...rest
  } = config;
  return { config: { ...rest, network, region }, leftBehind: true };
}

/** The second region has no distribution and no records of its own, so that patches of them are the first one's. */
const withoutEdgePatches = ({ patch }: StackConfig): Pick<StackConfig, "patch"> =>
  patch
    ? { patch: Object.fromEntries(Object.entries(patch).filter(([id]) => !/^(edge\/|dns\/a{1,4}-)/.test(id))) }
    : {};

function origins(
  merged: StackConfig,
  override: EnvironmentConfig,
  picked: string,
  rejected: readonly string[],
): Origins {
  const own = `${showPath(["environments", picked])}.`;
  return {
    // Problems of another environment do not affect this one.
    rejected: rejected.map((path) => (path.startsWith(own) ? path.slice(own.length) : path)),
    isSet: (path) => valueAt(merged, path.split(".")) !== undefined,
    written: (path) => (valueAt(override, path.split(".")) === undefined ? path : own + path),
  };
}

/** A region from elsewhere than the file must be one whose zones Fairlead knows. */
function unknownRegion(region: string | undefined, path: "AWS_REGION" | "--region"): ConfigProblem[] {
  if (region === undefined || isRegion(region)) return [];
  return [
    {
      path,
      message: `${show(region)} is not a region that Fairlead supports; allowed: ${list(regions)}`,
    },
  ];
}

/** An environment given by `--env` must exist in the file: a misspelt one would create a new stack. */
function unknownEnvironment(file: StackConfig, env: string | undefined, rejected: readonly string[]): ConfigProblem[] {
  // An environment with invalid overrides still exists.
  const refused = env !== undefined && rejected.includes(showPath(["environments", env]));
  const known = [...new Set([fillDefaults(file).environment, ...Object.keys(file.environments ?? {})])];
  if (env === undefined || refused || known.includes(env)) return [];
  const meant = nearest(env, known);
  const question = meant === undefined ? "" : `did you mean ${show(meant)}? `;
  const message = `${show(env)} is not an environment in this file; ${question}allowed: ${list(known)}`;
  return [{ path: "--env", message }];
}
