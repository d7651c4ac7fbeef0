import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { AddPermissionCommand, CreateQueueCommand, GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { senders, type CallRecord, type ClientOptions } from "../../../src/aws/clients.ts";
import { defineKind } from "../../../src/aws/define-kind.ts";
import { VirtualClock } from "../../../src/clock.ts";
import { UncertainAnswer } from "../../../src/engine/resource-kind.ts";
import { operationOf } from "../../../src/aws/sdk-client.ts";
import { answering, simulator } from "../../../src/simulator/simulator.ts";
import { World } from "../../../src/simulator/world.ts";
import type { Operations } from "../../../src/simulator/sim.ts";
import { simulatedAws } from "../../../src/testing.ts";
import { lookFor } from "../../support/mocked.ts";

afterEach(() => void vi.unstubAllEnvs());

/** A kind with handlers that is never created. */
const kind = (type: string, simulated: Readonly<Record<string, Operations>>) =>
  defineKind<{ name: string }, object>({
    type,
    fields: { name: {} },
    simulated,
    observe: async (aws) => {
      await aws.client(DynamoDBClient)(new ListTablesCommand({}));
      return undefined;
    },
    create: async () => ({ id: "it", attrs: {} }),
    update: async () => {},
    delete: async () => {},
  });

const created: Operations = {
  CreateTable: ({ TableName }: { TableName: string }, sim) => {
    const TableArn = sim.arn("dynamodb", `table/${TableName}`);
    sim.table("tables")[TableName] = { arn: TableArn };
    return { TableDescription: { TableArn } };
  },
  ListTables: (_, sim) => ({ TableNames: Object.keys(sim.table("tables")) }),
};

/** Commands of a user's client to a server that answers with `answers`, one after the other, the last for good. */
async function served(answers: readonly ((body: string) => string | undefined)[], more: Partial<ClientOptions> = {}) {
  const bodies: string[] = [];
  const server: Server = createServer((request, response) => {
    let body = "";
    request.on("data", (data: Buffer) => (body += data.toString()));
    request.on("end", () => {
      bodies.push(body);
      const text = answers[Math.min(bodies.length, answers.length) - 1]?.(body);
      // The request arrived, and its response is lost.
      if (text === undefined) request.socket.destroy();
      else
        response
          .writeHead(text.includes("__type") ? 400 : 200, { "content-type": "application/x-amz-json-1.0" })
          .end(text);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const calls: CallRecord[] = [];
  const services = senders({
    region: "eu-west-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    retrying: { clock: new VirtualClock(0), random: () => 0.5 },
    called: (record) => void calls.push(record),
    ...more,
  });
  return { services, calls, bodies, close: () => server.close() };
}

const table = () => JSON.stringify({ TableDescription: { TableArn: "arn:t" } });
const lost = () => undefined;
const throttled = () =>
  JSON.stringify({ __type: "com.amazon.coral.availability#ThrottlingException", message: "Rate exceeded" });
const create = () =>
  new CreateTableCommand({
    TableName: "bookings",
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  });

describe("a user's client on AWS", () => {
  it("sends to the region of the services that it comes from, unless it names one", async () => {
    const at = await served([table]);
    await at.services.client(DynamoDBClient)(create());
    await at.services.in("us-east-1").client(DynamoDBClient)(create());
    await at.services.in("us-east-1").client(DynamoDBClient, { region: "eu-central-1" })(create());
    expect(at.calls.map(({ region }) => region)).toEqual(["eu-west-1", "us-east-1", "eu-central-1"]);
    at.close();
  });

  it("sends to the overridden endpoint, and repeats what was throttled and what got no response", async () => {
    const at = await served([throttled, lost, table]);
    expect(await at.services.client(DynamoDBClient)(create())).toMatchObject({
      TableDescription: { TableArn: "arn:t" },
    });
    at.close();
    expect(at.bodies).toHaveLength(3);
    expect(at.calls.map(({ service, operation, region, attempt }) => [service, operation, region, attempt])).toEqual([
      ["DynamoDB", "CreateTable", "eu-west-1", 1],
      ["DynamoDB", "CreateTable", "eu-west-1", 2],
      ["DynamoDB", "CreateTable", "eu-west-1", 3],
    ]);
    expect(at.calls[0]?.input()).toMatchObject({ TableName: "bookings" });
  });

  it("never repeats a create that is not idempotent and whose response was lost", async () => {
    const at = await served([lost, table]);
    await expect(at.services.client(DynamoDBClient)(create(), { once: true })).rejects.toBeInstanceOf(UncertainAnswer);
    at.close();
    expect(at.bodies).toHaveLength(1);
  });

  it("sends no delete after the run has lost its lock", async () => {
    const at = await served([table], { guard: () => Promise.reject(new Error("lost the lock")) });
    await expect(at.services.client(DynamoDBClient)(new DeleteTableCommand({ TableName: "bookings" }))).rejects.toThrow(
      "lost the lock",
    );
    at.close();
    expect(at.bodies).toEqual([]);
  });

  it("shares the rate limit of Fairlead's own client of the same service", async () => {
    const held: string[] = [];
    const [region, world] = ["eu-west-1", World.empty(1)];
    const clock = new VirtualClock(world.data.now);
    const services = senders({
      region,
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      plugin: simulator({ world, clock, account: "123456789012", region }),
      retrying: { clock, random: () => 0.5 },
      held: (call) => void held.push(call),
    });
    const describeVpcs = () => new DescribeVpcsCommand({});
    await Promise.all(Array.from({ length: 100 }, () => services.ec2(describeVpcs())));
    await Promise.all(Array.from({ length: 25 }, () => services.client(EC2Client)(describeVpcs())));
    expect(new Set(held)).toEqual(new Set(["ec2.DescribeVpcs"]));
  });

  it("is refused if it is no client of version 3 of the SDK, or a too old one", async () => {
    const { services, close } = await served([table]);
    const client = services.client as (made: unknown) => unknown;
    class Old {
      config = { serviceId: "DynamoDB", requestHandler: { connectionTimeout: 1 } };
      middlewareStack = { use() {} };
      send() {}
    }
    class DynamoDB {
      readonly config = {};
    }
    expect(() => client(DynamoDB)).toThrow(
      "aws.client(DynamoDB) needs a client class of the AWS SDK for JavaScript version 3",
    );
    expect(() => client("DynamoDB")).toThrow("aws.client(DynamoDB) needs a client class");
    expect(() => client(Old)).toThrow("aws.client(Old) needs release 3.521 or later");
    close();
  });
});

describe("a user's client on the simulated AWS", () => {
  it("is created once for each class and region, and each region has its own resources", async () => {
    const { aws } = simulatedAws({ kinds: [kind("own/a", { DynamoDB: created })] });
    expect(aws.client(DynamoDBClient)).toBe(aws.client(DynamoDBClient));
    const there = aws.client(DynamoDBClient, { region: "us-east-1" });
    expect(await there(create())).toMatchObject({
      TableDescription: { TableArn: "arn:aws:dynamodb:us-east-1:123456789012:table/bookings" },
    });
    expect(await aws.client(DynamoDBClient)(new ListTablesCommand({}))).toMatchObject({ TableNames: [] });
    expect(await there(new ListTablesCommand({}))).toMatchObject({ TableNames: ["bookings"] });
  });

  it("is refused before anything is sent if nothing simulates its service; the error names the kind", async () => {
    const { aws, calls } = simulatedAws();
    expect(() => aws.client(DynamoDBClient)).toThrow("The simulated AWS has no DynamoDB. Nothing was sent.");
    await expect(kind("own/a", {}).observe(aws, lookFor<{ name: string }>({}))).rejects.toThrow(
      "The simulated AWS has no DynamoDB, which the resource kind own/a calls. Nothing was sent. Add handlers for DynamoDB to the kind",
    );
    expect(calls).toEqual([]);
  });

  it("reaches the services that Fairlead simulates itself, by their SDK names, in the client's own region", async () => {
    const { aws } = simulatedAws();
    expect(() => aws.client(ElasticLoadBalancingV2Client)).not.toThrow();
    await aws.client(SQSClient, { region: "us-east-1" })(new CreateQueueCommand({ QueueName: "q" }));
    await expect(aws.sqs(new GetQueueUrlCommand({ QueueName: "q" }))).rejects.toThrow("does not exist");
  });

  it("reports an operation without a handler, once and with its name", async () => {
    const { aws, calls } = simulatedAws({ kinds: [kind("own/a", { DynamoDB: created })] });
    await expect(aws.client(DynamoDBClient)(new DeleteTableCommand({ TableName: "bookings" }))).rejects.toThrow(
      "The handlers for DynamoDB have no DeleteTable. Add it to simulated: { DynamoDB: { ... } } of the resource kind.",
    );
    expect(calls).toHaveLength(1);
  });

  it("reports a handler that throws as a mistake in the handler, and keeps nothing of what it did", async () => {
    const CreateTable: Operations[string] = (_, sim) => {
      sim.table("tables")["half"] = {};
      throw new TypeError("x is not a function");
    };
    const { aws, world, calls } = simulatedAws({ kinds: [kind("own/a", { DynamoDB: { ...created, CreateTable } })] });
    await expect(aws.client(DynamoDBClient)(create())).rejects.toThrow(
      "The handler for DynamoDB.CreateTable failed: x is not a function",
    );
    expect(calls).toHaveLength(1);
    expect(JSON.stringify(world.data.tables)).not.toContain("half");
  });

  it.each([
    ["a promise", async () => ({ TableDescription: {} }), "it must return the command's output at once"],
    ["a field that AWS does not have", () => ({ Arn: "t" }), "CreateTable.Arn is not known to AWS"],
  ] as const)("refuses a handler that returns %s", async (_, CreateTable, why) => {
    const { aws } = simulatedAws({ kinds: [kind("own/a", { DynamoDB: { CreateTable } })] });
    await expect(aws.client(DynamoDBClient)(create())).rejects.toThrow(why);
  });

  it("keeps what the world's file would keep: a date is a string for the next call", async () => {
    const seen: unknown[] = [];
    const handlers: Operations = {
      CreateTable: (_, sim) => void (sim.table<object>("tables")["t"] = { at: new Date(sim.now) }),
      ListTables: (_, sim) => void seen.push(sim.table<{ at: unknown }>("tables")["t"]?.at),
    };
    const { aws } = simulatedAws({ kinds: [kind("own/a", { DynamoDB: handlers })] });
    await aws.client(DynamoDBClient)(create());
    await aws.client(DynamoDBClient)(new ListTablesCommand({}));
    expect(seen).toEqual([expect.any(String)]);
  });

  it("takes the same handlers from two kinds, and refuses different ones and those of Fairlead's own operations", () => {
    const both = [kind("own/a", { DynamoDB: created }), kind("own/b", { DynamoDB: created })];
    expect(() => simulatedAws({ kinds: both })).not.toThrow();
    const other = kind("own/b", { DynamoDB: { ...created, ListTables: () => ({}) } });
    expect(() => simulatedAws({ kinds: [kind("own/a", { DynamoDB: created }), other] })).toThrow(
      "The resource kinds own/a and own/b have different handlers for DynamoDB.ListTables. Let both import the same one.",
    );
    expect(() => simulatedAws({ kinds: [kind("own/a", { SQS: { CreateQueue: () => ({}) } })] })).toThrow(
      "The resource kind own/a has a handler for SQS.CreateQueue, which Fairlead simulates itself. Remove it from simulated.",
    );
  });

  it("takes handlers of further operations of a service that Fairlead simulates", async () => {
    const handlers = { SQS: { AddPermission: () => ({}) } };
    const { aws } = simulatedAws({ kinds: [kind("own/a", handlers)] });
    const input = { QueueUrl: "https://q", Label: "l", AWSAccountIds: ["123456789012"], Actions: ["SendMessage"] };
    expect(await aws.client(SQSClient)(new AddPermissionCommand(input))).toMatchObject({});
  });
});

describe("a command of a release of the SDK before 2025", () => {
  it("has no schema, and is answered all the same", () => {
    const world = World.empty();
    const clock = new VirtualClock(0);
    const answer = answering({
      world,
      clock,
      account: "123456789012",
      region: "eu-west-1",
      handlers: { DynamoDB: created },
    });
    const call = { service: "DynamoDB", operation: "CreateTable", command: undefined, region: undefined };
    expect(answer({ ...call, input: { TableName: "bookings" } })).toMatchObject({
      TableDescription: { TableArn: "arn:aws:dynamodb:eu-west-1:123456789012:table/bookings" },
    });
    class GetItemCommand {
      readonly input = {};
    }
    expect(operationOf(new GetItemCommand())).toBe("GetItem");
  });
});

describe("the types of a user's client", () => {
  it("accept its commands, and no command of another client", () => {
    const { aws } = simulatedAws({ kinds: [kind("own/a", { DynamoDB: created })] });
    const dynamoDb = aws.client(DynamoDBClient);
    const arn = async (): Promise<string | undefined> => (await dynamoDb(create())).TableDescription?.TableArn;
    // @ts-expect-error -- a command of SQS
    const wrong = () => dynamoDb(new CreateQueueCommand({ QueueName: "q" }));
    expect([arn, wrong]).toHaveLength(2);
  });
});
