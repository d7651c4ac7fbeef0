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
import { stateOf } from "../plain.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagList } from "../tagging.ts";
import { accessPoints, BAD, fileSystems, type SimAccessPoint } from "./records.ts";

function answerOf(sim: Sim, point: SimAccessPoint): AccessPointDescription {
  const { user, creation } = point;
  const { Name } = point.tags;
  return {
    ClientToken: point.token,
    Tags: tagList(point.tags),
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
    return answerOf(sim, accessPoints.create(sim, { key: sim.id("fsap"), tags: input.Tags }, input));
  },

  DescribeAccessPoints(input: DescribeAccessPointsCommandInput, sim): Answer<DescribeAccessPointsCommandOutput> {
    onlyKnown("DescribeAccessPoints", input, "AccessPointId", "FileSystemId", "NextToken");
    const { AccessPointId, FileSystemId, NextToken } = input;
    if (AccessPointId !== undefined && FileSystemId !== undefined)
      refuse(BAD, "AccessPointId and FileSystemId are mutually exclusive");
    if (AccessPointId !== undefined) return { AccessPoints: [answerOf(sim, accessPoints.find(sim, AccessPointId))] };
    const of = FileSystemId === undefined ? undefined : fileSystems.find(sim, FileSystemId).id;
    const { page, next } = accessPoints.list(
      sim,
      { token: NextToken },
      ({ fileSystemId }) => of === undefined || fileSystemId === of,
    );
    return { AccessPoints: page.map((one) => answerOf(sim, one)), NextToken: next };
  },

  DeleteAccessPoint(input: DeleteAccessPointCommandInput, sim) {
    accessPoints.delete(sim, input.AccessPointId);
    return {};
  },
} satisfies Operations;
