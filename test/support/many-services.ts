import type { StackConfig } from "../../src/index.ts";

/**
 * A stack of so many services: `web`; from two on a job that runs every night, from three on a worker with a queue; and of the rest every
 * fourth is another worker, all others are web services with a path of their own.
 */
export function manyServices(count: number): StackConfig {
  const services: Record<string, NonNullable<StackConfig["services"]>[string]> = { web: {} };
  if (count > 1) services["report"] = { type: "job", schedule: "cron(0 2 * * ? *)" };
  for (let at = 2; at < count; at++) {
    const worker = at % 4 === 2;
    services[`${worker ? "work" : "api"}${at}`] = worker
      ? { type: "worker", queue: true }
      : { path: `/api${at}/*`, container: { port: 8080 } };
  }
  return { services };
}
