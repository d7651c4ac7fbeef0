import type { PolicyDocument, Statement } from "../policy.ts";

/** The policy of a bucket that refuses everything that does not come over TLS. */
export function tlsOnly(partition: string, bucket: string): PolicyDocument {
  const arn = `arn:${partition}:s3:::${bucket}`;
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  };
}

/** Whether a statement does that, in whatever words. */
export const refusesPlainHttp = ({ Effect, Condition }: Statement): boolean =>
  Effect === "Deny" && Condition?.["Bool"]?.["aws:SecureTransport"] === "false";
