// A network between the command and a moto server: each request takes a round trip, and a new connection two more, one for TCP and one for
// TLS 1.3 (RFC 8446, section 2: one round trip before the first request).
import { createServer, connect, type AddressInfo } from "node:net";

const SET_UP = 2;

/** A server that forwards to `endpoint` with a delay. */
export interface Distant {
  readonly endpoint: string;
  /** Connections so far. */
  readonly connections: () => number;
  stop(): void;
}

/** Puts `endpoint` so far away: milliseconds of a round trip. `charges`: a new connection costs its set-up too. */
export async function distant(endpoint: string, roundTrip: number, charges: boolean): Promise<Distant> {
  const { port } = new URL(endpoint);
  let connections = 0;
  const server = createServer((client) => {
    connections++;
    const upstream = connect(Number(port), "127.0.0.1");
    // Nothing is sent before the connection stands; what comes after that keeps its order, because all of it is as late.
    const standsAt = performance.now() + (charges ? SET_UP * roundTrip : 0);
    client.on("data", (part) => {
      const late = roundTrip + Math.max(0, standsAt - performance.now());
      if (late === 0) upstream.write(part);
      else setTimeout(() => upstream.write(part), late);
    });
    upstream.on("data", (part) => client.write(part));
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port: own } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${own}`,
    connections: () => connections,
    stop: () => server.close(),
  };
}
