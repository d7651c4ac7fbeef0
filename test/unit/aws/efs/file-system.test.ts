import {
  CreateFileSystemCommand,
  DeleteFileSystemCommand,
  DescribeBackupPolicyCommand,
  DescribeFileSystemPolicyCommand,
  DescribeFileSystemsCommand,
  DescribeMountTargetsCommand,
  EFSClient,
  PutFileSystemPolicyCommand,
  UpdateFileSystemCommand,
  type FileSystemDescription,
} from "@aws-sdk/client-efs";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { FileSystem, type FileSystemSpec } from "../../../../src/aws/efs/file-system.ts";
import { iamOnly } from "../../../../src/aws/efs/iam-only.ts";
import { awsError } from "../../../support/failing.ts";
import { FOREIGN, lookFor, making, mocked, OWNED, tagsIn } from "../../../support/mocked.ts";

const efs = mockClient(EFSClient);
beforeEach(() => efs.reset());

const ID = "fs-0123456789abcdef0";
const ARN = `arn:aws:elasticfilesystem:ap-northeast-1:123456789012:file-system/${ID}`;
const spec: FileSystemSpec = {
  name: "demo-test-volumes",
  encrypted: true,
  throughput: "elastic",
  backups: true,
  policy: iamOnly,
  tags: tagsIn("demo-test"),
};
const described: FileSystemDescription = {
  OwnerId: "123456789012",
  CreationToken: spec.name,
  FileSystemId: ID,
  FileSystemArn: ARN,
  CreationTime: new Date(0),
  LifeCycleState: "available",
  NumberOfMountTargets: 0,
  SizeInBytes: { Value: 6144 },
  PerformanceMode: "generalPurpose",
  ThroughputMode: "elastic",
  Encrypted: true,
  Tags: OWNED,
};
const attrs = { fileSystemId: ID, arn: ARN };
const observed = { id: ID, attrs, spec, owner: undefined, ready: true };
const exists = Object.assign(awsError("FileSystemAlreadyExists", "It exists", 409), { FileSystemId: ID });
const inputs = (command: Parameters<typeof efs.commandCalls>[0]) =>
  efs.commandCalls(command).map(({ args: [{ input }] }) => input as object);

describe("efs/file-system", () => {
  it("is created encrypted and with its tags, then closed to whoever has no role for it", async () => {
    efs.on(CreateFileSystemCommand).resolves({ ...described, LifeCycleState: "creating" });
    efs
      .on(PutFileSystemPolicyCommand)
      .rejectsOnce(awsError("IncorrectFileSystemLifeCycleState", "creating", 409))
      .resolves({});
    const ids: string[] = [];
    expect(await FileSystem.create(mocked(), spec, making(ids))).toEqual({ id: ID, attrs });
    expect(ids).toEqual([ID]);
    expect(inputs(CreateFileSystemCommand)).toEqual([
      {
        CreationToken: spec.name,
        PerformanceMode: "generalPurpose",
        ThroughputMode: "elastic",
        Encrypted: true,
        Backup: true,
        Tags: OWNED,
      },
    ]);
    const [, { Policy }] = inputs(PutFileSystemPolicyCommand) as { Policy: string }[] as [object, { Policy: string }];
    expect(JSON.parse(Policy)).toMatchObject({
      Statement: [{ Effect: "Deny", Principal: { AWS: "*" }, Resource: ARN }],
    });
  });

  it("takes the one of its token for its own where an answer was lost, and another stack's never", async () => {
    efs.on(CreateFileSystemCommand).rejects(exists);
    efs.on(DescribeFileSystemsCommand, { FileSystemId: ID }).resolves({ FileSystems: [described] });
    expect(await FileSystem.create(mocked(), spec, making())).toEqual({ id: ID, attrs });
    efs
      .on(DescribeFileSystemsCommand, { FileSystemId: ID })
      .resolves({ FileSystems: [{ ...described, Tags: FOREIGN }] });
    await expect(FileSystem.create(mocked(), spec, making())).rejects.toThrow("It exists");
  });

  it("is found by its token where no id is known, in one call whatever others have", async () => {
    efs.on(DescribeFileSystemsCommand).resolves({ FileSystems: [described] });
    const policy = {
      ...iamOnly,
      Statement: iamOnly.Statement.map((one) => ({ ...one, Principal: { AWS: "*" }, Resource: ARN })),
    };
    efs.on(DescribeFileSystemPolicyCommand).resolves({ Policy: JSON.stringify(policy) });
    efs.on(DescribeBackupPolicyCommand).resolves({ BackupPolicy: { Status: "ENABLING" } });
    const found = await FileSystem.observe(mocked(), lookFor(spec));
    expect(found).toMatchObject({ id: ID, attrs, ready: true });
    expect(found?.spec).toEqual(FileSystem.canonical?.(spec));
    expect(inputs(DescribeFileSystemsCommand)).toEqual([{ CreationToken: spec.name }]);
  });

  it("is absent by an error or by an empty list, open where it has EFS's own policy, and never replaced for an error", async () => {
    efs.on(DescribeFileSystemsCommand).rejects(awsError("FileSystemNotFound", "gone", 404));
    expect(await FileSystem.observe(mocked(), lookFor(spec, ID))).toBeUndefined();
    efs.on(DescribeFileSystemsCommand).resolves({ FileSystems: [] });
    expect(await FileSystem.observe(mocked(), lookFor(spec))).toBeUndefined();
    efs.on(DescribeFileSystemsCommand).resolves({ FileSystems: [{ ...described, LifeCycleState: "error" }] });
    efs.on(DescribeFileSystemPolicyCommand).rejects(awsError("PolicyNotFound", "none", 404));
    efs.on(DescribeBackupPolicyCommand).rejects(awsError("PolicyNotFound", "none", 404));
    const found = await FileSystem.observe(mocked(), lookFor(spec, ID));
    expect(found?.spec).toMatchObject({ policy: undefined, backups: false });
    expect(found?.failed).toBeUndefined();
    expect(found?.stuck).toContain(ID);
  });

  it("says when the throughput mode can be changed again", async () => {
    efs.on(UpdateFileSystemCommand).rejects(awsError("TooManyRequests", "slow", 429));
    const changing = FileSystem.update(mocked(), observed, spec, new Set(["throughput"] as const));
    await expect(changing).rejects.toThrow(/once in 24 hours\. After that: npx fairlead reconcile$/);
  });

  it("names the mount targets that keep it from being deleted", async () => {
    efs.on(DeleteFileSystemCommand).rejects(awsError("FileSystemInUse", "in use", 409));
    efs.on(DescribeMountTargetsCommand).resolves({
      MountTargets: [
        { MountTargetId: "fsmt-1", FileSystemId: ID, SubnetId: "subnet-1", LifeCycleState: "deleting" },
        { MountTargetId: "fsmt-2", FileSystemId: ID, SubnetId: "subnet-2", LifeCycleState: "available" },
      ],
    });
    await expect(FileSystem.delete(mocked(), observed)).rejects.toThrow(
      `the file system ${ID} cannot be deleted: mount target fsmt-2 in subnet-2, not created by Fairlead, is attached to it. Remove that, then run again. To remove: aws efs delete-mount-target --mount-target-id fsmt-2 --region ap-northeast-1`,
    );
  });
});
