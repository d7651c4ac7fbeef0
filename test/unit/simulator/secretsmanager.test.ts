import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { DescribeParametersCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import { simulated } from "../../support/simulated.ts";

const Name = "shop/db";
const token = (n: number) => `${n}`.repeat(32);

describe("the simulated Secrets Manager", () => {
  it("keeps a name for the recovery window, and restores the secret with its ARN", async () => {
    const { aws, clock } = simulated();
    const create = () => aws.secretsManager(new CreateSecretCommand({ Name, SecretString: "a" }));
    const { ARN } = await create();
    await aws.secretsManager(new DeleteSecretCommand({ SecretId: Name, RecoveryWindowInDays: 7 }));
    await expect(create()).rejects.toMatchObject({
      name: "InvalidRequestException",
      message: "You can't create this secret because a secret with this name is already scheduled for deletion.",
    });
    await expect(
      aws.secretsManager(new PutSecretValueCommand({ SecretId: Name, SecretString: "b" })),
    ).rejects.toMatchObject({ name: "InvalidRequestException" });
    await aws.secretsManager(new RestoreSecretCommand({ SecretId: Name }));
    expect((await aws.secretsManager(new DescribeSecretCommand({ SecretId: Name }))).ARN).toBe(ARN);
    await aws.secretsManager(new DeleteSecretCommand({ SecretId: Name, RecoveryWindowInDays: 7 }));
    await clock.sleep(7 * 86_400_000 + 1_000);
    expect((await create()).ARN).not.toBe(ARN);
  });

  it("frees the name of a secret that is deleted by force only after a while", async () => {
    const { aws, clock } = simulated();
    const create = () => aws.secretsManager(new CreateSecretCommand({ Name, SecretString: "a" }));
    await create();
    await aws.secretsManager(new DeleteSecretCommand({ SecretId: Name, ForceDeleteWithoutRecovery: true }));
    await expect(create()).rejects.toMatchObject({ name: "InvalidRequestException" });
    await clock.sleep(60_000);
    await create();
    const both = new DeleteSecretCommand({ SecretId: Name, RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true });
    await expect(aws.secretsManager(both)).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  it("ignores a repeated token with the same value, and refuses it with another", async () => {
    const { aws } = simulated();
    const create = (SecretString: string) =>
      aws.secretsManager(new CreateSecretCommand({ Name, SecretString, ClientRequestToken: token(1) }));
    const { ARN } = await create("a");
    expect((await create("a")).ARN).toBe(ARN);
    await expect(create("b")).rejects.toMatchObject({ name: "ResourceExistsException" });
    const put = (n: number, SecretString: string) =>
      aws.secretsManager(new PutSecretValueCommand({ SecretId: Name, SecretString, ClientRequestToken: token(n) }));
    await put(2, "b");
    await put(2, "b");
    await expect(put(2, "c")).rejects.toMatchObject({ name: "ResourceExistsException" });
    await put(3, "c");
    const { VersionIdsToStages } = await aws.secretsManager(new DescribeSecretCommand({ SecretId: Name }));
    expect(VersionIdsToStages).toEqual({ [token(2)]: ["AWSPREVIOUS"], [token(3)]: ["AWSCURRENT"] });
  });

  it("is one of each region, lists by the beginning of names, and shows a new secret late", async () => {
    const { aws, clock } = simulated();
    await aws.in("us-east-1").secretsManager(new CreateSecretCommand({ Name }));
    await expect(aws.secretsManager(new DescribeSecretCommand({ SecretId: Name }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    await aws.secretsManager(new CreateSecretCommand({ Name }));
    const Filters = [{ Key: "name" as const, Values: ["shop/"] }];
    const listed = async () => (await aws.secretsManager(new ListSecretsCommand({ Filters }))).SecretList?.length;
    expect(await listed()).toBe(0);
    await clock.sleep(10_000);
    expect(await listed()).toBe(1);
  });
});

describe("the simulated Parameter Store", () => {
  it("finds parameters by name, and says their key only if they are encrypted", async () => {
    const { aws } = simulated();
    for (const [name, Type] of [
      ["/shop/a", "SecureString"],
      ["b", "String"],
    ] as const)
      await aws.ssm(new PutParameterCommand({ Name: name, Value: "x", Type }));
    const ParameterFilters = [{ Key: "Name", Option: "Equals", Values: ["/shop/a", "b", "/none"] }];
    const { Parameters } = await aws.ssm(new DescribeParametersCommand({ ParameterFilters }));
    expect(Parameters?.map(({ ARN, KeyId }) => [ARN, KeyId])).toEqual([
      ["arn:aws:ssm:ap-northeast-1:123456789012:parameter/shop/a", "alias/aws/ssm"],
      ["arn:aws:ssm:ap-northeast-1:123456789012:parameter/b", undefined],
    ]);
    await expect(aws.ssm(new PutParameterCommand({ Name: "b", Value: "y", Type: "String" }))).rejects.toMatchObject({
      name: "ParameterAlreadyExists",
    });
  });
});
