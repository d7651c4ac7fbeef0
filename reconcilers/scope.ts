import type { Aws, AwsKind } from "../src/aws/aws.ts";
import { markOf, prefixOf, type Identity } from "../src/aws/owner.ts";
import { ConfigError } from "../src/config/errors.ts";
import { ownerTags, stackTags, type Tags } from "../src/aws/tags.ts";
import { isTagged } from "../src/engine/fields.ts";
import type { Graph, Order } from "../src/engine/graph.ts";
import { Output, type Handle, type Input } from "../src/engine/output.ts";

/** A spec as a component declares it: outputs may be used as values, and the tags are added. */
export type Declared<Spec> = { readonly [F in keyof Spec as F extends "tags" ? never : F]: Input<Spec[F]> };

/** The outputs of the stack by name: a string, or a list of strings. */
export type Outputs = Readonly<Record<string, Output<string> | readonly Output<string>[]>>;

/** The context in which a stack is declared: its identity, the account, and the collected resources and outputs. */
export interface Ground {
  readonly graph: Graph<Aws>;
  readonly outputs: Record<string, Output<string> | readonly Output<string>[]>;
  readonly identity: Identity;
  /** The user's own tags. */
  readonly tags: Readonly<Record<string, string>>;
  /** Twelve digits. */
  readonly account: string;
  /** `aws`, or another of AWS's partitions. */
  readonly partition: string;
  /** The user's overrides for single resources: fields by resource id. */
  readonly patches: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * The place of a component in the stack: it provides ids, names, tags, owner marks and ARNs, and collects resources and outputs. A
 * component that is used twice gets two scopes, whose resources never share an id.
 */
export class Scope {
  readonly #ground: Ground;
  readonly #path: readonly string[];

  constructor(ground: Ground, path: readonly string[] = []) {
    this.#ground = ground;
    this.#path = path;
  }

  get account(): string {
    return this.#ground.account;
  }

  get partition(): string {
    return this.#ground.partition;
  }

  /** The tags of all resources of the stack, as conditions of policies name them. */
  get stackTags(): Tags {
    return stackTags(this.#ground.identity);
  }

  get region(): string {
    return this.#ground.identity.region;
  }

  /** The scope of a part of this one: its ids start with `<name>/`, and its names contain `-<name>-`. */
  child(name: string): Scope {
    return new Scope(this.#ground, [...this.#path, name]);
  }

  /** The id of resource `name` in this scope: `network/vpc`, or `api/compute/service` in the child `api`. */
  id(name: string): string {
    return [...this.#path, name].join("/");
  }

  /** A name in this scope: `<stack>-<environment>-<name>`, with the scope's own name before the last part. */
  name(name: string): string {
    return [prefixOf(this.#ground.identity), ...this.#path, name].join("-");
  }

  /**
   * Declares a resource called `name`, such as `network/vpc`. It gets a Name tag, the user's tags and the owner tags, which take
   * precedence, and the tags in `also`.
   */
  add<Spec extends object, Attrs extends object>(
    name: string,
    kind: AwsKind<Spec, Attrs>,
    spec: Declared<Spec>,
    order?: Order,
    also: Readonly<Record<string, Input<string>>> = {},
  ): Handle<Attrs> {
    const { graph, identity, tags: own, patches } = this.#ground;
    const id = this.id(name);
    const { tags: more, ...patch } = patches[id] ?? {};
    const tags = {
      Name: this.name(name.slice(name.lastIndexOf("/") + 1)),
      ...own,
      ...(isRecord(more) ? more : {}),
      ...ownerTags(identity, id),
      ...also,
    };
    const strange = Object.keys(patch).filter((field) => !(field in spec));
    if (strange.length > 0)
      throw new ConfigError([
        {
          path: "patch",
          message: `${strange.join(", ")} is not a field of ${id} (${kind.type}); allowed: ${Object.keys(spec).join(", ")}`,
        },
      ]);
    const patched = withPatch(spec, patch);
    const whole = isTagged(kind) ? { ...patched, tags } : patched;
    // Adds the part of a spec that `Declared` omits, which the type of an arbitrary kind cannot express.
    return graph.add(id, kind, whole as unknown as { readonly [F in keyof Spec]: Input<Spec[F]> }, order);
  }

  /** Declares an output of the stack; that of a child starts with its name: `api_log_group`. Throws if the name is already used. */
  output(name: string, value: Output<string> | readonly Output<string>[]): void {
    const { outputs } = this.#ground;
    const key = [...this.#path, name].join("_").replaceAll("-", "_");
    if (key in outputs) throw new Error(`Duplicate output: ${key}.`);
    outputs[key] = value;
  }

  /** The owner mark of a resource of this scope, for a kind that does not store it in tags. */
  mark(name: string): string {
    return markOf(this.#ground.identity, this.id(name));
  }

  /** An ARN in this account; `region` is empty for IAM. */
  arn(service: string, resource: string, region: string = this.region): string {
    return `arn:${this.partition}:${service}:${region}:${this.account}:${resource}`;
  }

  /** The ARN of a bucket or of its objects. */
  bucketArn(name: string): string {
    return `arn:${this.partition}:s3:::${name}`;
  }
}

/** A spec with the fields of a patch: objects are merged key by key, all other values are replaced. */
function withPatch(
  spec: Readonly<Record<string, unknown>>,
  patch: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...spec };
  for (const [field, value] of Object.entries(patch)) {
    const old = merged[field];
    merged[field] = isRecord(old) && isRecord(value) ? withPatch(old, value) : value;
  }
  return merged;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Output);
