import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DeleteSecretCommand, DescribeSecretCommand, TagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { DescribeServicesCommand, DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { afterAll, describe, expect, it } from "vitest";
import type { SimSecret } from "../../src/simulator/secretsmanager/records.ts";
import type { StackConfig } from "../../src/index.ts";
import { setEvents } from "../support/release.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const PREFIX = "fairlead-app-dev";
const NAME = `${PREFIX}/SESSION_KEY`;
const ID = "secrets/session-key";
const secrets = { SESSION_KEY: { generate: { length: 48 } } };
const config: StackConfig = { container: { secrets } };

const record = (stage: Stage) =>
  stage.world().world.data.tables["secretsmanager.secrets@ap-northeast-1"]?.[NAME] as SimSecret | undefined;
const valueOf = (stage: Stage) => record(stage)?.versions.find(({ stages }) => stages.includes("AWSCURRENT"))?.value;

/** What every run of this stage left but the simulated AWS itself. */
function leftBehind(stage: Stage): string {
  return readdirSync(stage.directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "world.json")
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8"))
    .join("\n");
}

async function valueFromOf(stage: Stage) {
  const { aws } = stage.world();
  const { services: [service] = [] } = await aws.ecs(
    new DescribeServicesCommand({ cluster: `${PREFIX}-cluster`, services: [`${PREFIX}-service`] }),
  );
  const { taskDefinition } = await aws.ecs(
    new DescribeTaskDefinitionCommand({ taskDefinition: service?.taskDefinition ?? "" }),
  );
  return { running: service?.runningCount, secrets: taskDefinition?.containerDefinitions?.[0]?.secrets };
}

describe("a secret that is generated", () => {
  const stage = new Stage(config);
  const said: string[] = [];
  let value = "";
  afterAll(() => stage.remove());

  it("is created once, with a value that ECS alone reads", async () => {
    const log = join(stage.directory, "calls.log");
    const made = await stage.say("reconcile", { json: true, log, logAnswers: true });
    expect(made.exit).toBe(0);
    value = valueOf(stage) ?? "";
    expect(value).toMatch(/^[A-Za-z0-9]{48}$/);
    await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
    writeService(stage);
    const release = await deployed(stage);
    expect(release.exit).toBe(0);
    expect(await valueFromOf(stage)).toEqual({
      running: 2,
      secrets: [{ name: "SESSION_KEY", valueFrom: record(stage)?.arn }],
    });
    expect(await stage.planned()).toEqual({});
    said.push(...made.lines, made.answer, ...release.lines, release.answer);
  });

  it("keeps its value when its length is edited, which the plan says", async () => {
    stage.edit({ container: { secrets: { SESSION_KEY: { generate: { length: 64 } } } } });
    const { exit, lines } = await stage.say("plan");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain("length");
    expect(await stage.planned()).toEqual({});
    stage.edit(config);
    said.push(...lines);
  });

  it("is restored with its value when someone schedules its deletion", async () => {
    await stage.meddle((aws) => aws.secretsManager(new DeleteSecretCommand({ SecretId: NAME })));
    expect(await stage.planned()).toMatchObject({ [ID]: "create" });
    const run = await stage.run("reconcile");
    expect(run.lines.filter((line) => line.startsWith("Failed"))).toEqual([]);
    expect(run.exit).toBe(0);
    expect(valueOf(stage)).toBe(value);
    expect(await stage.planned()).toEqual({});
  });

  it("is deleted by a teardown with a recovery window, and comes back by the next reconcile with the same value", async () => {
    const back = stage.keep();
    // A simulated AWS in which nothing exists is forgotten with its deleted secrets.
    await stage.meddle((aws) => aws.ssm(new PutParameterCommand({ Name: "other", Value: "x", Type: "String" })));
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({ "ssm.parameters@ap-northeast-1": ["other"] });
    const { DeletedDate } = await stage.world().aws.secretsManager(new DescribeSecretCommand({ SecretId: NAME }));
    expect(DeletedDate?.getTime()).toBeGreaterThan(stage.world().clock.now() + 6.9 * 86_400_000);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(valueOf(stage)).toBe(value);
    expect(await stage.planned()).toEqual({});
    back();
  });

  it("is created anew if it was deleted for good, as soon as AWS frees its name", async () => {
    const back = stage.keep();
    await stage.meddle((aws) =>
      aws.secretsManager(new DeleteSecretCommand({ SecretId: NAME, ForceDeleteWithoutRecovery: true })),
    );
    const run = await stage.run("reconcile");
    expect(run.lines.filter((line) => line.startsWith("Failed"))).toEqual([]);
    expect(valueOf(stage)).toMatch(/^[A-Za-z0-9]{48}$/);
    expect(await stage.planned()).toEqual({});
    expect(await valueFromOf(stage)).toEqual({
      running: 2,
      secrets: [{ name: "SESSION_KEY", valueFrom: record(stage)?.arn }],
    });
    back();
  });

  it("of someone else's that is scheduled for deletion is not restored", async () => {
    const back = stage.keep();
    await stage.meddle(async (aws) => {
      const Tags = [{ Key: "fairlead:environment", Value: "prod" }];
      await aws.secretsManager(new TagResourceCommand({ SecretId: NAME, Tags }));
      await aws.secretsManager(new DeleteSecretCommand({ SecretId: NAME }));
    });
    const { exit, lines } = await stage.say("reconcile");
    expect(exit).toBe(1);
    expect(lines.join("\n")).toContain(
      `Secret ${NAME} belongs to fairlead-app/prod/ap-northeast-1:${ID} and is scheduled for deletion, and its name stays taken until then. It was not restored. To delete it for good now: aws secretsmanager delete-secret --secret-id ${NAME} --force-delete-without-recovery --region ap-northeast-1`,
    );
    expect(record(stage)).toBeUndefined();
    back();
  });

  it("gets a new value once it is older than its greatest age, and tasks have it after a restart", async () => {
    const back = stage.keep();
    const rotated = { container: { secrets: { SESSION_KEY: { generate: { length: 48, rotateDays: 30 } } } } };
    const older = (days: number) => stage.meddle((_aws, clock) => clock.sleep(days * 86_400_000));
    await older(20);
    stage.edit(rotated);
    expect(await stage.planned()).toMatchObject({ [ID]: "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(valueOf(stage)).toBe(value);
    expect(await stage.planned()).toEqual({});
    await older(11);
    const { lines } = await stage.say("plan");
    expect(lines.join("\n")).toContain("maxAgeDays: 31 -> 0");
    const run = await stage.run("reconcile");
    expect(run.exit).toBe(0);
    expect(run.lines.join("\n")).toContain("It has a new value.");
    const renewed = valueOf(stage) ?? "";
    expect(renewed).toMatch(/^[A-Za-z0-9]{48}$/);
    expect(renewed).not.toBe(value);
    expect(run.lines.join("\n") + leftBehind(stage)).not.toContain(renewed);
    expect((await stage.type("secret", "restart")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    stage.edit(config);
    expect(await stage.planned()).toMatchObject({ [ID]: "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    await older(400);
    expect(await stage.planned()).toEqual({});
    expect(valueOf(stage)).toBe(renewed);
    back();
  });

  it("is refused to be deleted in a protected stack, and goes with its setting otherwise", async () => {
    stage.edit({ protect: true });
    const { json } = await stage.run("plan");
    expect(json.problems?.join("\n")).toContain(ID);
    stage.edit({});
    expect(await stage.planned()).toMatchObject({ [ID]: "delete" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(record(stage)).toBeUndefined();
    expect(await stage.planned()).toEqual({});
  });

  it("never shows its value: in no line, answer, log, state, backup or history", () => {
    expect([...said, leftBehind(stage)].join("\n")).not.toContain(value);
  });
});
