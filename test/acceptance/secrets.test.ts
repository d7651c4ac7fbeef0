import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
  TagResourceCommand,
} from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import { stackOnMoto } from "./stack-on-moto.ts";
import { NOTHING } from "./whole.ts";
import { mutating, REGION } from "./world.ts";

const NAME = "fairlead-app-dev/SESSION_KEY";

describe("secrets over HTTP", () => {
  let secretsManager: SecretsManagerClient;
  let ssm: SSMClient;
  const at = stackOnMoto(({ moto, stack }) => {
    const options = {
      endpoint: moto.endpoint,
      region: REGION,
      credentials: { accessKeyId: "t", secretAccessKey: "t" },
    };
    secretsManager = new SecretsManagerClient(options);
    ssm = new SSMClient(options);
    stack.edit({
      services: {
        mail: {
          type: "worker",
          image: "public.ecr.aws/docker/library/node:22",
          container: {
            secrets: {
              SESSION_KEY: { generate: {} },
              DB_URL: { secretsManager: "shop/db", key: "url" },
              API_KEY: { ssm: "/shop/api-key" },
            },
          },
        },
      },
    });
  });
  const { run, changes } = at;
  const value = async () =>
    (await secretsManager.send(new GetSecretValueCommand({ SecretId: NAME }))).SecretString ?? "";

  it("that do not exist are refused before anything is created", async () => {
    const { code, json } = await run("plan");
    expect(code).toBe(1);
    expect(json.problems?.map((problem) => problem.split(",")[0])).toEqual([
      "Service mail: DB_URL is read from secret shop/db",
      "Service mail: API_KEY is read from parameter /shop/api-key",
    ]);
    expect(mutating(await at.moto.calls())).toEqual([]);
  });

  it("are found or created, and a second plan is empty", async () => {
    await secretsManager.send(new CreateSecretCommand({ Name: "shop/db", SecretString: `{"url":"x"}` }));
    await ssm.send(new PutParameterCommand({ Name: "/shop/api-key", Value: "x", Type: "SecureString" }));
    const { code, stderr } = await run("reconcile", "--yes");
    expect(stderr).not.toContain("failed:");
    expect(code).toBe(0);
    expect(await value()).toMatch(/^[A-Za-z0-9]{40}$/);
    await at.moto.forget();
    expect(await changes()).toEqual({});
    expect(mutating(await at.moto.calls())).toEqual([]);
  });

  it("of the stack have their tags restored", async () => {
    await secretsManager.send(new TagResourceCommand({ SecretId: NAME, Tags: [{ Key: "Name", Value: "other" }] }));
    expect(await changes()).toEqual({ "secrets/session-key": "update" });
    expect((await run("reconcile", "--yes")).code).toBe(0);
    expect(await changes()).toEqual({});
  });

  it("of the stack are scheduled for deletion by a teardown, and come back with their value", async () => {
    const before = await value();
    expect((await run("teardown", "--yes")).code).toBe(0);
    expect(await at.moto.count()).toEqual(NOTHING);
    const { DeletedDate } = await secretsManager.send(new DescribeSecretCommand({ SecretId: NAME }));
    expect(DeletedDate).toBeDefined();
    expect((await run("reconcile", "--yes")).code).toBe(0);
    expect(await value()).toBe(before);
    expect((await run("teardown", "--yes")).code).toBe(0);
  });
});
