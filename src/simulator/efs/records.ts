import type { SimNetworkInterface } from "../ec2/records.ts";
import { refuse, SimulatedError } from "../errors.ts";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";

/** What every record of EFS has: it is made, and goes, some time after the call that asks for it has returned. */
interface Lived {
  id: string;
  readyAt: number;
  /** When it is gone, once somebody has asked for that. */
  goneAt?: number;
}

export interface SimFileSystem extends Lived {
  arn: string;
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

export interface SimMountTarget extends Lived {
  fileSystemId: string;
  subnetId: string;
  vpcId: string;
  zone: string;
  interfaceId: string;
}

export interface SimAccessPoint extends Lived {
  arn: string;
  token: string;
  fileSystemId: string;
  path: string;
  user?: { uid: number; gid: number };
  creation?: { uid: number; gid: number; permissions: string };
  tags: SimTags;
}

export const fileSystems = (sim: Sim) => sim.table<SimFileSystem>("efs.fileSystems");
export const mountTargets = (sim: Sim) => sim.table<SimMountTarget>("efs.mountTargets");
export const accessPoints = (sim: Sim) => sim.table<SimAccessPoint>("efs.accessPoints");

/** Those that are on their way out: calls still reach them, until they are gone. */
const former = (sim: Sim, what: Table) => sim.table<Lived>(`~efs.${what}`);

type Table = "fileSystems" | "mountTargets" | "accessPoints";

/** Those that are there by now, also on their way in or out. */
const living =
  <T extends Lived>(what: Table) =>
  (sim: Sim): T[] =>
    [...Object.values(sim.table<T>(`efs.${what}`)), ...Object.values(former(sim, what) as Record<string, T>)].filter(
      ({ goneAt = Number.POSITIVE_INFINITY }) => goneAt > sim.now,
    );

export const livingFileSystems = living<SimFileSystem>("fileSystems");
export const livingMountTargets = living<SimMountTarget>("mountTargets");
export const livingAccessPoints = living<SimAccessPoint>("accessPoints");

/** Lets one go, within about so many seconds. */
export function leave(sim: Sim, what: Table, one: Lived, seconds: number): void {
  if (one.goneAt !== undefined) return;
  one.goneAt = sim.in(seconds);
  former(sim, what)[one.id] = one;
  delete sim.table<Lived>(`efs.${what}`)[one.id];
}

export const stateOf = (sim: Sim, { readyAt, goneAt }: Lived) =>
  goneAt !== undefined ? ("deleting" as const) : readyAt > sim.now ? ("creating" as const) : ("available" as const);

/** Takes what is gone out of the world. Access points go with their file system. */
export function sweep(sim: Sim): void {
  for (const what of ["fileSystems", "mountTargets", "accessPoints"] as const)
    for (const { id, goneAt = 0 } of Object.values(former(sim, what)))
      if (goneAt <= sim.now) delete former(sim, what)[id];
  const systems = new Set(livingFileSystems(sim).map(({ id }) => id));
  for (const { id, fileSystemId } of Object.values(accessPoints(sim)))
    if (!systems.has(fileSystemId)) delete accessPoints(sim)[id];
}

/** EFS takes an ARN for an id. */
const plain = (id = "") => id.slice(id.lastIndexOf("/") + 1);

const lookup =
  <T extends Lived>(all: (sim: Sim) => T[], code: string, what: string) =>
  (sim: Sim, id: string | undefined): T =>
    all(sim).find((one) => one.id === plain(id)) ?? refuse(code, `${what} '${id}' does not exist.`, 404);

export const fileSystemOf = lookup(livingFileSystems, "FileSystemNotFound", "File system");
export const mountTargetOf = lookup(livingMountTargets, "MountTargetNotFound", "Mount target");
export const accessPointOf = lookup(livingAccessPoints, "AccessPointNotFound", "Access point");

/** The file system that a call works on, which has to be available (EFS API Reference, IncorrectFileSystemLifeCycleState). */
export function availableFileSystem(sim: Sim, id: string | undefined): SimFileSystem {
  const found = fileSystemOf(sim, id);
  const state = stateOf(sim, found);
  if (state !== "available")
    refuse("IncorrectFileSystemLifeCycleState", `File system '${found.id}' is in state '${state}'.`, 409);
  return found;
}

/** The network interface of a mount target. */
export const interfaceOf = (sim: Sim, target: SimMountTarget): SimNetworkInterface | undefined =>
  sim.table<SimNetworkInterface>("ec2.networkInterfaces")[target.interfaceId];

/** Refuses a second create with the id of what the first one made, as EFS does. */
export function existsAlready(code: string, message: string, id: Readonly<Record<string, string>>): never {
  throw Object.assign(new SimulatedError(code, message, 409), id);
}
