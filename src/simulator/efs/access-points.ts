import type {
  AccessPointDescription,
  CreateAccessPointCommandInput,
  CreateAccessPointCommandOutput,
  DeleteAccessPointCommandInput,
  DescribeAccessPointsCommandInput,
  DescribeAccessPointsCommandOutput,
} from "@aws-sdk/client-efs";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagsOfInput, withTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import { tagListOf } from "./file-systems.ts";
import {
  accessPointOf,
  accessPoints,
  availableFileSystem,
  existsAlready,
  fileSystemOf,
  livingAccessPoints,
  leave,
  stateOf,
  type SimAccessPoint,
} from "./records.ts";

const BAD = "BadRequest";
/** EFS API Reference, DescribeAccessPoints: "The default value is 100". */
const PAGES = { usual: 100, code: BAD };

function answerOf(sim: Sim, point: SimAccessPoint): AccessPointDescription {
  const { user, creation } = point;
  const { Name } = point.tags;
  return {
    ClientToken: point.token,
    Tags: tagListOf(point.tags),
    AccessPointId: point.id,
    AccessPointArn: point.arn,
    FileSystemId: point.fileSystemId,
    OwnerId: sim.account,
    LifeCycleState: stateOf(sim, point),
    ...(user ? { PosixUser: { Uid: user.uid, Gid: user.gid } } : {}),
    RootDirectory: {
      Path: point.path,
      ...(creation
        ? { CreationInfo: { OwnerUid: creation.uid, OwnerGid: creation.gid, Permissions: creation.permissions } }
        : {}),
    },
    ...(Name === undefined ? {} : { Name }),
  };
}

export const accessPointOperations = {
  CreateAccessPoint(input: CreateAccessPointCommandInput, sim): Answer<CreateAccessPointCommandOutput> {
    onlyKnown("CreateAccessPoint", input, "ClientToken", "FileSystemId", "PosixUser", "RootDirectory", "Tags");
    const {
      ClientToken: token = "",
      PosixUser: user,
      RootDirectory: { Path = "/", CreationInfo: creation } = {},
    } = input;
    const { id: fileSystemId } = availableFileSystem(sim, input.FileSystemId);
    const before = livingAccessPoints(sim).find((one) => one.token === token);
    if (before)
      existsAlready(
        "AccessPointAlreadyExists",
        `Access point '${before.id}' already exists with client token '${token}'`,
        {
          AccessPointId: before.id,
        },
      );
    const id = sim.id("fsap");
    const made: SimAccessPoint = {
      id,
      arn: sim.arn("elasticfilesystem", `access-point/${id}`),
      token,
      fileSystemId,
      path: Path,
      readyAt: sim.in(TIMING.accessPoint),
      ...(user ? { user: { uid: user.Uid ?? 0, gid: user.Gid ?? 0 } } : {}),
      ...(creation
        ? {
            creation: {
              uid: creation.OwnerUid ?? 0,
              gid: creation.OwnerGid ?? 0,
              permissions: creation.Permissions ?? "",
            },
          }
        : {}),
      tags: withTags({}, tagsOfInput(input.Tags, BAD), BAD),
    };
    accessPoints(sim)[id] = made;
    return answerOf(sim, made);
  },

  DescribeAccessPoints(input: DescribeAccessPointsCommandInput, sim): Answer<DescribeAccessPointsCommandOutput> {
    onlyKnown("DescribeAccessPoints", input, "AccessPointId", "FileSystemId", "NextToken");
    const { AccessPointId, FileSystemId, NextToken } = input;
    if (AccessPointId !== undefined && FileSystemId !== undefined)
      refuse(BAD, "AccessPointId and FileSystemId are mutually exclusive");
    if (AccessPointId !== undefined) return { AccessPoints: [answerOf(sim, accessPointOf(sim, AccessPointId))] };
    const of = FileSystemId === undefined ? undefined : fileSystemOf(sim, FileSystemId).id;
    const all = livingAccessPoints(sim).filter((one) => of === undefined || one.fileSystemId === of);
    const { page, next } = pageOf(all, { token: NextToken }, PAGES);
    return { AccessPoints: page.map((one) => answerOf(sim, one)), NextToken: next };
  },

  DeleteAccessPoint(input: DeleteAccessPointCommandInput, sim) {
    const found = accessPointOf(sim, input.AccessPointId);
    leave(sim, "accessPoints", found, TIMING.accessPointDelete);
    return {};
  },
} satisfies Operations;
