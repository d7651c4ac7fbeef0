/** Source code in the place of a value. */
export class Code {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Values of a config; `undefined` is left out. */
export type ConfigValue = string | number | boolean | Code | readonly ConfigValue[] | ConfigObject | undefined;
export interface ConfigObject {
  readonly [key: string]: ConfigValue;
}

/** What is written above a setting, by its path: `container.port`. */
export type Comments = Readonly<Record<string, string>>;

const WIDTH = 100;

/** The text of a stack.config.ts. */
export function configText(
  config: ConfigObject,
  comments: Comments,
  head: readonly string[],
  imports = "defineStack",
): string {
  const body = objectText(config, comments, "", 0);
  return `import { ${imports} } from "fairlead";\n\n/*\n${head.map((line) => ` *${line === "" ? "" : ` ${line}`}\n`).join("")} */\nexport default defineStack(${body});\n`;
}

function valueText(value: Exclude<ConfigValue, undefined>, comments: Comments, path: string, depth: number): string {
  if (value instanceof Code) return value.text.replaceAll("\n", `\n${"  ".repeat(depth)}`);
  if (Array.isArray(value)) return listText(value as readonly ConfigValue[], comments, path, depth);
  return typeof value === "object" ? objectText(value as ConfigObject, comments, path, depth) : JSON.stringify(value);
}

function listText(items: readonly ConfigValue[], comments: Comments, path: string, depth: number): string {
  const texts = items.flatMap((item) => (item === undefined ? [] : [valueText(item, comments, path, depth + 1)]));
  const short = `[${texts.join(", ")}]`;
  if (short.length <= WIDTH && !short.includes("\n")) return short;
  return `[\n${texts.map((text) => `${"  ".repeat(depth + 1)}${text},\n`).join("")}${"  ".repeat(depth)}]`;
}

function objectText(value: ConfigObject, comments: Comments, path: string, depth: number): string {
  const entries = Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : [[key, one] as const]));
  if (entries.length === 0) return "{}";
  const indent = "  ".repeat(depth + 1);
  const isCommented = entries.some(([key]) => comments[join(path, key)] !== undefined);
  const short = `{ ${entries.map(([key, one]) => `${keyText(key)}: ${valueText(one, comments, join(path, key), depth)}`).join(", ")} }`;
  if (depth > 1 && !isCommented && short.length <= WIDTH - 2 * depth && !short.includes("\n")) return short;
  const lines = entries.map(([key, one]) => {
    const comment = comments[join(path, key)];
    const above =
      comment === undefined
        ? ""
        : comment
            .split("\n")
            .map((line) => `${indent}// ${line}\n`)
            .join("");
    return `${above}${indent}${keyText(key)}: ${valueText(one, comments, join(path, key), depth + 1)},\n`;
  });
  return `{\n${lines.join("")}${"  ".repeat(depth)}}`;
}

const join = (path: string, key: string) => (path === "" ? key : `${path}.${key}`);

/** A key of an object, quoted if it has to be. */
export const keyText = (key: string) => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key));
