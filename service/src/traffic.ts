import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** The activity of a server: requests in flight, open connections, and when data last arrived. */
export class Traffic {
  draining = false;
  inFlight = 0;
  lastArrival = performance.now();
  readonly sockets = new Set<Socket>();

  constructor(server: Server) {
    server.on("connection", (socket: Socket) => {
      this.lastArrival = performance.now();
      this.sockets.add(socket);
      socket.once("close", () => this.sockets.delete(socket));
    });
    server.on("request", (_request: IncomingMessage, response: ServerResponse) => {
      this.lastArrival = performance.now();
      this.inFlight += 1;
      response.once("close", () => (this.inFlight -= 1));
    });
  }
}
