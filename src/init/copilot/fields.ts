/** Any value of a manifest. */
export type Yaml = string | number | boolean | null | undefined | readonly Yaml[] | { readonly [key: string]: Yaml };
export type YamlMap = { readonly [key: string]: Yaml };

export const isMap = (value: Yaml): value is YamlMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A field of a manifest that has no counterpart, and what to do instead. */
export interface Left {
  readonly file: string;
  readonly field: string;
  readonly why: string;
}

/** What became of each field of the manifests, once however many environments were read. */
export class Ledger {
  readonly #carried = new Map<string, { readonly file: string; readonly field: string }>();
  readonly #left = new Map<string, Left>();

  carry(file: string, field: string): void {
    this.#carried.set(`${file} ${field}`, { file, field });
  }

  leave(file: string, field: string, why: string): void {
    this.#left.set(`${file} ${field}`, { file, field, why });
  }

  get left(): readonly Left[] {
    return [...this.#left.values()];
  }

  /** A field of which a part was left is listed there. */
  get carried(): readonly { readonly file: string; readonly field: string }[] {
    return [...this.#carried].filter(([key]) => !this.#left.has(key)).map(([, one]) => one);
  }
}

/** The fields of a map in a manifest: each is taken, or left with a reason; those that nobody asked for are left by `close`. */
export class Fields {
  readonly file: string;
  readonly ledger: Ledger;
  readonly #map: YamlMap;
  readonly #path: string;
  readonly #seen = new Set<string>();

  constructor(map: YamlMap, file: string, ledger: Ledger, path = "") {
    this.#map = map;
    this.file = file;
    this.ledger = ledger;
    this.#path = path;
  }

  has(key: string): boolean {
    return this.#map[key] !== undefined && this.#map[key] !== null;
  }

  get keys(): readonly string[] {
    return Object.keys(this.#map).filter((key) => this.has(key));
  }

  /** The value, which is carried over. */
  take(key: string): Yaml {
    if (!this.has(key)) return undefined;
    this.#seen.add(key);
    this.ledger.carry(this.file, this.#full(key));
    return this.#map[key];
  }

  /** The value, if it is of that kind; one of another kind is left. */
  text(key: string): string | undefined {
    const value = this.take(key);
    if (value === undefined) return undefined;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
    this.leave(key, "it is no text");
    return undefined;
  }

  number(key: string): number | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    if (/^\d+(?:\.\d+)?$/.test(text.trim())) return Number(text);
    this.leave(key, `${JSON.stringify(text)} is no number; write the number that it stands for`);
    return undefined;
  }

  /** `30s`, `5m`, `1h30m`, or a number of seconds, in seconds. */
  seconds(key: string): number | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    const seconds = secondsOf(text);
    if (seconds === undefined) this.leave(key, `${JSON.stringify(text)} is no duration`);
    return seconds;
  }

  flag(key: string): boolean | undefined {
    const text = this.text(key);
    return text === undefined ? undefined : text === "true";
  }

  /** The fields of a map; undefined if there is none. A value of another kind stays for `take`. */
  map(key: string): Fields | undefined {
    const value = this.#map[key];
    if (!isMap(value)) return undefined;
    this.#seen.add(key);
    return new Fields(value, this.file, this.ledger, this.#full(key));
  }

  /** Lists the field, if it is there, with what to do instead. */
  leave(key: string, why: string): void {
    if (!this.has(key)) return;
    this.#seen.add(key);
    this.ledger.leave(this.file, this.#full(key), why);
  }

  /** The same for a field that has not been read. */
  leaveUnread(key: string, why: string): void {
    if (!this.#seen.has(key)) this.leave(key, why);
  }

  /** Lists whatever was neither taken nor left. */
  close(why = "Fairlead has no such setting"): void {
    for (const key of this.keys) if (!this.#seen.has(key)) this.leave(key, why);
  }

  #full(key: string): string {
    return this.#path === "" ? key : `${this.#path}.${key}`;
  }
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001, d: 86_400 };

/** The seconds of a duration; a number without a unit is seconds. */
export function secondsOf(text: string): number | undefined {
  const plain = text.trim();
  if (/^\d+$/.test(plain)) return Number(plain);
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[dhms]))+$/.test(plain)) return undefined;
  return [...plain.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])/g)].reduce(
    (sum, [, number, unit = ""]) => sum + Number(number) * (UNITS[unit] ?? 0),
    0,
  );
}

/** A manifest with the overrides of an environment: maps are merged, everything else is replaced. */
export function overridden(base: YamlMap, over: Yaml): YamlMap {
  if (!isMap(over)) return base;
  const merged: Record<string, Yaml> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    if (value === null) continue;
    merged[key] = isMap(before) && isMap(value) ? overridden(before, value) : value;
  }
  return merged;
}

/** A command as a list of words; a string is split as a shell does, without expansion. */
export function wordsOf(value: Yaml): readonly string[] | undefined {
  if (Array.isArray(value)) return value.map(String);
  if (typeof value !== "string") return undefined;
  const words = [...value.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)];
  return words.map(([, double, single, plain = ""]) => double?.replaceAll(/\\(.)/g, "$1") ?? single ?? plain);
}
