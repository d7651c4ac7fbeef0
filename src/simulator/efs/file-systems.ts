import type {
  CreateFileSystemCommandInput,
  CreateFileSystemCommandOutput,
  DeleteFileSystemCommandInput,
  DeleteFileSystemPolicyCommandInput,
  DescribeBackupPolicyCommandInput,
  DescribeBackupPolicyCommandOutput,
  DescribeFileSystemPolicyCommandInput,
  DescribeFileSystemPolicyCommandOutput,
  DescribeFileSystemsCommandInput,
  DescribeFileSystemsCommandOutput,
  FileSystemDescription,
  PutBackupPolicyCommandInput,
  PutBackupPolicyCommandOutput,
  PutFileSystemPolicyCommandInput,
  PutFileSystemPolicyCommandOutput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
  UpdateFileSystemCommandInput,
} from "@aws-sdk/client-efs";
import { refuse } from "../errors.ts";
import { statementsOf } from "../iam/documents.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagsOfInput, withoutTags, withTags, type SimTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import {
  accessPointOf,
  availableFileSystem,
  existsAlready,
  fileSystemOf,
  fileSystems,
  livingFileSystems,
  livingMountTargets,
  leave,
  stateOf,
  type SimFileSystem,
} from "./records.ts";

const BAD = "BadRequest";
const DAY = 86_400_000;
/** EFS API Reference, DescribeFileSystems: a hundred on a page. */
const PAGES = { usual: 100, most: 100, code: BAD };
/** EFS API Reference, PutFileSystemPolicy. */
const LONGEST_POLICY = 20_000;

const tagsOf = (list: readonly { Key: string | undefined; Value: string | undefined }[] | undefined): SimTags =>
  withTags({}, tagsOfInput(list, BAD), BAD);

export const tagListOf = (tags: SimTags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

function answerOf(sim: Sim, one: SimFileSystem): FileSystemDescription {
  const targets = livingMountTargets(sim).filter(({ fileSystemId }) => fileSystemId === one.id);
  const { Name } = one.tags;
  return {
    OwnerId: sim.account,
    CreationToken: one.token,
    FileSystemId: one.id,
    FileSystemArn: one.arn,
    CreationTime: new Date(one.createdAt),
    LifeCycleState: stateOf(sim, one),
    NumberOfMountTargets: targets.length,
    SizeInBytes: { Value: 6144, ValueInIA: 0, ValueInStandard: 6144, ValueInArchive: 0 },
    PerformanceMode: "generalPurpose",
    Encrypted: one.encrypted,
    ...(one.encrypted ? { KmsKeyId: sim.arn("kms", "key/0f0f0f0f-0000-4000-8000-000000000000") } : {}),
    ThroughputMode: one.throughput as "elastic",
    Tags: tagListOf(one.tags),
    FileSystemProtection: { ReplicationOverwriteProtection: "ENABLED" },
    ...(Name === undefined ? {} : { Name }),
  };
}

/** What bears tags: a file system or an access point, by its id or ARN. */
const taggedOf = (sim: Sim, id = ""): { tags: SimTags } =>
  id.includes("fsap-") ? accessPointOf(sim, id) : fileSystemOf(sim, id);

export const fileSystemOperations = {
  CreateFileSystem(input: CreateFileSystemCommandInput, sim): Answer<CreateFileSystemCommandOutput> {
    const known = ["CreationToken", "PerformanceMode", "ThroughputMode", "Encrypted", "Backup", "Tags"];
    onlyKnown("CreateFileSystem", input, ...known);
    const { CreationToken: token = "", PerformanceMode = "generalPurpose", ThroughputMode = "bursting" } = input;
    const before = livingFileSystems(sim).find((one) => one.token === token);
    if (before)
      existsAlready(
        "FileSystemAlreadyExists",
        `File system '${before.id}' already exists with creation token '${token}'`,
        {
          FileSystemId: before.id,
        },
      );
    if (ThroughputMode === "elastic" && PerformanceMode === "maxIO")
      refuse(BAD, "Performance mode maxIO is not supported with throughput mode elastic");
    const id = sim.id("fs");
    const made: SimFileSystem = {
      id,
      arn: sim.arn("elasticfilesystem", `file-system/${id}`),
      token,
      createdAt: sim.now,
      readyAt: sim.in(TIMING.fileSystem),
      encrypted: input.Encrypted ?? false,
      throughput: ThroughputMode,
      backups: input.Backup ?? false,
      tags: tagsOf(input.Tags),
    };
    fileSystems(sim)[id] = made;
    return answerOf(sim, made);
  },

  DescribeFileSystems(input: DescribeFileSystemsCommandInput, sim): Answer<DescribeFileSystemsCommandOutput> {
    onlyKnown("DescribeFileSystems", input, "CreationToken", "FileSystemId", "Marker", "MaxItems");
    const { CreationToken: token, FileSystemId, Marker, MaxItems } = input;
    if (token !== undefined && FileSystemId !== undefined) refuse(BAD, "Give an id or a creation token, not both");
    if (FileSystemId !== undefined) return { FileSystems: [answerOf(sim, fileSystemOf(sim, FileSystemId))] };
    const all = livingFileSystems(sim);
    if (token !== undefined) {
      const found = all.find((one) => one.token === token);
      // EFS API Reference, DeleteFileSystem: "or creation token ... returns a 404 FileSystemNotFound error".
      if (!found) refuse("FileSystemNotFound", `File system with creation token '${token}' does not exist.`, 404);
      return { FileSystems: [answerOf(sim, found)] };
    }
    const { page, next } = pageOf(all, { token: Marker, size: MaxItems }, PAGES);
    return { FileSystems: page.map((one) => answerOf(sim, one)), NextMarker: next };
  },

  UpdateFileSystem(input: UpdateFileSystemCommandInput, sim) {
    onlyKnown("UpdateFileSystem", input, "FileSystemId", "ThroughputMode");
    const found = availableFileSystem(sim, input.FileSystemId);
    const { ThroughputMode: mode } = input;
    if (mode === undefined || mode === found.throughput) return answerOf(sim, found);
    if ((found.throughputChangedAt ?? Number.NEGATIVE_INFINITY) + DAY > sim.now)
      refuse("TooManyRequests", "The throughput mode can be changed once in 24 hours", 429);
    Object.assign(found, { throughput: mode, throughputChangedAt: sim.now });
    return answerOf(sim, found);
  },

  DeleteFileSystem(input: DeleteFileSystemCommandInput, sim) {
    const found = fileSystemOf(sim, input.FileSystemId);
    const target = livingMountTargets(sim).find(({ fileSystemId }) => fileSystemId === found.id);
    if (target) refuse("FileSystemInUse", `File system '${found.id}' has mount targets created in it.`, 409);
    leave(sim, "fileSystems", found, TIMING.fileSystemDelete);
    return {};
  },

  PutFileSystemPolicy(input: PutFileSystemPolicyCommandInput, sim): Answer<PutFileSystemPolicyCommandOutput> {
    const { Policy = "" } = input;
    onlyKnown("PutFileSystemPolicy", input, "FileSystemId", "Policy");
    const found = availableFileSystem(sim, input.FileSystemId);
    const invalid = (message: string): never => refuse("InvalidPolicyException", message);
    if (Policy.length > LONGEST_POLICY) invalid(`A policy may have ${LONGEST_POLICY} characters`);
    for (const statement of statementsOf(Policy, invalid))
      if (statement["Principal"] === undefined) invalid("Missing required field Principal");
    found.policy = Policy;
    return { FileSystemId: found.id, Policy };
  },

  DescribeFileSystemPolicy(
    input: DescribeFileSystemPolicyCommandInput,
    sim,
  ): Answer<DescribeFileSystemPolicyCommandOutput> {
    const { id, policy } = fileSystemOf(sim, input.FileSystemId);
    if (policy === undefined) refuse("PolicyNotFound", `File system '${id}' has no policy.`, 404);
    return { FileSystemId: id, Policy: policy };
  },

  DeleteFileSystemPolicy(input: DeleteFileSystemPolicyCommandInput, sim) {
    delete availableFileSystem(sim, input.FileSystemId).policy;
    return {};
  },

  PutBackupPolicy(input: PutBackupPolicyCommandInput, sim): Answer<PutBackupPolicyCommandOutput> {
    const found = availableFileSystem(sim, input.FileSystemId);
    found.backups = input.BackupPolicy?.Status === "ENABLED";
    return { BackupPolicy: { Status: found.backups ? "ENABLING" : "DISABLING" } };
  },

  DescribeBackupPolicy(input: DescribeBackupPolicyCommandInput, sim): Answer<DescribeBackupPolicyCommandOutput> {
    const { id, backups } = fileSystemOf(sim, input.FileSystemId);
    if (!backups) refuse("PolicyNotFound", `File system '${id}' has no backup policy.`, 404);
    return { BackupPolicy: { Status: "ENABLED" } };
  },

  TagResource(input: TagResourceCommandInput, sim) {
    const found = taggedOf(sim, input.ResourceId);
    found.tags = withTags(found.tags, tagsOfInput(input.Tags, BAD), BAD);
    return {};
  },

  UntagResource(input: UntagResourceCommandInput, sim) {
    const found = taggedOf(sim, input.ResourceId);
    found.tags = withoutTags(found.tags, input.TagKeys);
    return {};
  },
} satisfies Operations;
