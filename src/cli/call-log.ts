import { appendFileSync, writeFileSync } from "node:fs";
import type { CallRecord } from "../aws/clients.ts";
import { codeOf, messageOf } from "../aws/errors.ts";
import type { Clock } from "../engine/clock.ts";
import { UsageError } from "./exit.ts";

/**
 * Writes every attempt of a call to `path` as a JSON line: when it was answered (ISO 8601, on the run's clock), the service, the operation, how many
 * milliseconds it took, and the error where there was one. What was asked is left out: it may hold secrets. Throws `UsageError`
 * where the file cannot be written.
 */
export function callLog(path: string): (record: CallRecord, clock: Clock) => void {
  try {
    writeFileSync(path, "", { mode: 0o600 });
  } catch (error) {
    throw new UsageError(`The log ${path} cannot be written: ${(error as Error).message}. Nothing was touched.`, {
      cause: error,
    });
  }
  return ({ service, operation, ms, error }, clock) => {
    const failure = error === undefined ? {} : { error: codeOf(error), message: messageOf(error) };
    const line = { at: new Date(clock.now()).toISOString(), service, operation, ms: Math.round(ms), ...failure };
    appendFileSync(path, `${JSON.stringify(line)}\n`);
  };
}
