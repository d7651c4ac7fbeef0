import { hostname } from "node:os";
import type { Route } from "../router.ts";

const startedAt = new Date();

/** Reports which release is running, where, and since when. */
export const info: Route = {
  method: "GET",
  path: "/api/info",
  handle: ({ config }) => ({
    json: {
      service: "fairlead-sample",
      environment: config.environment,
      version: config.version,
      runtime: `node ${process.versions.node}`,
      host: hostname(),
      startedAt: startedAt.toISOString(),
      uptimeSeconds: Math.floor(process.uptime()),
    },
  }),
};
