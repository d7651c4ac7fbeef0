import type { Route } from "../router.ts";

/**
 * The health check of the load balancer, ECS and Docker. It only checks the process itself: a health check that fails
 * with a shared dependency makes ECS replace every task at once.
 */
export const health: Route = {
  method: "GET",
  path: "/health",
  handle: ({ config }) => ({
    json: { status: "healthy", environment: config.environment, version: config.version },
  }),
};
