import type { CreateAccessPointCommandInput, CreateFileSystemCommandInput } from "@aws-sdk/client-efs";
import type { SimNetworkInterface } from "../ec2/records.ts";
import { refuse, SimulatedError } from "../errors.ts";
import { plain, stateOf, type PlainRecord } from "../plain.ts";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";

export interface SimFileSystem extends PlainRecord {
  id: string;
  token: string;
  createdAt: number;
  encrypted: boolean;
  throughput: string;
  /** When the throughput mode was changed last. */
  throughputChangedAt?: number;
  backups: boolean;
  policy?: string;
  tags: SimTags;
}

export interface SimMountTarget extends PlainRecord {
  id: string;
  fileSystemId: string;
  subnetId: string;
  vpcId: string;
  zone: string;
  interfaceId: string;
}

export interface SimAccessPoint extends PlainRecord {
  id: string;
  token: string;
  fileSystemId: string;
  path: string;
  user?: { uid: number; gid: number };
  creation?: { uid: number; gid: number; permissions: string };
  tags: SimTags;
}

export const BAD = "BadRequest";
const tags = { code: BAD };

/** Refuses a second create with the id of what the first one made, as EFS does. */
function existsAlready(code: string, message: string, id: Readonly<Record<string, string>>): never {
  throw Object.assign(new SimulatedError(code, message, 409), id);
}

export const fileSystems = plain<SimFileSystem, CreateFileSystemCommandInput>({
  table: "efs.fileSystems",
  arn: (sim, id) => sim.arn("elasticfilesystem", `file-system/${id}`),
  check(_sim, { ThroughputMode, PerformanceMode }) {
    if (ThroughputMode === "elastic" && PerformanceMode === "maxIO")
      refuse(BAD, "Performance mode maxIO is not supported with throughput mode elastic");
  },
  made: (sim, { CreationToken: token = "", ThroughputMode: throughput = "bursting", ...input }, id) => ({
    id,
    token,
    createdAt: sim.now,
    encrypted: input.Encrypted ?? false,
    throughput,
    backups: input.Backup ?? false,
  }),
  sameAs: ({ token }, { CreationToken = "" }) => token === CreationToken,
  again: ({ id, token }) =>
    existsAlready("FileSystemAlreadyExists", `File system '${id}' already exists with creation token '${token}'`, {
      FileSystemId: id,
    }),
  missing: (id) => ["FileSystemNotFound", `File system '${id}' does not exist.`, 404],
  takesArn: true,
  lag: { ready: TIMING.fileSystem, deleting: TIMING.fileSystemDelete },
  tags,
  // EFS API Reference, DescribeFileSystems: a hundred on a page.
  pages: { usual: 100, code: BAD },
  inUse(sim, { id }) {
    if (mountTargets.shown(sim).some(({ fileSystemId }) => fileSystemId === id))
      refuse("FileSystemInUse", `File system '${id}' has mount targets created in it.`, 409);
  },
});

export const mountTargets = plain<SimMountTarget, Omit<SimMountTarget, "arn" | "id">>({
  table: "efs.mountTargets",
  // EFS has none for it (Service Authorization Reference, "Resource types defined by Amazon Elastic File System"), and no answer tells this one.
  arn: (sim, id) => sim.arn("elasticfilesystem", `mount-target/${id}`),
  made: (_sim, said, id) => ({ id, ...said }),
  missing: (id) => ["MountTargetNotFound", `Mount target '${id}' does not exist.`, 404],
  lag: { ready: TIMING.mountTarget, deleting: TIMING.mountTargetDelete },
  // "This number is automatically set to 10, and other values are ignored" (EFS API Reference, DescribeMountTargets).
  pages: { usual: 10, code: BAD },
});

export const accessPoints = plain<SimAccessPoint, CreateAccessPointCommandInput>({
  table: "efs.accessPoints",
  arn: (sim, id) => sim.arn("elasticfilesystem", `access-point/${id}`),
  check: (sim, input) => void availableFileSystem(sim, input.FileSystemId),
  made: (sim, { ClientToken: token = "", FileSystemId, PosixUser: user, RootDirectory }, id) => {
    const { Path: path = "/", CreationInfo: creation } = RootDirectory ?? {};
    return {
      id,
      token,
      fileSystemId: fileSystems.find(sim, FileSystemId).id,
      path,
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
    };
  },
  sameAs: ({ token }, { ClientToken = "" }) => token === ClientToken,
  again: ({ id, token }) =>
    existsAlready("AccessPointAlreadyExists", `Access point '${id}' already exists with client token '${token}'`, {
      AccessPointId: id,
    }),
  missing: (id) => ["AccessPointNotFound", `Access point '${id}' does not exist.`, 404],
  takesArn: true,
  lag: { ready: TIMING.accessPoint, deleting: TIMING.accessPointDelete },
  tags,
  // EFS API Reference, DescribeAccessPoints: "The default value is 100".
  pages: { usual: 100, code: BAD },
});

/** Access points go with their file system. */
export function sweep(sim: Sim): void {
  const systems = new Set(fileSystems.shown(sim).map(({ id }) => id));
  const points = accessPoints.records(sim);
  for (const { id, fileSystemId } of Object.values(points)) if (!systems.has(fileSystemId)) delete points[id];
}

/** The file system that a call works on, which has to be available (EFS API Reference, IncorrectFileSystemLifeCycleState). */
export function availableFileSystem(sim: Sim, id: string | undefined): SimFileSystem {
  const found = fileSystems.find(sim, id);
  const state = stateOf(sim, found);
  if (state !== "available")
    refuse("IncorrectFileSystemLifeCycleState", `File system '${found.id}' is in state '${state}'.`, 409);
  return found;
}

/** The network interface of a mount target. */
export const interfaceOf = (sim: Sim, target: SimMountTarget): SimNetworkInterface | undefined =>
  sim.table<SimNetworkInterface>("ec2.networkInterfaces")[target.interfaceId];
