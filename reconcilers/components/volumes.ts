import { SecurityGroup } from "../../src/aws/ec2/security-group.ts";
import { SecurityGroupRules } from "../../src/aws/ec2/security-group-rules.ts";
import { AccessPoint } from "../../src/aws/efs/access-point.ts";
import { FileSystem } from "../../src/aws/efs/file-system.ts";
import { iamOnly } from "../../src/aws/efs/iam-only.ts";
import { MountTarget } from "../../src/aws/efs/mount-target.ts";
import type { Statement } from "../../src/aws/policy.ts";
import type { CommonService, Stack } from "../../src/config/stack.ts";
import { volumeUser } from "../../src/config/volumes.ts";
import type { AnyHandle, Input, Output } from "../../src/engine/output.ts";
import type { Grants } from "../own-resources.ts";
import type { Scope } from "../scope.ts";
import type { Network } from "./network.ts";
import type { Peer } from "./security-groups.ts";

/** NFS (EFS User Guide, "Using VPC security groups"). */
const NFS = 2049;

/** One volume as a service mounts it. */
export interface Mount {
  readonly name: string;
  readonly path: string;
  readonly readOnly: boolean;
  readonly fileSystemId: Output<string>;
  readonly accessPointId: Output<string>;
}

/** What a service is given of the stack's volumes. */
export interface Mounted {
  readonly mounts: readonly Mount[];
  readonly grants: Grants;
  /** Where its tasks connect to. */
  readonly peers: readonly Peer[];
  /** What must be ready before its tasks can mount them. */
  readonly ready: readonly AnyHandle[];
}

/** A service with volumes, and where it is declared. */
export interface VolumeClient {
  readonly service: CommonService;
  readonly scope: Scope;
  readonly group: { readonly groupId: Output<string> };
}

export interface VolumesProps {
  readonly network: Network;
  readonly settings: Stack["storage"];
  /** At least one. */
  readonly clients: readonly VolumeClient[];
}

/**
 * The volumes of all services: one file system, a mount target in each zone, and an access point for each volume, which is all of the
 * file system that whoever comes through it can see. So the calls of a plan do not grow with the volumes.
 */
export function volumes(scope: Scope, { network, settings, clients }: VolumesProps): (service: string) => Mounted {
  const group = scope.add("storage/volumes-group", SecurityGroup, {
    name: scope.name("volumes"),
    description: "Volumes: in from the tasks that mount them only",
    vpcId: network.vpcId,
  });
  const rules = scope.add("storage/volumes-rules", SecurityGroupRules, {
    groupId: group.groupId,
    ingress: clients.map(({ service, group: { groupId } }) => ({
      protocol: "tcp",
      fromPort: NFS,
      toPort: NFS,
      peer: groupId,
      description: `NFS from ${service.name}`,
    })),
    egress: [],
  });
  const system = scope.add("storage/file-system", FileSystem, {
    name: scope.name("volumes"),
    encrypted: true,
    throughput: "elastic",
    backups: settings.backups,
    policy: iamOnly,
  });
  const targets = network.privateSubnetIds.map((subnetId, n) =>
    scope.add(`storage/mount-target-${n + 1}`, MountTarget, {
      fileSystemId: system.fileSystemId,
      subnetId,
      groupIds: [group.groupId],
    }),
  );
  scope.output("file_system_id", system.fileSystemId);

  const points = new Map(
    clients.flatMap(({ service, scope: own }) =>
      Object.entries(service.volumes).flatMap(([name, volume]) => {
        const user = volume.of === undefined ? volumeUser(service, volume) : undefined;
        if (!user) return [];
        const point = own.add(`storage/volume-${name}`, AccessPoint, {
          fileSystemId: system.fileSystemId,
          path: `/${service.name}/${name}`,
          ...user,
          permissions: "755",
        });
        return [[`${service.name}/${name}`, { handle: point, isRoot: user.uid === 0 }] as const];
      }),
    ),
  );

  return (name) => {
    const service = clients.find((client) => client.service.name === name)?.service;
    const mounted = Object.entries(service?.volumes ?? {})
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([key, { path, readOnly, of = name }]) => {
        const point = points.get(`${of}/${key}`);
        return point ? [{ name: key, path, readOnly, point }] : [];
      });
    if (mounted.length === 0) return { mounts: [], grants: {}, peers: [], ready: [] };
    const reached = (some: typeof mounted) => some.map(({ point }) => point.handle.arn);
    return {
      mounts: mounted.map(({ point, ...mount }) => ({
        ...mount,
        fileSystemId: system.fileSystemId,
        accessPointId: point.handle.accessPointId,
      })),
      grants: {
        permissions: [
          ...through(system.arn, "MountVolumes", "ClientMount", reached(mounted)),
          ...through(system.arn, "WriteVolumes", "ClientWrite", reached(mounted.filter(({ readOnly }) => !readOnly))),
          // Without it whoever is root is squashed to nobody (EFS User Guide, "Mounting with EFS access points", root squashing).
          ...through(
            system.arn,
            "RootOnVolumes",
            "ClientRootAccess",
            reached(mounted.filter(({ readOnly, point }) => !readOnly && point.isRoot)),
          ),
        ],
      },
      peers: [{ groupId: group.groupId, port: NFS, description: "NFS to the volumes" }],
      ready: [rules, ...targets, ...mounted.map(({ point }) => point.handle)],
    };
  };
}

/** Allows one action on the file system, through these access points alone (EFS User Guide, "Using access points in IAM policies"). */
const through = (
  Resource: Output<string>,
  Sid: string,
  action: string,
  points: readonly Output<string>[],
): Input<Statement>[] =>
  points.length === 0
    ? []
    : [
        {
          Sid,
          Effect: "Allow",
          Action: [`elasticfilesystem:${action}`],
          Resource,
          Condition: { StringEquals: { "elasticfilesystem:AccessPointArn": [...points] } },
        },
      ];
