import type { PolicyDocument } from "../../src/aws/policy.ts";
import type { Scope } from "../scope.ts";

/** Allows only this account to push to and pull from a repository. */
export function repositoryPolicy({ partition, account }: Scope): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "ThisAccount",
        Effect: "Allow",
        Principal: { AWS: `arn:${partition}:iam::${account}:root` },
        Action: [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:GetDownloadUrlForLayer",
          "ecr:InitiateLayerUpload",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ],
      },
    ],
  };
}
