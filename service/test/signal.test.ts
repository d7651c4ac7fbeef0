import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { afterAll, expect, it } from "vitest";
import { type ServiceProcess, startProcess } from "./process.ts";
import { type Answer, call, keepAlive, object } from "./support.ts";

// Each test waits for a process of its own most of the time, so all of them run at once.
const services: ServiceProcess[] = [];
const agents: Agent[] = [];
afterAll(() => {
  for (const agent of agents) agent.destroy();
  for (const { child } of services) child.kill("SIGKILL");
});

async function started(): Promise<ServiceProcess> {
  const service = await startProcess();
  services.push(service);
  return service;
}

function kept(maxSockets: number): Agent {
  const agent = keepAlive(maxSockets);
  agents.push(agent);
  return agent;
}

it.concurrent.each(["SIGTERM", "SIGINT"] as const)("stops with 0 on %s and says so", async (signal) => {
  const service = await started();
  service.child.kill(signal);
  expect(await service.gone).toEqual([0, null]);
  expect(service.lines.map((line) => line["message"])).toEqual([
    "Server listening.",
    "Draining connections.",
    "Server stopped.",
  ]);
  expect(service.lines[1]).toMatchObject({ level: "info", signal });
});

it.concurrent("finishes a request whose body is still arriving", async () => {
  const service = await started();
  const outgoing = request({
    host: "127.0.0.1",
    port: service.port,
    path: "/api/echo",
    method: "POST",
    agent: kept(1),
    headers: { "content-type": "application/json", expect: "100-continue" },
  });
  // The interim answer proves that the service has accepted the request before the signal is sent.
  outgoing.flushHeaders();
  await once(outgoing, "continue");
  outgoing.write('{"half":');
  service.child.kill("SIGTERM");
  await service.line("Draining connections.");
  outgoing.end("true}");

  const [incoming] = await once(outgoing, "response");
  let body = "";
  for await (const chunk of incoming) body += String(chunk);
  expect(incoming.statusCode).toBe(200);
  expect(incoming.headers.connection).toBe("close");
  expect(object(body)).toEqual({ echo: { half: true } });
  expect(await service.gone).toEqual([0, null]);
});

it.concurrent("still answers after the signal, on an idle connection and on a new one, and closes both", async () => {
  const service = await started();
  const agent = kept(1);
  const before = await call(service.port, "/health", { agent });
  expect(before.headers.connection).toBe("keep-alive");

  service.child.kill("SIGTERM");
  await service.line("Draining connections.");
  const after = await Promise.all([call(service.port, "/health", { agent }), call(service.port, "/health")]);
  for (const answer of after) {
    expect(answer.status).toBe(200);
    expect(answer.headers.connection).toBe("close");
  }
  expect(await service.gone).toEqual([0, null]);
});

it.concurrent("does not wait for a connection that never sent a byte", async () => {
  const service = await started();
  const silent = connect(service.port, "127.0.0.1");
  await once(silent, "connect");
  service.child.kill("SIGTERM");
  await once(silent.resume(), "close");
  expect(await service.gone).toEqual([0, null]);
});

it.concurrent("answers every one of 300 requests that are sent in the moment of the signal", async () => {
  const service = await started();
  const { port, child, gone } = service;
  const answers = Array.from({ length: 300 }, () => call(port, "/health"));
  child.kill("SIGTERM");
  expect(new Set((await Promise.all(answers)).map((answer) => answer.status))).toEqual(new Set([200]));
  expect(await gone).toEqual([0, null]);
});

it.concurrent("loses none of a load that the signal hits in the middle", async () => {
  const service = await started();
  const { port, child, gone, lines } = service;
  const agent = kept(100);
  const answers: Answer[] = [];
  let failures = 0;

  // Each worker sends one request after another until it is told that this server closes, as the load balancer does.
  const worker = async (): Promise<void> => {
    for (let closing = false; !closing;) {
      try {
        const answer = await call(port, `/api/currency/convert?amount=${answers.length}&from=USD&to=EUR`, { agent });
        answers.push(answer);
        closing = answer.headers.connection === "close";
      } catch {
        failures += 1;
        closing = true;
      }
      if (answers.length === 1000) child.kill("SIGTERM");
    }
  };
  await Promise.all(Array.from({ length: 200 }, worker));

  expect(failures).toBe(0);
  expect(answers.length).toBeGreaterThan(1000);
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
  expect(await gone).toEqual([0, null]);
  // Every answer that a client got is in the log, and none that no one got.
  expect(lines.filter((line) => line["status"] === 200)).toHaveLength(answers.length);
});
