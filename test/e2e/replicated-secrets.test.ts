import { StopReplicationToReplicaCommand } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { seenSecret, type SimSecret } from "../../src/simulator/secretsmanager/records.ts";
import { simOf } from "../../src/simulator/simulator.ts";
import { setEvents } from "../support/release.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage, type Answer } from "../support/stage.ts";

const [FIRST, SECOND] = ["ap-northeast-1", "us-west-2"] as const;
const BOTH: StackConfig = {
  regions: [FIRST, SECOND],
  edge: { methods: "read" },
  container: { secrets: { SESSION_KEY: { generate: { length: 40 } }, API_KEY: { own: "API_KEY" } } },
};
const REPLICATED: StackConfig = { ...BOTH, replicate: { secrets: true } };
const GENERATED = "fairlead-app-dev/SESSION_KEY";
const OWN = "fairlead-app-dev/API_KEY";

const stage = new Stage(REPLICATED);

/** A secret as tasks in a region find it. */
function secretIn(region: string, name: string): SimSecret | undefined {
  const { world, clock, aws } = stage.world(region);
  const record = world.data.tables[`secretsmanager.secrets@${region}`]?.[name] as SimSecret | undefined;
  return record && seenSecret(simOf({ world, clock, account: aws.account, region }), record);
}
const valueIn = (region: string, name: string) =>
  secretIn(region, name)?.versions.find(({ stages }) => stages.includes("AWSCURRENT"))?.value;

/** Lets AWS carry out what was begun. */
const wait = (seconds = 60) => stage.meddle(async (_aws, clock) => clock.sleep(seconds * 1_000));

async function meddleIn(region: string, work: (aws: ReturnType<Stage["world"]>["aws"]) => Promise<unknown>) {
  const { world, aws, clock } = stage.world(region);
  await work(aws);
  await clock.sleep(60_000);
  world.data.now = Math.max(world.data.now, clock.now());
  world.save();
}

async function types(...argv: string[]): Promise<string> {
  const { exit, lines } = await stage.type(...argv);
  expect([argv, exit, exit === 0 ? "" : lines.join("\n")]).toEqual([argv, 0, ""]);
  return lines.join("\n");
}
const refused = async (...argv: string[]) => {
  const { exit, lines } = await stage.type(...argv);
  expect([argv, exit]).toEqual([argv, 1]);
  return lines.join("\n");
};
const changes = async (region: string) => {
  const { actions } = (await stage.run("plan", { region })).json as Answer;
  return actions.filter(({ action }) => action !== "noop").map(({ id, action }) => `${action} ${id}`);
};
const setValue = async (value: string, ...argv: string[]) => {
  stage.piped = value;
  const said = await stage.type("secret", "set", "API_KEY", ...argv);
  stage.piped = undefined;
  return { exit: said.exit, text: said.lines.join("\n") };
};

describe("the secrets of a stack in two regions that are replicated", () => {
  beforeAll(async () => {
    expect((await setValue("first")).text).toContain(`Its replica in ${SECOND} gets the value within seconds.`);
    await wait();
    await types("reconcile");
    await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
    writeService(stage);
    expect((await deployed(stage)).exit).toBe(0);
    await types("reconcile");
  });
  afterAll(() => stage.remove());

  it("have one value in both regions, of which tasks in each read their own copy", async () => {
    expect(await stage.planned()).toEqual({});
    for (const name of [GENERATED, OWN]) {
      expect(valueIn(SECOND, name)).toBe(valueIn(FIRST, name));
      expect(secretIn(SECOND, name)?.replicaOf).toBe(FIRST);
    }
    expect(await types("secret", "list", "--region", SECOND)).toMatch(
      /API_KEY .*set, replica of ap-northeast-1.*\nSESSION_KEY .*generated, replica of ap-northeast-1/,
    );
    await types("doctor", "--region", SECOND);
  });
});
