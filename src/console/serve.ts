/* In a chunk that `console` alone loads. */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { childRunner } from "./child.ts";
import { consoleScript } from "./script.ts";
import { consoleOf, type ConsoleParts } from "./server.ts";
import { watchState } from "./watch.ts";

/** What a console is served with. */
export interface Serving extends Omit<ConsoleParts, "admission" | "run" | "script" | "pause"> {
  /** 0: one that is free. */
  readonly port: number;
  /** What Node.js is given before the words of a command. */
  readonly start: readonly string[];
  readonly directory: string;
  readonly stateDirectory: string;
  readonly config: string;
  /** Whether a page is opened at once: then what it asks for is asked meanwhile. */
  readonly opensBrowser: boolean;
  /** Told the address, with its token, once it answers. */
  readonly listening: (address: string) => void;
}

/** Milliseconds between two answers to one question, and that a file has to be quiet for. */
const [PAUSE, QUIET] = [1_500, 150];

/** Serves the console on 127.0.0.1 until `stop`. Rejects where it cannot listen, such as on a port that is taken. */
export async function serve(serving: Serving): Promise<void> {
  const { start, directory, stop, stateDirectory, config, target, listening } = serving;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(serving.port, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const admission = { port, token: randomBytes(32).toString("base64url") };
  const run = childRunner({ start, directory, stop });
  const { app, changed, begin } = consoleOf({ ...serving, admission, run, script: consoleScript(), pause: PAUSE });
  server.on(
    "request",
    getRequestListener((request) => app.fetch(request), { overrideGlobalObjects: false }),
  );
  const unwatch = target === "local" ? watchState({ stateDirectory, config, quiet: QUIET, changed }) : () => {};
  begin(serving.opensBrowser);
  listening(`http://127.0.0.1:${port}/?token=${admission.token}`);
  await new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener("abort", () => resolve(), { once: true });
  });
  unwatch();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    // Pages keep their connections for as long as they are open.
    setImmediate(() => server.closeAllConnections());
  });
}
