import type * as z from "zod";

import type { StackConfig } from "./types.ts";
import { ConfigError, type ConfigProblem } from "./errors.ts";
import { configSchema, settingPaths } from "./parts.ts";
import { otherSettings, type OtherSetting } from "./other-tools.ts";
import { show, showPath } from "./show.ts";
import { nearest, simplify } from "./suggest.ts";
import { terraformInputs } from "./terraform.ts";
import { isPlain, tidy, valueAt, without } from "./tidy.ts";

type Path = readonly PropertyKey[];

/** A list longer than this is left out where a suggestion says all. */
const LONG_LIST = 25;

/** What the config says, as far as it can be used, and what is wrong with the rest. */
export interface Shaped {
  readonly config: StackConfig;
  readonly problems: readonly ConfigProblem[];
  /** Paths of settings that were wrong and left out: rules that look at them would only repeat the error. */
  readonly rejected: readonly string[];
}

/** Checks each setting by itself. It throws only when the configuration is no object at all. */
export function shape(raw: unknown): Shaped {
  const input = tidy(raw);
  if (!isPlain(input)) {
    const message = `${show(input)} is not a configuration; allowed: an object of settings, as passed to defineStack`;
    throw new ConfigError([{ path: "defineStack", message }]);
  }
  const problems: ConfigProblem[] = [];
  const rejected: string[] = [];
  let rest: unknown = input;
  // Each round leaves out what the last one refused, so that the end is a configuration that can be looked at as a whole.
  for (;;) {
    const result = configSchema.safeParse(rest);
    if (result.success) return { config: result.data, problems: unique(problems), rejected };
    const before = problems.length;
    for (const refusal of result.error.issues.flatMap((issue) => refusals(issue, input))) {
      problems.push({ path: showPath(refusal.path), message: refusal.message });
      rejected.push(...refusal.touches);
      rest = without(rest, upToList(refusal.path));
    }
    // Every refusal takes something away. Should one not, the problems so far are what there is to say.
    if (unique(problems).length === unique(problems.slice(0, before)).length) throw new ConfigError(unique(problems));
  }
}

interface Refusal {
  readonly path: Path;
  readonly message: string;
  /** The settings that the rules should not look at. */
  readonly touches: readonly string[];
}

function refusals(issue: z.core.$ZodIssue, input: unknown): Refusal[] {
  const inner = innerIssues(issue, input);
  if (inner.length > 0) return inner.flatMap((one) => refusals(one, input));
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey([...issue.path, key]));
  }
  const touches = [showPath(upToList(issue.path))];
  if (issue.code === "invalid_key") {
    const allowed = issue.issues[0]?.message ?? "another name";
    const key = show(String(issue.path.at(-1)));
    return [{ path: issue.path, message: `the name ${key} is not allowed; allowed: ${allowed}`, touches }];
  }
  const value = valueAt(input, issue.path);
  if (value === undefined) return [{ path: issue.path, message: `is missing; needed: ${issue.message}`, touches }];
  // The values of variables are not repeated, nor what stands in their place: they may be secrets.
  const quiet = issue.path.some((key, at) => at > 0 && key === "environment");
  const spelled =
    quiet && typeof value !== "symbol"
      ? "its value"
      : show(value, String(issue.path.findLast((key) => typeof key === "string")));
  return [{ path: issue.path, message: `${spelled} is not allowed; ${allowedText(issue, value)}`, touches }];
}

/** What is wrong inside an object where something else than an object is allowed too, such as `false`. */
function innerIssues(issue: z.core.$ZodIssue, input: unknown): z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union" || !isPlain(valueAt(input, issue.path))) return [];
  const asObject = issue.errors.find((option) =>
    option.every(({ path, code }) => path.length > 0 || code === "unrecognized_keys"),
  );
  return (asObject ?? []).map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
}

/** What is allowed, and the allowed value that was probably meant. */
function allowedText(issue: z.core.$ZodIssue, value: unknown): string {
  const allowed = `allowed: ${issue.message}`;
  if (issue.code !== "invalid_value" || typeof value !== "string") return allowed;
  const meant = nearest(value, issue.values.map(String));
  if (meant === undefined) return allowed;
  const question = `did you mean ${show(issue.values.find((one) => String(one) === meant))}?`;
  return issue.values.length > LONG_LIST ? question : `${question} ${allowed}`;
}

function unknownKey(path: Path): Refusal {
  // Inside `environments.prod` the same settings have the same names, one level down.
  const inEnvironment = path[0] === "environments" && path.length > 2;
  const before = inEnvironment ? `${showPath(path.slice(0, 2))}.` : "";
  const known = settingPaths();
  const local = patternOf(inEnvironment ? path.slice(2) : path, known);
  const key = local.at(-1) ?? "";
  const parent = local.slice(0, -1).join(".");
  if (inEnvironment && parent === "" && ["name", "environment", "environments"].includes(key)) {
    const message = `cannot be set in an environment; allowed: ${key} at the top level, beside environments`;
    return { path, message, touches: [] };
  }

  const fixed = (setting: string) => (setting === "name" || setting === "environment" ? setting : before + setting);
  const siblings = known.filter((setting) => parentOf(setting) === parent && !(before && isFixed(setting))).map(lastOf);
  const terraform = Object.hasOwn(terraformInputs, key) ? terraformInputs[key] : undefined;
  const meant = terraform === undefined ? meantBy(key, parent, siblings, known) : [terraform];
  // A sibling is named by where it stands, which in a list is an item of it.
  const shown = meant.map((one) =>
    parentOf(one) === parent ? showPath([...path.slice(0, -1), lastOf(one)]) : fixed(one),
  );
  const touches = shown;
  // Its value is not repeated: a secret in the wrong place would end up in a log.
  const is = "is an unknown setting";
  if (terraform !== undefined) {
    const message = `${is}; Terraform's ${key} is ${fixed(terraform)} here`;
    return { path, message, touches };
  }
  const other = otherTool(key, parent, siblings, known);
  if (other !== undefined && "instead" in other)
    return { path, message: `is not supported; instead: ${other.instead}`, touches: [] };
  if (other !== undefined) {
    const inService = local[0] === "services" && known.includes(`services.*.${other.here}`);
    const here = inService
      ? showPath([...path.slice(0, inEnvironment ? 4 : 2), ...other.here.split(".")])
      : fixed(other.here);
    return { path, message: `${is}; what other tools call ${key} is ${here} here`, touches: [here] };
  }
  // Secrets Manager rotates the secrets of other AWS services by itself, and all others by a Lambda function of the user's (user guide,
  // "Rotate AWS Secrets Manager secrets").
  if (key === "rotate" && lastOf(parent) === "generate") {
    const message = `${is}: AWS rotates by itself only with a Lambda function; a reconcile does it with rotateDays: 30, and to set a new value now and restart the tasks that read it: npx fairlead secret set ${String(path.at(-3))} --generate --restart`;
    return { path, message, touches };
  }
  const question = meant.length > 0 ? `did you mean ${shown.join(" or ")}? ` : "";
  return { path, message: `${is}; ${question}allowed: ${siblings.join(", ")}`, touches };
}

/**
 * What is known of another tool's setting. Where a group of ours has a setting of that name, it is meant only at the top of the config or of a
 * service, where other tools have theirs.
 */
function otherTool(
  key: string,
  parent: string,
  siblings: readonly string[],
  known: readonly string[],
): OtherSetting | undefined {
  const name = simplify(key);
  if (!Object.hasOwn(otherSettings, name)) return undefined;
  const isTop = parent === "" || parent === "services.*";
  const ours = isTop ? siblings : [...siblings, ...known.map(lastOf)];
  return ours.some((one) => simplify(one) === name) ? undefined : otherSettings[name];
}

/** The keys of a path as the paths of settings have them: without places in lists, and with `*` for a name. */
function patternOf(path: Path, known: readonly string[]): string[] {
  const pattern: string[] = [];
  for (const [index, key] of path.entries()) {
    if (typeof key !== "string") continue;
    const names = [...pattern, "*", ""].join(".");
    const isName = index < path.length - 1 && known.some((setting) => setting.startsWith(names));
    pattern.push(isName ? "*" : key);
  }
  return pattern;
}

/** The settings that an unknown key may mean: first a misspelt sibling, then a setting of another group. */
function meantBy(key: string, parent: string, siblings: readonly string[], known: readonly string[]): string[] {
  const sibling = nearest(key, siblings);
  // A name that another group has to the letter is a setting in the wrong place rather than a misspelling.
  const elsewhere = known.filter(
    (path) => !path.startsWith("service.taskPolicy.") && !path.includes("*") && lastOf(path) !== path,
  );
  const exact = elsewhere.filter((path) => simplify(lastOf(path)) === simplify(key));
  if (sibling !== undefined && (exact.length === 0 || simplify(sibling) === simplify(key))) {
    return [parent === "" ? sibling : `${parent}.${sibling}`];
  }
  if (exact.length > 0) return exact;
  const near = nearest(key, elsewhere.map(lastOf));
  return near === undefined ? [] : elsewhere.filter((path) => lastOf(path) === near);
}

function isFixed(setting: string): boolean {
  return ["name", "environment", "environments"].includes(setting);
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

function parentOf(path: string): string {
  return path.includes(".") ? path.slice(0, path.lastIndexOf(".")) : "";
}

/** A list with a wrong item is wrong as a whole. */
function upToList(path: Path): Path {
  const index = path.findIndex((key) => typeof key === "number");
  return index === -1 ? path : path.slice(0, index);
}

function unique(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const lines = new Map(problems.map((problem) => [`${problem.path}: ${problem.message}`, problem]));
  return [...lines.values()];
}
