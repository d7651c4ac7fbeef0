import type {
  CreateMountTargetCommandInput,
  CreateMountTargetCommandOutput,
  DeleteMountTargetCommandInput,
  DescribeMountTargetsCommandInput,
  DescribeMountTargetsCommandOutput,
  DescribeMountTargetSecurityGroupsCommandInput,
  DescribeMountTargetSecurityGroupsCommandOutput,
  ModifyMountTargetSecurityGroupsCommandInput,
  MountTargetDescription,
} from "@aws-sdk/client-efs";
import { addNetworkInterface } from "../ec2/network-interfaces.ts";
import { securityGroupOf, subnetOf, type SimNetworkInterface, type SimSecurityGroup } from "../ec2/records.ts";
import { zoneIdOf } from "../ec2/zones.ts";
import { refuse, refusedAs, SimulatedError } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { stateOf } from "../plain.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import {
  accessPoints,
  availableFileSystem,
  fileSystems,
  interfaceOf,
  mountTargets,
  type SimMountTarget,
} from "./records.ts";

/** Security groups of a network interface (Amazon VPC quotas). */
const MOST_GROUPS = 5;

const answerOf = (sim: Sim, target: SimMountTarget): MountTargetDescription => ({
  OwnerId: sim.account,
  MountTargetId: target.id,
  FileSystemId: target.fileSystemId,
  SubnetId: target.subnetId,
  LifeCycleState: stateOf(sim, target),
  IpAddress: interfaceOf(sim, target)?.privateIp,
  NetworkInterfaceId: target.interfaceId,
  AvailabilityZoneId: zoneIdOf(sim, target.zone),
  AvailabilityZoneName: target.zone,
  VpcId: target.vpcId,
});

/** Groups that are all in the VPC. */
function groupsIn(sim: Sim, vpcId: string, ids: readonly string[] = []): string[] {
  if (ids.length > MOST_GROUPS)
    refuse("SecurityGroupLimitExceeded", `A mount target may have ${MOST_GROUPS} security groups`);
  // What EC2 does not show EFS yet is refused like what does not exist.
  const unknown = (id: string) => `Security group '${id}' does not exist in '${vpcId}'.`;
  for (const id of ids) {
    const group = refusedAs(
      () => securityGroupOf(sim, id),
      "SecurityGroupNotFound",
      () => unknown(id),
    );
    if (group.vpcId !== vpcId) refuse("SecurityGroupNotFound", unknown(id));
  }
  return [...ids];
}

/** Where nothing is said, the VPC's default group. */
const defaultGroup = (sim: Sim, vpcId: string) =>
  Object.values(sim.table<SimSecurityGroup>("ec2.securityGroups"))
    .filter((group) => group.vpcId === vpcId && group.name === "default")
    .map(({ id }) => id);

export const mountTargetOperations = {
  /** "The CreateMountTarget call returns only after creating the network interface" (EFS API Reference). */
  CreateMountTarget(input: CreateMountTargetCommandInput, sim): Answer<CreateMountTargetCommandOutput> {
    onlyKnown("CreateMountTarget", input, "FileSystemId", "SubnetId", "SecurityGroups");
    const { id: fileSystemId } = availableFileSystem(sim, input.FileSystemId);
    const subnet = refusedAs(
      () => subnetOf(sim, input.SubnetId),
      "SubnetNotFound",
      ({ message }) => message,
    );
    const { vpcId, zone } = subnet;
    const given = groupsIn(sim, vpcId, input.SecurityGroups);
    const groupIds = given.length === 0 ? defaultGroup(sim, vpcId) : given;
    const others = mountTargets.shown(sim).filter((target) => target.fileSystemId === fileSystemId);
    if (others.some((target) => target.vpcId !== vpcId))
      refuse(
        "MountTargetConflict",
        "requested subnet for new mount target is not in the same VPC as existing mount targets",
        409,
      );
    if (others.some((target) => target.zone === zone))
      refuse("MountTargetConflict", "mount target already exists in this AZ", 409);
    const id = sim.id("fsmt");
    const description = `EFS mount target for ${fileSystemId} (${id})`;
    const made = addressed(() => addNetworkInterface(sim, { subnetId: subnet.id, groupIds, description, type: "efs" }));
    const said = { fileSystemId, subnetId: subnet.id, vpcId, zone, interfaceId: made.id };
    return answerOf(sim, mountTargets.create(sim, { key: id }, said));
  },

  DescribeMountTargets(input: DescribeMountTargetsCommandInput, sim): Answer<DescribeMountTargetsCommandOutput> {
    onlyKnown("DescribeMountTargets", input, "AccessPointId", "FileSystemId", "Marker", "MountTargetId");
    const { AccessPointId, FileSystemId, MountTargetId, Marker } = input;
    if ([AccessPointId, FileSystemId, MountTargetId].filter((id) => id !== undefined).length !== 1)
      refuse("BadRequest", "Exactly one of FileSystemId, MountTargetId and AccessPointId must be given");
    if (MountTargetId !== undefined) return { MountTargets: [answerOf(sim, mountTargets.find(sim, MountTargetId))] };
    const { id } =
      AccessPointId === undefined
        ? fileSystems.find(sim, FileSystemId)
        : fileSystems.find(sim, accessPoints.find(sim, AccessPointId).fileSystemId);
    const { page, next } = mountTargets.list(sim, { token: Marker }, ({ fileSystemId }) => fileSystemId === id);
    return { MountTargets: page.map((target) => answerOf(sim, target)), NextMarker: next };
  },

  DescribeMountTargetSecurityGroups(
    input: DescribeMountTargetSecurityGroupsCommandInput,
    sim,
  ): Answer<DescribeMountTargetSecurityGroupsCommandOutput> {
    return { SecurityGroups: interfaceAt(sim, mountTargets.find(sim, input.MountTargetId)).groupIds };
  },

  ModifyMountTargetSecurityGroups(input: ModifyMountTargetSecurityGroupsCommandInput, sim) {
    const target = mountTargets.find(sim, input.MountTargetId);
    const given = groupsIn(sim, target.vpcId, input.SecurityGroups);
    interfaceAt(sim, target).groupIds = given.length === 0 ? defaultGroup(sim, target.vpcId) : given;
    return {};
  },

  /** Its network interface goes with it. */
  DeleteMountTarget(input: DeleteMountTargetCommandInput, sim) {
    const target = mountTargets.delete(sim, input.MountTargetId);
    const own = interfaceOf(sim, target);
    if (own) own.goneAt ??= target.goneAt ?? sim.now;
    return {};
  },
} satisfies Operations;

/** The interface of a mount target that is not on its way out (EFS API Reference, IncorrectMountTargetState). */
function interfaceAt(sim: Sim, target: SimMountTarget): SimNetworkInterface {
  const own = interfaceOf(sim, target);
  if (!own || stateOf(sim, target) === "deleting")
    refuse("IncorrectMountTargetState", `Mount target '${target.id}' is being deleted.`, 409);
  return own;
}

/** EFS has its own name for a subnet without a free address. */
function addressed(make: () => SimNetworkInterface): SimNetworkInterface {
  try {
    return make();
  } catch (error) {
    if (error instanceof SimulatedError && error.name === "InsufficientFreeAddressesInSubnet")
      refuse("NoFreeAddressesInSubnet", error.message, 409);
    throw error;
  }
}
