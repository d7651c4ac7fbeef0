import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { identity } from "../../../src/aws/sts/identity.ts";
import { awsError } from "../../support/failing.ts";
import { mocked } from "../../support/mocked.ts";

const sts = mockClient(STSClient);
const refused = awsError("InvalidClientTokenId", "The security token included in the request is invalid");

beforeEach(() => void sts.reset());

describe("whose credentials these are", () => {
  it("is reported with account and partition", async () => {
    sts.on(GetCallerIdentityCommand).resolves({ Account: "123456789012", Arn: "arn:aws-cn:iam::123456789012:user/me" });
    expect(await identity(mocked(), "cn-north-1")).toMatchObject({ account: "123456789012", partition: "aws-cn" });
  });

  it("says how to enable an opt-in region where AWS does not know them there", async () => {
    sts.on(GetCallerIdentityCommand).rejects(refused);
    await expect(identity(mocked(), "eu-south-2")).rejects.toThrow(
      "eu-south-2 is an opt-in region and is probably not enabled in this account. Enable it, which takes a few minutes: aws account enable-region --region-name eu-south-2.",
    );
  });

  it("passes AWS's own words on in a region that is always enabled", async () => {
    sts.on(GetCallerIdentityCommand).rejects(refused);
    await expect(identity(mocked(), "eu-west-1")).rejects.toThrow(/^The security token included/);
  });
});
