import type { AnyKind, ResourceKind } from "./resource-kind.ts";
import { edgesIn, handle, idOf, type AnyHandle, type Edge, type Handle, type Input, type Until } from "./output.ts";

/** A resource as a component declares it. */
export interface Node<Services> {
  /** Its id in the stack, such as `network/vpc`. */
  readonly id: string;
  readonly kind: AnyKind<Services>;
  /** May hold outputs of other resources at any depth. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** At most one per other resource. */
  readonly edges: readonly Edge[];
}

/** Ordering that does not follow from the references in the spec. */
export interface Order {
  /** Resources that must have been created before. */
  readonly after?: readonly AnyHandle[];
  /** Resources that must have been created before this one is changed; its create does not wait for them. */
  readonly beforeChange?: readonly AnyHandle[];
  /** Resources that must be ready before. */
  readonly ready?: readonly AnyHandle[];
  /** Resources that must be ready before in this run, and whose earlier generations stay until then: where one takes the place of another. */
  readonly meanwhile?: readonly AnyHandle[];
}

/** The desired resources and their dependencies, which are inferred from the references. */
export class Graph<Services> {
  readonly #nodes = new Map<string, Node<Services>>();

  /** Adds a resource and returns a handle whose properties are its outputs. Throws if `id` is already used. */
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
      ...(order.beforeChange ?? []).map((node) => ({
        to: idOf(node),
        until: "created" as const,
        loose: false,
        changesOnly: true as const,
      })),
      ...(order.ready ?? []).map((node) => ({ to: idOf(node), until: "ready" as const, loose: false })),
      ...(order.meanwhile ?? []).map((node) => ({
        to: idOf(node),
        until: "ready" as const,
        loose: false,
        recorded: "not" as const,
      })),
    ]);
    // A referenced resource was added before, so the insertion order is a dependency order and there are no cycles.
    for (const { to } of edges)
      if (!this.#nodes.has(to)) throw new Error(`${id} references ${to}, which is not in the graph.`);
    this.#nodes.set(id, { id, kind, spec, edges });
    return handle<Attrs>(id);
  }

  /** All resources, each after its dependencies. */
  get nodes(): readonly Node<Services>[] {
    return [...this.#nodes.values()];
  }

  get(id: string): Node<Services> | undefined {
    return this.#nodes.get(id);
  }
}

/** One edge per resource: the stricter one. */
function merged(edges: readonly Edge[]): Edge[] {
  const byTarget = new Map<string, Edge>();
  for (const edge of edges) {
    const other = byTarget.get(edge.to);
    const loose = edge.loose && (other?.loose ?? true);
    const recorded = [edge, ...(other ? [other] : [])].map(recordedAs);
    const most = recorded.includes("firm") ? "firm" : recorded.includes("loose") ? "loose" : "not";
    byTarget.set(edge.to, {
      to: edge.to,
      until: stricter(edge.until, other?.until),
      loose,
      ...(edge.changesOnly && (other === undefined || other.changesOnly) && { changesOnly: true }),
      ...(most === "firm" || (most === "loose" && loose) ? {} : { recorded: most }),
    });
  }
  return [...byTarget.values()];
}

const LEVELS = ["usable", "created", "ready"] as const satisfies readonly Until[];

const stricter = (one: Until, other: Until = "usable"): Until =>
  LEVELS[Math.max(LEVELS.indexOf(one), LEVELS.indexOf(other))] ?? one;

const recordedAs = ({ loose, recorded }: Edge) => recorded ?? (loose ? "loose" : "firm");
