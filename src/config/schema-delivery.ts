import { closed, field, flag, group, INT32, line, named, oneOf, optional, text, whole } from "./fields.ts";

/* The settings of the pipeline, the logs and the state. */

const approval = group("ApprovalConfig", "The human approval between build and deploy.", {
  enabled: field(flag(), true, "Wait for a person between build and deploy."),
  message: field(
    line(1000),
    "Please review the build output and approve deployment to ECS",
    "What the approver is asked.",
  ),
});

export const delivery = group("DeliveryConfig", "The pipeline: source in S3, build, approval, deploy.", {
  sourceKey: field(
    text(
      // CodePipeline API Reference, ActionConfigurationValue: 1,000 characters, fewer than S3 takes.
      /^[\w!\-.*'()][\w!\-.*'()/]{0,999}$/,
      "an S3 key of 1 to 1000 letters, digits and ! - _ . * ' ( ) /",
    ),
    "source.zip",
    "Key of the object in the source bucket whose upload starts the pipeline.",
  ),
  computeType: field(
    named(
      "BuildComputeType",
      "Sizes of a CodeBuild machine that can build containers.",
      oneOf([
        "BUILD_GENERAL1_SMALL",
        "BUILD_GENERAL1_MEDIUM",
        "BUILD_GENERAL1_LARGE",
        "BUILD_GENERAL1_XLARGE",
        "BUILD_GENERAL1_2XLARGE",
      ]),
    ),
    "BUILD_GENERAL1_MEDIUM",
    "Size of the build machine.",
  ),
  buildImage: field(
    text(/^[\w\-.:/@]{1,255}$/, "an image name of 1 to 255 letters, digits and - _ . : / @"),
    "aws/codebuild/amazonlinux-x86_64-standard:5.0",
    "CodeBuild image, its own or one that it can pull.",
  ),
  buildTimeoutMinutes: field(whole(5, 2160), 30, "Minutes after which a build is stopped."),
  buildspec: field(
    text(/^[^\s/\p{Cc}\p{Cs}][^\p{Cc}\p{Cs}]{0,254}$/u, "the path of a file inside the source"),
    "buildspec.yml",
    "Path of the buildspec inside the source.",
  ),
  approval,
  artifactRetentionDays: field(whole(1, INT32), 30, "Days to keep the pipeline's artifacts in S3."),
  sourceRetentionDays: field(
    whole(1, INT32),
    30,
    "Days to keep earlier uploads of the source in S3; the newest stays.",
  ),
});

const retentionDays = named(
  "LogRetentionDays",
  "Days that CloudWatch Logs can keep events for; it takes no other number.",
  oneOf([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]),
);

export const logs = group("LogsConfig", "The CloudWatch log groups.", {
  retentionDays: field(retentionDays, 30, "Days to keep the application's logs."),
  buildRetentionDays: field(retentionDays, 30, "Days to keep the builds' logs."),
});

export const state = group(
  "StateConfig",
  "Where the state of the stack on AWS is kept; the simulated AWS keeps its own beside itself.",
  {
    s3: optional(
      named(
        "S3StateConfig",
        "A bucket that keeps the state.",
        closed({
          bucket: optional(
            text(
              // Amazon S3 User Guide, "General purpose bucket naming rules".
              /^(?!xn--|sthree-|amzn-s3-demo-|\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?<!-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/,
              "a bucket's name: 3 to 63 lower-case letters, digits, dots and hyphens, beginning and ending with a letter or digit, no two dots together, no IP address, and no beginning or end that S3 keeps for itself",
            ),
            "`fairlead-state-<account>-<region>`, once `state.s3` is there",
            "Name of the bucket that keeps the state of the stack on AWS, in the account and the region of the stack. `fairlead state init` makes it and keeps the lifecycle rule of one that it made up to date, `fairlead state migrate` moves a state there.",
          ),
          prefix: field(
            text(
              /^[\w\-.]{1,100}(\/[\w\-.]{1,100}){0,5}$/,
              "names of letters, digits, dots, hyphens and underscores with slashes between them",
            ),
            "fairlead",
            "What the keys of all that is kept in that bucket begin with.",
          ),
        }),
      ),
      "a file in the folder `state`",
      "Keep the state in S3, where a team and its pipelines share it.",
    ),
  },
);
