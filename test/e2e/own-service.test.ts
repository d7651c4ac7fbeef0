import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateQueueCommand, DeleteQueueCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { copyExample } from "../support/example.ts";
import { awsError } from "../support/failing.ts";
import { calm, scene } from "../support/scene.ts";
import { Stage } from "../support/stage.ts";

const TABLE = "DynamoDB.tables@ap-northeast-1";
const NAME = "hotel-dev-resources-bookings";

interface Table {
  name: string;
  arn: string;
  recovery: boolean;
  tags: Record<string, string>;
}

describe("a resource kind on a service that Fairlead does not call", () => {
  const stage = new Stage();
  const config = () => join(stage.directory, "stack.config.ts");
  const edit = (from: string | RegExp, to: string) =>
    writeFileSync(config(), readFileSync(config(), "utf8").replace(from, to));
  const tables = () => stage.world().world.table<Table>(TABLE);
  const change = (work: (table: Record<string, Table>) => void) =>
    stage.meddle(async (_aws, _clock, world) => work(world.table<Table>(TABLE)));
  let empty: () => void;

  beforeAll(() => copyExample("table", stage.directory));
  beforeEach(() => calm());
  afterAll(() => stage.remove());

  it("is refused in one sentence before anything is changed if the kind has no handlers for the target local", async () => {
    const file = join(stage.directory, "kinds/dynamodb-table.ts");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("simulated: { DynamoDB },", ""));
    const { exit, lines } = await stage.type("reconcile", "--yes");
    writeFileSync(file, text);
    expect(exit).toBe(2);
    expect(lines.join("\n")).toContain(
      "The simulated AWS has no DynamoDB, which the resource kind own/dynamodb-table calls.",
    );
    expect(stage.things()).toEqual({});
  });

  it("is created once, also if the process dies right after AWS created it", async () => {
    let died: (() => void) | undefined;
    scene.intercept = (_table, moment, { service, operation }) => {
      if (moment === "after" && `${service}.${operation}` === "DynamoDB.CreateTable") died ??= stage.keep();
    };
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(Object.keys(tables())).toEqual([NAME]);
    expect(await stage.planned()).toEqual({});
    // What a process that died there leaves: the table, and a state that does not know it yet.
    calm();
    died?.();
    // The lock of the process that is no more.
    const state = join(stage.directory, ".fairlead");
    for (const name of readdirSync(state, { recursive: true, encoding: "utf8" }))
      if (name.includes("lock")) rmSync(join(state, name), { recursive: true, force: true });
    expect(Object.keys(tables())).toEqual([NAME]);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(Object.keys(tables())).toEqual([NAME]);
    expect(await stage.planned()).toEqual({});
    empty = stage.keep();
  });

  it("has changes outside Fairlead shown and reverted, and the ones of its tags", async () => {
    await change((table) => {
      const bookings = table[NAME] as Table;
      bookings.recovery = false;
      delete bookings.tags["Name"];
    });
    const { json } = await stage.run("plan");
    const changed = json.actions.filter(({ action }) => action !== "noop");
    expect(changed.map(({ id, action, drift }) => [id, action, drift])).toEqual([
      ["resources/bookings", "update", true],
    ]);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect(tables()[NAME]).toMatchObject({ recovery: true, tags: { Name: NAME } });
    await change((table) => void delete table[NAME]);
    // What refers to it gets its ARN again.
    expect(await stage.planned()).toMatchObject({ "resources/bookings": "create" });
    expect((await stage.run("reconcile")).exit).toBe(0);
  });

  it("is updated although the response to the update was lost", async () => {
    edit("recovery: true", "recovery: false");
    let lost = 0;
    scene.intercept = (_table, moment, { operation }) => {
      if (moment === "after" && operation === "UpdateContinuousBackups" && ++lost === 1)
        throw awsError("InternalFailure", "The response is lost.", 500);
    };
    expect((await stage.run("reconcile")).exit).toBe(0);
    calm();
    expect(lost).toBe(2);
    expect(tables()[NAME]?.recovery).toBe(false);
    expect(await stage.planned()).toEqual({});
  });

  it("is found by the inventory if the state does not know it: a teardown deletes it", async () => {
    await change((table) => {
      const bookings = table[NAME] as Table;
      const name = `${NAME}-2`;
      const tags = { ...bookings.tags, "fairlead:id": "resources/bookings-2" };
      table[name] = { ...bookings, name, arn: bookings.arn.replace(NAME, name), tags };
    });
    // The tagging API hears of it with the next change, and tells of it minutes later.
    await stage.meddle(async (aws, clock) => {
      const { QueueUrl } = await aws.sqs(new CreateQueueCommand({ QueueName: "q" }));
      await clock.sleep(600_000);
      await aws.sqs(new DeleteQueueCommand({ QueueUrl }));
    });
    const { exit, lines } = await stage.say("teardown");
    expect(lines.at(-1)).toMatch(/^Receipt: no resources of hotel-dev are left/);
    expect(exit).toBe(0);
    expect(stage.things()).toEqual({});
  });

  it("is deleted when it is no longer declared, as long as `kinds` lists its kind", async () => {
    empty();
    edit(/ {2}resources: [^]*\n {2}\},\n\}\);/, "});");
    const unlisted = readFileSync(config(), "utf8");
    edit("kinds: [Table],", "");
    const { json } = await stage.run("plan");
    expect(json.problems?.join("\n")).toContain("add it to kinds in the config, next to resources.");
    writeFileSync(config(), unlisted);
    expect(await stage.planned()).toMatchObject({ "resources/bookings": "delete" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(tables()).toEqual({});
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });

  it.each([
    ["kinds: 5", "kinds: is not a list of resource kinds; allowed: [defineKind({ ... })]"],
    [
      'kinds: [{ ...Table, type: "own/other", simulated: { SQS: { CreateQueue: () => ({}) } } }]',
      "The resource kind own/other has a handler for SQS.CreateQueue, which Fairlead simulates itself.",
    ],
  ])("is refused before AWS is asked anything: %s", async (kinds, why) => {
    edit("kinds: [Table]", kinds);
    const { exit, lines } = await stage.type("plan");
    edit(kinds, "kinds: [Table]");
    expect(exit).toBe(2);
    expect(lines.join("\n")).toContain(why);
  });
});
