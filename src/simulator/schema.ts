/**
 * Checks a value against the schema that the SDK's command carries, so that the simulator takes nothing that AWS's own
 * model would refuse and answers nothing that it could not answer. The numbers are Smithy's own (`@smithy/types`).
 */
type Ref = unknown;

const SIMPLE = 0;
const LIST = 1;
const MAP = 2;
const STRUCTURE = 3;
const UNION = 4;
const OPERATION = 9;
const LIST_OF = 0b0100_0000;
const MAP_OF = 0b1000_0000;

const unwrap = (ref: Ref): Ref => {
  let schema = ref;
  while (typeof schema === "function") schema = schema();
  return schema;
};

/** The input's and the output's schema of a command, or `undefined` for one that carries none, as in releases of the SDK before 2025. */
export function schemasOf(command: unknown): { input: Ref; output: Ref } | undefined {
  const schema = unwrap((command as { schema?: unknown } | undefined)?.schema);
  return Array.isArray(schema) && schema[0] === OPERATION ? { input: schema[4], output: schema[5] } : undefined;
}

/** What is wrong with `value`, one sentence each, with the path to it; empty where it fits the schema. */
export function misfits(value: unknown, ref: Ref, path: string): string[] {
  const schema = unwrap(ref);
  if (value === undefined || value === null) return [];
  if (schema === "unit") return [];
  if (typeof schema === "number") return simpleMisfits(value, schema, path);
  if (!Array.isArray(schema)) return [];
  const [id] = schema;
  if (id === SIMPLE) return misfits(value, schema[4], path);
  // A member with its own traits is [schema, traits].
  if (schema.length === 2) return misfits(value, id, path);
  if (id === LIST) return listMisfits(value, schema[4], path);
  if (id === MAP) return mapMisfits(value, schema[5], path);
  if (id === STRUCTURE || id === UNION || id === -3) return structureMisfits(value, schema, path);
  return [];
}

/** The position of each member, by the list of their names, which belongs to the SDK and lives as long as it does. */
const known = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

function placesOf(names: readonly string[]): ReadonlyMap<string, number> {
  const found = known.get(names) ?? new Map(names.map((name, index) => [name, index]));
  known.set(names, found);
  return found;
}

function structureMisfits(value: unknown, schema: readonly unknown[], path: string): string[] {
  if (typeof value !== "object" || Array.isArray(value)) return [`${path} is not a structure`];
  const names = schema[4] as string[];
  const members = schema[5] as Ref[];
  const places = placesOf(names);
  const required = typeof schema[6] === "number" ? schema[6] : 0;
  const fields = value as Record<string, unknown>;
  const found: string[] = [];
  for (const name of names.slice(0, required)) if (fields[name] === undefined) found.push(`${path}.${name} is missing`);
  for (const [name, item] of Object.entries(fields)) {
    const index = places.get(name);
    if (index === undefined) {
      if (name !== "$metadata" && name !== "$unknown" && item !== undefined)
        found.push(`${path}.${name} is not known to AWS`);
    } else for (const misfit of misfits(item, members[index], `${path}.${name}`)) found.push(misfit);
  }
  return found;
}

const listMisfits = (value: unknown, member: Ref, path: string) =>
  Array.isArray(value)
    ? value.flatMap((item, index) => misfits(item, member, `${path}[${index}]`))
    : [`${path} is not a list`];

const mapMisfits = (value: unknown, member: Ref, path: string) =>
  typeof value === "object" && !Array.isArray(value)
    ? Object.entries(value as object).flatMap(([key, item]) => misfits(item, member, `${path}.${key}`))
    : [`${path} is not a map`];

function simpleMisfits(value: unknown, schema: number, path: string): string[] {
  if (schema & MAP_OF) return mapMisfits(value, schema & ~MAP_OF, path);
  if (schema & LIST_OF) return listMisfits(value, schema & ~LIST_OF, path);
  switch (schema) {
    case 0:
      return typeof value === "string" ? [] : [`${path} is not a string`];
    case 1:
      return typeof value === "number" ? [] : [`${path} is not a number`];
    case 2:
      return typeof value === "boolean" ? [] : [`${path} is not a boolean`];
    case 4:
    case 5:
    case 6:
    case 7:
      return value instanceof Date ? [] : [`${path} is not a date`];
    default:
      return [];
  }
}
