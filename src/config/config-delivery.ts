/* The settings of the pipeline; see config-layers.ts. */
import type { BuildComputeType } from "./config-layers.ts";

/** The stage of the pipeline in which a person approves a release. */
export interface ApprovalConfig {
  /** Wait for a person between build and deploy. Default true. */
  enabled?: boolean;
  /** What the approver is asked, a line of 1 to 1000 characters. */
  message?: string;
}

/** The pipeline: source in S3, build, approval, deploy. */
export interface DeliveryConfig {
  /** Key of the object in the source bucket whose upload starts the pipeline. Default `source.zip`. */
  sourceKey?: string;
  /** Size of the build machine. Default `BUILD_GENERAL1_MEDIUM`. */
  computeType?: BuildComputeType;
  /** CodeBuild image, its own or one that it can pull. Default `aws/codebuild/amazonlinux-x86_64-standard:5.0`. */
  buildImage?: string;
  /** Minutes after which a build is stopped, 5 to 2160. Default 30. */
  buildTimeoutMinutes?: number;
  /** Path of the buildspec inside the source. Default `buildspec.yml`. */
  buildspec?: string;
  /** The human approval between build and deploy. */
  approval?: ApprovalConfig;
  /** Days to keep the pipeline's artifacts in S3, at least 1. Default 30. */
  artifactRetentionDays?: number;
  /** Days to keep earlier uploads of the source in S3, at least 1; the newest stays. Default 30. */
  sourceRetentionDays?: number;
}
