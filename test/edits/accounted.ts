import type { State } from "../../state/state.ts";
import type { World } from "../../src/simulator/world.ts";

/** All texts in a value. */
function textsIn(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value === "string") found.add(value);
  else if (typeof value === "object" && value !== null) for (const one of Object.values(value)) textsIn(one, found);
  return found;
}

interface There {
  readonly arn?: string;
  readonly tags?: unknown;
  readonly deletedAt?: number;
  readonly goneAt?: number;
}

/** What exists in a world and is not on its way out: by its table and key. */
const standing = ({ data }: World) =>
  Object.entries(data.tables).flatMap(([table, records]) =>
    table.startsWith("~")
      ? []
      : Object.entries(records).flatMap(([key, record]) => {
          const { deletedAt, goneAt } = record as There;
          return deletedAt === undefined && goneAt === undefined ? [{ table, key, record: record as There }] : [];
        }),
  );

/** Records that bear the stack's owner tags and that no resource of the state is. */
export function strays(world: World, state: State | undefined): string[] {
  const known = textsIn(
    Object.values(state?.resources ?? {}).map(({ id, attrs, old = [] }) => [id, attrs, old.map((one) => one.id)]),
  );
  return standing(world).flatMap(({ table, key, record: { arn, tags } }) => {
    // Revisions stay where a rollback needs them, and so do the images.
    if (table.startsWith("ecs.taskDefinitions") || table.startsWith("ecr.images")) return [];
    const isOwned = JSON.stringify(tags ?? "").includes("fairlead:");
    return !isOwned || known.has(key) || (arn !== undefined && known.has(arn)) ? [] : [`${table} ${key}`];
  });
}

/** What a state says that there is and no record of the world is. */
export function missing(world: World, state: State | undefined): string[] {
  const there = new Set<string>();
  for (const { table, key, record } of standing(world)) {
    there.add(key);
    // What it refers to may be gone: only what it is called itself counts. The filters of a registry have no record of their own.
    const own = table.startsWith("ecr.scanning") ? textsIn(Object.values(record)) : Object.values(record);
    for (const one of own) if (typeof one === "string") there.add(one);
  }
  const isThere = (id: string) => there.has(id) || there.has(id.slice(id.lastIndexOf("/") + 1));
  return Object.entries(state?.resources ?? {}).flatMap(([id, { id: provided = "", old = [] }]) =>
    [provided, ...old.map((one) => one.id ?? "")].filter((one) => !isThere(one)).map((one) => `${id} ${one}`),
  );
}
