import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  DescribeAccessPointsCommand,
  DescribeFileSystemsCommand,
  DescribeMountTargetsCommand,
} from "@aws-sdk/client-efs";
import { DescribeServicesCommand, DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { GetRolePolicyCommand } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { setEvents } from "../support/release.ts";
import { Stage } from "../support/stage.ts";

const PREFIX = "fairlead-app-dev";
const BASE = "FROM public.ecr.aws/docker/library/node:22\nCOPY . .\n";

const services = {
  web: { volumes: { uploads: { path: "/data" }, cache: { path: "/cache", uid: 0 } } },
  mail: { type: "worker", volumes: { uploads: { path: "/in", of: "web", readOnly: true } } },
} as const satisfies StackConfig["services"];

function write(stage: Stage, folder: string, text: string): void {
  for (const [name, content] of Object.entries({ Dockerfile: BASE, "main.js": text })) {
    const path = join(stage.directory, folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

/** The service on ECS, and what its tasks are. */
async function running(stage: Stage, service: string) {
  const { aws } = stage.world();
  const { services: [found] = [] } = await aws.ecs(
    new DescribeServicesCommand({ cluster: `${PREFIX}-cluster`, services: [`${PREFIX}-${service}`] }),
  );
  const { taskDefinition: task } = await aws.ecs(
    new DescribeTaskDefinitionCommand({ taskDefinition: found?.taskDefinition ?? "" }),
  );
  return { found, task, main: task?.containerDefinitions?.[0] };
}

const statements = async (stage: Stage, role: string) => {
  const { PolicyDocument = "" } = await stage
    .world()
    .aws.iam(new GetRolePolicyCommand({ RoleName: role, PolicyName: "task" }));
  const { Statement } = JSON.parse(decodeURIComponent(PolicyDocument)) as {
    Statement: { Sid: string; Condition: Record<string, Record<string, string | string[]>> }[];
  };
  return Statement;
};

describe("services with volumes", () => {
  const stage = new Stage({ services });
  afterAll(() => stage.remove());

  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
    for (const folder of ["service/web", "service/mail"]) write(stage, folder, "1");
    const { exit, lines } = await stage.type("deploy", "--approve");
    expect(lines.filter((line) => line.startsWith("Failed"))).toEqual([]);
    expect(exit).toBe(0);
  }, 180_000);

  it("need nothing more once they are released", async () => {
    expect(await stage.planned()).toEqual({});
  });

  it("share one file system, with a mount target in each zone and an access point for each volume", async () => {
    const { aws } = stage.world();
    const { FileSystems = [] } = await aws.efs(new DescribeFileSystemsCommand({}));
    expect(FileSystems).toMatchObject([{ Encrypted: true, ThroughputMode: "elastic", NumberOfMountTargets: 2 }]);
    const FileSystemId = FileSystems[0]?.FileSystemId;
    const { MountTargets = [] } = await aws.efs(new DescribeMountTargetsCommand({ FileSystemId }));
    expect(new Set(MountTargets.map(({ AvailabilityZoneName }) => AvailabilityZoneName)).size).toBe(2);
    const { AccessPoints = [] } = await aws.efs(new DescribeAccessPointsCommand({ FileSystemId }));
    expect(new Set(AccessPoints.map(({ PosixUser, RootDirectory }) => [RootDirectory?.Path, PosixUser?.Uid]))).toEqual(
      new Set([
        ["/web/uploads", 1000],
        ["/web/cache", 0],
      ]),
    );
  });

  it("run and mount them, encrypted on the way and by the word of their roles", async () => {
    const { found, task, main } = await running(stage, "service");
    expect(found).toMatchObject({ runningCount: 2 });
    expect(task?.volumes?.map(({ name }) => name)).toEqual(["cache", "uploads"]);
    for (const { efsVolumeConfiguration } of task?.volumes ?? [])
      expect(efsVolumeConfiguration).toMatchObject({
        transitEncryption: "ENABLED",
        authorizationConfig: { iam: "ENABLED", accessPointId: expect.stringMatching(/^fsap-/) as string },
      });
    expect(main?.mountPoints).toEqual([
      { sourceVolume: "cache", containerPath: "/cache" },
      { sourceVolume: "uploads", containerPath: "/data" },
    ]);
    const worker = await running(stage, "mail-service");
    expect(worker.found).toMatchObject({ runningCount: 2 });
    expect(worker.main?.mountPoints).toEqual([{ sourceVolume: "uploads", containerPath: "/in", readOnly: true }]);
  });

  it("may do with each volume what the file says: whoever reads only does not write, and root stays root", async () => {
    const { aws } = stage.world();
    const { AccessPoints = [] } = await aws.efs(new DescribeAccessPointsCommand({}));
    const arn = (path: string) =>
      AccessPoints.find(({ RootDirectory }) => RootDirectory?.Path === path)?.AccessPointArn;
    const web = await statements(stage, `${PREFIX}-ap-northeast-1-task`);
    const through = (list: typeof web) =>
      Object.fromEntries(
        list.map(({ Sid, Condition }) => [
          Sid,
          [Condition["StringEquals"]?.["elasticfilesystem:AccessPointArn"] ?? []].flat().toSorted(),
        ]),
      );
    const both = [arn("/web/cache") ?? "", arn("/web/uploads") ?? ""].toSorted();
    expect(through(web)).toEqual({ MountVolumes: both, WriteVolumes: both, RootOnVolumes: [arn("/web/cache")] });
    const mail = await statements(stage, `${PREFIX}-ap-northeast-1-mail-task`);
    expect(through(mail)).toEqual({ MountVolumes: [arn("/web/uploads")] });
  });

  it("scale, and a volume more costs a plan no call", async () => {
    const { json: before } = await stage.run("plan");
    const more = { ...services.web.volumes, logs: { path: "/logs" }, drafts: { path: "/drafts" } };
    stage.edit({ services: { ...services, web: { volumes: more, service: { desiredCount: 3 } } } });
    expect(await stage.planned()).toMatchObject({
      "storage/volume-drafts": "create",
      "storage/volume-logs": "create",
      "compute/task-definition": "update",
      "compute/service": "update",
    });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await running(stage, "service")).found).toMatchObject({ runningCount: 3 });
    const { json: after } = await stage.run("plan");
    expect(after.summary).toMatchObject({ created: 0, updated: 0 });
    expect(after.calls).toBe(before.calls);
  });

  it("keep the directory of a volume that the file names no more, and find it again", async () => {
    stage.edit({ services });
    expect(await stage.planned()).toMatchObject({ "storage/volume-drafts": "delete", "storage/volume-logs": "delete" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it("do not give a volume to another user, who could not write to it", async () => {
    stage.edit({ services: { ...services, web: { volumes: { ...services.web.volumes, cache: { path: "/cache" } } } } });
    const { exit, lines } = await stage.type("plan");
    expect(exit).toBe(1);
    expect(lines.join("\n")).toContain("the directory /web/cache belongs to the user 0 and the group 0");
    stage.edit({ services });
  });

  it("lose no file to an edit where the stack is protected", async () => {
    const { web: _web, mail: _mail } = services;
    stage.edit({ protect: true, services: { web: {}, mail: { type: "worker" } } });
    const { exit, lines } = await stage.type("plan");
    expect(exit).toBe(1);
    expect(lines.join("\n")).toMatch(
      /! storage\/file-system: efs\/file-system fs-\w+ would be deleted and its data lost, but the stack is protected\./,
    );
  });

  it("go without their volumes where the file says so and nothing protects them", async () => {
    stage.edit({ services: { web: {}, mail: { type: "worker" } } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(stage.things()["efs.fileSystems"] ?? []).toEqual([]);
    // The count is the autoscaler's.
    expect((await running(stage, "service")).found).toMatchObject({ runningCount: 3 });
    expect(await stage.planned()).toEqual({});
  });

  it("leave nothing behind", async () => {
    stage.edit({ services });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await stage.run("teardown")).exit).toBe(0);
    const left = Object.entries(stage.things()).filter(([, all]) => all.length > 0);
    expect(left.filter(([table]) => /^(efs|ec2)\./.test(table))).toEqual([]);
  });
});

describe("the VPC of a stack with volumes", () => {
  it("is replaced with its mount targets, and the file system stays", async () => {
    const stage = new Stage({ services });
    expect((await stage.run("reconcile")).exit).toBe(0);
    stage.edit({ services, network: { cidr: "10.1.0.0/16" } });
    const { exit, json } = await stage.run("reconcile");
    const done = Object.fromEntries(json.actions.map(({ id, action }) => [id, action]));
    expect(exit).toBe(0);
    expect(done).toMatchObject({
      "storage/file-system": "noop",
      "storage/mount-target-1": "replace",
      "storage/mount-target-2": "replace",
    });
    expect(await stage.planned()).toEqual({});
    stage.remove();
  });
});
