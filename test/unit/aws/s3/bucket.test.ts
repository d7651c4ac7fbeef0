import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  PutBucketTaggingCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Bucket, type BucketSpec } from "../../../../src/aws/s3/bucket.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked, OWNED, tagsIn } from "../../../support/mocked.ts";

const s3 = mockClient(S3Client);
beforeEach(() => s3.reset());
const sent = () => s3.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const tags = tagsIn("demo-test");
const policy = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Deny" as const, Principal: "*" as const, Action: "s3:*", Resource: "arn:aws:s3:::demo-source" },
  ],
};
const spec: BucketSpec = {
  name: "demo-source",
  versioning: true,
  eventBridge: true,
  policy,
  encryption: "AES256",
  blockPublicAccess: true,
  ownership: "BucketOwnerEnforced",
  lifecycle: { expireDays: 30, expireNoncurrentDays: 7, abortMultipartDays: 1 },
  tags,
};
const named = { Bucket: "demo-source" };
const attrs = { name: "demo-source", arn: "arn:aws:s3:::demo-source" };
const observed = { id: "demo-source", spec, attrs, owner: "demo/test/ap-northeast-1:network/it", ready: true };

const access = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];
const blocked = (on: boolean) => Object.fromEntries(access.map((way) => [way, on]));
const ownership = (ObjectOwnership: "BucketOwnerEnforced" | "ObjectWriter") => ({ Rules: [{ ObjectOwnership }] });
const encryption = (SSEAlgorithm: "AES256" | "aws:kms") => ({
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm } }],
});
const rule = {
  ID: "fairlead",
  Status: "Enabled" as const,
  Filter: { Prefix: "" },
  Expiration: { Days: 30 },
  NoncurrentVersionExpiration: { NoncurrentDays: 7 },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
};
const tagging = ["PutBucketTaggingCommand", { ...named, Tagging: { TagSet: OWNED } }];
const creating = (configuration: object) => [
  "CreateBucketCommand",
  {
    ...named,
    ObjectOwnership: "BucketOwnerEnforced",
    CreateBucketConfiguration: { ...configuration, Tags: OWNED },
  },
];
const documents = [
  ["PutPublicAccessBlockCommand", { ...named, PublicAccessBlockConfiguration: blocked(true) }],
  ["PutBucketEncryptionCommand", { ...named, ServerSideEncryptionConfiguration: encryption("AES256") }],
  ["PutBucketVersioningCommand", { ...named, VersioningConfiguration: { Status: "Enabled" } }],
  ["PutBucketPolicyCommand", { ...named, Policy: JSON.stringify(policy) }],
  [
    "PutBucketNotificationConfigurationCommand",
    { ...named, NotificationConfiguration: { EventBridgeConfiguration: {} } },
  ],
  ["PutBucketLifecycleConfigurationCommand", { ...named, LifecycleConfiguration: { Rules: [rule] } }],
];
const noBucket = awsError("NoSuchBucket", "The specified bucket does not exist", 404);

describe("s3/bucket", () => {
  it("creates with its tags, reports the name, and then writes one document after the other", async () => {
    const told: string[] = [];
    s3.onAnyCommand().resolves({});
    s3.on(PutBucketTaggingCommand).callsFake(() => {
      expect(told).toEqual(["demo-source"]);
      return {};
    });
    expect(await Bucket.create(mocked(), spec, making(told))).toEqual({ id: "demo-source", attrs });
    expect(sent()).toEqual([creating({ LocationConstraint: "ap-northeast-1" }), tagging, ...documents]);
  });

  it("names no region in us-east-1, and leaves unsaid what S3 starts with", async () => {
    s3.onAnyCommand().resolves({});
    s3.on(GetBucketTaggingCommand).rejects(noBucket);
    const plain = { ...spec, versioning: false, eventBridge: false, policy: undefined, lifecycle: undefined };
    await Bucket.create({ ...mocked(), region: "us-east-1" }, plain, making());
    expect(sent()).toEqual([["GetBucketTaggingCommand", named], creating({}), tagging, ...documents.slice(0, 2)]);
  });

  it("refuses to change a bucket that is there already, in us-east-1 where S3 would", async () => {
    for (const answer of [awsError("NoSuchTagSet", "no tags", 404), awsError("AccessDenied", "Access Denied", 403)]) {
      s3.on(GetBucketTaggingCommand).rejects(answer);
      await expect(Bucket.create({ ...mocked(), region: "us-east-1" }, spec, making())).rejects.toThrow(
        "Bucket demo-source already exists",
      );
    }
    expect(s3.commandCalls(CreateBucketCommand)).toHaveLength(0);
  });

  it("never repeats a create whose response was lost, and reports no id for it", async () => {
    s3.on(CreateBucketCommand).rejects(awsError("InternalError", "injected", 500));
    const told: string[] = [];
    await expect(Bucket.create(mocked(), spec, making(told))).rejects.toBeInstanceOf(UncertainAnswer);
    expect(s3.commandCalls(CreateBucketCommand)).toHaveLength(1);
    expect(told).toEqual([]);
  });

  it("waits up to ten minutes for a name that was just given up, and for the bucket to be seen", async () => {
    s3.onAnyCommand().resolves({});
    let asked = 0;
    s3.on(CreateBucketCommand).callsFake(() => {
      asked += 1;
      if (asked <= 60) throw awsError("OperationAborted", "A conflicting conditional operation is in progress", 409);
      return {};
    });
    s3.on(PutBucketTaggingCommand).rejectsOnce(noBucket).resolves({});
    await Bucket.create(mocked(), spec, making());
    expect(asked).toBe(61);
    expect(s3.commandCalls(PutBucketTaggingCommand)).toHaveLength(2);
    s3.on(CreateBucketCommand).rejects(awsError("BucketAlreadyExists", "The requested name is not available", 409));
    await expect(Bucket.create(mocked(), spec, making())).rejects.toThrow("not available");
    expect(s3.commandCalls(CreateBucketCommand)).toHaveLength(62);
  });

  it("observes every document in the desired spelling, by known id before the declared name", async () => {
    s3.on(GetBucketTaggingCommand, named).resolves({ TagSet: OWNED });
    s3.on(GetBucketVersioningCommand, named).resolves({ Status: "Enabled" });
    s3.on(GetBucketEncryptionCommand, named).resolves({ ServerSideEncryptionConfiguration: encryption("AES256") });
    s3.on(GetPublicAccessBlockCommand, named).resolves({ PublicAccessBlockConfiguration: blocked(true) });
    s3.on(GetBucketOwnershipControlsCommand, named).resolves({ OwnershipControls: ownership("BucketOwnerEnforced") });
    const spelt = { ...policy.Statement[0], Principal: { AWS: "*" }, Action: ["s3:*"] };
    s3.on(GetBucketPolicyCommand, named).resolves({ Policy: JSON.stringify({ ...policy, Statement: [spelt] }) });
    s3.on(GetBucketNotificationConfigurationCommand, named).resolves({ EventBridgeConfiguration: {} });
    s3.on(GetBucketLifecycleConfigurationCommand, named).resolves({ Rules: [rule] });
    expect(await Bucket.observe(mocked(), lookFor({ ...spec, name: "renamed" }, "demo-source"))).toEqual(observed);
    // Access that is blocked in part is not blocked, and a rule for a part of the bucket is none that was declared.
    s3.on(GetPublicAccessBlockCommand).resolves({
      PublicAccessBlockConfiguration: { ...blocked(true), BlockPublicPolicy: false },
    });
    s3.on(GetBucketLifecycleConfigurationCommand).resolves({ Rules: [{ ...rule, Filter: { Prefix: "logs/" } }] });
    expect((await Bucket.observe(mocked(), lookFor(spec)))?.spec).toEqual({
      ...spec,
      blockPublicAccess: false,
      lifecycle: undefined,
    });
  });

  it("observes a bare bucket as one, and asks for no notifications or rules that were not declared", async () => {
    s3.on(GetBucketTaggingCommand).rejects(awsError("NoSuchTagSet", "The TagSet does not exist", 404));
    s3.on(GetBucketVersioningCommand).resolves({});
    const none = (name: string) => awsError(name, "not found", 404);
    s3.on(GetBucketEncryptionCommand).rejects(none("ServerSideEncryptionConfigurationNotFoundError"));
    s3.on(GetPublicAccessBlockCommand).rejects(none("NoSuchPublicAccessBlockConfiguration"));
    s3.on(GetBucketOwnershipControlsCommand).rejects(none("OwnershipControlsNotFoundError"));
    s3.on(GetBucketPolicyCommand).rejects(none("NoSuchBucketPolicy"));
    const seen = await Bucket.observe(mocked(), lookFor({ name: "demo-source" }));
    expect(seen).toMatchObject({ id: "demo-source", owner: undefined, ready: true });
    const off = { versioning: false, eventBridge: false, blockPublicAccess: false };
    expect(seen?.spec).toEqual({ name: "demo-source", ...off, tags: {} });
    expect(s3.commandCalls(GetBucketNotificationConfigurationCommand)).toHaveLength(0);
    expect(s3.commandCalls(GetBucketLifecycleConfigurationCommand)).toHaveLength(0);
  });

  it("is absent under both its names, and where it went between the calls", async () => {
    s3.on(GetBucketTaggingCommand).rejects(noBucket);
    expect(await Bucket.observe(mocked(), lookFor({ name: "demo-source" }, "demo-old"))).toBeUndefined();
    expect(sent()).toEqual([
      ["GetBucketTaggingCommand", { Bucket: "demo-old" }],
      ["GetBucketTaggingCommand", named],
    ]);
    s3.onAnyCommand().rejects(noBucket);
    s3.on(GetBucketTaggingCommand).resolves({ TagSet: OWNED });
    expect(await Bucket.observe(mocked(), lookFor(spec, "demo-source"))).toBeUndefined();
    expect(s3.commandCalls(GetBucketVersioningCommand)).toHaveLength(1);
  });

  it("recognizes a bucket of that name in another account or region in every form, without further reads", async () => {
    const allowsNot = "is not authorized to perform: s3:GetBucketTagging because no resource-based policy allows it";
    for (const [code, message, place] of [
      ["AccessDenied", "Access Denied", "account"],
      ["AccessDenied", allowsNot, "account"],
      ["AllAccessDisabled", "All access to this object has been disabled", "account"],
      ["PermanentRedirect", "The bucket must be addressed using the specified endpoint.", "region"],
      ["AuthorizationHeaderMalformed", "The region is wrong.", "region"],
    ] as const) {
      s3.reset();
      s3.on(GetBucketTaggingCommand).rejects(awsError(code, message, 403));
      const seen = await Bucket.observe(mocked(), lookFor(spec));
      const owner = `another AWS ${place}`;
      expect(seen).toEqual({ id: "demo-source", attrs, spec: { name: "demo-source" }, owner, ready: true });
      expect(s3.calls()).toHaveLength(1);
    }
  });

  it("takes a permission that is missing here for no answer of whose a bucket is", async () => {
    const denial =
      "User: arn:aws:iam::123456789012:user/Ann is not authorized to perform: s3:GetBucketTagging on resource: demo-source because no identity-based policy allows the s3:GetBucketTagging action";
    s3.on(GetBucketTaggingCommand).rejects(awsError("AccessDenied", denial, 403));
    await expect(Bucket.observe(mocked(), lookFor(spec))).rejects.toThrow(denial);
  });

  it("updates what differs alone, and takes away documents that are no longer wanted", async () => {
    s3.onAnyCommand().resolves({});
    const changed = async (edit: Partial<BucketSpec>) => {
      s3.resetHistory();
      await Bucket.update(mocked(), observed, { ...spec, ...edit }, new Set());
      return sent();
    };
    expect(await changed({})).toEqual([]);
    expect(await changed({ ownership: "ObjectWriter", encryption: "aws:kms" })).toEqual([
      ["PutBucketOwnershipControlsCommand", { ...named, OwnershipControls: ownership("ObjectWriter") }],
      ["PutBucketEncryptionCommand", { ...named, ServerSideEncryptionConfiguration: encryption("aws:kms") }],
    ]);
    expect(await changed({ blockPublicAccess: false, versioning: false })).toEqual([
      ["PutPublicAccessBlockCommand", { ...named, PublicAccessBlockConfiguration: blocked(false) }],
      ["PutBucketVersioningCommand", { ...named, VersioningConfiguration: { Status: "Suspended" } }],
    ]);
    expect(await changed({ policy: undefined, lifecycle: undefined })).toEqual([
      ["DeleteBucketPolicyCommand", named],
      ["GetBucketLifecycleConfigurationCommand", named],
      ["DeleteBucketLifecycleCommand", named],
    ]);
    expect(await changed({ tags: { ...tags, team: "b" } })).toEqual([
      ["PutBucketTaggingCommand", { ...named, Tagging: { TagSet: [...OWNED, { Key: "team", Value: "b" }] } }],
    ]);
  });

  it("leaves the notifications that others put there when it switches EventBridge off", async () => {
    s3.onAnyCommand().resolves({});
    const QueueConfigurations = [{ QueueArn: "arn:aws:sqs:ap-northeast-1:123456789012:q", Events: [] }];
    s3.on(GetBucketNotificationConfigurationCommand).resolves({ EventBridgeConfiguration: {}, QueueConfigurations });
    await Bucket.update(mocked(), observed, { ...spec, eventBridge: false }, new Set(["eventBridge"]));
    expect(sent()).toEqual([
      ["GetBucketNotificationConfigurationCommand", named],
      [
        "PutBucketNotificationConfigurationCommand",
        { ...named, NotificationConfiguration: { QueueConfigurations, EventBridgeConfiguration: undefined } },
      ],
    ]);
  });
});
