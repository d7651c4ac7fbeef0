/* Where a setting stands in the text of stack.config.ts: its syntax tree is walked as far as it says the setting in so many words. */

/** A node of the syntax tree, as Babel spells it. */
export interface Node {
  readonly type: string;
  readonly loc?: { readonly start: Place } | null;
  readonly [field: string]: unknown;
}

/** Lines are counted from 1 and columns from 0. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The keys of a path as messages spell it: `environments.prod.network.zones[1]`, `tags["cost centre"]`. */
export function keysOf(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g)].map(([, index, quoted, word = ""]) =>
    index !== undefined ? Number(index) : quoted !== undefined ? (JSON.parse(quoted) as string) : word,
  );
}

/**
 * The place of a setting in the statements of a file, or of the group nearest to it that is there; nothing where the file computes what
 * it exports.
 */
export function locate(statements: readonly Node[], path: string): Place | undefined {
  const names = declared(statements);
  const root = exported(statements);
  return root && within(resolved(root, names), keysOf(path), names);
}

type Names = ReadonlyMap<string, Node>;

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && "type" in value;
const nodeIn = (node: Node, field: string): Node | undefined => {
  const value = node[field];
  return isNode(value) ? value : undefined;
};
const nodesIn = (node: Node, field: string): readonly Node[] => {
  const value = node[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
};
const nameOf = (node: Node | undefined): unknown => node?.["name"] ?? node?.["value"];

/** What the constants of the file are, by their names. */
function declared(statements: readonly Node[]): Names {
  const names = new Map<string, Node>();
  for (const statement of statements) {
    const declaration = nodeIn(statement, "declaration") ?? statement;
    if (declaration["kind"] !== "const") continue;
    for (const one of nodesIn(declaration, "declarations")) {
      const [name, init] = [nameOf(nodeIn(one, "id")), nodeIn(one, "init")];
      if (typeof name === "string" && init) names.set(name, init);
    }
  }
  return names;
}

/** What the file exports by default. */
function exported(statements: readonly Node[]): Node | undefined {
  for (const statement of statements) {
    if (statement.type === "ExportDefaultDeclaration") return nodeIn(statement, "declaration");
    const own = nodesIn(statement, "specifiers").find((one) => nameOf(nodeIn(one, "exported")) === "default");
    if (own) return nodeIn(own, "local");
  }
  return undefined;
}

const WRAPPERS = ["TSSatisfiesExpression", "TSAsExpression", "TSNonNullExpression", "ParenthesizedExpression"];

/** The value that a node stands for: a constant's, and what is inside `defineStack(...)` and `... as const`. */
function resolved(node: Node, names: Names, depth = 0): Node {
  let inner: Node | undefined;
  if (WRAPPERS.includes(node.type)) inner = nodeIn(node, "expression");
  else if (node.type === "Identifier") inner = names.get(String(nameOf(node)));
  else if (node.type === "CallExpression" && nameOf(nodeIn(node, "callee")) === "defineStack")
    [inner] = nodesIn(node, "arguments");
  // A constant may be declared in terms of itself, in a file that does not run.
  return inner === undefined || depth > 20 ? node : resolved(inner, names, depth + 1);
}

function within(node: Node, keys: readonly (string | number)[], names: Names): Place | undefined {
  const [key, ...rest] = keys;
  if (key === undefined) return undefined;
  const found = node.type === "ArrayExpression" ? itemOf(node, key) : propertyOf(node, key, names);
  if (found === undefined) return undefined;
  const value = nodeIn(found, "value") ?? found;
  return within(resolved(value, names), rest, names) ?? found.loc?.start;
}

function itemOf(node: Node, key: string | number): Node | undefined {
  const items = nodesIn(node, "elements");
  // What a spread brings in moves the items after it.
  const spread = items.findIndex(({ type }) => type === "SpreadElement");
  return typeof key === "number" && (spread === -1 || key < spread) ? items[key] : undefined;
}

/** The last property of a name, which is the one that counts; one that is spread into the object is looked for where it stands. */
function propertyOf(node: Node, key: string | number, names: Names): Node | undefined {
  if (node.type !== "ObjectExpression") return undefined;
  for (const property of nodesIn(node, "properties").toReversed()) {
    if (property.type === "SpreadElement") {
      const spread = nodeIn(property, "argument");
      const found = spread && propertyOf(resolved(spread, names), key, names);
      if (found) return found;
    } else if (property["computed"] !== true && String(nameOf(nodeIn(property, "key"))) === String(key))
      return property;
  }
  return undefined;
}
