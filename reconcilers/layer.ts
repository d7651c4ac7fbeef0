import type { Aws, AwsKind } from "../src/aws/aws.ts";
import type { Facts } from "../src/aws/facts.ts";
import { markOf } from "../src/aws/owner.ts";
import { ownerTags } from "../src/aws/tags.ts";
import type { Graph, Order } from "../src/engine/graph.ts";
import type { Handle, Input } from "../src/engine/output.ts";
import type { Names } from "../src/config/naming.ts";
import type { Stack } from "../src/config/stack.ts";

/** A spec as a layer declares it: outputs may stand for values, and the tags are added. */
export type Declared<Spec> = { readonly [F in keyof Spec as F extends "tags" ? never : F]: Input<Spec[F]> };

/** One layer of the topology while it is declared. */
export class Layer {
  readonly stack: Stack;
  readonly names: Names;
  readonly facts: Facts;
  readonly #name: string;
  readonly #graph: Graph<Aws>;

  constructor(name: string, graph: Graph<Aws>, stack: Stack, names: Names, facts: Facts) {
    this.#name = name;
    this.#graph = graph;
    this.stack = stack;
    this.names = names;
    this.facts = facts;
  }

  /** Declares a resource of this layer. It is tagged with a name, the user's tags and the owner tags, the last of which always win. */
  add<Spec extends object, Attrs extends object>(
    name: string,
    kind: AwsKind<Spec, Attrs>,
    spec: Declared<Spec>,
    order?: Order,
  ): Handle<Attrs> {
    const id = `${this.#name}/${name}`;
    const tags = {
      Name: `${this.names.prefix}-${name}`,
      ...this.stack.tags,
      ...ownerTags(this.stack, id),
    };
    const whole = kind.tagged ? { ...spec, tags } : spec;
    // What `Declared` leaves out of a spec is put back here, which the type of an arbitrary kind cannot say.
    return this.#graph.add(id, kind, whole as unknown as { readonly [F in keyof Spec]: Input<Spec[F]> }, order);
  }

  /** The owner mark of a resource of this layer, for a kind that keeps it elsewhere than in tags. */
  mark(name: string): string {
    return markOf(this.stack, `${this.#name}/${name}`);
  }

  /** The ARN of something of this account, `region` left empty for IAM. */
  arn(service: string, resource: string, region: string = this.stack.region): string {
    const { partition, account } = this.facts;
    return `arn:${partition}:${service}:${region}:${account}:${resource}`;
  }
}
