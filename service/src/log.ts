export type Level = "info" | "warn" | "error";
export type Fields = Record<string, unknown>;
export type Log = (level: Level, message: string, fields?: Fields) => void;

/**
 * Returns a logger that writes one JSON object per line. CloudWatch Logs Insights finds the fields by itself; JSON escapes line
 * breaks, so no value can start a line of its own.
 */
export function createLog(write: (line: string) => void): Log {
  return (level, message, fields = {}) => {
    write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
  };
}

/** The fields of an error for the log. */
export function errorFields(error: unknown): Fields {
  if (!(error instanceof Error)) return { error: String(error) };
  return { error: error.message, stack: error.stack };
}
