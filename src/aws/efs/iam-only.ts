import type { PolicyDocument } from "../policy.ts";

/**
 * The policy of a file system that takes no client but those whose roles are allowed to, over TLS alone: with any policy in place of EFS's
 * own, which grants full access to whoever reaches a mount target, IAM decides (EFS User Guide, "Using IAM to control access to file
 * systems"). What it is about is the file system itself.
 */
export const iamOnly: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientRootAccess", "elasticfilesystem:ClientWrite"],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ],
};
