import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

/**
 * The id that correlates a request's log lines: the caller's own, else the root of the load balancer's trace, else a new
 * one. Malformed ids are ignored, because the id is written to the log and to a response header.
 */
export function requestId(request: IncomingMessage): string {
  const own = single(request.headers["x-request-id"]);
  if (own !== undefined && /^[\w.-]{1,64}$/.test(own)) return own;

  const trace = /(?:^|;)\s*Root=([\w-]{1,64})(?:;|$)/.exec(single(request.headers["x-amzn-trace-id"]) ?? "");
  return trace?.[1] ?? randomUUID();
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
}
