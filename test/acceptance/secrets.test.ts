import { writeFileSync } from "node:fs";
import { join } from "node:path";
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

describe("secrets, and a stack that sleeps, over HTTP", () => {
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
              TOKEN: { own: "TOKEN" },
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
      "Service mail: TOKEN is read from the stack's own secret TOKEN",
    ]);
    expect(mutating(await at.moto.calls())).toEqual([]);
  });

  it("are found or created, and a second plan is empty", async () => {
    await secretsManager.send(new CreateSecretCommand({ Name: "shop/db", SecretString: `{"url":"x"}` }));
    await ssm.send(new PutParameterCommand({ Name: "/shop/api-key", Value: "x", Type: "SecureString" }));
    const file = join(at.stack.directory, "token.txt");
    writeFileSync(file, "first\n");
    expect((await run("secret", "set", "TOKEN", "--file", file)).code).toBe(0);
    const { code, stderr } = await run("reconcile", "--yes");
    expect(stderr).not.toContain("failed:");
    expect(code).toBe(0);
    expect(await value()).toMatch(/^[A-Za-z0-9]{40}$/);
    await at.moto.forget();
    expect(await changes()).toEqual({});
    expect(mutating(await at.moto.calls())).toEqual([]);
  });

  it("that a person stores are listed, get new values, and are deleted only when nobody reads them", async () => {
    const file = join(at.stack.directory, "token.txt");
    writeFileSync(file, "second");
    expect((await run("secret", "set", "TOKEN", "--file", file)).code).toBe(0);
    const stored = await secretsManager.send(new GetSecretValueCommand({ SecretId: "fairlead-app-dev/TOKEN" }));
    expect(stored.SecretString).toBe("second");
    const { json } = await run("secret", "list");
    expect(json).toMatchObject({
      secrets: [
        { name: "SESSION_KEY", keeper: "generated", services: ["mail"] },
        { name: "TOKEN", keeper: "set", services: ["mail"] },
      ],
    });
    expect((await run("secret", "rm", "TOKEN", "--yes")).code).toBe(1);
    expect(await changes()).toEqual({});
  });

  it("stay where they are while the stack sleeps, without NAT gateways and with its addresses", async () => {
    const before = await at.moto.count();
    expect((await run("sleep", "--yes")).code).toBe(0);
    expect(await at.moto.count()).toEqual({ ...before, natGateways: 0 });
    expect(await changes()).toEqual({});
    expect((await run("wake", "--yes")).code).toBe(0);
    expect(await at.moto.count()).toEqual(before);
    expect(await changes()).toEqual({});
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
