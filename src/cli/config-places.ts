import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createJiti } from "jiti";
import { ConfigError, type ConfigProblem } from "../config/errors.ts";
import { locate, type Node } from "../config/locate.ts";
import { CONFIG_FILE, type CommonFlags, type CliContext } from "./context.ts";

/** Does what reads the configuration; an error of it says file, line and column of every setting that it names. */
export async function withPlaces<T>(
  flags: Pick<CommonFlags, "config">,
  { directory }: Pick<CliContext, "directory">,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const file = flags.config ?? CONFIG_FILE;
    const statements = await statementsOf(resolve(directory, file));
    throw new ConfigError(error.problems.map((problem) => placed(problem, file, statements)));
  }
}

/** What is no setting of the file has no place in it: a flag, a variable of the shell. */
const ELSEWHERE = /^(--|AWS_)/;

function placed(problem: ConfigProblem, file: string, statements: readonly Node[]): ConfigProblem {
  if (problem.place !== undefined || ELSEWHERE.test(problem.path)) return problem;
  const found = locate(statements, problem.path);
  const place = found && isJson(file) ? { ...found, line: found.line - 1 } : found;
  return { ...problem, place: place === undefined ? file : `${file}:${place.line}:${place.column + 1}` };
}

const isJson = (path: string) => path.endsWith(".json");

/** The statements of a file, read by the Babel that jiti runs it with, before types are taken out; none where it cannot be read. */
async function statementsOf(path: string): Promise<readonly Node[]> {
  let statements: readonly Node[] = [];
  const listen = () => ({
    pre(file: { readonly ast: { readonly program: { readonly body: readonly Node[] } } }) {
      statements = structuredClone(file.ast.program.body);
    },
    visitor: {},
  });
  try {
    const text = await readFile(path, "utf8");
    // On a line of its own, so that only lines have to be counted back.
    const source = isJson(path) ? `export default\n${text}` : text;
    // What jiti has kept of an earlier run is not read again, and has no syntax tree.
    const jiti = createJiti(path, { fsCache: false });
    jiti.transform({ source, filename: path, ts: /\.[cm]?ts$/.test(path), babel: { plugins: [listen] } });
  } catch {
    // The file ran a moment ago; that it cannot be read now must not hide what is wrong in it.
  }
  return statements;
}
