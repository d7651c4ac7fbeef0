/* Locates a setting in the text of stack.config.ts: walks its syntax tree as far as it contains the setting literally. */

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

/** The keys of a path in the format of messages: `environments.prod.network.zones[1]`, `tags["cost centre"]`. */
export function keysOf(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g)].map(([, index, quoted, word = ""]) =>
    index !== undefined ? Number(index) : quoted !== undefined ? (JSON.parse(quoted) as string) : word,
  );
}

/** The location of a setting in the statements of a file, or of its closest existing group; nothing if the file computes its export. */
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

/** The constants of the file, by name. */
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

/** The default export of the file. */
function exported(statements: readonly Node[]): Node | undefined {
  for (const statement of statements) {
    if (statement.type === "ExportDefaultDeclaration") return nodeIn(statement, "declaration");
    const own = nodesIn(statement, "specifiers").find((one) => nameOf(nodeIn(one, "exported")) === "default");
    if (own) return nodeIn(own, "local");
  }
  return undefined;
}

const WRAPPERS = ["TSSatisfiesExpression", "TSAsExpression", "TSNonNullExpression", "ParenthesizedExpression"];

/** The value of a node: that of a constant, and the argument of `defineStack(...)` and `... as const`. */
function resolved(node: Node, names: Names, depth = 0): Node {
  let inner: Node | undefined;
  if (WRAPPERS.includes(node.type)) inner = nodeIn(node, "expression");
  else if (node.type === "Identifier") inner = names.get(String(nameOf(node)));
  else if (node.type === "CallExpression" && nameOf(nodeIn(node, "callee")) === "defineStack")
    [inner] = nodesIn(node, "arguments");
  // A constant may refer to itself, in a file that does not run.
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
  // A spread moves the items after it.
  const spread = items.findIndex(({ type }) => type === "SpreadElement");
  return typeof key === "number" && (spread === -1 || key < spread) ? items[key] : undefined;
}

/** The last property with a name, which takes effect; a spread object is searched where it is declared. */
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
