import { CreateNatGatewayCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { DeregisterTaskDefinitionCommand, ECSClient, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { senders, type CallRecord, type ClientOptions } from "../../../src/aws/clients.ts";
import { VirtualClock } from "../../../src/clock.ts";
import { awsError } from "../../support/failing.ts";

const ec2 = mockClient(EC2Client);
const ecs = mockClient(ECSClient);
const s3 = mockClient(S3Client);
const throttled = awsError("ThrottlingException", "Rate exceeded");

const nat = new CreateNatGatewayCommand({ SubnetId: "subnet-1" });
const register = new RegisterTaskDefinitionCommand({ family: "app", containerDefinitions: [] });
const deregister = new DeregisterTaskDefinitionCommand({ taskDefinition: "app:1" });

/** Clients on a clock that starts at 0, and what was told of their calls. A retry waits for no time of its own. */
function speaking(more: Partial<Pick<ClientOptions, "latency" | "guard">> & { readonly signal?: AbortSignal } = {}) {
  const { signal, ...options } = more;
  const clock = new VirtualClock(0);
  const calls: CallRecord[] = [];
  const held: (readonly [string, number])[] = [];
  const services = senders({
    ...options,
    region: "ap-northeast-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    retrying: { clock, random: () => 0, ...(signal ? { signal } : {}) },
    called: (record) => calls.push(record),
    held: (call, ms) => held.push([call, ms]),
  });
  return { services, clock, calls, held };
}

/** `count` of what `send` makes, all at once. */
const crowd = <T>(count: number, send: () => Promise<T>) => Array.from({ length: count }, send);

beforeEach(() => {
  for (const mock of [ec2, ecs, s3]) mock.reset();
});

describe("a command that has lost its lock", () => {
  const lost = new Error("The lock was taken away from this run.");
  const losing = () => speaking({ guard: () => Promise.reject(lost) }).services;

  it("sends nothing that makes or deletes something any more", async () => {
    const services = losing();
    await expect(services.ec2(nat, { once: true })).rejects.toBe(lost);
    await expect(services.ecs(deregister)).rejects.toBe(lost);
    expect([...ec2.calls(), ...ecs.calls()]).toEqual([]);
  });

  it("still reads, and speaks with the store of the state itself", async () => {
    const services = losing();
    ec2.resolves({});
    s3.resolves({});
    await services.ec2(new DescribeVpcsCommand({}));
    await services.s3(new PutObjectCommand({ Bucket: "b", Key: "k" }), { once: true, ofState: true });
    expect([ec2.calls().length, s3.calls().length]).toEqual([1, 1]);
  });

  it("is noticed before a call is sent again that AWS was not ready for", async () => {
    let asked = 0;
    const { services } = speaking({ guard: async () => (++asked < 3 ? undefined : Promise.reject(lost)) });
    ec2.rejects(awsError("InvalidSubnetID.NotFound", "not yet"));
    const notYet = [{ code: "InvalidSubnetID.NotFound" }];
    await expect(services.ec2(nat, { once: true, notYet })).rejects.toBe(lost);
    expect(ec2.calls()).toHaveLength(2);
  });
});

describe("a look at the lock", () => {
  it("takes no simulated time, however long the file takes", async () => {
    const guard = async () => {
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    };
    const { services, clock } = speaking({ guard });
    let sentAt: number | undefined;
    ec2.on(CreateNatGatewayCommand).callsFake(() => void (sentAt = clock.now()));
    const another = clock.sleep(60_000);
    await services.ec2(nat, { once: true });
    await another;
    expect(sentAt).toBe(0);
  });
});

describe("calls that come faster than AWS takes them", () => {
  it("are sent at AWS's rate, and the wait is not a part of the call", async () => {
    const { services, clock, calls, held } = speaking({ latency: 40 });
    const sent: number[] = [];
    ec2.on(CreateNatGatewayCommand).callsFake(() => void sent.push(clock.now()));
    await Promise.all(crowd(13, () => services.ec2(nat)));
    expect(sent).toEqual([...Array.from({ length: 10 }, () => 40), 1_040, 2_040, 3_040]);
    expect(calls.map(({ ms }) => ms)).toEqual(Array.from({ length: 13 }, () => 40));
    expect(held).toEqual([
      ["ec2.CreateNatGateway", 2_000],
      ["ec2.CreateNatGateway", 3_000],
    ]);
  });

  it("share one rate within a run, whoever sends them, and none with another run", async () => {
    const [one, other] = [speaking(), speaking()];
    ec2.on(CreateNatGatewayCommand).resolves({});
    await Promise.all([...crowd(6, () => one.services.ec2(nat)), ...crowd(6, () => one.services.ec2(nat))]);
    await Promise.all(crowd(10, () => other.services.ec2(nat)));
    expect([one.clock.now(), other.clock.now()]).toEqual([2_000, 0]);
  });

  it("are sent at once to a service without a documented rate", async () => {
    const { services, clock } = speaking();
    s3.on(PutObjectCommand).resolves({});
    await Promise.all(crowd(200, () => services.s3(new PutObjectCommand({ Bucket: "b", Key: "k" }))));
    expect(clock.now()).toBe(0);
  });

  it("are not sent any more once the run is stopped", async () => {
    const stopping = new AbortController();
    const reason = new Error("stopped");
    const { services, calls } = speaking({ signal: stopping.signal });
    ec2.on(CreateNatGatewayCommand).resolves({});
    const sends = crowd(12, () => services.ec2(nat));
    await Promise.all(sends.slice(0, 10));
    stopping.abort(reason);
    expect(await Promise.allSettled(sends.slice(10))).toEqual([
      { status: "rejected", reason },
      { status: "rejected", reason },
    ]);
    expect([calls.length, ec2.calls().length]).toEqual([10, 10]);
  });
});

describe("a call that AWS throttles all the same", () => {
  it("takes a token for each attempt, and slows the others of its class down", async () => {
    const { services, clock, calls } = speaking();
    ecs.on(RegisterTaskDefinitionCommand).rejectsOnce(throttled).resolves({});
    ecs.on(DeregisterTaskDefinitionCommand).resolves({});
    await services.ecs(register, { once: true });
    expect(clock.now()).toBe(1_000);
    await services.ecs(deregister);
    expect(clock.now()).toBe(2_000);
    expect(calls.map(({ operation, error }) => [operation, error])).toEqual([
      ["RegisterTaskDefinition", throttled],
      ["RegisterTaskDefinition", undefined],
      ["DeregisterTaskDefinition", undefined],
    ]);
  });

  it("slows nobody down where it failed otherwise", async () => {
    const { services, clock } = speaking();
    ecs.on(RegisterTaskDefinitionCommand).rejectsOnce(awsError("ServerException", "Service Unavailable.", 500));
    ecs.on(DeregisterTaskDefinitionCommand).resolves({});
    await services.ecs(register);
    await services.ecs(deregister);
    expect(clock.now()).toBe(0);
  });
});

describe("another region", () => {
  it("is where a call goes that is sent with `in`, and has rates of its own", async () => {
    const { services, calls, held } = speaking();
    ec2.resolves({});
    const elsewhere = services.in("us-east-1");
    await Promise.all([...crowd(10, () => services.ec2(nat)), ...crowd(10, () => elsewhere.ec2(nat))]);
    expect(calls.map(({ region }) => region).filter((region) => region === "us-east-1")).toHaveLength(10);
    expect(held).toEqual([]);
    const regions = await Promise.all(ec2.calls().map(({ thisValue }) => (thisValue as EC2Client).config.region()));
    expect(new Set(regions)).toEqual(new Set(["ap-northeast-1", "us-east-1"]));
    expect(elsewhere.in("ap-northeast-1")).toBe(services);
  });
});
