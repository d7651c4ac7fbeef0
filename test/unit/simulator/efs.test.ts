import { CreateSecurityGroupCommand, DeleteSubnetCommand } from "@aws-sdk/client-ec2";
import {
  CreateAccessPointCommand,
  CreateFileSystemCommand,
  CreateMountTargetCommand,
  DeleteFileSystemCommand,
  DeleteMountTargetCommand,
  DescribeFileSystemsCommand,
  UpdateFileSystemCommand,
} from "@aws-sdk/client-efs";
import { describe, expect, it } from "vitest";
import { network } from "../../contract/ground.ts";
import { simulated } from "../../support/simulated.ts";

async function ground() {
  const at = simulated();
  const net = await network(at);
  const { FileSystemId = "" } = await at.aws.efs(new CreateFileSystemCommand({ CreationToken: "one" }));
  return { at, net, FileSystemId };
}

/** The simulated AWS with a file system that can be worked on. */
async function available() {
  const made = await ground();
  await made.at.clock.sleep(30_000);
  return made;
}

describe("the simulated EFS", () => {
  it("takes a second create with the same token for the first, and tells its id", async () => {
    const { at, FileSystemId } = await ground();
    const again = at.aws.efs(new CreateFileSystemCommand({ CreationToken: "one" }));
    await expect(again).rejects.toMatchObject({ name: "FileSystemAlreadyExists", FileSystemId });
  });

  it("lets nobody work on a file system that is still being created", async () => {
    const { at, net, FileSystemId } = await ground();
    const [SubnetId = ""] = net.subnetIds;
    await expect(at.aws.efs(new CreateMountTargetCommand({ FileSystemId, SubnetId }))).rejects.toMatchObject({
      name: "IncorrectFileSystemLifeCycleState",
    });
    await expect(at.aws.efs(new CreateAccessPointCommand({ ClientToken: "a", FileSystemId }))).rejects.toMatchObject({
      name: "IncorrectFileSystemLifeCycleState",
    });
  });

  it("has one mount target in a zone, which holds its subnet, its groups and the file system", async () => {
    const { at, net, FileSystemId } = await available();
    const [SubnetId = ""] = net.subnetIds;
    const create = new CreateMountTargetCommand({ FileSystemId, SubnetId, SecurityGroups: [net.groupId] });
    const { MountTargetId = "" } = await at.aws.efs(create);
    await expect(at.aws.efs(create)).rejects.toMatchObject({ name: "MountTargetConflict" });
    await expect(at.aws.efs(new DeleteFileSystemCommand({ FileSystemId }))).rejects.toMatchObject({
      name: "FileSystemInUse",
    });
    await expect(at.aws.ec2(new DeleteSubnetCommand({ SubnetId }))).rejects.toMatchObject({
      name: "DependencyViolation",
    });
    await at.aws.efs(new DeleteMountTargetCommand({ MountTargetId }));
    await at.clock.sleep(120_000);
    await at.aws.efs(new DeleteFileSystemCommand({ FileSystemId }));
    await at.clock.sleep(120_000);
    for (const by of [{ FileSystemId }, { CreationToken: "one" }])
      await expect(at.aws.efs(new DescribeFileSystemsCommand(by))).rejects.toMatchObject({
        name: "FileSystemNotFound",
      });
    await at.aws.ec2(new DeleteSubnetCommand({ SubnetId }));
  });

  it("knows the groups of the mount target's own VPC alone", async () => {
    const { at, net, FileSystemId } = await available();
    const { vpcId: VpcId } = await network(at);
    const command = new CreateSecurityGroupCommand({ GroupName: "other", Description: "other", VpcId });
    const { GroupId = "" } = await at.aws.ec2(command);
    const [SubnetId = ""] = net.subnetIds;
    await expect(
      at.aws.efs(new CreateMountTargetCommand({ FileSystemId, SubnetId, SecurityGroups: [GroupId] })),
    ).rejects.toMatchObject({ name: "SecurityGroupNotFound" });
  });

  it("lets the throughput mode be changed once a day", async () => {
    const { at, FileSystemId } = await available();
    const change = (ThroughputMode: "elastic" | "bursting") =>
      at.aws.efs(new UpdateFileSystemCommand({ FileSystemId, ThroughputMode }));
    await change("elastic");
    await expect(change("bursting")).rejects.toMatchObject({ name: "TooManyRequests" });
    await at.clock.sleep(86_400_000);
    await change("bursting");
  });
});
