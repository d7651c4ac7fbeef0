import {
  BatchGetProjectsCommand,
  CodeBuildClient,
  CreateProjectCommand,
  DeleteProjectCommand,
  ListProjectsCommand,
  UpdateProjectCommand,
} from "@aws-sdk/client-codebuild";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Project, type ProjectSpec } from "../../../../src/aws/codebuild/project.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { tagListLower } from "../../../../src/aws/tags.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked, tagsIn } from "../../../support/mocked.ts";

const codeBuild = mockClient(CodeBuildClient);
beforeEach(() => codeBuild.reset());

const spec: ProjectSpec = {
  name: "demo-build",
  description: "Builds",
  roleArn: "arn:aws:iam::123456789012:role/build",
  image: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
  computeType: "BUILD_GENERAL1_MEDIUM",
  type: "LINUX_CONTAINER",
  privileged: true,
  environment: { IMAGE_TAG: "latest" },
  buildspec: "buildspec.yml",
  timeoutMinutes: 30,
  logGroup: "/aws/codebuild/demo",
  tags: {
    "fairlead:stack": "demo",
    "fairlead:environment": "test",
    "fairlead:region": "ap-northeast-1",
    "fairlead:id": "network/it",
  },
};

const ARN = "arn:aws:codebuild:ap-northeast-1:123456789012:project/demo-build";

const written = {
  name: "demo-build",
  description: "Builds",
  serviceRole: spec.roleArn,
  source: { type: "CODEPIPELINE", buildspec: "buildspec.yml" },
  artifacts: { type: "CODEPIPELINE" },
  environment: {
    type: "LINUX_CONTAINER",
    image: spec.image,
    computeType: "BUILD_GENERAL1_MEDIUM",
    privilegedMode: true,
    environmentVariables: [{ name: "IMAGE_TAG", value: "latest", type: "PLAINTEXT" }],
  },
  timeoutInMinutes: 30,
  logsConfig: { cloudWatchLogs: { status: "ENABLED", groupName: "/aws/codebuild/demo" } },
  tags: [
    { key: "fairlead:stack", value: "demo" },
    { key: "fairlead:environment", value: "test" },
    { key: "fairlead:region", value: "ap-northeast-1" },
    { key: "fairlead:id", value: "network/it" },
  ],
} as const;

const answered = {
  ...written,
  arn: ARN,
  environment: { ...written.environment, environmentVariables: [...written.environment.environmentVariables] },
  tags: [...written.tags],
};

const observed = { id: "demo-build", spec, attrs: { name: "demo-build", arn: ARN }, owner: undefined, ready: true };

describe("codebuild/project", () => {
  it("creates with everything in one call, and its name is its id", async () => {
    codeBuild.on(CreateProjectCommand).resolves({ project: { arn: ARN } });
    const told: string[] = [];
    expect(await Project.create(mocked(), spec, making(told))).toEqual({
      id: "demo-build",
      attrs: { name: "demo-build", arn: ARN },
    });
    expect(told).toEqual(["demo-build"]);
    expect(codeBuild.calls().map((call) => call.args[0].input)).toEqual([written]);
  });

  it("asks again while the role is too young to be assumed", async () => {
    codeBuild
      .on(CreateProjectCommand)
      .rejectsOnce(
        awsError("InvalidInputException", `CodeBuild is not authorized to perform: sts:AssumeRole on ${spec.roleArn}`),
      )
      .rejectsOnce(awsError("InvalidInputException", "Not authorized to perform DescribeSecurityGroups"))
      .resolves({ project: { arn: ARN } });
    await Project.create(mocked(), spec, making());
    expect(codeBuild.commandCalls(CreateProjectCommand)).toHaveLength(3);
  });

  it("throws what is invalid at once, and never repeats a create whose response was lost", async () => {
    codeBuild.on(CreateProjectCommand).rejects(awsError("InvalidInputException", "Invalid timeoutInMinutes"));
    await expect(Project.create(mocked(), spec, making())).rejects.toThrow("Invalid timeoutInMinutes");
    codeBuild.reset();
    codeBuild.on(CreateProjectCommand).rejects(awsError("InternalFailure", "injected", 500));
    await expect(Project.create(mocked(), spec, making())).rejects.toBeInstanceOf(UncertainAnswer);
    expect(codeBuild.commandCalls(CreateProjectCommand)).toHaveLength(1);
  });

  it("observes by name in the desired spelling", async () => {
    codeBuild.on(BatchGetProjectsCommand).resolves({ projects: [answered] });
    const seen = await Project.observe(mocked(), lookFor(spec));
    expect(codeBuild.commandCalls(BatchGetProjectsCommand)[0]?.args[0].input).toEqual({ names: ["demo-build"] });
    expect(seen).toMatchObject({
      id: "demo-build",
      attrs: { arn: ARN },
      owner: "demo/test/ap-northeast-1:network/it",
      ready: true,
    });
    expect(seen?.spec).toEqual(spec);
  });

  it("is absent where AWS names it among those not found", async () => {
    codeBuild.on(BatchGetProjectsCommand).resolves({ projects: [], projectsNotFound: ["demo-build"] });
    expect(await Project.observe(mocked(), lookFor(spec, "demo-build"))).toBeUndefined();
    expect(codeBuild.commandCalls(BatchGetProjectsCommand)).toHaveLength(1);
  });

  it("sees a log that was switched off, and a variable that is filled from elsewhere, as drift", async () => {
    codeBuild.on(BatchGetProjectsCommand).resolves({
      projects: [
        {
          ...answered,
          logsConfig: { cloudWatchLogs: { status: "DISABLED", groupName: "/aws/codebuild/demo" } },
          environment: {
            ...answered.environment,
            environmentVariables: [{ name: "IMAGE_TAG", value: "latest", type: "PARAMETER_STORE" }],
          },
        },
      ],
    });
    const seen = await Project.observe(mocked(), lookFor(spec));
    expect(seen?.spec.logGroup).toBeUndefined();
    expect(seen?.spec.environment).toEqual({ IMAGE_TAG: "PARAMETER_STORE latest" });
  });

  it("updates by saying everything again, tags included", async () => {
    codeBuild.on(UpdateProjectCommand).resolves({});
    codeBuild.on(BatchGetProjectsCommand).resolves({});
    await Project.update(mocked(), observed, { ...spec, description: "" }, new Set(["description"]));
    const [sent] = codeBuild.commandCalls(UpdateProjectCommand);
    expect(sent?.args[0].input).toEqual({ ...written, description: "" });
  });

  it("carries through what others set inside the structures that it writes, and shows it", async () => {
    const certificate = "arn:aws:s3:::theirs/ca.pem";
    const environmentVariables = [...written.environment.environmentVariables];
    const environment = { ...written.environment, environmentVariables, certificate };
    const s3Logs = { status: "ENABLED" as const, location: "theirs/logs" };
    const live = { ...written, tags: [...written.tags], environment, logsConfig: { ...written.logsConfig, s3Logs } };
    codeBuild.on(UpdateProjectCommand).resolves({});
    codeBuild.on(BatchGetProjectsCommand).resolves({ projects: [{ ...live, concurrentBuildLimit: 1 }] });
    const seen = await Project.observe(mocked(), lookFor(spec));
    expect(seen?.unmanaged).toEqual([
      "environment.certificate arn:aws:s3:::theirs/ca.pem",
      "logsConfig.s3Logs.status ENABLED",
      "logsConfig.s3Logs.location theirs/logs",
      "concurrentBuildLimit 1",
    ]);
    await Project.update(mocked(), observed, { ...spec, description: "" }, new Set(["description"]));
    const [sent] = codeBuild.commandCalls(UpdateProjectCommand);
    expect(sent?.args[0].input).toMatchObject({ environment, logsConfig: { s3Logs } });
  });

  it("counts a project that is gone already as deleted", async () => {
    codeBuild.on(DeleteProjectCommand).rejects(awsError("ResourceNotFoundException", "gone"));
    await expect(Project.delete(mocked(), observed)).resolves.toBeUndefined();
    codeBuild.reset();
    codeBuild.on(DeleteProjectCommand).rejects(awsError("AccessDeniedException", "no"));
    await expect(Project.delete(mocked(), observed)).rejects.toThrow("no");
  });

  it("lists what the stack owns: every page, and the tags of up to a hundred with one call", async () => {
    const tagged = (name: string, stack: string) => ({
      name,
      tags: tagListLower(tagsIn(stack, "delivery/build")),
    });
    codeBuild.on(ListProjectsCommand).resolves({ projects: ["build", "demo-test-2-build"], nextToken: "more" });
    codeBuild
      .on(ListProjectsCommand, { nextToken: "more" })
      .resolves({ projects: ["demo-test-build", "demo-test-gone", "demo-testing-build"] });
    codeBuild.on(BatchGetProjectsCommand).resolves({
      projects: [tagged("demo-test-2-build", "demo-test-2"), tagged("demo-test-build", "demo-test")],
      projectsNotFound: ["demo-test-gone"],
    });
    expect(await Project.list?.(mocked(), ["demo-test-gone"])).toEqual([
      { id: "demo-test-build", owner: "demo/test/ap-northeast-1:delivery/build" },
    ]);
    expect(codeBuild.commandCalls(BatchGetProjectsCommand).map((call) => call.args[0].input)).toEqual([
      { names: ["demo-test-2-build", "demo-test-build", "demo-test-gone"] },
    ]);
  });

  it("asks for no project if no name is one of the stack's", async () => {
    codeBuild.on(ListProjectsCommand).resolves({ projects: ["build"] });
    expect(await Project.list?.(mocked(), [])).toEqual([]);
    expect(codeBuild.calls()).toHaveLength(1);
  });
});
