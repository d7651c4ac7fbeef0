import { DescribeHubCommand, EnableSecurityHubCommand, SecurityHubClient } from "@aws-sdk/client-securityhub";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Hub } from "../../../../src/aws/securityhub/hub.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked } from "../../../support/mocked.ts";

const hub = mockClient(SecurityHubClient);
beforeEach(() => hub.reset());
const spec = { region: "ap-northeast-1" };

describe("securityhub/hub", () => {
  it("is enabled without standards", async () => {
    hub.on(EnableSecurityHubCommand).resolves({});
    expect((await Hub.create(mocked(), spec, making())).id).toBe(
      "arn:aws:securityhub:ap-northeast-1:123456789012:hub/default",
    );
    expect(hub.commandCalls(EnableSecurityHubCommand).map(({ args: [{ input }] }) => input)).toEqual([
      { EnableDefaultStandards: false },
    ]);
  });

  it("is looked for if another stack has just enabled it", async () => {
    hub.on(EnableSecurityHubCommand).rejects(awsError("ResourceConflictException", "already"));
    await expect(Hub.create(mocked(), spec, making())).rejects.toBeInstanceOf(UncertainAnswer);
  });

  it("is absent where AWS says that the account is not subscribed, and nowhere else", async () => {
    const refused = (text: string) => hub.on(DescribeHubCommand).rejects(awsError("InvalidAccessException", text));
    refused("Account 123456789012 is not subscribed to AWS Security Hub");
    expect(await Hub.observe(mocked(), lookFor(spec))).toBeUndefined();
    refused("You may not do this");
    await expect(Hub.observe(mocked(), lookFor(spec))).rejects.toMatchObject({ name: "InvalidAccessException" });
  });
});
