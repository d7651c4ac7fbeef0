import type { Route } from "../router.ts";

/** Sends back the JSON it was sent. */
export const echo: Route = {
  method: "POST",
  path: "/api/echo",
  handle: ({ json }) => ({ json: { echo: json() } }),
};
