import { nameOf, type Call } from "./log.ts";
import { roleOf } from "./role.ts";

/** What the answers to one call were made of, all its times together. */
export interface Shape {
  /** How many times it was answered. */
  answers: number;
  /** By path: the types and words that it had, and in how many answers it was. */
  readonly members: Map<string, { readonly types: Set<string>; times: number }>;
  /** Error codes. */
  readonly errors: Set<string>;
}

/** Shapes by operation, and in it by role. */
export type Shapes = ReadonlyMap<string, ReadonlyMap<string, Shape>>;

const empty = (): Shape => ({ answers: 0, members: new Map(), errors: new Set() });

function add(shape: Shape, { answer, error }: Pick<Call, "answer" | "error">): void {
  if (error !== undefined) shape.errors.add(error);
  if (answer === undefined) return;
  shape.answers++;
  for (const [path, types] of Object.entries(answer)) {
    const member = shape.members.get(path) ?? { types: new Set(), times: 0 };
    member.times++;
    for (const type of types) member.types.add(type);
    shape.members.set(path, member);
  }
}

export function shapesOf(calls: readonly Call[]): Shapes {
  const shapes = new Map<string, Map<string, Shape>>();
  for (const call of calls) {
    const roles = shapes.get(nameOf(call)) ?? new Map<string, Shape>();
    const role = roleOf(call.input);
    const shape = roles.get(role) ?? empty();
    add(shape, call);
    shapes.set(nameOf(call), roles.set(role, shape));
  }
  return shapes;
}

/** Several together. */
export function union(shapes: readonly Shape[]): Shape {
  const all = empty();
  for (const { answers, members, errors } of shapes) {
    all.answers += answers;
    for (const error of errors) all.errors.add(error);
    for (const [path, { types, times }] of members) {
      const member = all.members.get(path) ?? { types: new Set(), times: 0 };
      member.times += times;
      for (const type of types) member.types.add(type);
      all.members.set(path, member);
    }
  }
  return all;
}
