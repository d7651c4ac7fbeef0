// What belongs to a scalable target: its policies and scheduled actions. A Put call creates or overwrites the one of that name. None of them can be
// tagged: one is the stack's if it belongs to the stack's service and has the expected name.
import type { Observed, Seen } from "../../engine/resource-kind.ts";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Aws, AwsKind } from "../aws.ts";
import { defineKind } from "../define-kind.ts";
import { ownerOfTarget, placeOf, resourceIdOf, unregistered, type OfTarget } from "./shared.ts";

/** The facts of these fields, for every kind of them. */
export const PLACE_FIELDS = {
  name: { immutable: true, unique: true },
  cluster: { immutable: true, unique: true },
  service: { immutable: true, unique: true },
} as const;

type Declared<Spec extends OfTarget, Attrs extends object, Item> = Pick<AwsKind<Spec, Attrs>, "type" | "fields"> & {
  /** All of a service, including unmanaged ones. */
  readonly list: (aws: Aws, snapshot: Snapshot, resourceId: string) => Promise<readonly Item[]>;
  readonly nameOf: (item: Item) => string | undefined;
  /** What a listed one says, besides its name and its place. */
  readonly read: (
    aws: Aws,
    item: Item,
    place: Seen<OfTarget>,
  ) => Pick<Observed<Spec, Attrs>, "attrs" | "spec" | "unmanaged">;
  /** Creates it, or overwrites the one of that name. */
  readonly put: (aws: Aws, spec: Spec) => Promise<Attrs>;
  readonly remove: (
    aws: Aws,
    of: { readonly ResourceId: string | undefined; readonly name: string | undefined },
  ) => Promise<unknown>;
};

/** A kind of resource that belongs to a scalable target. */
export function targetPartKind<Spec extends OfTarget, Attrs extends object, Item>({
  list,
  nameOf,
  read,
  put,
  remove,
  ...kind
}: Declared<Spec, Attrs, Item>): AwsKind<Spec, Attrs> {
  return defineKind<Spec, Attrs>({
    ...kind,
    traits: { markedAtOnce: true, ownerless: true, deletedBeside: ["ecs/service"] },

    async observe(aws, look) {
      const place = placeOf(look);
      if (!place) return undefined;
      const { resourceId, ...own } = place;
      const item = (await list(aws, look.snapshot, resourceId)).find((one) => nameOf(one) === own.name);
      if (!item) return undefined;
      const seen = read(aws, item, own);
      const spec: Seen<object> = { ...seen.spec, ...own };
      return {
        ...seen,
        id: `${resourceId}/${own.name}`,
        spec,
        owner: await ownerOfTarget(aws, look.snapshot, resourceId, look.owner),
        ready: true,
      };
    },

    async create(aws, spec, making) {
      const attrs = await put(aws, spec);
      const id = `${resourceIdOf(spec)}/${spec.name}`;
      await making.created(id);
      return { id, attrs };
    },

    async update(aws, _observed, spec) {
      await put(aws, spec);
    },

    async delete(aws, { spec }) {
      await unregistered(remove(aws, { ResourceId: resourceIdOf(spec), name: spec.name }));
    },
  });
}
