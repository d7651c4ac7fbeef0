import { once } from "node:events";
import type { Server } from "node:http";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { Traffic } from "./traffic.ts";

/** The time limits of a shutdown, in milliseconds. */
export interface Patience {
  /** The listener closes when nothing has arrived for this long. */
  quiet: number;
  /** The listener closes after this long even if requests keep arriving. */
  listening: number;
  /** Connections that are still open after this long are closed. */
  deadline: number;
}

/** ECS sends SIGKILL 30 s after SIGTERM; the deadline leaves time to write the last log lines. */
export const PATIENCE: Patience = { quiet: 1_000, listening: 10_000, deadline: 25_000 };

/**
 * Shuts a server down without losing a request; returns the number of requests that were cut off by the deadline.
 *
 * The listener stays open for a while: a connection in the accept backlog has been accepted as far as its client can
 * tell, and closing the listener would reset it. The same holds for a request that is just arriving on an idle
 * keep-alive connection. Every response in the meantime has "connection: close", so clients move to another task.
 */
export async function drain(server: Server, traffic: Traffic, patience: Patience = PATIENCE): Promise<number> {
  traffic.draining = true;
  const closed = once(server, "close");

  let cut = 0;
  const deadline = setTimeout(() => {
    cut = traffic.inFlight;
    server.close();
    server.closeAllConnections();
  }, patience.deadline);

  await quiet(traffic, patience);
  // This also closes idle connections, and those with a request in flight once it is answered.
  server.close();
  const silent = setTimeout(() => closeSilent(traffic), patience.quiet);

  await closed;
  clearTimeout(deadline);
  clearTimeout(silent);
  return cut;
}

/** Waits until nothing has arrived for a while. */
async function quiet(traffic: Traffic, patience: Patience): Promise<void> {
  const start = performance.now();
  for (;;) {
    const now = performance.now();
    const quietAt = Math.max(start, traffic.lastArrival) + patience.quiet;
    const wait = Math.min(quietAt, start + patience.listening) - now;
    if (wait > 0) {
      await sleep(wait);
      // Timers run before sockets are polled. One turn of the event loop accepts what arrived while a timer was late.
      await nextTurn();
      await nextTurn();
    } else {
      return;
    }
  }
}

/** Node treats a connection that never sent a byte (a browser's spare one) as busy, so it is closed here. */
function closeSilent(traffic: Traffic): void {
  for (const socket of traffic.sockets) if (socket.bytesRead === 0) socket.destroy();
}
