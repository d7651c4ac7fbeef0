import { PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import { describe, expect, it } from "vitest";
import { autopsy } from "../../../src/release/autopsy.ts";
import { deliverable, SOURCE } from "../../support/release.ts";
import { findingOn, released, siteOn, withDockerfile } from "./autopsy-support.ts";

const withBuildspec = (from: string | RegExp, to: string) => ({
  ...SOURCE,
  "buildspec.yml": SOURCE["buildspec.yml"].replace(from, to),
});

describe("the autopsy of a release in the simulated AWS", () => {
  it("names the command that broke the build, and where the log is", async () => {
    const release = await deliverable();
    await release.upload(withDockerfile("# simulate: build-error"));
    await release.wait(90);
    const stream = (await release.build())?.logs?.streamName;
    const finding = await findingOn(release);
    expect(finding).toMatchObject({
      cause: "build-failed",
      what: 'The build failed in phase BUILD: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1.',
      fix: `Fix the error in the source, then release again: npx fairlead deploy. For the whole log, stream ${stream}: npx fairlead logs --build`,
    });
    expect(finding.evidence.slice(0, 3)).toEqual([
      '#6 ERROR: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1',
      expect.stringMatching(/^Build failed: JobFailed: Build terminated with state: FAILED\. Phase: BUILD, Code: COMM/),
      expect.stringMatching(/^BUILD FAILED: COMMAND_EXECUTION_ERROR: Error while executing command: docker build /),
    ]);
    // The lines around it, and none of the phase that CodeBuild went on with.
    expect(finding.evidence).toContain("#6 [3/3] RUN npm ci");
    expect(finding.evidence.at(-1)).toMatch(/ Command did not exit successfully docker build .* exit status 1$/);
  });

  it("asks for three things where a build failed, and nothing of the service", async () => {
    const release = await deliverable();
    await release.upload(withDockerfile("# simulate: build-error"));
    await release.wait(90);
    const [run] = await release.runs();
    const before = release.at.calls.length;
    await autopsy(siteOn(release.at.aws, release.at.clock), { executionId: run?.pipelineExecutionId ?? "" });
    const asked = release.at.calls.slice(before).map(({ operation }) => operation);
    expect(asked).toEqual(["ListActionExecutions", "BatchGetBuilds", "GetLogEvents"]);
  });

  it.each<[string, Record<string, string>, boolean, string, string, RegExp]>([
    [
      "no buildspec",
      { Dockerfile: "FROM scratch\n" },
      true,
      "The build failed in phase DOWNLOAD_SOURCE: YAML file does not exist.",
      "Put a valid buildspec at buildspec.yml in the root of the source, then deploy again.",
      /^Build failed: JobFailed: .* Message: YAML file does not exist$/,
    ],
    [
      "no artifact",
      withBuildspec("- imagedefinitions.json", "- other.json"),
      true,
      "The build failed in phase UPLOAD_ARTIFACTS: no matching artifact paths found for [other.json].",
      "Make buildspec.yml write imagedefinitions.json and list it under artifacts, then deploy again.",
      /^Build failed: JobFailed: .* no matching artifact paths found for \[other.json\]$/,
    ],
    [
      "no Docker daemon",
      SOURCE,
      false,
      "The build failed in phase BUILD: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
      "The build project is no longer in privileged mode, which it needs to build images: run npx fairlead reconcile, then deploy again.",
      /^ERROR: Cannot connect to the Docker daemon/,
    ],
  ])("says what to do about a build with %s", async (_what, files, privileged, what, fix, first) => {
    const release = await deliverable({ privileged });
    await release.upload(files);
    await release.wait(90);
    const finding = await findingOn(release);
    expect(finding).toMatchObject({ cause: "build-failed", what, fix });
    expect(finding.evidence[0]).toMatch(first);
  });

  it("distinguishes a missing source from one that may not be read", async () => {
    const release = await deliverable();
    const missing = await findingOn(release);
    expect(missing).toMatchObject({
      cause: "source-missing",
      what: "The source s3://source-bucket/source.zip does not exist.",
      fix: "Run npx fairlead deploy, or upload a ZIP archive of the source to s3://source-bucket/source.zip.",
    });
    expect(missing.evidence).toEqual([
      expect.stringMatching(/^Source failed: PermissionError: .*bucket named source-bucket.*Code: AccessDenied\)$/),
    ]);
    // Of that run it stays true, whatever is uploaded afterwards.
    const [run] = await release.runs();
    const denial = { Effect: "Deny", Action: "s3:GetObject", Resource: "*" };
    await release.at.aws.iam(
      new PutRolePolicyCommand({
        RoleName: "pipeline",
        PolicyName: "denial",
        PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [denial] }),
      }),
    );
    await release.wait(60);
    await release.upload(SOURCE);
    await release.wait(60);
    const { aws, clock } = release.at;
    expect(await autopsy(siteOn(aws, clock), { executionId: run?.pipelineExecutionId ?? "" })).toEqual(missing);
    const denied = await findingOn(release);
    expect(denied).toMatchObject({
      cause: "permission",
      what: "The role pipeline is not allowed to perform s3:GetObject on arn:aws:s3:::source-bucket/source.zip.",
      fix: "Run npx fairlead reconcile to restore the role pipeline, then deploy again. If the call is still denied, a policy outside this stack denies s3:GetObject.",
    });
  });

  it("names the role that the pipeline may not assume", async () => {
    const release = await deliverable();
    const trust = { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" };
    await release.at.aws.iam(
      new UpdateAssumeRolePolicyCommand({
        RoleName: "pipeline",
        PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
      }),
    );
    await release.upload(SOURCE);
    await release.wait(90);
    expect(await findingOn(release)).toEqual({
      cause: "permission",
      what: "CodePipeline is not allowed to assume the role pipeline.",
      fix: "Run npx fairlead reconcile to restore the role pipeline and its trust policy, then deploy again.",
      evidence: [
        "Source failed: PermissionError: CodePipeline is not authorized to perform AssumeRole on role arn:aws:iam::123456789012:role/pipeline",
      ],
    });
  });

  it.each([
    [
      "another container",
      '[{"name":"web","imageUri":"x"}]',
      "The build's imagedefinitions.json names container web, which is not in the task definition.",
      "Deploy failed: ConfigurationError: The AWS ECS container web does not exist",
    ],
    [
      "no images",
      "[]",
      "The build's imagedefinitions.json cannot be used: Invalid action configuration. The image definition file imagedefinitions.json contains invalid JSON format.",
      "Deploy failed: ConfigurationError: Invalid action configuration. The image definition file imagedefinitions.json contains invalid JSON format",
    ],
  ])("names the container for image definitions with %s", async (_what, definitions, what, first) => {
    const release = await deliverable();
    await released(release, withBuildspec(/- printf .*/, `- echo '${definitions}' > imagedefinitions.json`), 5);
    const finding = await findingOn(release);
    expect(finding).toMatchObject({
      cause: "image-definitions",
      what,
      fix: 'Make buildspec.yml write imagedefinitions.json as [{"name":"app","imageUri":"<the image>"}]; the build has the container name in $CONTAINER_NAME.',
    });
    expect(finding.evidence[0]).toBe(first);
  });

  it("says who rejected the release, and why", async () => {
    const release = await deliverable();
    await release.upload(SOURCE);
    await release.wait(90);
    await release.answer("Rejected", "not today");
    expect(await findingOn(release)).toEqual({
      cause: "rejected",
      what: "local rejected the release: not today.",
      fix: "Address the reviewer's comment, then release again: npx fairlead deploy",
      evidence: ["Approval failed: not today"],
    });
  });

  it("says that nobody answered, where the approval has timed out", async () => {
    const release = await deliverable();
    await release.upload(SOURCE);
    await release.wait(8 * 86_400);
    expect(await findingOn(release)).toEqual({
      cause: "rejected",
      what: "The approval expired: no one answered it within seven days.",
      fix: "Release it again, and approve it in time: npx fairlead deploy",
      evidence: ["Approval failed: ActionTimedOut: The approval action was not approved or rejected within 7 days."],
    });
  });
});
