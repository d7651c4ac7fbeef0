/** An object as a configuration file writes it. */
export type Plain = Record<string, unknown>;

/** Whether a value is an object that was written with braces. */
export function isPlain(value: unknown): value is Plain {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The last is an object of another realm, as a module loader may hand one over.
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

/** Stands for a variable whose value is `undefined`. */
const UNSET = Symbol("undefined (is it set where this file runs?)");

/** Deeper than any setting lies. */
const DEEPEST = 20;

/**
 * Copies a value of any origin. What is `undefined` is left out, so that `image: process.env.IMAGE` is no setting when the
 * variable is not set; only in an object called `environment`, which holds variables, it is told. What no setting can hold (a Promise would pass for an object without keys) becomes a symbol that
 * says what it was.
 */
export function tidy(value: unknown, depth = 0, seen = new Map<unknown, unknown>(), variables = false): unknown {
  return reading(() => copied(value, depth, seen, variables));
}

/** What `read` answers. The file is code: a getter or a proxy in what it exports may throw whatever it likes. */
function reading(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return Symbol(`a value that cannot be read (${reasonOf(error)})`);
  }
}

/** What an error says, on one line: it may be anything. */
function reasonOf(error: unknown): string {
  try {
    const words = error instanceof Error ? error.message : error;
    return typeof words === "string" && words !== "" ? (words.split("\n")[0] ?? "").slice(0, 80) : "it throws";
  } catch {
    return "it throws";
  }
}

function copied(value: unknown, depth: number, seen: Map<unknown, unknown>, variables: boolean): unknown {
  if (typeof value === "function") return Symbol("a function");
  if (typeof value === "symbol") return Symbol("a symbol");
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEEPEST) return Symbol("a deeply nested value");
  // A value that contains itself is copied as such; the schema goes only as deep as the settings do.
  if (seen.has(value)) return seen.get(value);
  if (Array.isArray(value)) {
    const copy: unknown[] = [];
    seen.set(value, copy);
    for (const item of value) copy.push(tidy(item, depth + 1, seen));
    return copy;
  }
  if (!isPlain(value)) return Symbol(`a ${Object.prototype.toString.call(value).slice(8, -1)} object`);
  const copy: Plain = {};
  seen.set(value, copy);
  for (const key of Object.keys(value)) {
    const found = reading(() => tidy(value[key], depth + 1, seen, key === "environment"));
    // A variable that is to be there and has no value is a mistake: `API: process.env.API` where API is not set.
    const inner = variables && found === undefined ? UNSET : found;
    // Assigning to this key would change the copy's nature.
    if (inner !== undefined && key !== "__proto__") copy[key] = inner;
  }
  return copy;
}

/** The value at a path. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let inner = value;
  for (const key of path) {
    if (typeof inner !== "object" || inner === null || !Object.hasOwn(inner, key)) return undefined;
    inner = Reflect.get(inner, key);
  }
  return inner;
}

/** A copy of a tidy value without what is at a path. */
export function without(value: unknown, path: readonly PropertyKey[]): unknown {
  const [key, ...rest] = path;
  if (!isPlain(value) || key === undefined || !Object.hasOwn(value, key)) return value;
  const copy: Plain = { ...value };
  if (rest.length === 0) delete copy[String(key)];
  else copy[String(key)] = without(copy[String(key)], rest);
  return copy;
}

/**
 * Lays overrides over a value: objects are merged key by key, lists and single values are replaced as a whole. So is the source of a secret:
 * that of one environment is not mixed with that of another.
 */
export function overlay(value: unknown, over: unknown, path: readonly string[] = []): unknown {
  if (over === undefined) return value;
  if (!isPlain(value) || !isPlain(over) || isSecretSource(path)) return over;
  const merged: Plain = { ...value };
  for (const [key, inner] of Object.entries(over)) merged[key] = overlay(merged[key], inner, [...path, key]);
  return merged;
}

/** Whether a path is that of `container.secrets.NAME` or `sidecars.proxy.secrets.NAME`, wherever those are. */
function isSecretSource(path: readonly string[]): boolean {
  return path.at(-2) === "secrets" && (path.at(-3) === "container" || path.at(-4) === "sidecars");
}
