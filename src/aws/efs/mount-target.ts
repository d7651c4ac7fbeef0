// A file system has one mount target in each zone, all of them in one VPC: a second one in a zone is refused until the first is gone.
// They bear no tags, and hold their subnet and security groups through a network interface of their own.
import {
  CreateMountTargetCommand,
  DeleteMountTargetCommand,
  DescribeMountTargetSecurityGroupsCommand,
  DescribeMountTargetsCommand,
  ModifyMountTargetSecurityGroupsCommand,
  type MountTargetDescription,
} from "@aws-sdk/client-efs";
import type { Owned } from "../../engine/resource-kind.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { afterSlash, defineKind } from "../define-kind.ts";
import { groups } from "../ec2/security-group.ts";
import { absent } from "../errors.ts";
import { isOfStack } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { taggedOnes } from "../tagging.ts";
import { ownerOf, tagsFrom } from "../tags.ts";
import { NO_FILE_SYSTEM, NOT_AVAILABLE_YET } from "./shared.ts";

export interface MountTargetSpec {
  fileSystemId: string;
  subnetId: string;
  /** Sorted. */
  groupIds: string[];
}

export interface MountTargetAttrs {
  /** `fsmt-...`. */
  mountTargetId: string;
}

const NO_TARGET = "MountTargetNotFound";

/** One that is on its way out keeps its zone, and its VPC, for as long: ten minutes, as in terraform-provider-aws (efs/mount_target.go). */
const CREATE_NOT_YET: readonly NotYet[] = [
  ...NOT_AVAILABLE_YET,
  { code: "MountTargetConflict", budget: 600 },
  { code: "SubnetNotFound", budget: 60 },
  { code: "SecurityGroupNotFound", budget: 60 },
];

export const MountTarget = defineKind<MountTargetSpec, MountTargetAttrs>({
  type: "efs/mount-target",
  fields: {
    // In another subnet of the same zone there is no room for it before the old one is gone.
    fileSystemId: { immutable: true, unique: true },
    subnetId: { immutable: true },
    groupIds: {},
  },
  // Tasks mount their volumes through it, without a reference to it.
  traits: { ownerless: true, deletedLast: true },
  timing: { ready: 90, gone: 60 },
  inventory: { lists: "stateless" },

  canonical: (spec) => ({ ...spec, groupIds: Array.isArray(spec.groupIds) ? spec.groupIds.toSorted() : spec.groupIds }),

  interrupts: ({ action, observed }) =>
    action === "replace" && observed?.ready
      ? {
          seconds: 180,
          why: "the tasks of its zone wait for their volumes while the old mount target goes and the new one comes",
        }
      : undefined,

  async observe(aws, look) {
    const { fileSystemId, subnetId, groupIds } = look.spec;
    const all =
      typeof fileSystemId === "string"
        ? await targetsOf(aws, look.snapshot, fileSystemId)
        : await targetOf(aws, look.knownId);
    const found =
      all.find(({ MountTargetId }) => MountTargetId === look.knownId) ??
      all.find(({ MountTargetId: id = "", SubnetId }) => SubnetId === subnetId && !look.excludeIds.includes(id));
    const id = found?.MountTargetId;
    if (!found || id === undefined) return undefined;
    const state = found.LifeCycleState;
    const live = await groupsOf(aws, id);
    return {
      id,
      attrs: { mountTargetId: id },
      // Until its network interface is there, nobody can tell its groups.
      spec: { fileSystemId: found.FileSystemId, subnetId: found.SubnetId, groupIds: live ?? groupIds },
      // It cannot be tagged; whoever owns the file system owns it.
      owner: look.owner,
      ready: state === "available",
      status: state,
      ...(state === "deleting" ? { leaving: true } : {}),
      ...(state === "error" ? { failed: `EFS calls the mount target ${id} failed` } : {}),
    };
  },

  /** Those with a security group of the stack: another one of the same file system is unmanaged. */
  async list(aws, _ids, snapshot = new Snapshot()) {
    const systems = (await taggedOnes(aws, snapshot, afterSlash("elasticfilesystem", "file-system"))) ?? [];
    const found = systems.map(async ({ id: fileSystemId, owner }): Promise<Owned[]> => {
      const all = await targetsOf(aws, snapshot, fileSystemId);
      const own = await Promise.all(all.map((target) => hasOwnGroup(aws, snapshot, target)));
      return all.flatMap(({ MountTargetId: id }, at) => (id !== undefined && own[at] ? [{ id, owner }] : []));
    });
    return (await Promise.all(found)).flat();
  },

  async create(aws, spec, making) {
    const { fileSystemId: FileSystemId, subnetId: SubnetId, groupIds: SecurityGroups } = spec;
    const command = new CreateMountTargetCommand({ FileSystemId, SubnetId, SecurityGroups });
    const { MountTargetId: id = "" } = await aws.efs(command, { once: true, notYet: CREATE_NOT_YET });
    await making.created(id);
    return { id, attrs: { mountTargetId: id } };
  },

  async update(aws, { id: MountTargetId }, { groupIds: SecurityGroups }) {
    await aws.efs(new ModifyMountTargetSecurityGroupsCommand({ MountTargetId, SecurityGroups }), {
      notYet: [{ code: "SecurityGroupNotFound", budget: 60 }, { code: "IncorrectMountTargetState" }],
    });
  },

  async delete(aws, { id: MountTargetId }) {
    await absent(aws.efs(new DeleteMountTargetCommand({ MountTargetId })), NO_TARGET);
  },
});

/** The mount targets of a file system: one call, however many zones ask. */
const targetsOf = (aws: Aws, snapshot: Snapshot, FileSystemId: string): Promise<readonly MountTargetDescription[]> =>
  snapshot.once(`efs/mount-targets ${FileSystemId}`, async () => {
    const reading = everyPage(async (Marker) => {
      const page = await aws.efs(new DescribeMountTargetsCommand({ FileSystemId, Marker }));
      return { items: page.MountTargets, next: page.NextMarker };
    });
    const all = (await absent(reading, NO_FILE_SYSTEM)) ?? [];
    return all.filter(({ LifeCycleState }) => LifeCycleState !== "deleted");
  });

/** The mount target of an id, which names no file system. */
async function targetOf(aws: Aws, MountTargetId: string | undefined): Promise<readonly MountTargetDescription[]> {
  if (MountTargetId === undefined) return [];
  const answer = await absent(aws.efs(new DescribeMountTargetsCommand({ MountTargetId })), NO_TARGET);
  return answer?.MountTargets?.filter(({ LifeCycleState }) => LifeCycleState !== "deleted") ?? [];
}

async function hasOwnGroup(aws: Aws, snapshot: Snapshot, { MountTargetId = "" }: MountTargetDescription) {
  const ids = (await groupsOf(aws, MountTargetId)) ?? [];
  const found = await Promise.all(ids.map((id) => groups.byId(aws, id, snapshot)));
  const owners = found.map((group) => ownerOf(tagsFrom(group?.Tags)));
  return owners.some((owner) => owner !== undefined && isOfStack(aws, owner));
}

async function groupsOf(aws: Aws, MountTargetId: string): Promise<string[] | undefined> {
  const asking = aws.efs(new DescribeMountTargetSecurityGroupsCommand({ MountTargetId }));
  return (await absent(asking, "IncorrectMountTargetState", NO_TARGET))?.SecurityGroups?.toSorted();
}
