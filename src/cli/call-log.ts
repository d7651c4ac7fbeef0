import { appendFileSync, chmodSync, writeFileSync } from "node:fs";
import type { CallRecord } from "../aws/clients.ts";
import { codeOf, messageOf, statusOf } from "../aws/errors.ts";
import type { Clock } from "../clock.ts";
import { maskedProse } from "../masking.ts";
import { UsageError } from "./exit.ts";

/**
 * Writes every attempt of a call to `path` as a JSON line: when it was answered (ISO 8601, on the run's clock), the service, the
 * operation, the region, which attempt it was, how many milliseconds it took, what was asked (`input`, secrets hidden), AWS's request id,
 * and the error with its HTTP status where there was one; with `answers`, also what the answer is made of. Throws `UsageError` where the file cannot be written.
 */
export function callLog(
  path: string,
  warn: (text: string) => void,
  answers = false,
): (record: CallRecord, clock: Clock) => void {
  const cannot = (error: unknown) =>
    new UsageError(`Could not write the log ${path}: ${(error as Error).message}. No changes were made.`, {
      cause: error,
    });
  try {
    writeFileSync(path, "", { mode: 0o600 });
    // A file that was there before keeps its mode otherwise.
    chmodSync(path, 0o600);
  } catch (error) {
    throw cannot(error);
  }
  let broken = false;
  return ({ service, operation, region, attempt, ms, input, answer, requestId, error }, clock) => {
    const status = statusOf(error);
    const line = {
      at: new Date(clock.now()).toISOString(),
      service,
      operation,
      region,
      attempt,
      ms: Math.round(ms),
      input: input(),
      ...(answers && answer ? { answer: answer() } : {}),
      ...(requestId === undefined ? {} : { requestId }),
      ...(error === undefined ? {} : { error: codeOf(error), message: maskedProse(messageOf(error)) }),
      ...(status === undefined ? {} : { status }),
    };
    try {
      appendFileSync(path, `${JSON.stringify(line)}\n`);
    } catch (failure) {
      // The call has been made, whatever becomes of its line: a full disk must not turn it into a failure.
      if (!broken) warn(`The log ${path} ends here: ${(failure as Error).message}.`);
      broken = true;
    }
  };
}
