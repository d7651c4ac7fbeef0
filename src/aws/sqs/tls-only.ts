import type { PolicyDocument } from "../policy.ts";

/** The policy of a queue that refuses everything that does not come over TLS. */
export const tlsOnly = (queueArn: string): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:*",
      Resource: queueArn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ],
});
