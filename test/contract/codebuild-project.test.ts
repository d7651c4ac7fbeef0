import { Project } from "../../src/aws/codebuild/project.ts";
import { role } from "./ground.ts";
import { contract } from "./suite.ts";

contract({
  kind: Project,
  spec: async (at) => {
    const { arn } = await role(at, "build", "codebuild.amazonaws.com");
    await role(at, "other-build", "codebuild.amazonaws.com");
    return {
      name: "demo-test-build",
      description: "Builds the image",
      roleArn: arn,
      image: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
      computeType: "BUILD_GENERAL1_MEDIUM" as const,
      type: "LINUX_CONTAINER" as const,
      privileged: true,
      environment: { IMAGE_TAG: "latest" },
      buildspec: "buildspec.yml",
      timeoutMinutes: 30,
      logGroup: "/aws/codebuild/contract",
      tags: {},
    };
  },
  edits: {
    description: () => "",
    roleArn: ({ roleArn }) => roleArn.replace("role/build", "role/other-build"),
    image: () => "aws/codebuild/amazonlinux-x86_64-standard:6.0",
    computeType: () => "BUILD_GENERAL1_SMALL" as const,
    privileged: () => false,
    environment: () => ({ IMAGE_TAG: "latest", CONTAINER_NAME: "app" }),
    buildspec: () => "ci/buildspec.yml",
    timeoutMinutes: () => 60,
    logGroup: () => "/aws/codebuild/other",
  },
  without: { type: "Another processor takes another of CodeBuild's images along: test/e2e/arm64.test.ts" },
});
