import type { AnyKind, ResourceKind } from "./resource-kind.ts";
import { edgesIn, handle, idOf, type AnyHandle, type Edge, type Handle, type Input } from "./output.ts";

/** One resource as a component declares it. */
export interface Node<Services> {
  /** Its place in the stack, such as `network/vpc`. */
  readonly id: string;
  readonly kind: AnyKind<Services>;
  /** May hold outputs of other resources at any depth. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** At most one to each other resource. */
  readonly edges: readonly Edge[];
}

/** Order that does not follow from what the spec refers to. */
export interface Order {
  /** Resources that must have been created before. */
  readonly after?: readonly AnyHandle[];
  /** Resources that must be ready before. */
  readonly ready?: readonly AnyHandle[];
}

/** The desired resources and what each needs of which other; the arrows are inferred from the references. */
export class Graph<Services> {
  readonly #nodes = new Map<string, Node<Services>>();

  /** Adds a resource; the answer's properties are its outputs. Throws where `id` is taken. */
  add<Spec extends object, Attrs extends object>(
    id: string,
    kind: ResourceKind<Spec, Attrs, Services>,
    spec: { readonly [F in keyof Spec]: Input<Spec[F]> },
    order: Order = {},
  ): Handle<Attrs> {
    if (this.#nodes.has(id)) throw new Error(`Duplicate resource id: ${id}.`);
    const edges = merged([
      ...edgesIn(spec),
      ...(order.after ?? []).map((node) => ({ to: idOf(node), until: "created" as const, loose: false })),
      ...(order.ready ?? []).map((node) => ({ to: idOf(node), until: "ready" as const, loose: false })),
    ]);
    // Whatever is referred to was added before, so the order of adding is an order of dependency and there are no circles.
    for (const { to } of edges)
      if (!this.#nodes.has(to)) throw new Error(`${id} references ${to}, which is not in the graph.`);
    this.#nodes.set(id, { id, kind, spec, edges });
    return handle<Attrs>(id);
  }

  /** Every resource after all those that it refers to. */
  get nodes(): readonly Node<Services>[] {
    return [...this.#nodes.values()];
  }

  get(id: string): Node<Services> | undefined {
    return this.#nodes.get(id);
  }
}

/** One edge for each resource: the stricter one. */
function merged(edges: readonly Edge[]): Edge[] {
  const byTarget = new Map<string, Edge>();
  for (const edge of edges) {
    const other = byTarget.get(edge.to);
    byTarget.set(edge.to, {
      to: edge.to,
      until: edge.until === "ready" || other?.until === "ready" ? "ready" : "created",
      loose: edge.loose && (other?.loose ?? true),
    });
  }
  return [...byTarget.values()];
}
