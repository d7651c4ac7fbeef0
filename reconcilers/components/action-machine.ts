/**
 * Where CodeBuild runs an action that builds nothing: its own image, which includes the AWS CLI ("Docker images provided by CodeBuild", CodeBuild user
 * guide), on the smallest machine.
 */
export const ACTION_MACHINE = {
  image: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
  type: "LINUX_CONTAINER",
  computeType: "BUILD_GENERAL1_SMALL",
  privileged: false,
} as const;
