import { BatchGetBuildsCommand, CodeBuildClient, type Build } from "@aws-sdk/client-codebuild";
import {
  CodePipelineClient,
  ListActionExecutionsCommand,
  type ActionCategory,
  type ActionExecutionDetail,
} from "@aws-sdk/client-codepipeline";
import { HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { autopsy } from "../../../src/release/autopsy.ts";
import { ecs, failing, mocks, refusal, stopped } from "./autopsy-world.ts";

const pipeline = mockClient(CodePipelineClient);
const codeBuild = mockClient(CodeBuildClient);
const s3 = mockClient(S3Client);
beforeEach(() => {
  for (const mock of [pipeline, codeBuild, s3, ...mocks]) mock.reset();
});

/** An action of a run, as it failed. */
const failed = (
  category: ActionCategory,
  code: string,
  message: string,
  externalExecutionId?: string,
): ActionExecutionDetail => ({
  stageName: category,
  actionName: category,
  status: "Failed",
  input: { actionTypeId: { category, owner: "AWS", provider: "any", version: "1" } },
  output: {
    executionResult: {
      errorDetails: { code, message },
      ...(externalExecutionId === undefined ? {} : { externalExecutionId }),
    },
  },
});

/** The finding on a run whose actions, the newest first, are these. */
function findingOn(actions: ActionExecutionDetail[], says: Parameters<typeof failing>[0] = {}) {
  const ref = failing(says);
  pipeline.on(ListActionExecutionsCommand).resolves({ actionExecutionDetails: actions });
  return autopsy(ref, { executionId: "run-1" });
}

/** The finding on a run whose build failed in its phase BUILD with these lines in its log. */
function findingOnBuild(lines: string[], build: Partial<Build> = {}) {
  const message = "Error while executing command: docker build . Reason: exit status 1";
  const action = failed("Build", "JobFailed", `Build terminated with state: FAILED. Message: ${message}`, "build:1");
  codeBuild.on(BatchGetBuildsCommand, { ids: ["build:1"] }).resolves({
    builds: [
      {
        buildStatus: "FAILED",
        phases: [
          { phaseType: "PRE_BUILD", phaseStatus: "SUCCEEDED" },
          { phaseType: "BUILD", phaseStatus: "FAILED", contexts: [{ statusCode: "COMMAND_EXECUTION_ERROR", message }] },
          {
            phaseType: "POST_BUILD",
            phaseStatus: "FAILED",
            contexts: [{ statusCode: "COMMAND_EXECUTION_ERROR", message: "x" }],
          },
          { phaseType: "COMPLETED" },
        ],
        logs: { groupName: "/aws/codebuild/demo", streamName: "1" },
        ...build,
      },
    ],
  });
  return findingOn([action], { log: lines });
}

const frame = (text: string) => `[Container] 2026/01/01 00:00:00.000000 ${text}`;
const MEND =
  "Fix the error in the source, then release again: npx fairlead deploy. For the whole log, stream 1: npx fairlead logs --build";

describe("the autopsy of a run, in AWS's own words", () => {
  it("finds the first error of the phase that failed, not what earlier and later ones wrote", async () => {
    const finding = await findingOnBuild([
      frame("Entering phase PRE_BUILD"),
      "WARNING! error: your password will be stored unencrypted",
      frame("Entering phase BUILD"),
      frame("Running command docker build ."),
      '#9 [4/5] RUN npm test || echo "error: failed"',
      "#9 1.2 npm warn deprecated error-ex: not found",
      "#9 2.1 src/main.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.",
      '#9 ERROR: process "/bin/sh -c npm run build" did not complete successfully: exit code: 2',
      frame("Command did not exit successfully docker build . exit status 1"),
      frame("Entering phase POST_BUILD"),
      "The build failed, so nothing is pushed.",
    ]);
    expect(finding).toMatchObject({
      cause: "build-failed",
      what: "The build failed in phase BUILD: src/main.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.",
      fix: MEND,
    });
    expect(finding.evidence[0]).toBe(
      "#9 2.1 src/main.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.",
    );
    expect(finding.evidence).not.toContain("The build failed, so nothing is pushed.");
    expect(codeBuild.calls()).toHaveLength(1);
    expect(ecs.calls()).toEqual([]);
  });

  it("takes the last line of a command that names no error", async () => {
    const lines = [
      frame("Entering phase BUILD"),
      "one",
      "two",
      frame("Command did not exit successfully x exit status 1"),
    ];
    const finding = await findingOnBuild(lines);
    expect(finding.what).toBe("The build failed in phase BUILD: two.");
    expect(finding.evidence[0]).toBe("two");
  });

  it("knows a build that took too long, was stopped, or was sent away by Docker Hub", async () => {
    const phases = (phaseStatus: "TIMED_OUT" | "STOPPED") => [
      {
        phaseType: "BUILD" as const,
        phaseStatus,
        contexts: [{ statusCode: phaseStatus, message: `Build ${phaseStatus}` }],
      },
    ];
    expect(await findingOnBuild([], { buildStatus: "TIMED_OUT", phases: phases("TIMED_OUT") })).toMatchObject({
      cause: "build-failed",
      what: "The build failed in phase BUILD: it took longer than 30 minutes.",
      fix: "Raise delivery.buildTimeoutMinutes, or check what the build was waiting for. For the whole log, stream 1: npx fairlead logs --build",
    });
    expect(await findingOnBuild([], { buildStatus: "STOPPED", phases: phases("STOPPED") })).toMatchObject({
      cause: "build-failed",
      what: "The build was stopped in phase BUILD: Build STOPPED.",
      fix: "The build was stopped before it finished: deploy again when ready.",
    });
    const busy = "ERROR: toomanyrequests: You have reached your pull rate limit.";
    expect(await findingOnBuild([frame("Entering phase BUILD"), busy])).toMatchObject({
      cause: "build-failed",
      what: "The build failed in phase BUILD: toomanyrequests: You have reached your pull rate limit.",
      fix: "Docker Hub limits anonymous pulls: use the base image from public.ecr.aws/docker/library, then deploy again.",
    });
  });

  it("names the permission that a build lacks, but takes what other registries refuse for the build's own failure", async () => {
    const denied =
      "denied: User: arn:aws:sts::123456789012:assumed-role/build/AWSCodeBuild-1 is not authorized to perform: ecr:InitiateLayerUpload on resource: arn:aws:ecr:ap-northeast-1:123456789012:repository/app because no identity-based policy allows the ecr:InitiateLayerUpload action";
    const finding = await findingOnBuild([frame("Entering phase BUILD"), denied]);
    expect(finding).toMatchObject({
      cause: "permission",
      what: "The role build is not allowed to perform ecr:InitiateLayerUpload on arn:aws:ecr:ap-northeast-1:123456789012:repository/app.",
      fix: "Run npx fairlead reconcile to restore the role build, then deploy again. If the call is still denied, a policy outside this stack denies ecr:InitiateLayerUpload.",
    });
    expect(finding.evidence[0]).toBe(denied);
    const forbidden = "npm error 403 403 Forbidden - GET https://npm.example.com/left-pad";
    expect(await findingOnBuild([frame("Entering phase BUILD"), forbidden])).toMatchObject({
      cause: "build-failed",
      what: `The build failed in phase BUILD: ${forbidden}.`,
      fix: MEND,
    });
  });

  it.each<[string, ActionExecutionDetail, string, string]>([
    [
      "starting the build",
      failed(
        "Build",
        "PermissionError",
        "Error calling startBuild: User: arn:aws:sts::123456789012:assumed-role/pipeline/1 is not authorized to perform: codebuild:StartBuild on resource: arn:aws:codebuild:ap-northeast-1:123456789012:project/build because no identity-based policy allows the codebuild:StartBuild action (Service: AWSCodeBuild; Status Code: 400; Error Code: AccessDeniedException)",
      ),
      "The role pipeline is not allowed to perform codebuild:StartBuild on arn:aws:codebuild:ap-northeast-1:123456789012:project/build.",
      "Run npx fairlead reconcile to restore the role pipeline, then deploy again. If the call is still denied, a policy outside this stack denies codebuild:StartBuild.",
    ],
    [
      "handing a role on",
      failed(
        "Deploy",
        "PermissionError",
        "User: arn:aws:sts::123456789012:assumed-role/elsewhere/1 is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/task because no identity-based policy allows the iam:PassRole action",
      ),
      "The role elsewhere is not allowed to perform iam:PassRole on arn:aws:iam::123456789012:role/task.",
      "Fix the role elsewhere to allow iam:PassRole, then deploy again.",
    ],
    [
      "what it does not name",
      failed("Deploy", "PermissionError", "The provided role does not have sufficient permissions to access ECS"),
      "The role pipeline is missing a permission: The provided role does not have sufficient permissions to access ECS.",
      "Run npx fairlead reconcile to restore the role pipeline, then deploy again. If the call is still denied, a policy outside this stack denies it.",
    ],
  ])("names the role that lacks a permission for %s", async (_what, action, what, fix) => {
    const finding = await findingOn([action]);
    expect(finding).toMatchObject({ cause: "permission", what, fix });
    expect(finding.evidence[0]).toBe(
      `${action.stageName} failed: PermissionError: ${action.output?.executionResult?.errorDetails?.message}`,
    );
  });

  it("relies on the source action if the source cannot be read", async () => {
    s3.on(HeadObjectCommand).rejects(refusal("Forbidden", "Forbidden", 403));
    const finding = await findingOn([
      failed("Source", "ConfigurationError", "The object with key source.zip does not exist."),
    ]);
    expect(finding).toMatchObject({
      cause: "source-missing",
      what: "The source s3://source-bucket/source.zip does not exist.",
      evidence: [
        "Source failed: ConfigurationError: The object with key source.zip does not exist.",
        "Cannot read s3://source-bucket/source.zip: Forbidden: Forbidden",
      ],
    });
  });

  it("knows an artifact without image definitions", async () => {
    const message =
      "Did not find the image definition file imagedefinitions.json in the input artifacts ZIP file. Verify the file is stored in your pipeline's Amazon S3 artifact bucket: artifacts key: release/BuildOutpu/1";
    const finding = await findingOn([failed("Deploy", "ConfigurationError", message)]);
    expect(finding).toMatchObject({
      cause: "image-definitions",
      what: `The build's imagedefinitions.json cannot be used: ${message}.`,
    });
    expect(finding.evidence[0]).toBe(`Deploy failed: ConfigurationError: ${message}`);
  });

  it("counts only the last attempt of an action", async () => {
    const again = { ...failed("Deploy", "JobFailed", "Deployment ecs-svc/1 failed"), status: "InProgress" as const };
    const finding = await findingOn([
      again,
      failed("Deploy", "ConfigurationError", "The AWS ECS container web does not exist"),
    ]);
    expect(finding.cause).toBe("unknown");
  });

  it("reads the tasks of the deployment that the execution started", async () => {
    const task = (revision: number, startedBy: string, exitCode: number) =>
      stopped({
        taskArn: `arn:aws:ecs:r:1:task/ground/${startedBy}`,
        taskDefinitionArn: `arn:aws:ecs:r:1:task-definition/ground:${revision}`,
        startedBy,
        stopCode: "EssentialContainerExited",
        containers: [{ name: "app", exitCode }],
      });
    const action = failed(
      "Deploy",
      "JobFailed",
      "Deployment ecs-svc/7 failed: ECS deployment circuit breaker: tasks failed to start.",
    );
    const tasks = [task(2, "ecs-svc/2", 2), task(7, "ecs-svc/7", 70)];
    expect((await findingOn([action], { tasks })).what).toBe(
      "The container app exits with code 70 and wrote nothing to its log.",
    );
  });

  it("says what the action says, where nothing explains it", async () => {
    const message = "Deployment ecs-svc/2 failed: it did not complete in time";
    const finding = await findingOn([failed("Deploy", "ActionTimedOut", message)]);
    expect(finding).toMatchObject({
      cause: "unknown",
      what: `No known cause matches. AWS reports: Deploy failed: ${message}.`,
    });
    expect(finding.evidence[0]).toBe(`Deploy failed: ActionTimedOut: ${message}`);
  });
});
