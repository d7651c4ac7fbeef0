import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  GetTopicAttributesCommand,
  ListTopicsCommand,
  SetTopicAttributesCommand,
  SNSClient,
} from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import { copyExample } from "../support/example.ts";
import { stackOnMoto } from "./stack-on-moto.ts";
import { NOTHING } from "./whole.ts";
import { mutating, REGION } from "./world.ts";

const TopicArn = `arn:aws:sns:${REGION}:123456789012:alerts-dev-resources-alarms`;

describe("a resource kind on a service that Fairlead does not call, over HTTP", () => {
  let sns: SNSClient;
  const at = stackOnMoto(({ moto, stack }) => {
    const credentials = { accessKeyId: "t", secretAccessKey: "t" };
    sns = new SNSClient({ endpoint: moto.endpoint, region: REGION, credentials });
    copyExample("topic", stack.directory);
  });
  const { stack, run, changes } = at;
  const displayName = async () =>
    (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes?.["DisplayName"];

  it("is created, and needs nothing the second time", async () => {
    const { code, stderr } = await run("reconcile", "--yes");
    expect(stderr).not.toContain("failed:");
    expect(code).toBe(0);
    expect(await displayName()).toBe("Alarms");
    await at.moto.forget();
    expect(await changes()).toEqual({});
    expect(mutating(await at.moto.calls())).toEqual([]);
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
    expect(await at.moto.count()).toEqual(NOTHING);
    expect((await sns.send(new ListTopicsCommand({}))).Topics ?? []).toEqual([]);
  });
});
