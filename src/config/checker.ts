import type { ConfigProblem } from "./errors.ts";
import { show } from "./show.ts";
import type { Stack } from "./stack.ts";

/** The input of a rule: the stack with its defaults, and the origin of each setting. */
export class Checker {
  readonly stack: Stack;
  readonly problems: ConfigProblem[];
  readonly #origins: Origins;

  constructor(stack: Stack, origins: Origins, problems: ConfigProblem[] = []) {
    this.stack = stack;
    this.problems = problems;
    this.#origins = origins;
  }

  /** A checker for one of several services: a rule for `container.port` then reports `services.NAME.container.port`. */
  within(service: string, stack: Stack): Checker {
    const own = (path: string) =>
      `services.${service}.${path.replace(/^balancer\./, "").replace(/^service\.(?=taskPolicy)/, "")}`;
    const { rejected, isSet, written } = this.#origins;
    const prefix = `services.${service}.`;
    const inner = new Checker(
      stack,
      {
        rejected: [
          ...rejected,
          ...rejected.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length)),
        ],
        isSet: (path) => isSet(own(path)) || isSet(path),
        written: (path) => written(own(path)),
      },
      this.problems,
    );
    return inner;
  }

  /** Whether all of these settings are valid: an invalid setting would be reported twice. */
  usable(...paths: readonly string[]): boolean {
    return paths.every(
      (path) => !this.#origins.rejected.some((wrong) => isWithin(path, wrong) || isWithin(wrong, path)),
    );
  }

  /** Whether the user set it, at the top level or in the selected environment. */
  isSet(path: string): boolean {
    return this.#origins.isSet(path);
  }

  /** Whether the user set it in the same place as `other`: at the top level, or in the selected environment. */
  isSetBeside(path: string, other: string): boolean {
    const inOverride = (setting: string) => this.#origins.written(setting) !== setting;
    return this.isSet(path) && inOverride(path) === inOverride(other);
  }

  /** Whether the selected environment sets `path` over what the top level says of `other`. */
  overrides(path: string, other: string): boolean {
    const inOverride = (setting: string) => this.#origins.written(setting) !== setting;
    return inOverride(path) && !inOverride(other);
  }

  /** Reports a problem of a setting; `setting` is the path of a whole setting, `item` the rest of the path in it. */
  report(setting: string, value: unknown, rest: string, item = ""): void {
    const note = this.isSet(setting) ? "" : " (the default)";
    this.problems.push({ path: this.#origins.written(setting) + item, message: `${show(value)}${note} ${rest}` });
  }
}

/** The origins of a stack's settings. */
export interface Origins {
  readonly rejected: readonly string[];
  readonly isSet: (path: string) => boolean;
  /** The path in the file: with `environments.prod.` before it if an override sets it. */
  readonly written: (path: string) => string;
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`);
}
