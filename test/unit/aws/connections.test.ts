import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ListRolesCommand } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { senders } from "../../../src/aws/clients.ts";
import { Shared } from "../../../src/aws/shared.ts";
import { VirtualClock } from "../../../src/clock.ts";

/** What both calls are answered with: neither needs more of it. */
const ANSWER = "<Response><Result/></Response>";

let connections = 0;
const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => response.writeHead(200, { "content-type": "text/xml" }).end(ANSWER));
});
server.on("connection", () => void connections++);

beforeEach(async () => {
  connections = 0;
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${port}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const clients = (shared?: Shared) =>
  senders({
    region: "ap-northeast-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    retrying: { clock: new VirtualClock(0), random: () => 0.5 },
    shared,
  });

describe("connections", () => {
  it("are kept, and used by all services and regions that have the same host", async () => {
    const aws = clients();
    await aws.iam(new ListRolesCommand({}));
    await aws.sts(new GetCallerIdentityCommand({}));
    await aws.in("us-east-1").sts(new GetCallerIdentityCommand({}));
    expect(connections).toBe(1);
  });

  it("are as many as there are calls at the same time", async () => {
    const aws = clients();
    await Promise.all(Array.from({ length: 60 }, () => aws.sts(new GetCallerIdentityCommand({}))));
    await Promise.all(Array.from({ length: 60 }, () => aws.sts(new GetCallerIdentityCommand({}))));
    expect(connections).toBe(60);
  });

  it("are those of other runs in the same process, if they share them", async () => {
    const shared = new Shared();
    await clients(shared).sts(new GetCallerIdentityCommand({}));
    await clients(shared).iam(new ListRolesCommand({}));
    await clients().iam(new ListRolesCommand({}));
    expect(connections).toBe(2);
  });
});
