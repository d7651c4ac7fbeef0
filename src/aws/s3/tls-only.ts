import { refusingPlainHttp, type PolicyDocument, type Statement } from "../policy.ts";

/** The policy of a bucket that refuses everything that does not come over TLS. */
export function tlsOnly(partition: string, bucket: string): PolicyDocument {
  const arn = `arn:${partition}:s3:::${bucket}`;
  return refusingPlainHttp("s3:*", [arn, `${arn}/*`]);
}

/** Whether a statement does that, in whatever words. */
export const refusesPlainHttp = ({ Effect, Condition }: Statement): boolean =>
  Effect === "Deny" && Condition?.["Bool"]?.["aws:SecureTransport"] === "false";
