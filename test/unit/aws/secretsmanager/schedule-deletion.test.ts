import { DeleteSecretCommand, DescribeSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, expect, it } from "vitest";
import { scheduleDeletion } from "../../../../src/aws/secretsmanager/schedule-deletion.ts";
import { awsError } from "../../../support/failing.ts";
import { mocked } from "../../../support/mocked.ts";

const secretsManager = mockClient(SecretsManagerClient);
beforeEach(() => secretsManager.reset());

const END = new Date("2026-12-07T00:00:00Z");
const refusal = awsError("InvalidRequestException", "Words that no document has.");

it("answers when the secret will be gone, and looks at nothing else", async () => {
  secretsManager.on(DeleteSecretCommand).resolves({ DeletionDate: END });
  expect(await scheduleDeletion(mocked(), "demo", 7, [])).toEqual(END);
  expect(secretsManager.calls().map(({ args: [command] }) => command.input)).toEqual([
    { SecretId: "demo", RecoveryWindowInDays: 7 },
  ]);
});

it("takes a secret that is scheduled already for what its own lost delete has done, whatever the words of the refusal", async () => {
  secretsManager.on(DeleteSecretCommand).rejects(refusal);
  secretsManager.on(DescribeSecretCommand).resolves({ Name: "demo", DeletedDate: END });
  expect(await scheduleDeletion(mocked(), "demo", 7, [])).toEqual(END);
});

it("fails where the secret is not scheduled, and where something else was refused", async () => {
  secretsManager.on(DeleteSecretCommand).rejectsOnce(refusal).rejects(awsError("AccessDeniedException", "No."));
  secretsManager.on(DescribeSecretCommand).resolves({ Name: "demo" });
  await expect(scheduleDeletion(mocked(), "demo", 7, [])).rejects.toThrow("Words that no document has.");
  await expect(scheduleDeletion(mocked(), "demo", 7, [])).rejects.toThrow("No.");
  expect(secretsManager.commandCalls(DescribeSecretCommand)).toHaveLength(1);
});
