import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateQueueCommand, DeleteQueueCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { copyExample } from "../support/example.ts";
import { awsError } from "../support/failing.ts";
import { calm, scene } from "../support/scene.ts";
import { Stage } from "../support/stage.ts";

const TABLE = "SNS.topics@ap-northeast-1";
const ARN = "arn:aws:sns:ap-northeast-1:123456789012:alerts-dev-resources-alarms";

interface Topic {
  arn: string;
  displayName: string;
  tags: Record<string, string>;
}

describe("a resource kind on a service that Fairlead does not call", () => {
  const stage = new Stage();
  const config = () => join(stage.directory, "stack.config.ts");
  const edit = (from: string | RegExp, to: string) =>
    writeFileSync(config(), readFileSync(config(), "utf8").replace(from, to));
  const topics = () => stage.world().world.table<Topic>(TABLE);
  const change = (work: (table: Record<string, Topic>) => void) =>
    stage.meddle(async (_aws, _clock, world) => work(world.table<Topic>(TABLE)));
  let empty: () => void;

  beforeAll(() => copyExample("topic", stage.directory));
  beforeEach(() => calm());
  afterAll(() => stage.remove());

  it("is refused in one sentence before anything is changed if the kind has no handlers for the target local", async () => {
    const file = join(stage.directory, "kinds/sns-topic.ts");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("simulated: { SNS },", ""));
    const { exit, lines } = await stage.type("reconcile", "--yes");
    writeFileSync(file, text);
    expect(exit).toBe(2);
    expect(lines.join("\n")).toContain("The simulated AWS has no SNS, which the resource kind own/sns-topic calls.");
    expect(stage.things()).toEqual({});
  });

  it("is created once, also if the process dies right after AWS created it", async () => {
    let died: (() => void) | undefined;
    scene.intercept = (_table, moment, { service, operation }) => {
      if (moment === "after" && `${service}.${operation}` === "SNS.CreateTopic") died ??= stage.keep();
    };
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(Object.keys(topics())).toEqual([ARN]);
    expect(await stage.planned()).toEqual({});
    // What a process that died there leaves: the topic, and a state that does not know it yet.
    calm();
    died?.();
    // The lock of the process that is no more.
    const state = join(stage.directory, ".fairlead");
    for (const name of readdirSync(state, { recursive: true, encoding: "utf8" }))
      if (name.includes("lock")) rmSync(join(state, name), { recursive: true, force: true });
    expect(Object.keys(topics())).toEqual([ARN]);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(Object.keys(topics())).toEqual([ARN]);
    expect(await stage.planned()).toEqual({});
    empty = stage.keep();
  });

  it("has changes outside Fairlead shown and reverted, and the ones of its tags", async () => {
    await change((table) => {
      const topic = table[ARN] as Topic;
      topic.displayName = "Changed";
      delete topic.tags["Name"];
    });
    const { json } = await stage.run("plan");
    const changed = json.actions.filter(({ action }) => action !== "noop");
    expect(changed.map(({ id, action, drift }) => [id, action, drift])).toEqual([["resources/alarms", "update", true]]);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect(topics()[ARN]).toMatchObject({ displayName: "Alarms", tags: { Name: "alerts-dev-resources-alarms" } });
    await change((table) => void delete table[ARN]);
    // What refers to it gets its ARN again.
    expect(await stage.planned()).toMatchObject({ "resources/alarms": "create" });
    expect((await stage.run("reconcile")).exit).toBe(0);
  });

  it("is updated although the response to the update was lost", async () => {
    edit('displayName: "Alarms"', 'displayName: "Alerts"');
    let lost = 0;
    scene.intercept = (_table, moment, { operation }) => {
      if (moment === "after" && operation === "SetTopicAttributes" && ++lost === 1)
        throw awsError("InternalFailure", "The response is lost.", 500);
    };
    expect((await stage.run("reconcile")).exit).toBe(0);
    calm();
    expect(lost).toBe(2);
    expect(topics()[ARN]?.displayName).toBe("Alerts");
    expect(await stage.planned()).toEqual({});
  });

  it("is found by the inventory if the state does not know it: a teardown deletes it", async () => {
    await change((table) => {
      const topic = table[ARN] as Topic;
      const arn = `${ARN}-2`;
      table[arn] = { ...topic, arn, tags: { ...topic.tags, "fairlead:id": "resources/alarms-2" } };
    });
    // The tagging API hears of it with the next change, and tells of it minutes later.
    await stage.meddle(async (aws, clock) => {
      const { QueueUrl } = await aws.sqs(new CreateQueueCommand({ QueueName: "q" }));
      await clock.sleep(600_000);
      await aws.sqs(new DeleteQueueCommand({ QueueUrl }));
    });
    const { exit, lines } = await stage.say("teardown");
    expect(lines.at(-1)).toMatch(/^Receipt: no resources of alerts-dev are left/);
    expect(exit).toBe(0);
    expect(stage.things()).toEqual({});
  });

  it("is deleted when it is no longer declared, as long as `kinds` lists its kind", async () => {
    empty();
    edit(/ {2}resources: [^]*\n {2}\},\n\}\);/, "});");
    const unlisted = readFileSync(config(), "utf8");
    edit("kinds: [Topic],", "");
    const { json } = await stage.run("plan");
    expect(json.problems?.join("\n")).toContain("add it to kinds in the config, next to resources.");
    writeFileSync(config(), unlisted);
    expect(await stage.planned()).toMatchObject({ "resources/alarms": "delete" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(topics()).toEqual({});
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });

  it.each([
    ["kinds: 5", "kinds: is not a list of resource kinds; allowed: [defineKind({ ... })]"],
    [
      'kinds: [{ ...Topic, type: "own/other", simulated: { SQS: { CreateQueue: () => ({}) } } }]',
      "The resource kind own/other has a handler for SQS.CreateQueue, which Fairlead simulates itself.",
    ],
  ])("is refused before AWS is asked anything: %s", async (kinds, why) => {
    edit("kinds: [Topic]", kinds);
    const { exit, lines } = await stage.type("plan");
    edit(kinds, "kinds: [Topic]");
    expect(exit).toBe(2);
    expect(lines.join("\n")).toContain(why);
  });
});
