import type { SimSecurityGroup, SimSubnet, SimVpc } from "../ec2/records.ts";
import { aclsLet } from "../ec2/acls.ts";
import { lets } from "../ec2/reach.ts";
import { statementsIn, permits, type RoleCall } from "../iam/permissions.ts";
import { evaluate } from "../iam/evaluate.ts";
import type { SimTaskDefinition } from "../ecs/records.ts";
import type { Sim } from "../sim.ts";
import { stateOf } from "../plain.ts";
import { accessPoints, fileSystems, interfaceOf, mountTargets, type SimFileSystem } from "./records.ts";

/** NFS (EFS User Guide, "Using VPC security groups"). */
const NFS = 2049;

/** Where a task is. */
export interface Placed {
  readonly subnetId?: string;
  readonly groupIds?: readonly string[];
  /** Whether it has a public address. */
  readonly publicIp?: boolean;
}

type Volume = NonNullable<SimTaskDefinition["definition"]["volumes"]>[number];
type Settings = NonNullable<Volume["efsVolumeConfiguration"]>;

/**
 * Why a task cannot mount its volumes, in ECS's words around those of the mount helper (aws/efs-utils, src/mount_efs: the messages on a name
 * that does not resolve and on time-outs; EFS User Guide, "Troubleshooting mount issues": access denied); `undefined` where it can.
 */
export function refusedMount(sim: Sim, revision: SimTaskDefinition | undefined, task: Placed): string | undefined {
  const { volumes = [], taskRoleArn } = revision?.definition ?? {};
  for (const { efsVolumeConfiguration: settings } of volumes) {
    const why = settings && refusal(sim, settings, task, taskRoleArn);
    if (why !== undefined)
      return `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: ${why} : unsuccessful EFS utils command execution; code: 32`;
  }
  return undefined;
}

const DENIED = "b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'";

function refusal(sim: Sim, settings: Settings, task: Placed, role: string | undefined): string | undefined {
  const subnet = sim.table<SimSubnet>("ec2.subnets")[task.subnetId ?? ""];
  const system = fileSystems.shown(sim).find(({ id }) => id === settings.fileSystemId);
  const target = mountTargets
    .shown(sim)
    .find((one) => one.fileSystemId === system?.id && one.zone === subnet?.zone && one.vpcId === subnet.vpcId);
  const vpc = sim.table<SimVpc>("ec2.vpcs")[subnet?.vpcId ?? ""];
  const named = vpc?.dnsSupport === true && vpc.dnsHostnames;
  if (!system || !target || stateOf(sim, target) !== "available" || !named)
    return `b'Failed to resolve "${settings.fileSystemId}.efs.${sim.region}.amazonaws.com" - check that your file system ID is correct, and ensure that the VPC has an EFS mount target for this file system ID.\\nSee https://docs.aws.amazon.com/console/efs/mount-dns-name for more detail.'`;
  const groups = sim.table<SimSecurityGroup>("ec2.securityGroups");
  const [own, theirs] = [task.groupIds ?? [], interfaceOf(sim, target)?.groupIds ?? []];
  const out = own.some((id) => groups[id]?.egress.some((rule) => lets(rule, NFS, theirs)));
  const into = theirs.some((id) => groups[id]?.ingress.some((rule) => lets(rule, NFS, own)));
  const there = sim.table<SimSubnet>("ec2.subnets")[target.subnetId];
  const passes = subnet === undefined || !there || aclsLet(sim, subnet, there, NFS);
  if (!out || !into || !passes) return "b'mount.nfs4: Connection timed out'";
  return isAllowed(sim, system, settings, role) ? undefined : DENIED;
}

/**
 * Whether the file system takes the client: everybody where it has no policy; otherwise whom the policy or, with IAM, the client's role
 * allows, and neither denies (EFS User Guide, "Using IAM to control access to file systems").
 */
function isAllowed(
  sim: Sim,
  { id, arn, policy }: SimFileSystem,
  settings: Settings,
  role: string | undefined,
): boolean {
  const { accessPointId, iam } = settings.authorizationConfig ?? {};
  const point = accessPoints.shown(sim).find((one) => one.id === accessPointId);
  if (accessPointId !== undefined && (point?.fileSystemId !== id || stateOf(sim, point) !== "available")) return false;
  if (policy === undefined) return true;
  const call: RoleCall = {
    action: "elasticfilesystem:ClientMount",
    resource: arn,
    context: {
      "aws:SecureTransport": String(settings.transitEncryption === "ENABLED"),
      "elasticfilesystem:AccessedViaMountTarget": "true",
      ...(point ? { "elasticfilesystem:AccessPointArn": point.arn } : {}),
    },
  };
  // Statements about everybody: those of the stack's own policies name nobody else.
  const verdict = evaluate(statementsIn(policy), call);
  if (verdict === "explicitly denied") return false;
  return verdict === "allowed" || (iam === "ENABLED" && permits(sim, role, call));
}
