import { CreateSecretCommand, DescribeSecretCommand, TagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { valueFrom } from "../../../../src/aws/secretsmanager/generated-value.ts";
import { Secret } from "../../../../src/aws/secretsmanager/secret.ts";
import { ownerTags, tagList } from "../../../../src/aws/tags.ts";
import { Snapshot } from "../../../../src/engine/snapshot.ts";
import { SimulatedError } from "../../../../src/simulator/errors.ts";
import { polling } from "../../../../src/testing/polling.ts";
import { simulated, type Simulated } from "../../../support/simulated.ts";

const NAME = "demo-test/KEY";
const spec = { name: NAME, length: 40, maxAgeDays: undefined, replicaOf: undefined, tags: {} };
const making = (at: Simulated) => ({
  owner: "demo/test/ap-northeast-1:secrets/key",
  token: "a".repeat(32),
  secret: "s".repeat(40),
  usable: () => {},
  created: async () => {},
  until: polling(at),
});

describe("a secret of the stack", () => {
  it("is created with a token of its own, so that a repeated call makes no second version", async () => {
    const at = simulated();
    await Secret.create(at.aws, spec, making(at));
    const { VersionIdsToStages } = await at.aws.secretsManager(new DescribeSecretCommand({ SecretId: NAME }));
    expect(Object.keys(VersionIdsToStages ?? {})).toEqual(["a".repeat(32)]);
  });

  it("is found by its name and owner tags if the response of the create was lost, and not created again", async () => {
    const at = simulated(1, (moment, { operation }) => {
      if (moment === "after" && operation === "CreateSecret")
        throw new SimulatedError("InternalServiceError", "An error occurred on the server side.", 500);
    });
    const tags = ownerTags(at.aws.owner, "secrets/key");
    const lost = Secret.create(at.aws, { ...spec, tags }, making(at));
    await expect(lost).rejects.toMatchObject({ name: "UncertainAnswer" });
    const look = { id: "secrets/key", owner: "", knownId: undefined, excludeIds: [], spec, snapshot: new Snapshot() };
    expect(await Secret.observe(at.aws, look)).toMatchObject({ id: NAME, owner: making(at).owner });
    expect(at.calls.filter(({ operation }) => operation === "CreateSecret")).toHaveLength(1);
  });

  it("does not show its value in the log of the call, or in AWS's refusal that quotes it", async () => {
    const value = valueFrom("s".repeat(40), 40);
    const at = simulated(1, (moment, { operation }) => {
      if (moment === "before" && operation === "CreateSecret")
        throw new SimulatedError("InvalidParameterException", `Value '${value}' is refused`, 400);
    });
    const failed = await Secret.create(at.aws, spec, making(at)).catch((error: unknown) => error);
    expect(String(failed)).toContain("(secret)");
    expect(String(failed)).not.toContain(value);
    expect(JSON.stringify(at.calls.map(({ input }) => input()))).not.toContain(value);
  });

  it("shows as unmanaged what others set, such as a rotation or a key", async () => {
    const at = simulated();
    await at.aws.secretsManager(new CreateSecretCommand({ Name: NAME, SecretString: "x", KmsKeyId: "alias/own" }));
    await at.aws.secretsManager(
      new TagResourceCommand({ SecretId: NAME, Tags: tagList(ownerTags(at.aws.owner, "secrets/key")) }),
    );
    const look = { id: "secrets/key", owner: "", knownId: NAME, excludeIds: [], spec, snapshot: new Snapshot() };
    expect(await Secret.observe(at.aws, look)).toMatchObject({
      unmanaged: ["KmsKeyId alias/own"],
      owner: making(at).owner,
    });
  });

  it("has a value of letters and digits of any length, the same for the same randomness", () => {
    for (const length of [16, 40, 128]) expect(valueFrom("x", length)).toMatch(new RegExp(`^[A-Za-z0-9]{${length}}$`));
    expect(valueFrom("x", 40)).toBe(valueFrom("x", 40));
    expect(valueFrom("x", 40)).not.toBe(valueFrom("y", 40));
  });
});
