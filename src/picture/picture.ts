// A stack as a picture: the resources that people think of, in boxes, with arrows between them. Everything else belongs to one of these.
import type { AnyAwsKind } from "../aws/aws.ts";
import { edgesIn } from "../engine/output.ts";
import { AREAS, ROLES, SILENT, type Area } from "./roles.ts";

/** A resource as it is declared: what a picture needs of a node of the graph. */
export interface Declared {
  readonly id: string;
  readonly kind: Pick<AnyAwsKind, "type">;
  readonly spec: Readonly<Record<string, unknown>>;
  /** What it waits for. */
  readonly edges: readonly { readonly to: string }[];
  /** What it refers to, where its settings are recorded ones, which have the values instead of references. */
  readonly uses?: readonly string[];
}

export interface Box {
  readonly id: string;
  readonly title: string;
  /** The box that it is in. */
  readonly within?: string;
}

export interface Thing {
  /** The id of its resource. */
  readonly id: string;
  readonly type: string;
  readonly label: string;
  /** The id of its box; empty: outside of all. */
  readonly box: string;
  /** The resources that belong to it and are not drawn. */
  readonly parts: readonly string[];
}

/** What is said of a thing beside its name, such as `~ update`; `tone` is its colour, which never says more than the text. */
export interface Mark {
  readonly text: string;
  readonly tone: Tone;
}

/** The colours of what is said. */
export type Tone = "create" | "update" | "replace" | "adopt" | "delete" | "ok" | "warning" | "broken" | "recorded";

/** Whoever sends requests, who is no resource. */
export const USERS: Thing = { id: "users", type: "", label: "Users", box: "", parts: [] };

/** An arrow from what uses to what is used: requests go along it, from CloudFront to the load balancer to the service. */
export interface Link {
  readonly from: string;
  readonly to: string;
}

export interface Picture {
  readonly title: string;
  readonly boxes: readonly Box[];
  readonly things: readonly Thing[];
  readonly links: readonly Link[];
}

/** The stack as people draw it: user -> CloudFront -> load balancer -> services, delivery beside it. */
export function pictureOf(title: string, nodes: readonly Declared[]): Picture {
  const uses = new Map(nodes.map((node) => [node.id, referencesOf(node)]));
  const owner = ownersOf(nodes, uses);
  const drawn = nodes.filter(({ id }) => owner.get(id) === id);
  const things = drawn.map(({ id, kind }): Thing => {
    const role = ROLES[kind.type];
    const { label, area } = typeof role === "object" ? role : { label: kind.type, area: "own" as const };
    const box = area === "its subnets" ? tierOf(id, uses) : typeof area === "string" ? area : area(id);
    const parts = nodes.filter((node) => node.id !== id && owner.get(node.id) === id);
    return { id, type: kind.type, label, box, parts: parts.map((part) => part.id) };
  });
  const boxes = boxesOf(things);
  const links = linksOf(nodes, uses, owner);
  const front = things.find(({ type }) => type === "cloudfront/distribution") ?? things.find(isOpenBalancer);
  return front
    ? { title, boxes, things: [USERS, ...things], links: [{ from: USERS.id, to: front.id }, ...links] }
    : { title, boxes, things, links };
}

const isOpenBalancer = ({ type, box }: Thing) => type === "elb/load-balancer" && box === "public";

/** Every resource, in a box for each part of the stack, with all that it waits for. */
export function graphOf(title: string, nodes: readonly Declared[]): Picture {
  const boxOf = (id: string) => id.slice(0, id.lastIndexOf("/"));
  const boxes = [...new Set(nodes.map(({ id }) => boxOf(id)))].map((id) => ({ id, title: id }));
  const things = nodes.map(({ id, kind }) => ({ id, type: kind.type, label: kind.type, box: boxOf(id), parts: [] }));
  return { title, boxes, things, links: nodes.flatMap(({ id, edges }) => edges.map(({ to }) => ({ from: id, to }))) };
}

/** What its settings refer to, without what it only waits for. */
const referencesOf = ({ spec, uses }: Declared): string[] => [...new Set(uses ?? edgesIn(spec).map(({ to }) => to))];

/** The drawn resource that each one belongs to: itself, if it is drawn, and `undefined` for what belongs to the boxes. */
function ownersOf(
  nodes: readonly Declared[],
  uses: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, string | undefined> {
  const users = invert(uses);
  // A schedule only knows the name of what it starts, and waits for it.
  const waiting = invert(new Map(nodes.map(({ id, edges }) => [id, edges.map(({ to }) => to)])));
  const types = new Map(nodes.map(({ id, kind }) => [id, kind.type]));
  const roleOf = (id: string) => ROLES[types.get(id) ?? ""];
  const isDrawn = (id: string) => typeof roleOf(id) !== "string";
  const find = (id: string, seen: Set<string>): string | undefined => {
    const role = roleOf(id);
    if (typeof role !== "string") return id;
    if (role === "of the boxes" || seen.has(id)) return undefined;
    seen.add(id);
    const near =
      role === "of its user"
        ? (users.get(id) ?? waiting.get(id) ?? [])
        : (uses.get(id) ?? []).filter((one) => role !== "of its topic" || types.get(one) === "sns/topic");
    return near.find(isDrawn) ?? firstOf(near, (one) => find(one, seen));
  };
  return new Map(nodes.map(({ id }) => [id, find(id, new Set())]));
}

/** For each item, what has it. */
function invert(lists: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const holders = new Map<string, string[]>();
  for (const [id, items] of lists) for (const one of items) holders.set(one, [...(holders.get(one) ?? []), id]);
  return holders;
}

function firstOf<T, Found>(items: readonly T[], find: (item: T) => Found | undefined): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The subnets that a resource is in. Those of an existing network are not resources of the stack, and its balancer is taken to be public. */
function tierOf(id: string, uses: ReadonlyMap<string, readonly string[]>): Area {
  const subnets = (uses.get(id) ?? []).filter((one) => /^network\/(public|private)-\d+$/.test(one));
  const isPublic = subnets.length > 0 ? subnets.some((one) => one.startsWith("network/public-")) : id === BALANCER;
  return isPublic ? "public" : "private";
}

const BALANCER = "balancer/load-balancer";

/** The boxes of the things, and those that these are in. */
function boxesOf(things: readonly Thing[]): Box[] {
  const used = new Set(things.map(({ box }) => box));
  const inVpc = ["public", "private"];
  if (inVpc.some((one) => used.has(one))) used.add("vpc");
  return Object.entries(AREAS)
    .filter(([id]) => used.has(id))
    .map(([id, title]) => ({ id, title, ...(inVpc.includes(id) ? { within: "vpc" } : {}) }));
}

function linksOf(
  nodes: readonly Declared[],
  uses: ReadonlyMap<string, readonly string[]>,
  owner: ReadonlyMap<string, string | undefined>,
): Link[] {
  const links = new Map<string, Link>();
  const add = (from: string | undefined, to: string | undefined) => {
    if (from !== undefined && to !== undefined && from !== to) links.set(`${from} ${to}`, { from, to });
  };
  const types = new Map(nodes.map(({ id, kind }) => [id, kind.type]));
  const isSilent = (id: string) => SILENT.has(types.get(id) ?? "");
  const ofType = (type: string) => nodes.filter(({ kind }) => kind.type === type).map(({ id }) => id);
  for (const { id } of nodes)
    for (const one of uses.get(id) ?? []) if (!isSilent(id) && !isSilent(one)) add(owner.get(id), owner.get(one));
  // These know each other by name.
  for (const pipeline of ofType("codepipeline/pipeline"))
    for (const service of ofType("ecs/service")) add(pipeline, service);
  return [...links.values()];
}
