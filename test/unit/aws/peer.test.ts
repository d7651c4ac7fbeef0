import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from "node:net";
import { CreateVpcCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { senders, type CallRecord } from "../../../src/aws/clients.ts";
import { VirtualClock } from "../../../src/clock.ts";
import { UncertainAnswer } from "../../../src/engine/resource-kind.ts";

/** Clients that speak to `endpoint` over real sockets; waits between attempts take no time. */
function speaking(endpoint: string, stopping = () => false, idle = 60) {
  vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
  const clock = new VirtualClock(0);
  const calls: CallRecord[] = [];
  const retried: string[] = [];
  const services = senders({
    region: "eu-west-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    timeouts: { connection: 300, idle },
    retrying: { clock, random: () => 0.5, stopping, retried: (_call, why) => retried.push(why) },
    called: (record) => calls.push(record),
  });
  return { services, calls, retried, clock };
}

const listening = (server: Server | TcpServer) =>
  new Promise<string>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
  );

afterEach(() => void vi.unstubAllEnvs());

describe("a peer that takes a connection and never answers", () => {
  let endpoint: string;
  let server: TcpServer;
  const sockets = new Set<{ destroy(): void }>();

  beforeEach(async () => {
    server = createTcpServer((socket) => void sockets.add(socket.on("error", () => {})));
    endpoint = await listening(server);
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it("is given up after a while, and a read is tried again", async () => {
    const { services, calls } = speaking(endpoint);
    await expect(services.ec2(new DescribeVpcsCommand({}))).rejects.toThrow(/timed out/);
    expect(calls.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 14 }, (_, index) => index + 1));
  });

  it("may have carried out a call that creates something, which is not sent twice", async () => {
    const { services, calls } = speaking(endpoint);
    const make = services.ec2(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }), { once: true });
    await expect(make).rejects.toBeInstanceOf(UncertainAnswer);
    expect(calls).toHaveLength(1);
  });

  it("is tried once only while the run stops", async () => {
    const { services, calls } = speaking(endpoint, () => true);
    await expect(services.ec2(new DescribeVpcsCommand({}))).rejects.toThrow(/timed out/);
    expect(calls).toHaveLength(1);
  });
});

describe("a network that is away for a moment", () => {
  it("is waited for about a minute where a name has no address", async () => {
    const { services, calls, clock } = speaking("http://nowhere.invalid:9");
    await expect(services.sts(new GetCallerIdentityCommand({}))).rejects.toThrow(/ENOTFOUND|EAI_AGAIN/);
    expect(calls.length).toBeGreaterThan(5);
    expect(clock.now()).toBeGreaterThan(60_000);
    expect(clock.now()).toBeLessThan(90_000);
  });

  it("is not waited for where nothing listens on this machine", async () => {
    const server = createTcpServer();
    const endpoint = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    const { services, calls } = speaking(endpoint);
    await expect(services.sts(new GetCallerIdentityCommand({}))).rejects.toThrow(/ECONNREFUSED/);
    expect(calls).toHaveLength(3);
  });
});

describe("a machine whose clock is wrong", () => {
  const AHEAD = 12 * 60_000;
  /** It answers at once, however busy this machine is. */
  const PATIENT = 30_000;
  let server: Server;
  let seen: string[];

  /** An STS whose clock is twelve minutes ahead of ours, and that refuses what is signed more than five minutes away from it. */
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const text = String(request.headers["x-amz-date"]);
    const signed = Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
    const now = Date.now() + AHEAD;
    const right = Math.abs(signed - now) < 300_000;
    seen.push(right ? "right" : "wrong");
    response.writeHead(right ? 200 : 403, { date: new Date(now).toUTCString(), "content-type": "text/xml" });
    response.end(
      right
        ? "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
        : "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired: 20260101T000000Z is now earlier than 20260101T001200Z</Message></Error></ErrorResponse>",
    );
  };

  beforeEach(() => {
    seen = [];
    server = createServer(answer);
  });
  afterEach(() => void server.close());

  it("is corrected once from AWS's answer, also for a call that is not repeated otherwise", async () => {
    const { services, retried } = speaking(await listening(server), undefined, PATIENT);
    const { Account } = await services.sts(new GetCallerIdentityCommand({}), { once: true });
    await services.sts(new GetCallerIdentityCommand({}));
    expect(Account).toBe("123456789012");
    expect(seen).toEqual(["wrong", "right", "right"]);
    expect(retried).toEqual([
      "this machine's clock is 12 minutes behind AWS's; AWS's time is used from here on. Set the clock (timedatectl set-ntp true)",
    ]);
  });

  it("is corrected for every call in progress by then", async () => {
    const { services } = speaking(await listening(server), undefined, PATIENT);
    const asked = Array.from({ length: 4 }, () => services.sts(new GetCallerIdentityCommand({}), { once: true }));
    const answers = await Promise.all(asked);
    expect(answers.map(({ Account }) => Account)).toEqual(Array.from({ length: 4 }, () => "123456789012"));
  });
});
