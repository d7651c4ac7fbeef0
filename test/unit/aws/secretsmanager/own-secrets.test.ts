import { ListSecretVersionIdsCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { storeOwnSecret } from "../../../../src/aws/secretsmanager/own-secrets.ts";
import { SimulatedError } from "../../../../src/simulator/errors.ts";
import { simulated } from "../../../support/simulated.ts";

const NAME = "demo-test/API_KEY";
const token = (letter: string) => letter.repeat(32);

describe("one of the stack's own secrets", () => {
  it("that two terminals store for the first time at once has both values as versions, the last one current", async () => {
    const { aws } = simulated();
    const stored = await Promise.all([
      storeOwnSecret(aws, NAME, { value: "one", token: token("a") }, {}),
      storeOwnSecret(aws, NAME, { value: "two", token: token("b") }, {}),
    ]);
    expect(stored.map(({ what }) => what)).toEqual(["created", "updated"]);
    const { Versions } = await aws.secretsManager(new ListSecretVersionIdsCommand({ SecretId: NAME }));
    expect(Versions?.map(({ VersionId, VersionStages }) => [VersionId, VersionStages])).toEqual([
      [token("a"), ["AWSPREVIOUS"]],
      [token("b"), ["AWSCURRENT"]],
    ]);
  });

  it.each(["CreateSecret", "PutSecretValue"])("has one version if the response of %s was lost", async (lost) => {
    let fails = false;
    const { aws } = simulated(1, (moment, { operation }) => {
      if (moment === "after" && operation === lost && fails) {
        fails = false;
        throw new SimulatedError("InternalServiceError", "An error occurred on the server side.", 500);
      }
    });
    if (lost === "PutSecretValue") await storeOwnSecret(aws, NAME, { value: "one", token: token("a") }, {});
    fails = true;
    await storeOwnSecret(aws, NAME, { value: "two", token: token("b") }, {});
    const { Versions } = await aws.secretsManager(new ListSecretVersionIdsCommand({ SecretId: NAME }));
    expect(Versions?.filter(({ VersionId }) => VersionId === token("b"))).toHaveLength(1);
    expect(Versions).toHaveLength(lost === "PutSecretValue" ? 2 : 1);
  });

  it("does not show its value in a refusal that quotes it, or in the log", async () => {
    const { aws, calls } = simulated(1, (moment, { operation }) => {
      if (moment === "before" && operation === "CreateSecret")
        throw new SimulatedError("InvalidParameterException", "Value 'hunter2' is refused", 400);
    });
    const failed = await storeOwnSecret(aws, NAME, { value: "hunter2", token: token("a") }, {}).catch(
      (error: unknown) => error,
    );
    expect([String(failed), JSON.stringify(calls.map(({ input }) => input()))].join()).not.toContain("hunter2");
  });
});
