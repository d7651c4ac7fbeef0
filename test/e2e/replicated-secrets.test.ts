// First: it takes the place of what the others load.
import { calm, scene } from "../support/scene.ts";
import {
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
  StopReplicationToReplicaCommand,
} from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { seenSecret, type SimSecret } from "../../src/simulator/secretsmanager/records.ts";
import { simOf } from "../../src/simulator/simulator.ts";
import { awsError } from "../support/failing.ts";
import { permit, printed } from "../support/policy-life.ts";
import { setEvents } from "../support/release.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

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
/** No call is answered in a region, until `calm`. */
function down(region: string): void {
  scene.intercept = (_table, _moment, { service, region: place }) => {
    if (place === region && !["CloudFront", "IAM", "STS"].includes(service))
      throw awsError("ServiceUnavailableException", `${service} in ${region} is unavailable.`, 503);
  };
}
/** The command of the refusal. */
const overwrite = (SecretId: string) =>
  new ReplicateSecretToRegionsCommand({
    SecretId,
    AddReplicaRegions: [{ Region: SECOND }],
    ForceOverwriteReplicaSecret: true,
  });
const refused = async (...argv: string[]) => {
  const { exit, lines } = await stage.type(...argv);
  expect([argv, exit]).toEqual([argv, 1]);
  return lines.join("\n");
};
const changes = async (region: string) => {
  const { actions } = (await stage.run("plan", { region })).json;
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
    // Whoever has the policies of both regions can do all of it.
    permit(stage, [...(await printed(stage)), ...(await printed(stage, "--region", SECOND))]);
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

  it("get a new value in both regions at once, and take none in the second region alone", async () => {
    expect((await setValue("second")).text).toContain("Stored a new value of fairlead-app-dev/API_KEY.");
    await wait();
    expect([valueIn(FIRST, OWN), valueIn(SECOND, OWN)]).toEqual(["second", "second"]);
    const { exit, text } = await setValue("third", "--region", SECOND);
    expect([exit, text]).toEqual([1, expect.stringContaining("is a replica of that in ap-northeast-1")]);
    expect(await refused("secret", "rm", "API_KEY", "--yes", "--region", SECOND)).toContain("is deleted with it");
    expect(valueIn(SECOND, OWN)).toBe("second");
  });

  it("are still read, and set, in the second region while the first one is gone", async () => {
    down(FIRST);
    await types("reconcile", "--region", SECOND);
    expect(await changes(SECOND)).toEqual([]);
    for (const SecretId of [GENERATED, OWN])
      await meddleIn(SECOND, (aws) => aws.secretsManager(new StopReplicationToReplicaCommand({ SecretId })));
    expect((await setValue("emergency", "--region", SECOND)).exit).toBe(0);
    const { lines } = await stage.say("plan", { region: SECOND });
    expect(lines.join("\n")).toContain(`${FIRST} could not be asked for ${OWN}, ${GENERATED}`);
    await types("reconcile", "--region", SECOND);
    expect(await changes(SECOND)).toEqual([]);
    calm();
    // The value that nobody changed becomes a replica by itself; the other one takes a person.
    const blocked = await refused("reconcile", "--region", SECOND);
    expect(blocked).toContain(`Secret ${OWN} exists in ${SECOND} with a value of its own`);
    expect(blocked).not.toContain(`Secret ${GENERATED} exists`);
    const command = `aws secretsmanager replicate-secret-to-regions --secret-id ${OWN} --add-replica-regions Region=${SECOND} --force-overwrite-replica-secret --region ${FIRST}`;
    expect(blocked).toContain(command);
    expect((await setValue("emergency")).text).toContain(command);
    await meddleIn(FIRST, (aws) => aws.secretsManager(overwrite(OWN)));
    await types("reconcile");
    expect(await stage.planned()).toEqual({});
    for (const name of [GENERATED, OWN]) expect(secretIn(SECOND, name)?.replicaOf).toBe(FIRST);
    expect(valueIn(SECOND, OWN)).toBe("emergency");
  });

  it("keep their values in both regions when it is turned off, and are replicas again when it is turned on", async () => {
    const before = valueIn(SECOND, GENERATED);
    stage.edit(BOTH);
    expect(await changes(SECOND)).toEqual(["update secrets/session-key"]);
    await types("reconcile");
    expect(await stage.planned()).toEqual({});
    expect(secretIn(SECOND, GENERATED)).toMatchObject({ tags: { "fairlead:region": SECOND } });
    expect(secretIn(SECOND, GENERATED)?.replicaOf).toBeUndefined();
    expect(valueIn(SECOND, GENERATED)).toBe(before);
    stage.edit(REPLICATED);
    await types("reconcile");
    expect(await stage.planned()).toEqual({});
    expect(secretIn(SECOND, GENERATED)?.replicaOf).toBe(FIRST);
    expect([valueIn(FIRST, GENERATED), valueIn(SECOND, GENERATED)]).toEqual([before, before]);
  });

  it("are refused where each region has a value of its own, until a person says which one counts", async () => {
    stage.edit(BOTH);
    await types("reconcile");
    await meddleIn(SECOND, (aws) =>
      aws.secretsManager(
        new PutSecretValueCommand({ SecretId: GENERATED, SecretString: "other", ClientRequestToken: "t".repeat(32) }),
      ),
    );
    stage.edit(REPLICATED);
    expect(await refused("reconcile")).toContain(`Secret ${GENERATED} exists in ${SECOND} with a value of its own`);
    expect(valueIn(SECOND, GENERATED)).toBe("other");
    await meddleIn(FIRST, (aws) => aws.secretsManager(overwrite(GENERATED)));
    await types("reconcile");
    expect(await stage.planned()).toEqual({});
    expect(valueIn(SECOND, GENERATED)).toBe(valueIn(FIRST, GENERATED));
  });

  it("come back with their values after a teardown and after the second region was given up; what is set stays", async () => {
    const value = valueIn(FIRST, GENERATED);
    await types("teardown", "--region", FIRST);
    // Tasks of the second region read theirs until it goes too.
    expect(valueIn(SECOND, GENERATED)).toBe(value);
    await types("teardown", "--region", SECOND);
    const left = Object.entries(stage.things()).filter(([table]) => !table.startsWith("logs.groups@"));
    expect(left).toEqual([
      [`secretsmanager.secrets@${FIRST}`, [OWN]],
      [`secretsmanager.secrets@${SECOND}`, [OWN]],
    ]);
    await types("reconcile");
    expect([valueIn(FIRST, GENERATED), valueIn(SECOND, GENERATED)]).toEqual([value, value]);
    expect(await stage.planned()).toEqual({});
    stage.edit({ edge: BOTH.edge ?? {}, container: BOTH.container ?? {} });
    await types("reconcile");
    expect(valueIn(SECOND, GENERATED)).toBe(value);
    permit(stage, await printed(stage, "--region", SECOND));
    await types("teardown", "--region", SECOND);
    permit(stage, undefined);
    expect(valueIn(FIRST, GENERATED)).toBe(value);
    stage.edit(REPLICATED);
    await types("reconcile");
    expect([valueIn(FIRST, GENERATED), valueIn(SECOND, GENERATED)]).toEqual([value, value]);
    await types("teardown");
    stage.edit({ ...REPLICATED, container: {} });
    await types("secret", "rm", "API_KEY", "--yes");
    await wait();
    const { [`logs.groups@${FIRST}`]: _first, [`logs.groups@${SECOND}`]: _second, ...rest } = stage.things();
    expect(rest).toEqual({});
  });
});
