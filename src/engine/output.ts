/**
 * How far the referenced resource must be: usable, so that it can be referred to, which is no later than its create has returned; created,
 * so that its create has; or ready for use.
 */
export type Until = "usable" | "created" | "ready";

/** A dependency in the graph: the resource that owns the edge waits for `to`. */
export interface Edge {
  readonly to: string;
  readonly until: Until;
  /** A loose edge only orders creation: when both are deleted, the order does not matter. */
  readonly loose: boolean;
  /** Only a change of the resource waits, and its create does not. */
  readonly changesOnly?: true;
  /** What the state records of it, where that is less: an edge for one run is not recorded, or as the loose one that it also is. */
  readonly recorded?: "loose" | "not";
}

/*
 * A config may be written with another copy of this module than the one that plans it: dist/index.js of the package, and the program in its chunks. So
 * instances are known by a mark that all copies have in common.
 */
const KNOWN_AFTER_APPLY = Symbol.for("fairlead.known-after-apply");
const OUTPUT = Symbol.for("fairlead.output");

const isMarked = (value: unknown, mark: symbol): boolean =>
  typeof value === "object" && value !== null && (value as Readonly<Record<symbol, unknown>>)[mark] === true;

/** Stands in a plan for a value that is only known after the apply. */
export class KnownAfterApply {
  static [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(value, KNOWN_AFTER_APPLY);
  }

  get [KNOWN_AFTER_APPLY](): true {
    return true;
  }

  readonly source: string;
  /** `source`: the name of the value, such as `network/vpc.vpcId`. */
  constructor(source: string) {
    this.source = source;
  }
  toJSON() {
    return "(known after apply)";
  }
}

/** Reads an attribute of a resource, or returns `KnownAfterApply`. */
export type Attribute = (id: string, attr: string) => unknown;

/** A value that does not exist yet: an attribute of another resource, or a string built from such attributes. */
export class Output<T> {
  static [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(value, OUTPUT);
  }

  get [OUTPUT](): true {
    return true;
  }

  readonly edges: readonly Edge[];
  readonly #read: (attribute: Attribute) => T | KnownAfterApply;

  constructor(edges: readonly Edge[], read: (attribute: Attribute) => T | KnownAfterApply) {
    this.edges = edges;
    this.#read = read;
  }

  /** The value, or `KnownAfterApply` if one of its attributes is not known. */
  read(attribute: Attribute): T | KnownAfterApply {
    return this.#read(attribute);
  }
}

/** Accepts an output of a `T` wherever a `T` is expected, at any depth. */
export type Input<T> =
  | T
  | Output<NonNullable<T>>
  | (T extends readonly (infer U)[]
      ? readonly Input<U>[]
      : T extends object
        ? { readonly [K in keyof T]: Input<T[K]> }
        : never);

const NODE: unique symbol = Symbol.for("fairlead.node");

/** A resource in the graph: each of its attributes is an output. */
export type Handle<Attrs extends object> = { readonly [A in keyof Attrs]-?: Output<NonNullable<Attrs[A]>> } & {
  readonly [NODE]: string;
};

/** The handle of resource `id`. */
export function handle<Attrs extends object>(id: string): Handle<Attrs> {
  return new Proxy({} as Handle<Attrs>, {
    get: (_, attr) =>
      attr === NODE
        ? id
        : new Output<unknown>([{ to: id, until: "usable", loose: false }], (attribute) => attribute(id, String(attr))),
  });
}

/** The id of the resource behind a handle. */
export const idOf = (node: { readonly [NODE]: string }): string => node[NODE];

/** Any resource's handle. */
export type AnyHandle = { readonly [NODE]: string };

/** The same value with an edge that only orders creation: for a name that AWS neither checks nor locks. */
export function loose<T>(output: Output<T>): Output<T> {
  return new Output(
    output.edges.map((edge) => ({ ...edge, loose: true })),
    (attribute) => output.read(attribute),
  );
}

/** The same value, but only once other resources were created too; when they are deleted, the order does not matter. */
export function following<T>(output: Output<T>, others: readonly AnyHandle[]): Output<T> {
  const edges = others.map((node) => ({ to: idOf(node), until: "created" as const, loose: true }));
  return new Output([...output.edges, ...edges], (attribute) => output.read(attribute));
}

/** The same value, but only once the create of the resource that it comes from has returned, and all its settings are written. */
export function whenCreated<T>(output: Output<T>): Output<T> {
  return new Output(
    output.edges.map((edge) => ({ ...edge, until: edge.until === "ready" ? "ready" : "created" })),
    (attribute) => output.read(attribute),
  );
}

/** The same value, but only once the resource that it comes from is ready. */
export function whenReady<T>(output: Output<T>): Output<T> {
  return new Output(
    output.edges.map((edge) => ({ ...edge, until: "ready" as const })),
    (attribute) => output.read(attribute),
  );
}

/** What follows from a value. */
export const derived = <T, U>(output: Output<T>, from: (value: T) => U): Output<U> =>
  new Output(output.edges, (attribute) => {
    const value = output.read(attribute);
    return value instanceof KnownAfterApply ? value : from(value);
  });

/** A string with outputs in it: text`arn:aws:s3:::${bucket.name}/*`. */
export function text(strings: TemplateStringsArray, ...values: (string | number | Output<string> | Output<number>)[]) {
  const edges = values.flatMap((value) => (value instanceof Output ? value.edges : []));
  return new Output<string>(edges, (attribute) => {
    let all = strings[0] ?? "";
    for (const [index, value] of values.entries()) {
      const known = value instanceof Output ? value.read(attribute) : value;
      if (known instanceof KnownAfterApply) return known;
      all += String(known) + (strings[index + 1] ?? "");
    }
    return all;
  });
}

/** All edges of the outputs inside `value`, at any depth. */
export function edgesIn(value: unknown): Edge[] {
  if (value instanceof Output) return [...value.edges];
  if (Array.isArray(value)) return value.flatMap(edgesIn);
  if (value && typeof value === "object") return Object.values(value).flatMap(edgesIn);
  return [];
}

/** `value` with every output read; unknown values remain as `KnownAfterApply`. */
export function resolve(value: unknown, attribute: Attribute): unknown {
  if (value instanceof Output) return value.read(attribute);
  if (Array.isArray(value)) return value.map((item) => resolve(item, attribute));
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, attribute)]));
  return value;
}

/** Whether any part of `value` is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (value instanceof KnownAfterApply) return true;
  if (value && typeof value === "object") return Object.values(value).some(hasUnknown);
  return false;
}
