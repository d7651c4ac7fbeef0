import type { PolicyDocument } from "../../src/aws/policy.ts";
import type { Scope } from "../scope.ts";
import { allow, oneOrAll, policy, runsAction } from "./allow.ts";

/** Names of what the check of image scans reads and writes. */
export interface ScanReach {
  readonly buildLogGroup: string;
  readonly artifactBucket: string;
  readonly repositories: readonly string[];
}

/**
 * Reads the build's artifact and the findings of the stack's own images. Service Authorization Reference, "Actions, resources, and condition
 * keys for Amazon Elastic Container Registry": DescribeImageScanFindings is judged on the repository.
 */
export const scanPolicy = (scope: Scope, reach: ScanReach): Record<string, PolicyDocument> =>
  policy("scan", [
    ...runsAction(scope, reach.buildLogGroup, reach.artifactBucket),
    allow(
      "Findings",
      ["ecr:DescribeImageScanFindings"],
      oneOrAll(reach.repositories.map((repository) => scope.arn("ecr", `repository/${repository}`))),
    ),
    // ECR user guide, "IAM permissions required for enhanced scanning": findings of Amazon Inspector, which anyone may have turned on for the
    // account's registry.
    allow("EnhancedFindings", ["inspector2:ListCoverage", "inspector2:ListFindings"], "*"),
  ]);
