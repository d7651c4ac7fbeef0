import { resolve } from "node:path";
import { StateError } from "../../state/state.ts";
import { writeWhole } from "../../state/write-whole.ts";
import type { CliContext } from "./context.ts";
import { RunError } from "./exit.ts";

/** Writes a page, for its owner alone and as a whole; a file that was at that path is replaced. */
export async function writePage({ directory, terminal }: CliContext, path: string, page: string): Promise<void> {
  try {
    await writeWhole(resolve(directory, path), page);
  } catch (error) {
    // What a failed write of a state means is not what this one does.
    const { message } = (error instanceof StateError ? error.cause : error) as Error;
    throw new RunError(`The page could not be written to ${path}: ${message}.`, { cause: error });
  }
  terminal.line(`Written to ${path}, which a browser opens without network.`);
}
