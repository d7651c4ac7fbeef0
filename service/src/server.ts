import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { parseJson, readBody } from "./body.ts";
import { answerBrokenRequest } from "./broken-request.ts";
import type { Config } from "./config.ts";
import { drain, type Patience } from "./drain.ts";
import { HttpError } from "./errors.ts";
import { errorFields, type Log } from "./log.ts";
import { requestId } from "./request-id.ts";
import { findRoute, type Reply, type Route } from "./router.ts";
import { Traffic } from "./traffic.ts";

/** A listening server. */
export interface RunningServer {
  port: number;
  /** Finishes accepted requests and stops; returns the number of requests that were cut off by the deadline. */
  drain: (patience?: Patience) => Promise<number>;
}

/** One request while it is handled. */
interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  id: string;
  path: string;
  query: URLSearchParams;
}

/** Starts the HTTP server; resolves once it listens, rejects if it cannot. */
export async function startServer(config: Config, routes: readonly Route[], log: Log): Promise<RunningServer> {
  const server = createServer();
  setTimeouts(server);

  const traffic = new Traffic(server);
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const exchange = { request, response, id: requestId(request), ...readTarget(request.url ?? "/") };
    logWhenDone(exchange, log);
    void serve(exchange, config, routes, traffic, log);
  });
  server.on("clientError", (error, socket) => answerBrokenRequest(error, socket, log));

  // Node's backlog of 511 is too short for a burst: connections that do not fit wait for the client's retry a second later.
  server.listen({ host: config.host, port: config.port, backlog: 4096 });
  await once(server, "listening");
  return { port: portOf(server), drain: (patience) => drain(server, traffic, patience) };
}

function setTimeouts(server: Server): void {
  // The load balancer keeps idle connections to a task for 60 s. Were ours shorter, we would close a connection just as
  // the balancer sends a request on it, and its user would get a 502. So the balancer has to be the one that closes.
  server.keepAliveTimeout = 65_000;
  // A connection that is opened ahead of its first request must outlive the balancer's time-out for the same reason.
  server.headersTimeout = 66_000;
  server.requestTimeout = 70_000;
}

async function serve(
  exchange: Exchange,
  config: Config,
  routes: readonly Route[],
  traffic: Traffic,
  log: Log,
): Promise<void> {
  const { request, response, path, query } = exchange;
  let body: Buffer | undefined;
  try {
    // The body is read even where no one wants it, so that the client has sent it all when the answer comes.
    body = await readBody(request);
  } catch {
    response.destroy();
    return;
  }
  // Checked only when a response is sent: the shutdown may have started since the request arrived.
  const closing = () => traffic.draining || !request.complete;
  try {
    const route = findRoute(routes, request.method ?? "GET", path);
    const reply = await route.handle({ config, query, json: () => parseJson(request, body) });
    send(exchange, 200, reply, closing());
  } catch (error) {
    sendError(exchange, error, closing(), log);
  }
}

function sendError(exchange: Exchange, error: unknown, closing: boolean, log: Log): void {
  let answer: HttpError;
  if (error instanceof HttpError) {
    answer = error;
  } else {
    // The client only gets the request id; the error goes to the log.
    answer = new HttpError(500, "internal_error", "Internal server error; the service's log has the details.");
    log("error", "Request handler failed.", { path: exchange.path, requestId: exchange.id, ...errorFields(error) });
  }
  const json = { error: answer.code, message: answer.message, requestId: exchange.id };
  send(exchange, answer.status, { json }, closing, answer.headers);
}

function send(
  exchange: Exchange,
  status: number,
  reply: Reply,
  closing: boolean,
  headers: Record<string, string> = {},
): void {
  const isPage = "html" in reply;
  const payload = Buffer.from(isPage ? reply.html : `${JSON.stringify(reply.json)}\n`);
  exchange.response.writeHead(status, {
    "content-type": isPage ? "text/html; charset=utf-8" : "application/json; charset=utf-8",
    "content-length": payload.length,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-request-id": exchange.id,
    ...(isPage ? reply.headers : {}),
    ...headers,
    ...(closing ? { connection: "close" } : {}),
  });
  exchange.response.end(payload);
}

function logWhenDone(exchange: Exchange, log: Log): void {
  const start = performance.now();
  const { request, response, id, path } = exchange;
  response.once("close", () => {
    const answered = response.writableFinished;
    // 499 is the customary status for a request whose client disconnected before the response.
    const status = answered ? response.statusCode : 499;
    const ms = Math.round((performance.now() - start) * 10) / 10;
    const level = status >= 500 ? "error" : status >= 400 ? "warn" : "info";
    const message = answered ? "Request completed." : "Client disconnected before the response.";
    log(level, message, { method: request.method, path, status, ms, requestId: id });
  });
}

/** Splits a request target; also accepts the absolute form that proxies may send. */
function readTarget(target: string): { path: string; query: URLSearchParams } {
  const local = target.replace(/^https?:\/\/[^/?]*/i, "") || "/";
  const mark = local.indexOf("?");
  if (mark < 0) return { path: local, query: new URLSearchParams() };
  return { path: local.slice(0, mark) || "/", query: new URLSearchParams(local.slice(mark + 1)) };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
