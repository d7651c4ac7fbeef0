import { closed, field, flag, group, INT32, line, named, oneOf, optional, text, whole } from "./fields.ts";

/* The settings of the pipeline, the logs, the volumes and the state. */

const approval = group("ApprovalConfig", "The manual approval between build and deployment.", {
  enabled: field(flag(), true, "Require a manual approval between build and deployment."),
  message: field(
    line(1000),
    "Please review the build output and approve deployment to ECS",
    "Message shown to the approver.",
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
    "Key of the object in the source bucket; uploading it starts the pipeline.",
  ),
  computeType: field(
    named(
      "BuildComputeType",
      "CodeBuild compute types that can build containers.",
      oneOf([
        "BUILD_GENERAL1_SMALL",
        "BUILD_GENERAL1_MEDIUM",
        "BUILD_GENERAL1_LARGE",
        "BUILD_GENERAL1_XLARGE",
        "BUILD_GENERAL1_2XLARGE",
      ]),
    ),
    "BUILD_GENERAL1_MEDIUM",
    "Compute type of the build.",
  ),
  buildImage: field(
    text(/^[\w\-.:/@]{1,255}$/, "an image name of 1 to 255 letters, digits and - _ . : / @"),
    "aws/codebuild/amazonlinux-x86_64-standard:5.0",
    "Image that the build runs in: one of CodeBuild's, or one that it can pull.",
  ),
  buildTimeoutMinutes: field(whole(5, 2160), 30, "Minutes after which a build times out."),
  buildspec: field(
    text(/^[^\s/\p{Cc}\p{Cs}][^\p{Cc}\p{Cs}]{0,254}$/u, "the path of a file in the source"),
    "buildspec.yml",
    "Path of the buildspec inside the source.",
  ),
  approval,
  failOn: optional(
    named(
      "FindingSeverity",
      "Severities of the findings of an image scan.",
      oneOf(["CRITICAL", "HIGH", "MEDIUM", "LOW"]),
    ),
    "releases are not stopped by findings",
    "Stop a release before its approval if the scan of an image that it deploys has findings of this severity or above, or has no result. Every image is checked by a step of the pipeline after the build. Needs `registry.scanOnPush` or `security.enhancedScanning`.",
  ),
  artifactRetentionDays: field(whole(1, INT32), 30, "Days to keep the pipeline's artifacts in S3."),
  sourceRetentionDays: field(
    whole(1, INT32),
    30,
    "Days to keep earlier uploads of the source in S3; the latest is always kept.",
  ),
  keepRevisions: optional(
    whole(1, INT32),
    "`50`, or `registry.keepImages` where that is more",
    "Number of the newest task definition revisions of each service to keep. `deploy`, `rollback` and `reconcile` delete at most 20 older ones each, never one that is in use or that `rollback` would go back to. At least `registry.keepImages`: a rollback finds its image by its revision.",
  ),
});

/** botocore logs, PutRetentionPolicy: `retentionInDays`. */
export const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** Also of what else goes to CloudWatch Logs. */
export const retentionDays = named(
  "LogRetentionDays",
  "Retention periods, in days, that CloudWatch Logs supports.",
  oneOf(RETENTION_DAYS),
);

export const logs = group("LogsConfig", "The CloudWatch log groups.", {
  retentionDays: field(retentionDays, 30, "Days to keep the application's logs."),
  buildRetentionDays: field(retentionDays, 30, "Days to keep the builds' logs."),
});

export const storage = group("StorageConfig", "The file system on EFS that the services' volumes are in.", {
  backups: field(
    flag(),
    true,
    "Back the file system up daily with AWS Backup, which keeps each backup for 35 days, also after the file system is gone.",
  ),
});

export const state = group(
  "StateConfig",
  "Where the state of the stack on AWS is stored; the local simulator stores its own state with its data.",
  {
    s3: optional(
      named(
        "S3StateConfig",
        "The S3 bucket that stores the state.",
        closed({
          bucket: optional(
            text(
              // Amazon S3 User Guide, "General purpose bucket naming rules".
              /^(?!xn--|sthree-|amzn-s3-demo-|\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?<!-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/,
              "a bucket name: 3 to 63 lower-case letters, digits, dots and hyphens, starting and ending with a letter or digit, without two adjacent dots, not an IP address, and without a prefix or suffix that S3 reserves",
            ),
            "`fairlead-state-<account>-<region>`, once `state.s3` is set",
            "Name of the bucket that stores the state of the stack on AWS, in the account and region of the stack. `fairlead state init` creates it and keeps the lifecycle rule of a bucket that it created up to date; `fairlead state migrate` moves a state there.",
          ),
          prefix: field(
            text(
              /^[\w\-.]{1,100}(\/[\w\-.]{1,100}){0,5}$/,
              "names of letters, digits, dots, hyphens and underscores, separated by slashes",
            ),
            "fairlead",
            "Prefix of all keys in that bucket.",
          ),
        }),
      ),
      "a file in the folder `.fairlead`",
      "Store the state in S3, where a team and its pipelines share it.",
    ),
  },
);
