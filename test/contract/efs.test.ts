import { AccessPoint } from "../../src/aws/efs/access-point.ts";
import { FileSystem, type FileSystemSpec } from "../../src/aws/efs/file-system.ts";
import { iamOnly } from "../../src/aws/efs/iam-only.ts";
import { MountTarget } from "../../src/aws/efs/mount-target.ts";
import type { Simulated } from "../support/simulated.ts";
import { network } from "./ground.ts";
import { made } from "./made.ts";
import { contract } from "./suite.ts";

const spec = (name: string): FileSystemSpec => ({
  name,
  encrypted: true,
  throughput: "elastic",
  backups: true,
  policy: iamOnly,
  tags: {},
});

/** A file system that can be worked on. */
async function fileSystem(at: Simulated) {
  const { fileSystemId } = await made(at, FileSystem, spec("demo-test-ground"));
  await at.clock.sleep(60_000);
  return fileSystemId;
}

contract({
  kind: FileSystem,
  spec: async () => spec("demo-test-files"),
  edits: { backups: () => false, policy: () => undefined },
  without: { throughput: "EFS lets it be changed once in 24 hours: test/unit/aws/efs/file-system.test.ts" },
});

contract({
  kind: MountTarget,
  spec: async (at) => {
    const { subnetIds, groupId } = await network(at);
    return { fileSystemId: await fileSystem(at), subnetId: subnetIds[0] ?? "", groupIds: [groupId] };
  },
  edits: {
    groupIds: (_spec, at) =>
      Object.values(at.world.table<{ id: string; name: string }>(`ec2.securityGroups@${at.aws.region}`))
        .filter(({ name }) => name === "second")
        .map(({ id }) => id),
  },
});

contract({
  kind: AccessPoint,
  spec: async (at) => ({
    fileSystemId: await fileSystem(at),
    path: "/web/uploads",
    uid: 1000,
    gid: 1000,
    permissions: "755",
    tags: {},
  }),
  edits: {},
});
