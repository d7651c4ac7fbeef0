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
import { stateOf } from "../plain.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagList } from "../tagging.ts";
import { accessPoints, availableFileSystem, BAD, fileSystems, mountTargets, type SimFileSystem } from "./records.ts";

const DAY = 86_400_000;
/** EFS API Reference, PutFileSystemPolicy. */
const LONGEST_POLICY = 20_000;

function answerOf(sim: Sim, one: SimFileSystem): FileSystemDescription {
  const targets = mountTargets.shown(sim).filter(({ fileSystemId }) => fileSystemId === one.id);
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
    Tags: tagList(one.tags),
    FileSystemProtection: { ReplicationOverwriteProtection: "ENABLED" },
    ...(Name === undefined ? {} : { Name }),
  };
}

/** What bears tags: a file system or an access point, by its id or ARN. */
const rowsOf = (id = "") => (id.includes("fsap-") ? accessPoints : fileSystems);
const arnOf = (sim: Sim, id: string | undefined) => rowsOf(id).find(sim, id).arn;

export const fileSystemOperations = {
  CreateFileSystem(input: CreateFileSystemCommandInput, sim): Answer<CreateFileSystemCommandOutput> {
    const known = ["CreationToken", "PerformanceMode", "ThroughputMode", "Encrypted", "Backup", "Tags"];
    onlyKnown("CreateFileSystem", input, ...known);
    return answerOf(sim, fileSystems.create(sim, { key: sim.id("fs"), tags: input.Tags }, input));
  },

  DescribeFileSystems(input: DescribeFileSystemsCommandInput, sim): Answer<DescribeFileSystemsCommandOutput> {
    onlyKnown("DescribeFileSystems", input, "CreationToken", "FileSystemId", "Marker", "MaxItems");
    const { CreationToken: token, FileSystemId, Marker, MaxItems } = input;
    if (token !== undefined && FileSystemId !== undefined) refuse(BAD, "Give an id or a creation token, not both");
    if (FileSystemId !== undefined) return { FileSystems: [answerOf(sim, fileSystems.find(sim, FileSystemId))] };
    if (token !== undefined) {
      const found = fileSystems.shown(sim).find((one) => one.token === token);
      // EFS API Reference, DeleteFileSystem: "or creation token ... returns a 404 FileSystemNotFound error".
      if (!found) refuse("FileSystemNotFound", `File system with creation token '${token}' does not exist.`, 404);
      return { FileSystems: [answerOf(sim, found)] };
    }
    const { page, next } = fileSystems.list(sim, { token: Marker, size: MaxItems });
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
    fileSystems.delete(sim, input.FileSystemId);
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
    const { id, policy } = fileSystems.find(sim, input.FileSystemId);
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
    const { id, backups } = fileSystems.find(sim, input.FileSystemId);
    if (!backups) refuse("PolicyNotFound", `File system '${id}' has no backup policy.`, 404);
    return { BackupPolicy: { Status: "ENABLED" } };
  },

  TagResource: ({ ResourceId: id, Tags }: TagResourceCommandInput, sim) => rowsOf(id).tag(sim, arnOf(sim, id), Tags),
  UntagResource: ({ ResourceId: id, TagKeys }: UntagResourceCommandInput, sim) =>
    rowsOf(id).untag(sim, arnOf(sim, id), TagKeys),
} satisfies Operations;
