import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { valueFrom } from "../aws/secretsmanager/generated-value.ts";
import { UsageError } from "./exit.ts";
import type { Session } from "./session.ts";

/** Where the value of a secret comes from. It is never an argument: those are in the shell's history and in lists of processes. */
export interface ValueFlags {
  /** A file with the value. */
  readonly file?: string;
  /** A number of letters and digits to generate. */
  readonly generate?: number;
}

/** What Secrets Manager takes (API Reference, CreateSecret, SecretString: 1 to 65536 bytes). */
const LARGEST = 65_536;

/** The value of a secret: from a file, generated, typed at a hidden prompt, or from standard input. */
export async function secretValue(
  { terminal, directory, hex }: Pick<Session, "terminal" | "directory" | "hex">,
  name: string,
  { file, generate }: ValueFlags,
): Promise<string> {
  if (file !== undefined && generate !== undefined)
    throw new UsageError("Use either --file or --generate. No secret was stored.");
  if (generate !== undefined) return valueFrom(hex(64), generate);
  const given = file === undefined ? await entered(terminal, name) : await readFrom(resolve(directory, file), file);
  const value = typeof given === "string" ? given : textIn(given);
  if (value === "") throw new UsageError("The value is empty. No secret was stored.");
  if (Buffer.byteLength(value) > LARGEST)
    throw new UsageError(
      `The value has more than ${LARGEST} bytes, the limit of Secrets Manager. No secret was stored.`,
    );
  return value;
}

async function entered(terminal: Session["terminal"], name: string): Promise<string | Uint8Array> {
  if (terminal.asks) {
    const typed = await terminal.hidden(`Value of ${name}`);
    if (typed === undefined) throw new UsageError("No value was entered. No secret was stored.");
    return typed;
  }
  const piped = await terminal.piped();
  if (piped) return piped;
  throw new UsageError(
    "There is no terminal to ask for the value: pass it through standard input or with --file. No secret was stored.",
  );
}

async function readFrom(path: string, file: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    throw new UsageError(`${file} cannot be read (${code}). No secret was stored.`);
  }
}

/** A text without the line break that editors and `echo` add at the end. */
function textIn(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes).replace(/\r?\n$/, "");
  } catch {
    throw new UsageError(
      "The value is not a text in UTF-8, and ECS passes only texts to containers. No secret was stored.",
    );
  }
}
