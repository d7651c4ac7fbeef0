// Whoever comes through an access point is its user, whatever they are in their container, and sees its directory alone. EFS makes that
// directory when the first client comes, and gives it to the user then and never again: a new file system is root's, and nobody else's.
import {
  CreateAccessPointCommand,
  DeleteAccessPointCommand,
  DescribeAccessPointsCommand,
  type AccessPointDescription,
} from "@aws-sdk/client-efs";
import type { Look } from "../../engine/resource-kind.ts";
import type { Aws } from "../aws.ts";
import { absent, hasCode } from "../errors.ts";
import { afterSlash, defineKind } from "../define-kind.ts";
import { ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { ownerOf, tagList, tagsFrom, type Tags } from "../tags.ts";
import { changeTags, NO_FILE_SYSTEM, NOT_AVAILABLE_YET } from "./shared.ts";

export interface AccessPointSpec {
  fileSystemId: string;
  /** The directory on the file system that is seen through it: up to four names. */
  path: string;
  /** Who reads and writes through it, and whom the directory is given to. */
  uid: number;
  gid: number;
  /** Of the directory, in octal: `755`. */
  permissions: string;
  tags: Tags;
}

export interface AccessPointAttrs {
  /** `fsap-...`. */
  accessPointId: string;
  arn: string;
}

const GONE = "AccessPointNotFound";

export const AccessPoint = defineKind<AccessPointSpec, AccessPointAttrs>({
  type: "efs/access-point",
  fields: {
    fileSystemId: { immutable: true },
    path: { immutable: true },
    uid: { immutable: true },
    gid: { immutable: true },
    permissions: { immutable: true },
    tags: {},
  },
  traits: { markedAtOnce: true },
  timing: { ready: 10, gone: 10 },
  inventory: { idIn: afterSlash("elasticfilesystem", "access-point") },

  /** EFS gives the directory to the user when it makes it (EFS User Guide, "Creating an access point"): another user could not write there. */
  refuse({ action, spec, observed, changed }) {
    if (action !== "replace" || changed.has("fileSystemId") || changed.has("path")) return undefined;
    const { uid, gid, path } = observed?.spec ?? {};
    if (spec === undefined || (spec.uid === uid && spec.gid === gid)) return undefined;
    return `the directory ${path} belongs to the user ${uid} and the group ${gid} on the file system, EFS never gives it to another, and ${String(spec.uid)}:${String(spec.gid)} could not write there. Set uid: ${uid} and gid: ${gid} on the volume, or give the volume another name, which begins an empty one.`;
  },

  async observe(aws, look) {
    const found = await findPoint(aws, look);
    const id = found?.AccessPointId;
    if (!found || id === undefined) return undefined;
    const state = found.LifeCycleState;
    const { Path, CreationInfo } = found.RootDirectory ?? {};
    return {
      id,
      attrs: attrsOf(found),
      spec: {
        fileSystemId: found.FileSystemId,
        path: Path,
        uid: found.PosixUser?.Uid,
        gid: found.PosixUser?.Gid,
        permissions: CreationInfo?.Permissions,
        tags: tagsFrom(found.Tags),
      },
      ready: state === "available",
      status: state,
      ...(state === "deleting" ? { leaving: true } : {}),
      ...(state === "error" ? { failed: `EFS calls the access point ${id} failed` } : {}),
    };
  },

  async list(aws) {
    const all = await pointsIn(aws, {});
    return ownedAmong(
      aws,
      all.map(({ AccessPointId: id = "", Tags }) => ({ id, tags: async () => tagsFrom(Tags) })),
    );
  },

  /** Without `once`: a repeat with the same token is refused with the id of what the first one made (EFS API Reference). */
  async create(aws, spec, making) {
    const { uid: Uid, gid: Gid, path: Path, permissions: Permissions } = spec;
    const command = new CreateAccessPointCommand({
      ClientToken: making.token,
      FileSystemId: spec.fileSystemId,
      PosixUser: { Uid, Gid },
      RootDirectory: { Path, CreationInfo: { OwnerUid: Uid, OwnerGid: Gid, Permissions } },
      Tags: tagList(spec.tags),
    });
    const made = await aws
      .efs(command, { notYet: NOT_AVAILABLE_YET })
      .catch((error: unknown) => madeBefore(aws, making.owner, error));
    const { AccessPointId: id = "" } = made;
    await making.created(id);
    return { id, attrs: attrsOf(made) };
  },

  async update(aws, { id, spec: now }, spec) {
    await changeTags(aws, id, spec.tags, now.tags);
  },

  async delete(aws, { id: AccessPointId }) {
    await absent(aws.efs(new DeleteAccessPointCommand({ AccessPointId })), GONE, NO_FILE_SYSTEM);
  },
});

const attrsOf = ({ AccessPointId = "", AccessPointArn: arn = "" }: AccessPointDescription): AccessPointAttrs => ({
  accessPointId: AccessPointId,
  arn,
});

/** By id among those of its file system, or by id alone, or by its owner tags among them. */
async function findPoint(aws: Aws, look: Look<AccessPointSpec>): Promise<AccessPointDescription | undefined> {
  const { knownId, spec, owner, formerOwner, excludeIds, snapshot } = look;
  const { fileSystemId } = spec;
  const all =
    typeof fileSystemId === "string"
      ? await snapshot.once(`efs/access-points ${fileSystemId}`, () => pointsIn(aws, { FileSystemId: fileSystemId }))
      : [];
  const known = all.find(({ AccessPointId }) => AccessPointId === knownId) ?? (await pointOf(aws, knownId));
  if (known) return known;
  const others = all.filter(({ AccessPointId: id = "" }) => !excludeIds.includes(id));
  const bearing = (mark: string) => others.find(({ Tags }) => ownerOf(tagsFrom(Tags)) === mark);
  return bearing(owner) ?? (formerOwner === undefined ? undefined : bearing(formerOwner));
}

async function pointOf(aws: Aws, AccessPointId: string | undefined): Promise<AccessPointDescription | undefined> {
  // EFS refuses what is not the id of one, instead of finding nothing.
  if (AccessPointId === undefined || !/^fsap-[0-9a-f]{8,40}$/.test(AccessPointId)) return undefined;
  return (await pointsIn(aws, { AccessPointId }))[0];
}

/** The access points of a file system, one of an id, or all of the account. */
async function pointsIn(aws: Aws, of: { FileSystemId?: string; AccessPointId?: string }) {
  const reading = everyPage(async (NextToken) => {
    const page = await aws.efs(new DescribeAccessPointsCommand({ ...of, NextToken }));
    return { items: page.AccessPoints, next: page.NextToken };
  });
  const all = (await absent(reading, NO_FILE_SYSTEM, GONE)) ?? [];
  return all.filter(({ LifeCycleState }) => LifeCycleState !== "deleted");
}

/** The access point that an earlier attempt of the very same create made. */
async function madeBefore(aws: Aws, owner: string, error: unknown): Promise<AccessPointDescription> {
  const { AccessPointId } = error as { readonly AccessPointId?: string };
  if (!hasCode(error, "AccessPointAlreadyExists") || AccessPointId === undefined) throw error;
  const found = await pointOf(aws, AccessPointId);
  if (!found || found.LifeCycleState === "deleting" || ownerOf(tagsFrom(found.Tags)) !== owner) throw error;
  return found;
}
