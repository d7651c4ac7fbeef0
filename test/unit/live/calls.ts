import type { Call } from "../../live/log.ts";

/** A call of a life, answered `second` seconds after its beginning. */
export const call = (second: number, operation: string, more: Partial<Call> = {}): Call => ({
  at: new Date(second * 1000).toISOString(),
  service: "ec2",
  operation,
  attempt: 1,
  ms: 100,
  input: {},
  step: "reconcile",
  command: 1,
  ...(more.error === undefined ? { answer: {} } : {}),
  ...more,
});
