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

/** What whoever knows the credentials answers (SDKs and Tools Reference Guide, "Container credential provider"). */
const CREDENTIALS = { AccessKeyId: "test", SecretAccessKey: "test", Token: "test", Expiration: "2099-01-01T00:00:00Z" };

let connections = 0;
let asked = 0;
const server = createServer((request, response) => {
  request.resume();
  if (request.url === "/credentials") {
    asked++;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(CREDENTIALS));
    return;
  }
  request.on("end", () => response.writeHead(200, { "content-type": "text/xml" }).end(ANSWER));
});
server.on("connection", () => void connections++);

beforeEach(async () => {
  connections = 0;
  asked = 0;
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${port}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const options = { region: "ap-northeast-1", retrying: { clock: new VirtualClock(0), random: () => 0.5 } };

const clients = (shared?: Shared) =>
  senders({ ...options, credentials: { accessKeyId: "test", secretAccessKey: "test" }, shared });

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

describe("credentials", () => {
  beforeEach(() => {
    const { port } = server.address() as AddressInfo;
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
    for (const name of ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]) vi.stubEnv(name, "/no/such/file");
    vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", `http://127.0.0.1:${port}/credentials`);
  });

  it("are asked for once for all services and regions, and again for the next run in the same process", async () => {
    const shared = new Shared();
    const aws = senders({ ...options, shared });
    await aws.iam(new ListRolesCommand({}));
    await aws.sts(new GetCallerIdentityCommand({}));
    await aws.in("us-east-1").sts(new GetCallerIdentityCommand({}));
    expect(asked).toBe(1);
    await senders({ ...options, shared }).iam(new ListRolesCommand({}));
    expect(asked).toBe(2);
  });

  it("are asked for once where all services are called at the same time", async () => {
    const aws = senders(options);
    await Promise.all([aws.iam(new ListRolesCommand({})), aws.sts(new GetCallerIdentityCommand({}))]);
    expect(asked).toBe(1);
  });
});
