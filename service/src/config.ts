/** The configuration from environment variables. */
export interface Config {
  host: string;
  port: number;
  environment: string;
  version: string;
}

/** The service cannot start with these environment variables; the message is the sentence for the user. */
export class ConfigError extends Error {}

const DEFAULT_PORT = 5000;
const HIGHEST_PORT = 65_535;

/** Reads the configuration, or throws a ConfigError. A variable that is set but empty counts as not set. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  return {
    // Loopback by default, so that a run on a laptop is not reachable from the network; the image sets 0.0.0.0.
    host: env["HOST"] || "127.0.0.1",
    port: readPort(env["PORT"]),
    environment: env["APP_ENV"] || "development",
    version: env["APP_VERSION"] || "dev",
  };
}

function readPort(text: string | undefined): number {
  if (!text) return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= HIGHEST_PORT) return port;
  throw new ConfigError(
    `PORT must be a whole number from 0 to ${HIGHEST_PORT} (0 takes any free port), but it is ${JSON.stringify(text)}.`,
  );
}
