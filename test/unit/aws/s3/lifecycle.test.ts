import {
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { putSettings, type BucketSettings } from "../../../../src/aws/s3/settings.ts";
import { mocked } from "../../../support/mocked.ts";

const s3 = mockClient(S3Client);
beforeEach(() => s3.reset());

const spec: BucketSettings = {
  versioning: true,
  eventBridge: false,
  policy: undefined,
  encryption: "AES256",
  blockPublicAccess: true,
  ownership: "BucketOwnerEnforced",
  lifecycle: { abortMultipartDays: 7 },
};

describe("s3/lifecycle", () => {
  it("keeps the lifecycle rules of others, and the size that they set, when it writes its own or takes it away", async () => {
    const theirs = { ID: "theirs", Status: "Enabled" as const, Filter: { Prefix: "logs/" }, Expiration: { Days: 9 } };
    const TransitionDefaultMinimumObjectSize = "varies_by_storage_class" as const;
    s3.onAnyCommand().resolves({});
    s3.on(GetBucketLifecycleConfigurationCommand).resolves({
      Rules: [{ ID: "fairlead", Status: "Enabled" }, theirs],
      TransitionDefaultMinimumObjectSize,
    });
    const written = async (lifecycle: BucketSettings["lifecycle"]) => {
      s3.resetHistory();
      await putSettings(mocked(), "demo", spec, { ...spec, lifecycle }, { notifications: {} });
      return s3.commandCalls(PutBucketLifecycleConfigurationCommand).map(({ args: [command] }) => command.input);
    };
    const [changed] = await written({ abortMultipartDays: 3 });
    expect(changed?.LifecycleConfiguration?.Rules?.map(({ ID }) => ID)).toEqual(["theirs", "fairlead"]);
    expect(changed).toMatchObject({ TransitionDefaultMinimumObjectSize });
    const [without] = await written(undefined);
    expect(without?.LifecycleConfiguration?.Rules).toEqual([theirs]);
  });
});
