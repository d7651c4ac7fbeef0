import type { Config } from "./config.ts";
import { HttpError } from "./errors.ts";

/** The input of a route. */
export interface Request {
  config: Config;
  query: URLSearchParams;
  /** Parses the body as JSON; throws the matching HttpError if it is not valid. */
  json: () => unknown;
}

/** The response of a route: a value that is sent as JSON, or a complete HTML page with its own headers. */
export type Reply = { json: unknown } | { html: string; headers: Record<string, string> };

export interface Route {
  method: "GET" | "POST";
  path: string;
  handle: (request: Request) => Reply | Promise<Reply>;
}

/** Finds the route for a request; throws a 404 or 405 if there is none. */
export function findRoute(routes: readonly Route[], method: string, path: string): Route {
  const here = routes.filter((route) => route.path === path);
  if (here.length === 0) throw new HttpError(404, "not_found", "No route for this path.");

  // A HEAD is handled as a GET; node:http omits the body.
  const wanted = method === "HEAD" ? "GET" : method;
  const route = here.find((candidate) => candidate.method === wanted);
  if (route) return route;

  const allow = here.flatMap((candidate) => (candidate.method === "GET" ? ["GET", "HEAD"] : [candidate.method]));
  const message = `This path does not support ${method}; it supports ${allow.join(" and ")}.`;
  throw new HttpError(405, "method_not_allowed", message, { allow: allow.join(", ") });
}
