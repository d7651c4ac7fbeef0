import { type Config, ConfigError, readConfig } from "./config.ts";
import { createLog, errorFields } from "./log.ts";
import { routes } from "./routes/index.ts";
import { startServer, type RunningServer } from "./server.ts";

const log = createLog((line) => process.stdout.write(line));
// The reader of the log may be gone, but that must not drop requests in flight.
process.stdout.on("error", () => {});
process.on("uncaughtException", (error) => {
  log("error", "Uncaught exception, shutting down.", errorFields(error));
  process.exit(1);
});

const config = configOrExit();
const server = await serverOrExit(config);
let stopping = false;
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(signal));
log("info", "Server listening.", { ...config, port: server.port });

/** Drains once. Later signals have no effect: npm forwards a terminal's Ctrl-C, so one key press arrives twice. */
async function stop(signal: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  log("info", "Draining connections.", { signal });
  const cut = await server.drain();
  if (cut > 0) log("error", "Shutdown deadline reached with unanswered requests.", { requests: cut });
  else log("info", "Server stopped.", {});
  process.exit(cut > 0 ? 1 : 0);
}

function configOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(2);
  }
}

async function serverOrExit(from: Config): Promise<RunningServer> {
  try {
    return await startServer(from, routes, log);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`The service cannot listen on ${from.host} port ${from.port}: ${reason}.\n`);
    return process.exit(1);
  }
}
