import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  GetTopicAttributesCommand,
  ListTopicsCommand,
  SetTopicAttributesCommand,
  SNSClient,
} from "@aws-sdk/client-sns";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command } from "../support/command.ts";
import { copyExample } from "../support/example.ts";
import { project } from "../support/project.ts";
import type { Answer } from "../support/stage.ts";
import { NOTHING } from "./whole.ts";
import { mutating, REGION, startMoto, type Moto } from "./world.ts";

const TopicArn = `arn:aws:sns:${REGION}:123456789012:alerts-dev-resources-alarms`;

describe("a resource kind on a service that Fairlead does not call, over HTTP", () => {
  const stack = project();
  let moto: Moto;
  let sns: SNSClient;
  const run = async (...args: string[]) => {
    const ended = await command(stack.directory, [...args, "--target", "aws", "--json", ...moto.logged()], moto.env);
    return { ...ended, json: (ended.stdout === "" ? {} : JSON.parse(ended.stdout)) as Answer };
  };
  const changes = async () => {
    const { json } = await run("plan");
    const changed = json.actions.filter(({ action }) => action !== "noop");
    return Object.fromEntries(changed.map(({ id, action }) => [id, action]));
  };
  const displayName = async () =>
    (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes?.["DisplayName"];

  beforeAll(async () => {
    moto = await startMoto();
    const credentials = { accessKeyId: "t", secretAccessKey: "t" };
    sns = new SNSClient({ endpoint: moto.endpoint, region: REGION, credentials });
    copyExample("topic", stack.directory);
  });
  afterAll(() => {
    moto.stop();
    stack.remove();
  });

  it("is created, and needs nothing the second time", async () => {
    const { code, stderr } = await run("reconcile", "--yes");
    expect(stderr).not.toContain("failed:");
    expect(code).toBe(0);
    expect(await displayName()).toBe("Alarms");
    await moto.forget();
    expect(await changes()).toEqual({});
    expect(mutating(await moto.calls())).toEqual([]);
  });

  it("has changes outside Fairlead reverted, and is updated with the config", async () => {
    await sns.send(
      new SetTopicAttributesCommand({ TopicArn, AttributeName: "DisplayName", AttributeValue: "Changed" }),
    );
    expect(await changes()).toEqual({ "resources/alarms": "update" });
    const config = join(stack.directory, "stack.config.ts");
    writeFileSync(config, readFileSync(config, "utf8").replace('displayName: "Alarms"', 'displayName: "Alerts"'));
    expect((await run("reconcile", "--yes")).code).toBe(0);
    expect(await displayName()).toBe("Alerts");
    expect(await changes()).toEqual({});
  });

  it("leaves nothing behind", async () => {
    expect((await run("teardown", "--yes")).code).toBe(0);
    expect(await moto.count()).toEqual(NOTHING);
    expect((await sns.send(new ListTopicsCommand({}))).Topics ?? []).toEqual([]);
  });
});
