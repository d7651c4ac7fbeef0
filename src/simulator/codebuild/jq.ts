import type { Ran } from "./machine.ts";

type Json = unknown;
type Members = Readonly<Record<string, Json>>;

/** A filter that the simulated jq does not know. */
class UnknownFilter extends Error {
  override readonly name = "UnknownFilter";
}

/**
 * `jq [--raw-output] [--arg NAME VALUE] FILTER [FILE]` (jq manual), of the filters: paths such as `.a[].b`, `select(PATH == $name)`, `PATH + {key: PATH}`,
 * `PATH |= map(if PATH == $name then PATH = $value else . end)`, `PATH // 0` and `del(PATH, PATH)`, joined by pipes. Any other one is refused.
 */
export function jq(files: ReadonlyMap<string, string>, words: readonly string[], input: string): Ran {
  const named: Record<string, string> = {};
  const rest: string[] = [];
  let raw = false;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "--arg") {
      named[words[index + 1] ?? ""] = words[index + 2] ?? "";
      index += 2;
    } else if (word === "--raw-output" || word === "-r") raw = true;
    else rest.push(word);
  }
  const [filter = ".", file] = rest;
  const text = file === undefined ? input : files.get(file);
  if (text === undefined) return failed(2, `error: Could not open file ${file}: No such file or directory`);
  // Without a value in it there is nothing to filter.
  if (text.trim() === "") return { code: 0, output: "" };
  try {
    const found = filtered(JSON.parse(text), filter, named);
    const lines = found.map((value) =>
      raw && typeof value === "string" ? value : JSON.stringify(value ?? null, undefined, 2),
    );
    return { code: 0, output: lines.map((line) => `${line}\n`).join("") };
  } catch (error) {
    if (error instanceof UnknownFilter) return failed(3, `error: the simulated jq does not know ${error.message}`);
    if (error instanceof SyntaxError) return failed(2, `error (at ${file}): ${error.message}`);
    throw error;
  }
}

const failed = (code: number, message: string): Ran => ({ code, output: "", errors: `jq: ${message}\n` });

function filtered(value: Json, filter: string, named: Readonly<Record<string, string>>): Json[] {
  return filter
    .split(" | ")
    .reduce<Json[]>((values, stage) => values.flatMap((one) => staged(one, stage, named)), [value]);
}

const PATH = String.raw`\.[\w.[\]]*`;
const SELECT = new RegExp(`^select\\((${PATH}) == \\$(\\w+)\\)$`);
const ADD = new RegExp(`^(${PATH}) \\+ \\{(\\w+): (${PATH})\\}$`);
const OR = new RegExp(`^(${PATH}) // (\\d+)$`);
const MAP = new RegExp(`^\\.(\\w+) \\|= map\\(if (${PATH}) == \\$(\\w+) then \\.(\\w+) = \\$(\\w+) else \\. end\\)$`);

function staged(value: Json, stage: string, named: Readonly<Record<string, string>>): Json[] {
  if (new RegExp(`^${PATH}$`).test(stage)) return at(value, stage);
  const [, path, name = ""] = SELECT.exec(stage) ?? [];
  if (path !== undefined) return at(value, path)[0] === named[name] ? [value] : [];
  const [, base, key = "", other = ""] = ADD.exec(stage) ?? [];
  if (base !== undefined) return [{ ...(at(value, base)[0] as Members), [key]: at(value, other)[0] ?? null }];
  const [, list, where = "", wanted = "", member = "", given = ""] = MAP.exec(stage) ?? [];
  if (list !== undefined) {
    const items = ((value as Members)[list] as Members[]).map((item) =>
      at(item, where)[0] === named[wanted] ? { ...item, [member]: named[given] } : item,
    );
    return [{ ...(value as Members), [list]: items }];
  }
  const [, tried, number] = OR.exec(stage) ?? [];
  if (tried !== undefined) return [at(value, tried)[0] ?? Number(number)];
  const [, deleted] = /^del\((.+)\)$/.exec(stage) ?? [];
  if (deleted === undefined) throw new UnknownFilter(stage);
  const members = deleted.split(", ");
  return [Object.fromEntries(Object.entries(value as Members).filter(([one]) => !members.includes(`.${one}`)))];
}

/** What is at a path: one value, `null` where there is none, or all items where it has `[]`. */
function at(value: Json, path: string): Json[] {
  const steps = [...path.matchAll(/\.(\w+)|\[(\d*)\]/g)];
  return steps.reduce<Json[]>(
    (values, [, member, index]) =>
      values.flatMap((one): Json[] => {
        if (member !== undefined) return [(one as Members | null | undefined)?.[member] ?? null];
        const items = (one ?? []) as readonly Json[];
        return index === "" ? [...items] : [items[Number(index)] ?? null];
      }),
    [value],
  );
}
