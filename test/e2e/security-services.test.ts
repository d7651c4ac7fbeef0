import {
  CreateDetectorCommand,
  DeleteDetectorCommand,
  GetDetectorCommand,
  ListDetectorsCommand,
} from "@aws-sdk/client-guardduty";
import { DescribeHubCommand, EnableSecurityHubCommand } from "@aws-sdk/client-securityhub";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import { Stage } from "../support/stage.ts";

const BOTH = { guardDuty: true, securityHub: true } as const;

async function detector(aws: Aws) {
  const { DetectorIds: [DetectorId] = [] } = await aws.guardDuty(new ListDetectorsCommand({}));
  return DetectorId === undefined ? undefined : aws.guardDuty(new GetDetectorCommand({ DetectorId }));
}
const hub = (aws: Aws) => aws.securityHub(new DescribeHubCommand({}));

describe("a stack that turns on security services of the account", () => {
  const stage = new Stage({ security: BOTH });
  afterAll(() => stage.remove());
  const world = () => stage.world().aws;

  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
  }, 120_000);

  it("turns them on where they are off, without what costs extra", async () => {
    expect(await stage.planned()).toEqual({});
    const found = await detector(world());
    expect(found?.Status).toBe("ENABLED");
    expect(found?.Features?.filter(({ Status }) => Status === "ENABLED")).toEqual([]);
    expect((await hub(world())).HubArn).toBe("arn:aws:securityhub:ap-northeast-1:123456789012:hub/default");
  });

  it("turns one on again that was turned off outside Fairlead", async () => {
    await stage.meddle(async (aws) => {
      const { DetectorIds: [DetectorId] = [] } = await aws.guardDuty(new ListDetectorsCommand({}));
      await aws.guardDuty(new DeleteDetectorCommand({ DetectorId }));
    });
    expect(await stage.planned()).toEqual({ "account/guardduty": "create" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await detector(world())).toBeDefined();
  });

  it("leaves them on where the setting is removed, and says how to turn them off", async () => {
    stage.edit({ security: { securityHub: true } });
    const { lines } = await stage.type("plan");
    const told = lines.join("\n");
    expect(told).toMatch(
      /guardduty \(\w+\) +guardduty\/detector: stays on in this account, where others may rely on it; to turn it off: aws guardduty delete-detector --detector-id \w+ --region ap-northeast-1/,
    );
    expect(told).toContain("Plan: 1 to leave in place;");
    const run = await stage.run("reconcile");
    expect([run.exit, run.json.summary]).toMatchObject([0, { deleted: 0, left: 1 }]);
    expect(run.lines.join("\n")).not.toContain("account/guardduty deleted");
    expect(await stage.planned()).toEqual({});
    expect(await detector(world())).toBeDefined();
  });

  it("takes the one that is on as it is, when the setting is back", async () => {
    stage.edit({ security: BOTH });
    expect(await stage.planned()).toEqual({ "account/guardduty": "adopt" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it("leaves them on at a teardown", async () => {
    const { exit, lines } = await stage.say("teardown");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain("to turn it off: aws securityhub disable-security-hub --region ap-northeast-1");
    expect(lines.at(-1)).toMatch(/^Receipt: no resources of fairlead-app-dev are left/);
    expect(await detector(world())).toBeDefined();
    expect((await hub(world())).HubArn).toBeDefined();
  });
});

describe("a stack in an account that has security services on already", () => {
  const stage = new Stage({});
  afterAll(() => stage.remove());

  it("leaves their configuration as it is, also where GuardDuty was suspended", async () => {
    await stage.run("plan");
    await stage.meddle(async (aws) => {
      await aws.guardDuty(new CreateDetectorCommand({ Enable: false }));
      await aws.securityHub(new EnableSecurityHubCommand({}));
    });
    const before = await detector(stage.world().aws);
    stage.edit({ security: BOTH });
    const { lines } = await stage.type("plan");
    expect(lines.join("\n")).toMatch(/= guardduty .*: exists, and is shared with others/);
    expect(lines.join("\n")).toContain("account/guardduty suspended");
    expect((await stage.run("reconcile")).exit).toBe(0);
    const { Status, Features } = (await detector(stage.world().aws)) ?? {};
    expect({ Status, Features }).toEqual({ Status: "DISABLED", Features: before?.Features });
    expect(before?.Features?.some(({ Status: feature }) => feature === "ENABLED")).toBe(true);
    expect((await stage.run("teardown")).exit).toBe(0);
  }, 120_000);
});
