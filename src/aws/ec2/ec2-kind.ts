import type { Filter, Tag } from "@aws-sdk/client-ec2";
import type { Deleting } from "../../engine/deleting.ts";
import type { Look, Observed, Seen, Updating } from "../../engine/resource-kind.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Timing } from "../../engine/timing.ts";
import { ahead } from "../ahead.ts";
import type { Aws, AwsKind } from "../aws.ts";
import { absent } from "../errors.ts";
import { everyPage, type Page } from "../pages.ts";
import { ownerOf, tagsFrom, type Tags } from "../tags.ts";
import { changeTags, find, findById, ofStack as stackFilter, ownedIn } from "./shared.ts";

/** For how many seconds EC2's lists may lag behind creates (EC2 API reference, "Eventual consistency"). */
export const EC2_LAG = 15;

/** What a Describe call is asked for. */
interface Asking {
  readonly ids?: string[];
  readonly filters?: Filter[];
  readonly NextToken?: string | undefined;
}

interface Described<Item> {
  /** One page of EC2's list of these resources. */
  readonly describe: (aws: Aws, asking: Asking) => Promise<Page<Item>>;
  readonly idOf: (item: Item) => string | undefined;
  /** What EC2 answers for an id that there is none of. */
  readonly notFound: string | readonly string[];
  /** Where EC2 answers an empty list for such an id instead of an error. */
  readonly emptyIfAbsent?: true;
  /** Whether a listed resource exists; if omitted: always. */
  readonly exists?: (item: Item) => boolean;
  /** A resource that is being deleted has the same owner tags as its replacement, and comes last: the higher, the later. */
  readonly rank?: (item: Item) => number;
}

/** The ways to read EC2's resources of one type. */
export interface Ec2Resources<Item> {
  readonly type: string;
  readonly notFound: readonly string[];
  readonly idOf: (item: Item) => string | undefined;
  /** Those that filters tell. */
  readonly filtered: (aws: Aws, filters: Filter[]) => Promise<Item[]>;
  /** The stack's own, read once for a snapshot. */
  readonly ofStack: (aws: Aws, snapshot: Snapshot) => Promise<Item[]>;
  /** The resource with this id, with or without the stack's tags: from a snapshot, or else by a separate call. */
  readonly byId: (aws: Aws, id: string, snapshot?: Snapshot) => Promise<Item | undefined>;
}

export function ec2Resources<Item>(type: string, described: Described<Item>): Ec2Resources<Item> {
  const { idOf, exists = () => true, rank = () => 0 } = described;
  const notFound = [described.notFound].flat();
  const all = (aws: Aws, filters: Filter[]) =>
    everyPage((NextToken) => described.describe(aws, { filters, NextToken }));
  const existing = (items: readonly Item[]) => items.filter(exists).toSorted((one, other) => rank(one) - rank(other));
  const filtered = async (aws: Aws, filters: Filter[]) => existing(await all(aws, filters));
  const allOfStack = (aws: Aws, snapshot: Snapshot) => snapshot.once(type, () => all(aws, stackFilter(aws)));
  const ofStack = (aws: Aws, snapshot: Snapshot) =>
    snapshot.once(`existing ${type}`, async () => existing(await allOfStack(aws, snapshot)));
  const asked = async (aws: Aws, id: string) => {
    const asking = described.describe(aws, { ids: [id] }).then(({ items }) => items);
    if (described.emptyIfAbsent && (await absent(asking, ...notFound))?.length === 0) return undefined;
    const one = await findById(id, idOf, asking, ...notFound);
    return one && exists(one) ? one : undefined;
  };
  const byId = async (aws: Aws, id: string, snapshot?: Snapshot) => {
    if (!snapshot) return asked(aws, id);
    const own = (await allOfStack(aws, snapshot)).find((item) => idOf(item) === id);
    // Listed as deleted, it need not be asked for.
    if (own) return exists(own) ? own : undefined;
    return snapshot.once(`${type} ${id}`, () => asked(aws, id));
  };
  return { type, notFound, idOf, filtered, ofStack, byId };
}

/** How to read the ids of the stack's own resources of one type. */
export const ownIds =
  <Item>({ ofStack, idOf }: Ec2Resources<Item>) =>
  async (aws: Aws, snapshot: Snapshot): Promise<Set<string | undefined>> =>
    new Set((await ofStack(aws, snapshot)).map(idOf));

/** What EC2 says of a resource, but for its id, its tags and its owner. */
type Reading<Spec extends object, Attrs extends object> = Omit<Observed<Spec, Attrs>, "id" | "owner" | "spec"> & {
  readonly spec: Seen<Omit<Spec, "tags">>;
};

type Declared<Spec extends object, Attrs extends object, Item, Part> = Omit<
  AwsKind<Spec, Attrs>,
  "type" | "timing" | "observe" | "list" | "update" | "delete"
> & {
  readonly timing?: Omit<Timing, "listed">;
  /**
   * What no list returns of a resource; `undefined` where it is gone. It is asked for beside the list where the id is recorded, and the resource
   * stays.
   */
  readonly part?: (aws: Aws, id: string) => Promise<Part | undefined>;
  /** What EC2 answered, in the words of the spec; `undefined` where it is gone. */
  readonly read: (
    aws: Aws,
    item: Item,
    look: Look<Spec>,
    partOf: (id: string) => Promise<Part | undefined>,
  ) => Reading<Spec, Attrs> | Promise<Reading<Spec, Attrs> | undefined>;
  /** What stands in its place where nothing of the stack's own is found. */
  readonly namesake?: (aws: Aws, look: Look<Spec>) => Promise<Item | undefined>;
  /** Updates everything except tags; omitted if only tags can change. */
  readonly update?: (
    aws: Aws,
    observed: Observed<Spec, Attrs>,
    spec: Spec,
    updating: Updating | undefined,
    changed: ReadonlySet<keyof Spec & string>,
  ) => Promise<Partial<Attrs> | void>;
  /** Deletes it; that there is none is a success. */
  readonly delete: (aws: Aws, observed: Observed<Spec, Attrs>, deleting: Deleting | undefined) => Promise<unknown>;
};

/**
 * A kind of EC2 resource. All of them are found by the known id or else by their owner tags, listed by a filter on those, tagged by their create
 * call and later in one way, and gone once EC2 says so.
 */
export function ec2Kind<
  Spec extends { tags: Tags },
  Attrs extends object,
  Item extends { Tags?: Tag[] | undefined },
  Part = never,
>(
  resources: Ec2Resources<Item>,
  { read, part, namesake, timing, traits, update, delete: remove, ...kind }: Declared<Spec, Attrs, Item, Part>,
): AwsKind<Spec, Attrs> {
  const { type, idOf, notFound } = resources;
  return {
    inventory: { lists: "plan" },
    ...kind,
    type,
    traits: { ...traits, markedAtOnce: true },
    timing: { ...timing, listed: EC2_LAG },
    async observe(aws, look) {
      const { snapshot, knownId } = look;
      const partOf = ahead(look, part && !look.toDelete ? knownId : undefined, async (known) => part?.(aws, known));
      const own = async () =>
        find(look, await resources.ofStack(aws, snapshot), idOf, (id) => resources.byId(aws, id, snapshot));
      const item =
        look.direct && knownId !== undefined
          ? await resources.byId(aws, knownId)
          : ((await own()) ?? (await namesake?.(aws, look)));
      const id = item && idOf(item);
      const seen = item && id ? await read(aws, item, look, partOf) : undefined;
      if (!id || !seen) return undefined;
      const tags = tagsFrom(item.Tags);
      const spec: Seen<object> = { ...seen.spec, tags };
      return { ...seen, id, owner: ownerOf(tags), spec };
    },
    list: async (aws, _ids, snapshot = new Snapshot()) => ownedIn(aws, await resources.ofStack(aws, snapshot), idOf),
    async update(aws, observed, spec, changed, updating) {
      const renewed = await update?.(aws, observed, spec, updating, changed);
      await changeTags(aws, observed.id, spec.tags, observed.spec.tags ?? {});
      return renewed;
    },
    delete: async (aws, observed, deleting) => void (await absent(remove(aws, observed, deleting), ...notFound)),
  };
}
