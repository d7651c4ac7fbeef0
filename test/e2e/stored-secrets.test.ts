import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeServicesCommand, DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { GetRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateSecretCommand, DeleteSecretCommand } from "@aws-sdk/client-secrets-manager";
import { DeleteParameterCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import { afterAll, describe, expect, it } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import type { StackConfig } from "../../src/index.ts";
import { setEvents } from "../support/release.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const PREFIX = "fairlead-app-dev";
const VALUE = "hunter2-correct-horse";

const secrets = {
  DB_URL: { secretsManager: "shop/db", key: "url" },
  API_KEY: { ssm: "/shop/api-key" },
} as const;
const WITH_SECRETS: StackConfig = { container: { secrets } };

/** Stores both secrets; answers the ARN of the one in Secrets Manager. */
async function store(aws: Aws, region = aws.region): Promise<string> {
  const { secretsManager, ssm } = aws.in(region);
  const SecretString = JSON.stringify({ url: VALUE });
  const { ARN = "" } = await secretsManager(
    new CreateSecretCommand({ Name: "shop/db", SecretString, KmsKeyId: "alias/shop" }),
  );
  await ssm(new PutParameterCommand({ Name: "/shop/api-key", Value: VALUE, Type: "SecureString" }));
  return ARN;
}

async function mainContainer({ aws }: { readonly aws: Aws }) {
  const { services: [service] = [] } = await aws.ecs(
    new DescribeServicesCommand({ cluster: `${PREFIX}-cluster`, services: [`${PREFIX}-service`] }),
  );
  const { taskDefinition } = await aws.ecs(
    new DescribeTaskDefinitionCommand({ taskDefinition: service?.taskDefinition ?? "" }),
  );
  return { service, main: taskDefinition?.containerDefinitions?.[0] };
}

/** Every file that a run leaves, but for the simulated AWS itself, which keeps the values. */
function leftBehind(stage: Stage): string {
  const root = join(stage.directory, ".fairlead");
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "world.json")
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8"))
    .join("\n");
}

describe("secrets of a service", () => {
  const stage = new Stage(WITH_SECRETS);
  let arn = "";
  afterAll(() => stage.remove());

  it("are refused in the plan if they do not exist, each with the variable and a command, and nothing is created", async () => {
    await stage.meddle((aws) => store(aws, "us-east-1"));
    const { exit, json } = await stage.run("plan");
    expect(exit).toBe(1);
    await expect(stage.run("reconcile")).rejects.toThrow("Blocked by 2 errors (above). No changes were made.");
    const shown = await stage.type("plan");
    expect(shown.lines.at(-1)).toBe(
      "Blocked by 2 errors (above). No changes were made. Once they are mended: npx fairlead plan",
    );
    await expect(stage.run("reconcile")).rejects.toThrow(/Once they are mended: npx fairlead reconcile$/);
    expect(json.problems).toEqual([
      'Service web: DB_URL is read from secret shop/db, which the simulated AWS does not have, and the AWS CLI cannot create it there. To try the stack, read one of its own instead, with DB_URL: { own: "DB_URL" } in secrets, and store a value: npx fairlead secret set DB_URL',
      'Service web: API_KEY is read from parameter /shop/api-key, which the simulated AWS does not have, and the AWS CLI cannot create it there. To try the stack, read one of its own instead, with API_KEY: { own: "API_KEY" } in secrets, and store a value: npx fairlead secret set API_KEY',
    ]);
    expect(Object.keys(stage.things()).filter((name) => !name.endsWith("us-east-1"))).toEqual([]);
  });

  it("are read by ECS when a task starts, and never by Fairlead", async () => {
    arn = await stage.meddle((aws) => store(aws));
    const log = join(stage.directory, "calls.log");
    expect((await stage.run("reconcile", { log, logAnswers: true })).exit).toBe(0);
    await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
    writeService(stage);
    expect((await deployed(stage)).exit).toBe(0);
    const { main, service } = await mainContainer(stage.world());
    expect(service).toMatchObject({ runningCount: 2 });
    expect(main?.secrets).toEqual([
      { name: "API_KEY", valueFrom: "arn:aws:ssm:ap-northeast-1:123456789012:parameter/shop/api-key" },
      { name: "DB_URL", valueFrom: `${arn}:url::` },
    ]);
    expect(await stage.planned()).toEqual({});
    const said = await stage.say("plan", { full: true });
    expect([...said.lines, leftBehind(stage), readFileSync(log, "utf8")].join("\n")).not.toContain(VALUE);
    const operations = Array.from(readFileSync(log, "utf8").matchAll(/"operation":"(\w+)"/g), ([, name = ""]) => name);
    expect(operations).toEqual(expect.arrayContaining(["DescribeSecret", "DescribeParameters"]));
    expect(operations.filter((name) => /SecretValue|GetParameter/.test(name))).toEqual([]);
  });

  it("may be read by the execution role, exactly these, and decrypted through the service that keeps them", async () => {
    const { PolicyDocument = "" } = await stage
      .world()
      .aws.iam(
        new GetRolePolicyCommand({ RoleName: `${PREFIX}-ap-northeast-1-task-execution`, PolicyName: "execution" }),
      );
    const { Statement } = JSON.parse(decodeURIComponent(PolicyDocument)) as { Statement: { Sid: string }[] };
    expect(Statement.filter(({ Sid }) => /^(Read|Decrypt)/.test(Sid))).toEqual([
      { Sid: "ReadSecrets", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: arn },
      {
        Sid: "ReadParameters",
        Effect: "Allow",
        Action: "ssm:GetParameters",
        Resource: "arn:aws:ssm:ap-northeast-1:123456789012:parameter/shop/api-key",
      },
      {
        Sid: "DecryptSecretsByAlias",
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: "arn:aws:kms:ap-northeast-1:123456789012:key/*",
        Condition: {
          StringEquals: { "kms:ViaService": "secretsmanager.ap-northeast-1.amazonaws.com" },
          "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/shop" },
        },
      },
    ]);
  });

  it("that are scheduled for deletion are refused with the command that restores them, and a task says so", async () => {
    const back = stage.keep();
    await stage.meddle((aws) => aws.secretsManager(new DeleteSecretCommand({ SecretId: "shop/db" })));
    const { json } = await stage.run("plan");
    expect(json.problems).toEqual([
      "Service web: DB_URL is read from secret shop/db, which is scheduled for deletion, so no task can read it. Restore it: aws secretsmanager restore-secret --secret-id shop/db --region ap-northeast-1",
    ]);
    const { exit, lines } = await stage.type("task", "web", "--", "true");
    expect(exit).not.toBe(0);
    expect(lines.join("\n")).toContain(`Secret ${arn} is scheduled for deletion, so no task can read it.`);
    expect(lines.join("\n")).toContain(`aws secretsmanager restore-secret --secret-id ${arn}`);
    back();
  });

  it("that are deleted while the plan is confirmed fail the release, which is rolled back and explained", async () => {
    const back = stage.keep();
    await stage.meddle((aws) => aws.ssm(new DeleteParameterCommand({ Name: "/shop/api-key" })));
    writeService(stage, "", { "version.txt": "2" });
    const { json } = await deployed(stage);
    expect(json.release).toMatchObject({
      ending: "failed",
      finding: {
        cause: "secret-missing",
        what: "The task definition references parameter /shop/api-key, which does not exist.",
      },
    });
    expect((await mainContainer(stage.world())).service).toMatchObject({ runningCount: 2 });
    back();
  });

  it("that were deleted and created again have another ARN, which the plan brings to tasks and role", async () => {
    const back = stage.keep();
    await stage.meddle(async (aws, clock) => {
      await aws.secretsManager(new DeleteSecretCommand({ SecretId: "shop/db", ForceDeleteWithoutRecovery: true }));
      await clock.sleep(60_000);
      await aws.secretsManager(new CreateSecretCommand({ Name: "shop/db", SecretString: `{"url":"${VALUE}"}` }));
    });
    expect(await stage.planned()).toEqual({
      "security/task-execution-role": "update",
      "compute/task-definition": "update",
      "compute/service": "update",
    });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await mainContainer(stage.world())).service).toMatchObject({ runningCount: 2 });
    expect(await stage.planned()).toEqual({});
    back();
  });

  it("go when the config names them no more, and stay where they are after a teardown", async () => {
    stage.edit({});
    expect(Object.keys(await stage.planned())).toContain("security/task-execution-role");
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await mainContainer(stage.world())).main).not.toHaveProperty("secrets");
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toMatchObject({ "secretsmanager.secrets@ap-northeast-1": ["shop/db"] });
  });
});
