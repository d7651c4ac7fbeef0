import * as fc from "fast-check";
import { settingPaths } from "../../src/config/parts.ts";
import { somewhere } from "./cases.ts";

/* Texts of stack.config.ts: from files that are right to files that are none. */

/** What a setting may be set to, as it is written in the file. */
const EXPRESSIONS = [
  "() => 1",
  "async () => 1",
  "function () { throw new Error('called'); }",
  "class {}",
  "new (class Odd { inner = 1; })()",
  "Symbol('odd')",
  "1n",
  "NaN",
  "Infinity",
  "-0",
  "1e21",
  "null",
  "undefined",
  "''",
  "[]",
  "{}",
  "[[[[[]]]]]",
  "[undefined]",
  "[,,1]",
  "new Map([['a', 1]])",
  "new Set([1])",
  "new Date(0)",
  "new Date(NaN)",
  "/x/",
  "new Error('an error')",
  "new Uint8Array(3)",
  "Promise.resolve({})",
  "Promise.reject(new Error('late'))",
  "new Proxy({}, { ownKeys() { throw new Error('no keys'); } })",
  "new Proxy({}, { get() { throw 'no value'; } })",
  "new Proxy({}, { getPrototypeOf() { throw undefined; } })",
  "new Proxy(() => {}, {})",
  "{ get a() { throw new Error('no a'); } }",
  "{ get a() { throw undefined; } }",
  "{ get cidr() { throw Object.create(null); } }",
  "{ toJSON() { throw new Error('no JSON'); } }",
  "{ toString() { throw new Error('no text'); } }",
  "{ then(resolve) { resolve(1); } }",
  "{ ['__proto__']: { name: 'x' } }",
  "Object.create(null)",
  "Object.create({ name: 'inherited' })",
  "Object.freeze({ min: 1 })",
  "cycle",
  "deep",
  "wide",
  "process.env.NO_SUCH_VARIABLE",
  "String.fromCharCode(0)",
  "'a\\u0007b'",
  "'a\\u001b[2Jb'",
  "'a\\u0085b'",
  "'a\\u2028b'",
  "'\\ud800'",
  "'a\\nb'",
  "'a\\tb'",
  "'x'.repeat(100_000)",
  "'*'",
  "'../../etc/passwd'",
  "'aws:x'",
  "'10.0.0.0/16'",
  "'us-east-1'",
  "['ap-northeast-1a', 'ap-northeast-1a']",
];

const PREAMBLE = `const cycle: any = { container: {} }; cycle.network = cycle; cycle.container.environment = cycle;
let deep: any = 1; for (let level = 0; level < 10_000; level++) deep = { network: deep };
const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => ["key" + index, index]));
`;

const STATEMENTS = [
  "throw 'a text';",
  "throw '';",
  "throw undefined;",
  "throw null;",
  "throw 7;",
  "throw Symbol('odd');",
  "throw {};",
  "throw Object.create(null);",
  "throw { toString: 1, message: 2 };",
  "throw { get message() { throw new Error('no message'); } };",
  "throw new Error('');",
  "throw new Error('two\\nlines');",
  "throw new Error('an escape \\u001b[2J');",
  "throw new Proxy({}, { get() { throw undefined; }, getPrototypeOf() { throw undefined; } });",
  "throw Object.assign(new Error('x'), { message: undefined });",
  "throw Object.assign(new Error('x'), { name: 'ConfigError' });",
  "throw Object.assign(new Error('x'), { code: 'AccessDenied', $metadata: {} });",
  "(null as any).name;",
  "noSuchName;",
  "await Promise.reject('late');",
  "void Promise.reject(new Error('nobody waits'));",
  "const loop = (): any => loop(); loop();",
  "import './missing.ts';",
  "import 'no-such-package-anywhere';",
  "import { noSuchExport } from 'fairlead'; noSuchExport();",
  "JSON.parse('{');",
  "module.exports = { name: 'other' };",
  "exports.default = undefined;",
  "new Intl.Locale('---');",
];

/** How the stack is exported; STACK stands for it. */
const EXPORTS = [
  "export default defineStack(STACK);",
  "export default STACK;",
  "export default () => (STACK);",
  "export default async () => (STACK);",
  "export default Promise.resolve(STACK);",
  "export default Promise.reject(new Error('late'));",
  "export default [STACK];",
  "export default [defineStack(STACK), defineStack(STACK)];",
  "export default JSON.stringify(STACK);",
  "export default class {}",
  "export default undefined;",
  "export default null;",
  "export default 'a text';",
  "export default 7;",
  "export const stack = defineStack(STACK);",
  "module.exports = STACK;",
  "defineStack(STACK);",
  "export { defineStack as default } from 'fairlead';",
  "export default (defineStack as any)();",
  "export default (defineStack as any)(STACK, STACK);",
  "export default new Proxy(STACK as any, { get() { throw new Error('no value'); } });",
];

const paths = settingPaths();
const path = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...paths) },
  { weight: 1, arbitrary: fc.constantFrom(...paths).map((known) => `${known}s`) },
  { weight: 1, arbitrary: fc.string({ minLength: 1, unit: "binary" }) },
);
const expression = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...EXPRESSIONS) },
  { weight: 1, arbitrary: fc.jsonValue().map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.integer({ min: -2, max: 70_000 }).map(String) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }).map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/).map((value) => JSON.stringify(value)) },
);
const setting = fc.record({
  path,
  expression,
  inside: fc.constantFrom("", "", "environments.dev.", "environments.prod."),
});

interface Tree extends Map<string, Tree | string> {}

/** An object as one would write it, out of settings by their paths. */
function written(settings: readonly { path: string; expression: string; inside: string }[]): string {
  const root: Tree = new Map();
  for (const { path: told, expression: value, inside } of settings) {
    const names = `${inside}${told}`.split(".");
    let at = root;
    for (const name of names.slice(0, -1)) {
      const next = at.get(name);
      const inner: Tree = typeof next === "object" ? next : new Map();
      at.set(name, inner);
      at = inner;
    }
    at.set(names.at(-1) ?? "", value);
  }
  const spelt = (tree: Tree): string =>
    `{ ${[...tree].map(([name, value]) => `${JSON.stringify(name)}: ${typeof value === "string" ? value : spelt(value)}`).join(", ")} }`;
  return spelt(root);
}

/** A file that says something, right or wrong. */
const sensible = fc
  .record({
    settings: fc.array(setting, { maxLength: 4 }),
    statement: fc.oneof(
      { weight: 3, arbitrary: fc.constant("") },
      { weight: 1, arbitrary: fc.constantFrom(...STATEMENTS) },
    ),
    form: fc.oneof(
      { weight: 3, arbitrary: fc.constant(EXPORTS[0] ?? "") },
      { weight: 1, arbitrary: fc.constantFrom(...EXPORTS) },
    ),
  })
  .map(
    ({ settings, statement, form }) =>
      `import { defineStack } from "fairlead";\n${PREAMBLE}${statement}\n${form.replaceAll("STACK", () => `${written(settings)} as any`)}\n`,
  );

const CHARACTERS = [
  "{",
  "}",
  "(",
  ")",
  "'",
  '"',
  "`",
  ";",
  "\0",
  "\ufeff",
  "\u2028",
  "<",
  "/",
  "\\",
  "=>",
  "${",
  "\u001b",
];
/** The same with a part cut off or out, or with something put in. */
const mangled = fc
  .tuple(
    sensible,
    fc.constantFrom("cut off", "cut out", "put in", "after a BOM"),
    somewhere,
    fc.constantFrom(...CHARACTERS),
  )
  .map(([text, how, place, character]) => {
    const at = Math.floor(place * text.length);
    if (how === "cut off") return text.slice(0, at);
    if (how === "cut out") return text.slice(0, at) + text.slice(at + 1 + Math.floor(place * 20));
    return how === "put in" ? text.slice(0, at) + character + text.slice(at) : `\ufeff${text}`;
  });

/** What is no program at all. */
const junk = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "\n",
    "\ufeff",
    "\0",
    "{}",
    "null",
    "export",
    "export default",
    "<html></html>",
    "#!/bin/sh\nexit 1\n",
  ),
  fc.string({ unit: "binary" }),
);

export const configText = fc.oneof(
  { weight: 6, arbitrary: sensible },
  { weight: 3, arbitrary: mangled },
  { weight: 1, arbitrary: junk },
);
