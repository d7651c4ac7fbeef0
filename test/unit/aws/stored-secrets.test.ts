import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import { storedParameter, storedSecret } from "../../../src/aws/stored-secrets.ts";
import { Snapshot } from "../../../src/engine/snapshot.ts";
import { simulated } from "../../support/simulated.ts";
import { SimulatedError } from "../../../src/simulator/errors.ts";

const FOREIGN = "arn:aws:secretsmanager:ap-northeast-1:210987654321:secret:db-AbCdEf";

describe("a stored secret", () => {
  it("has a value: one without a version is empty", async () => {
    const { aws } = simulated();
    await aws.secretsManager(new CreateSecretCommand({ Name: "none" }));
    expect(await storedSecret(aws, new Snapshot(), "none")).toBe("empty");
  });

  it("is known with its key only if the key is a customer's", async () => {
    const { aws } = simulated();
    for (const [Name, KmsKeyId] of [
      ["own", "alias/shop"],
      ["aws", "alias/aws/secretsmanager"],
      ["left-out", undefined],
    ] as const)
      await aws.secretsManager(new CreateSecretCommand({ Name, SecretString: "x", KmsKeyId }));
    const keyOf = async (name: string) => {
      const found = await storedSecret(aws, new Snapshot(), name);
      return typeof found === "string" ? found : found.kmsKey;
    };
    expect([await keyOf("own"), await keyOf("aws"), await keyOf("left-out")]).toEqual([
      "alias/shop",
      undefined,
      undefined,
    ]);
  });

  it("of another account is told apart from one that may not be described at all", async () => {
    const { aws } = simulated(1, (moment, { operation }) => {
      if (moment === "before" && operation === "DescribeSecret")
        throw new SimulatedError("AccessDeniedException", "User is not authorized", 400);
    });
    expect(await storedSecret(aws, new Snapshot(), FOREIGN)).toBe("foreign");
    await expect(storedSecret(aws, new Snapshot(), "db")).rejects.toMatchObject({ name: "AccessDeniedException" });
    const parameter = "arn:aws:ssm:ap-northeast-1:210987654321:parameter/db";
    expect(await storedParameter(aws, new Snapshot(), ["/db"], parameter)).toBe("foreign");
  });

  it("that several services name is asked for once, and fifty parameters in one call", async () => {
    const { aws, calls } = simulated();
    await aws.secretsManager(new CreateSecretCommand({ Name: "db", SecretString: "x" }));
    const names = Array.from({ length: 51 }, (_, index) => `/p/${index}`);
    for (const Name of names) await aws.ssm(new PutParameterCommand({ Name, Value: "x", Type: "String" }));
    calls.length = 0;
    const snapshot = new Snapshot();
    const found = await Promise.all([
      storedSecret(aws, snapshot, "db"),
      storedSecret(aws, snapshot, "db"),
      ...names.map((name) => storedParameter(aws, snapshot, [name], undefined)),
    ]);
    expect(found.filter((one) => typeof one === "string")).toEqual([]);
    const operations = calls.map(({ operation }) => operation);
    expect(operations.toSorted()).toEqual(["DescribeParameters", "DescribeParameters", "DescribeSecret"]);
  });
});
