import * as z from "zod";
import { StateError, type State } from "./state.ts";

const word = z.string().min(1);
const need = z.strictObject({ to: word, loose: z.boolean() });
const generation = {
  id: word.optional(),
  token: word,
  spec: z.record(z.string(), z.unknown()),
  attrs: z.record(z.string(), z.unknown()),
  needs: z.array(need),
};
const resource = z.strictObject({
  ...generation,
  type: word,
  status: z.enum(["creating", "created", "deleting"]),
  old: z.array(z.strictObject(generation)).optional(),
});
const schema = z.strictObject({
  version: z.union([z.literal(1), z.literal(2)]),
  // Well below the numbers at which adding one has no effect.
  serial: z.number().int().nonnegative().max(1e15),
  recordedAt: z.iso.datetime().optional(),
  stack: word,
  name: word.optional(),
  environment: word.optional(),
  target: word,
  account: word,
  region: word,
  incomplete: z.literal(true).optional(),
  resources: z.record(word, resource),
});

/** Deeper than anything that Fairlead writes. */
const DEEPEST = 50;

/**
 * Parses the text of a state. Throws `StateError` if it is damaged or was written by a newer version; the message says what to do. `where`
 * is the path or address used in the message.
 */
export function parseState(text: string, where: string): State {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new StateError(damaged(where, `it is not valid JSON (${(error as Error).message})`), { cause: error });
  }
  const version = (data as { version?: unknown } | null)?.version;
  if (typeof version === "number" && version > 2)
    throw new StateError(
      `The state ${where} was written by a newer version of Fairlead (state version ${version}, this one reads up to 2). No changes were made. Update Fairlead, then run again.`,
    );
  if (isDeeper(data, DEEPEST)) throw new StateError(damaged(where, `it is nested more than ${DEEPEST} levels deep`));
  const parsed = schema.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new StateError(damaged(where, `${issue?.path.join(".") || "the document"}: ${wrong(issue, data)}`));
  }
  // Optional properties are omitted from the JSON, never written as undefined.
  const state = parsed.data as State;
  const contradiction = missingIdentity(state) ?? missingId(state) ?? sharedId(state) ?? circle(state);
  if (contradiction !== undefined) throw new StateError(damaged(where, contradiction));
  return state;
}

const damaged = (where: string, why: string) =>
  `The state ${where} is damaged: ${why}. It was left unchanged, and no changes were made. Restore a good copy, or move it away: the next run then finds existing resources by their owner tags and names.`;

/** The problem at one path: zod's message, except that it names a missing value by its JavaScript type. */
function wrong(issue: z.core.$ZodIssue | undefined, data: unknown): string {
  const value = issue?.path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown>)?.[key], data);
  return value === undefined ? "it is missing" : (issue?.message ?? "it is wrong");
}

/** From version 2, a state records name and environment separately. */
function missingIdentity({ version, name, environment }: State): string | undefined {
  if (version === 1) return undefined;
  if (name === undefined) return "name: it is missing";
  return environment === undefined ? "environment: it is missing" : undefined;
}

/** A created resource has an id; only one that is being created or deleted may have none. */
function missingId({ resources }: State): string | undefined {
  const [name] = Object.entries(resources).find(([, { id, status }]) => id === undefined && status === "created") ?? [];
  return name === undefined ? undefined : `resources.${name}.id: it is missing`;
}

/** A provider id that two entries claim: deleting one would delete the other. */
function sharedId({ resources }: State): string | undefined {
  const owners = new Map<string, string>();
  for (const [name, { type, id, old = [] }] of Object.entries(resources))
    for (const [index, own] of [id, ...old.map((earlier) => earlier.id)].entries()) {
      if (own === undefined) continue;
      const place = index === 0 ? `resources.${name}` : `resources.${name}.old.${index - 1}`;
      const other = owners.get(`${type} ${own}`);
      if (other !== undefined) return `${place}: it has the same id as ${other}, ${own}`;
      owners.set(`${type} ${own}`, place);
    }
  return undefined;
}

/** Resources that depend on each other, so that neither could have been created. */
function circle({ resources }: State): string | undefined {
  const done = new Set<string>();
  const onTheWay: string[] = [];
  const visit = (name: string): string | undefined => {
    if (onTheWay.includes(name))
      return `resources.${name}.needs: it depends on itself through ${[...onTheWay.slice(onTheWay.indexOf(name)), name].join(", ")}`;
    if (done.has(name) || !Object.hasOwn(resources, name)) return undefined;
    done.add(name);
    onTheWay.push(name);
    for (const { to, loose } of resources[name]?.needs ?? []) {
      const found = loose ? undefined : visit(to);
      if (found !== undefined) return found;
    }
    onTheWay.pop();
    return undefined;
  };
  for (const name of Object.keys(resources)) {
    const found = visit(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether `value` is nested deeper than `levels`: later code walks it recursively. */
const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((item) => isDeeper(item, levels - 1)));
