import type { Route } from "../router.ts";

/** Returns the JSON of the request. */
export const echo: Route = {
  method: "POST",
  path: "/api/echo",
  handle: ({ json }) => ({ json: { echo: json() } }),
};
