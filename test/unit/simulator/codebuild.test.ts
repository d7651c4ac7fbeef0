import { BatchGetBuildsCommand, CreateProjectCommand, StopBuildCommand } from "@aws-sdk/client-codebuild";
import { DeleteProjectCommand, ListBuildsForProjectCommand, UpdateProjectCommand } from "@aws-sdk/client-codebuild";
import { describe, expect, it } from "vitest";
import { parseBuildspec } from "../../../src/simulator/codebuild/buildspec.ts";
import { run, takeExit } from "../../../src/simulator/codebuild/shell.ts";
import type { Machine } from "../../../src/simulator/codebuild/machine.ts";
import { SourceFiles } from "../../../src/simulator/codebuild/source-files.ts";
import { role } from "../../contract/ground.ts";
import { NAMES } from "../../support/delivery.ts";
import { deliverable, SOURCE } from "../../support/release.ts";
import { simulated } from "../../support/simulated.ts";
import { zipOf } from "../../support/zip.ts";

describe("the simulated CodeBuild", () => {
  const project = (serviceRole: string) => ({
    name: "build",
    serviceRole,
    source: { type: "CODEPIPELINE" as const },
    artifacts: { type: "CODEPIPELINE" as const },
    environment: {
      type: "LINUX_CONTAINER" as const,
      image: "aws/codebuild/standard:7.0",
      computeType: "BUILD_GENERAL1_SMALL" as const,
    },
  });

  it("refuses a role that it cannot assume yet, that trusts another service, or that does not exist", async () => {
    const at = simulated();
    const { arn } = await role(at, "build", "codebuild.amazonaws.com");
    const { arn: other } = await role(at, "other", "ecs-tasks.amazonaws.com");
    const create = (serviceRole: string) => at.aws.codeBuild(new CreateProjectCommand(project(serviceRole)));
    const refusal = (of: string) => ({
      name: "InvalidInputException",
      message: `CodeBuild is not authorized to perform: sts:AssumeRole on ${of}`,
    });
    await expect(create(arn)).rejects.toMatchObject(refusal(arn));
    await at.clock.sleep(60_000);
    await expect(create(other)).rejects.toMatchObject(refusal(other));
    await expect(create(`${arn}-not`)).rejects.toMatchObject(refusal(`${arn}-not`));
    expect((await create(arn)).project?.arn).toBe("arn:aws:codebuild:ap-northeast-1:123456789012:project/build");
    await expect(create(arn)).rejects.toMatchObject({ name: "ResourceAlreadyExistsException" });
  });

  it("refuses what AWS refuses, and loudly what it does not know", async () => {
    const at = simulated();
    const { arn } = await role(at, "build", "codebuild.amazonaws.com");
    await at.clock.sleep(60_000);
    const create = (change: object) => at.aws.codeBuild(new CreateProjectCommand({ ...project(arn), ...change }));
    await expect(create({ name: "-" })).rejects.toMatchObject({ name: "InvalidInputException" });
    await expect(create({ timeoutInMinutes: 4 })).rejects.toThrow("timeoutInMinutes");
    await expect(create({ artifacts: { type: "NO_ARTIFACTS" } })).rejects.toThrow(
      "Both source and artifacts must be set to CODEPIPELINE",
    );
    await expect(create({ concurrentBuildLimit: 2 })).rejects.toMatchObject({ name: "SimulatorUnknownOption" });
    await expect(at.aws.codeBuild(new UpdateProjectCommand({ name: "none" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    await expect(at.aws.codeBuild(new ListBuildsForProjectCommand({ projectName: "none" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    await expect(at.aws.codeBuild(new BatchGetBuildsCommand({ ids: [] }))).rejects.toMatchObject({
      name: "InvalidInputException",
    });
  });

  it("leaves what an update does not say as it was", async () => {
    const at = simulated();
    const { arn } = await role(at, "build", "codebuild.amazonaws.com");
    await at.clock.sleep(60_000);
    await at.aws.codeBuild(new CreateProjectCommand({ ...project(arn), description: "one", timeoutInMinutes: 10 }));
    const { project: updated } = await at.aws.codeBuild(
      new UpdateProjectCommand({ name: "build", timeoutInMinutes: 20 }),
    );
    expect(updated).toMatchObject({ description: "one", timeoutInMinutes: 20, serviceRole: arn });
  });

  it("stops a build, which fails the release, and forgets the builds of a project that is deleted", async () => {
    const release = await deliverable();
    const { aws, world } = release.at;
    await release.upload(SOURCE);
    await release.wait(40);
    const { ids = [] } = await aws.codeBuild(new ListBuildsForProjectCommand({ projectName: NAMES.project }));
    expect(ids).toEqual([(await release.build())?.id]);
    const { build } = await aws.codeBuild(new StopBuildCommand({ id: ids[0] }));
    expect(build).toMatchObject({ buildStatus: "STOPPED", buildComplete: true });
    expect(build?.phases?.map(({ phaseStatus }) => phaseStatus)).toContain("STOPPED");
    const lines = (await release.log()).length;
    await release.wait(60);
    expect(await release.log()).toHaveLength(lines);
    expect(await release.images()).toEqual([]);
    expect((await release.state())["Build"]?.action).toMatchObject({ status: "Failed" });
    await aws.codeBuild(new DeleteProjectCommand({ name: NAMES.project }));
    expect(world.table("codebuild.builds@ap-northeast-1")).toEqual({});
    await aws.codeBuild(new DeleteProjectCommand({ name: NAMES.project }));
  });
});

describe("a source in a zip archive", () => {
  it("is read, compressed or not", () => {
    const files = { "a.txt": "a", "deep/er/b.txt": "b".repeat(5000), "empty.txt": "" };
    const source = SourceFiles.in(zipOf(files));
    const read = [...source.keys()].map((path) => [path, source.get(path)]);
    expect(Object.fromEntries(read)).toEqual(files);
  });

  it("is refused where it is none", () => {
    const read = (bytes: Buffer) => SourceFiles.in(bytes);
    expect(() => read(Buffer.from("not a zip file at all, only a text"))).toThrow("zip: not a valid zip file");
    expect(() => read(Buffer.alloc(0))).toThrow("zip: not a valid zip file");
    const zip = zipOf({ "a.txt": "a text that is long enough to be damaged in its middle" });
    const directory = zip.readUInt32LE(zip.length - 6);
    const damagedAt = (place: number) => Buffer.from(zip).fill(0xff, place, place + 2);
    // The file's own header, its entry of the directory, its method there, and where the directory is.
    for (const place of [0, directory, directory + 10, zip.length - 6])
      expect(() => read(damagedAt(place))).toThrow("zip: not a valid zip file");
    expect(() => read(damagedAt(40))).toThrow("zip: checksum error");
  });
});

describe("a buildspec", () => {
  it("is read with quotes, block texts, comments, and lists that are not indented", () => {
    const spec = parseBuildspec(
      [
        "version: '0.2'",
        "env:",
        "  variables:",
        '    COLOUR: "blue"',
        "phases:",
        "  build:",
        "    commands:",
        "    - echo one # a comment",
        "    # another",
        "    - 'echo ''two'': x'",
        "    - |",
        "      echo three",
        "      echo four",
        "  post_build:",
        "    commands:",
        "      - echo five",
        "        and six",
        "artifacts:",
        "  files:",
        "    - '**/*'",
      ].join("\n"),
    );
    expect(spec).toEqual({
      commands: {
        install: [],
        pre_build: [],
        build: ["echo one", "echo 'two': x", "echo three\necho four"],
        post_build: ["echo five and six"],
      },
      files: ["**/*"],
      variables: { COLOUR: "blue" },
    });
  });

  it("is refused in CodeBuild's words", () => {
    expect(() => parseBuildspec("phases:\n")).toThrow("version is missing");
    expect(() => parseBuildspec("version: 0.1\nphases:\n")).toThrow("unknown buildspec version: 0.1");
    expect(() => parseBuildspec("version: 0.2\n")).toThrow("phases is missing");
    expect(() => parseBuildspec("version: 0.2\nphases:\n  build:\n    commands:\n      - echo a: b\n")).toThrow(
      "Expected Commands[0] to be of string type: found subkeys instead at line 5",
    );
  });
});

describe("the shell of a build", () => {
  const machine = (variables: Record<string, string> = {}, files: Record<string, string> = {}): Machine => ({
    variables: { ...variables },
    files: SourceFiles.of(files),
    docker: () => ({ code: 0, output: "docker\n" }),
    aws: () => ({ code: 0, output: "password\n" }),
  });

  it.each([
    ["echo \"$A-${A}\" '$A' \\$A", "x-x $A $A\n"],
    ["echo ${B:-none} ${A:-none} ${LONG:0:7} ${LONG:3}", "none x 0123456 3456789\n"],
    ["B=$A; echo $B", "x\n"],
    ["export B=y && echo $B", "y\n"],
    ["echo ${B:=z}; echo $B", "z\nz\n"],
    ["TAG=$(echo $LONG | cut -c 1-7) && echo $TAG", "0123456\n"],
    ["echo \"$(printf '%s' 'a.b/c' | tr -c 'A-Za-z0-9' '_')\"", "a_b_c\n"],
    ['if [ "$A" = "x" ]; then echo yes; else echo no; fi', "yes\n"],
    ['if [ -n "$B" ]; then echo yes; else echo no; fi', "no\n"],
    ["false || echo saved", "saved\n"],
    ["npm test && echo done", "done\n"],
    ["printf '%s=%s\\n' a b > f.txt; echo c >> f.txt; cat f.txt", "a=b\nc\n"],
    ["if [ -f f.txt ]; then echo there; fi", ""],
    ["if [ ! -f f.txt ]; then echo absent; fi", "absent\n"],
    ["echo one; exit 0; echo two", "one\n"],
    ["echo hushed > /dev/null; echo loud > /dev/stderr", "loud\n"],
    ["aws ecr get-login-password | docker login", "docker\n"],
  ])("runs %s", (command, output) => {
    expect(run(machine({ A: "x", LONG: "0123456789" }), command)).toEqual({ code: 0, output });
  });

  it.each([
    ["false", 1],
    ["false && echo never", 1],
    ["exit 3", 3],
    ["cat none.txt", 1],
    ['if [ -z "" ]; then echo why; exit 2; fi', 2],
  ])("fails at %s", (command, code) => {
    const at = machine();
    const ran = run(at, command);
    expect(ran.code).toBe(code);
    expect(ran.output).not.toContain("never");
    expect(takeExit(at)).toBe(command.includes("exit"));
    expect(takeExit(at)).toBe(false);
  });
});
