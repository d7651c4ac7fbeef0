// A file system without a policy lets in whoever reaches a mount target, with no question asked; with any policy at all IAM decides. And
// its creation token is its name: a second create with the same one is refused, with the id of the first.
import {
  CreateFileSystemCommand,
  DeleteFileSystemCommand,
  DeleteFileSystemPolicyCommand,
  DescribeBackupPolicyCommand,
  DescribeFileSystemPolicyCommand,
  DescribeFileSystemsCommand,
  DescribeMountTargetsCommand,
  PutBackupPolicyCommand,
  PutFileSystemPolicyCommand,
  UpdateFileSystemCommand,
  type FileSystemDescription,
} from "@aws-sdk/client-efs";
import type { Aws } from "../aws.ts";
import { SET, some, unmanagedIn, type Usual } from "../beyond.ts";
import { awsCommand } from "../command-line.ts";
import { absent, hasCode } from "../errors.ts";
import { afterSlash, defineKind } from "../define-kind.ts";
import { byName } from "../named.ts";
import { unlessHeld, type Held } from "../obstacles.ts";
import { ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { canonicalPolicy, parsePolicy, type PolicyDocument } from "../policy.ts";
import { ownerOf, tagList, tagsFrom, type Tags } from "../tags.ts";
import { changeTags, NO_FILE_SYSTEM, NOT_AVAILABLE_YET } from "./shared.ts";

export interface FileSystemSpec {
  /** The creation token, unique among the account's file systems in a region: at most 64 characters. */
  name: string;
  /** At rest, with the account's key for EFS. */
  encrypted: boolean;
  /** `elastic` follows the load. */
  throughput: "elastic" | "bursting";
  /** Daily backups by AWS Backup, kept for 35 days, also after the file system is gone. */
  backups: boolean;
  /** About the file system itself; `undefined`: EFS's own, which lets everybody in who reaches a mount target. */
  policy: PolicyDocument | undefined;
  tags: Tags;
}

export interface FileSystemAttrs {
  /** `fs-...`. */
  fileSystemId: string;
  arn: string;
}

const NO_POLICY = "PolicyNotFound";

export const FileSystem = defineKind<FileSystemSpec, FileSystemAttrs>({
  type: "efs/file-system",
  fields: {
    name: { immutable: true, unique: true },
    encrypted: { immutable: true },
    throughput: {},
    backups: {},
    policy: {},
    tags: {},
  },
  traits: { markedAtOnce: true, holdsData: true },
  timing: { ready: 15, gone: 15 },
  inventory: { idIn: afterSlash("elasticfilesystem", "file-system") },

  canonical: (spec) => ({ ...spec, ...(spec.policy ? { policy: aboutItself(canonicalPolicy(spec.policy)) } : {}) }),

  async observe(aws, look) {
    const found = await byName(look, async (name) => {
      const one = await described(aws, name);
      return one && !look.excludeIds.includes(one.FileSystemId ?? "") ? one : undefined;
    });
    const id = found?.FileSystemId;
    if (!found || id === undefined) return undefined;
    const [policy, backups] = await Promise.all([policyOf(aws, found), hasBackups(aws, id)]);
    const state = found.LifeCycleState;
    return {
      id,
      attrs: attrsOf(found),
      spec: {
        name: found.CreationToken,
        encrypted: found.Encrypted ?? false,
        throughput: found.ThroughputMode as FileSystemSpec["throughput"],
        backups,
        policy,
        tags: tagsFrom(found.Tags),
      },
      unmanaged: some(unmanagedIn(found, USUAL)),
      ready: state === "available",
      status: state,
      ...(state === "deleting" ? { leaving: true } : {}),
      // Never replaced by itself: what is in it may be got back once the cause is gone, such as a key that was disabled.
      ...(state === "error" ? { stuck: `EFS calls the file system ${id} failed; its key may be disabled` } : {}),
    };
  },

  async list(aws) {
    const all = await everyPage(async (Marker) => {
      const page = await aws.efs(new DescribeFileSystemsCommand({ Marker, MaxItems: 100 }));
      return { items: page.FileSystems, next: page.NextMarker };
    });
    return ownedAmong(
      aws,
      all
        .filter(({ LifeCycleState }) => LifeCycleState !== "deleting" && LifeCycleState !== "deleted")
        .map(({ FileSystemId: id = "", Tags }) => ({ id, tags: async () => tagsFrom(Tags) })),
    );
  },

  /** Without `once`: a repeat with the same creation token is refused with the id of what the first one made (EFS API Reference). */
  async create(aws, spec, making) {
    const command = new CreateFileSystemCommand({
      CreationToken: spec.name,
      // The other mode does not go with elastic throughput (EFS API Reference, CreateFileSystem).
      PerformanceMode: "generalPurpose",
      ThroughputMode: spec.throughput,
      Encrypted: spec.encrypted,
      Backup: spec.backups,
      Tags: tagList(spec.tags),
    });
    const made = await aws.efs(command).catch((error: unknown) => madeBefore(aws, making.owner, error));
    const { FileSystemId: id = "" } = made;
    await making.created(id);
    if (spec.policy) await putPolicy(aws, attrsOf(made), spec.policy);
    return { id, attrs: attrsOf(made) };
  },

  async update(aws, { id: FileSystemId, attrs, spec: now }, spec, changed) {
    if (changed.has("policy")) {
      if (spec.policy) await putPolicy(aws, attrs, spec.policy);
      else await aws.efs(new DeleteFileSystemPolicyCommand({ FileSystemId }), { notYet: NOT_AVAILABLE_YET });
    }
    if (changed.has("backups")) {
      const BackupPolicy = { Status: spec.backups ? ("ENABLED" as const) : ("DISABLED" as const) };
      await aws.efs(new PutBackupPolicyCommand({ FileSystemId, BackupPolicy }), { notYet: NOT_AVAILABLE_YET });
    }
    await changeTags(aws, FileSystemId, spec.tags, now.tags);
    // The last: EFS may refuse it for a day.
    if (changed.has("throughput")) await changeThroughput(aws, FileSystemId, spec.throughput);
  },

  async delete(aws, { id: FileSystemId }) {
    const notYet = unlessHeld(aws, heldFileSystem(aws, FileSystemId), [{ code: "FileSystemInUse", budget: 600 }]);
    await absent(aws.efs(new DeleteFileSystemCommand({ FileSystemId }), { notYet }), NO_FILE_SYSTEM);
  },
});

/**
 * The file system of an id or a creation token. One that is gone is answered with an error (EFS API Reference, DeleteFileSystem), a token
 * that never was with an empty list or the same error.
 */
async function described(aws: Aws, name: string): Promise<FileSystemDescription | undefined> {
  const by = /^fs-[0-9a-f]{8,40}$/.test(name) ? { FileSystemId: name } : { CreationToken: name };
  const answer = await absent(aws.efs(new DescribeFileSystemsCommand(by)), NO_FILE_SYSTEM);
  return answer?.FileSystems?.find(({ LifeCycleState }) => LifeCycleState !== "deleted");
}

/** The file system that an earlier attempt of the very same create made. */
async function madeBefore(aws: Aws, owner: string, error: unknown): Promise<FileSystemDescription> {
  const { FileSystemId } = error as { readonly FileSystemId?: string };
  if (!hasCode(error, "FileSystemAlreadyExists") || FileSystemId === undefined) throw error;
  const found = await described(aws, FileSystemId);
  if (!found || found.LifeCycleState === "deleting" || ownerOf(tagsFrom(found.Tags)) !== owner) throw error;
  return found;
}

const attrsOf = ({ FileSystemId = "", FileSystemArn: arn = "" }: FileSystemDescription): FileSystemAttrs => ({
  fileSystemId: FileSystemId,
  arn,
});

/** EFS's own policy is told as none (EFS User Guide, "Using IAM to control access to file systems"). */
async function policyOf(
  aws: Aws,
  { FileSystemId, FileSystemArn }: FileSystemDescription,
): Promise<PolicyDocument | undefined> {
  const asking = aws.efs(new DescribeFileSystemPolicyCommand({ FileSystemId }));
  const answer = await absent(asking, NO_POLICY, NO_FILE_SYSTEM);
  return answer?.Policy ? aboutItself(parsePolicy(answer.Policy), FileSystemArn) : undefined;
}

/** A policy without the resource that it is about, which is the file system: EFS may tell it where it was left out. */
const aboutItself = (policy: PolicyDocument, arn?: string): PolicyDocument => ({
  ...policy,
  Statement: policy.Statement.map(({ Resource, ...statement }) =>
    Resource === undefined || Resource === "*" || Resource === arn ? statement : { ...statement, Resource },
  ),
});

function putPolicy(aws: Aws, { fileSystemId: FileSystemId, arn }: FileSystemAttrs, policy: PolicyDocument) {
  // Spelled as in all of EFS's examples (EFS User Guide, "Resource-based policy examples").
  const Statement = policy.Statement.map(({ Principal, ...statement }) => ({
    ...statement,
    Principal: Principal === "*" ? { AWS: "*" } : Principal,
    Resource: statement.Resource ?? arn,
  }));
  const Policy = JSON.stringify({ ...policy, Statement });
  return aws.efs(new PutFileSystemPolicyCommand({ FileSystemId, Policy }), { notYet: NOT_AVAILABLE_YET });
}

async function hasBackups(aws: Aws, FileSystemId: string): Promise<boolean> {
  const asking = aws.efs(new DescribeBackupPolicyCommand({ FileSystemId }));
  const status = (await absent(asking, NO_POLICY, NO_FILE_SYSTEM))?.BackupPolicy?.Status;
  return status === "ENABLED" || status === "ENABLING";
}

async function changeThroughput(aws: Aws, FileSystemId: string, ThroughputMode: FileSystemSpec["throughput"]) {
  const command = new UpdateFileSystemCommand({ FileSystemId, ThroughputMode });
  await aws.efs(command, { notYet: NOT_AVAILABLE_YET }).catch((error: unknown) => {
    if (!hasCode(error, "TooManyRequests")) throw error;
    // EFS API Reference, UpdateFileSystem: 24 hours.
    throw new Error(
      `EFS did not change the throughput mode of ${FileSystemId} to ${ThroughputMode}, because it lets the mode be changed once in 24 hours. After that: npx fairlead reconcile`,
      { cause: error },
    );
  });
}

/** What keeps a file system: mount targets. The stack's own are deleted before it. */
const heldFileSystem = (aws: Aws, FileSystemId: string): Held => ({
  refusal: `the file system ${FileSystemId} cannot be deleted`,
  looks: [
    async () => {
      const targets = await everyPage(async (Marker) => {
        const page = await aws.efs(new DescribeMountTargetsCommand({ FileSystemId, Marker }));
        return { items: page.MountTargets, next: page.NextMarker };
      });
      return targets
        .filter(({ LifeCycleState }) => LifeCycleState !== "deleting" && LifeCycleState !== "deleted")
        .map(({ MountTargetId: id = "", SubnetId }) => ({
          what: `mount target ${id} in ${SubnetId}`,
          how: "is attached to it",
          remove: awsCommand(["efs", "delete-mount-target", "--mount-target-id", id], aws),
        }));
    },
  ],
});

/** What Fairlead or EFS sets; a replica's protection, a size and a zone are told too. */
const USUAL: Usual = {
  OwnerId: SET,
  CreationToken: SET,
  FileSystemId: SET,
  FileSystemArn: SET,
  CreationTime: SET,
  LifeCycleState: SET,
  Name: SET,
  NumberOfMountTargets: SET,
  SizeInBytes: SET,
  PerformanceMode: "generalPurpose",
  Encrypted: SET,
  KmsKeyId: SET,
  ThroughputMode: SET,
  ProvisionedThroughputInMibps: SET,
  Tags: SET,
  FileSystemProtection: SET,
};
