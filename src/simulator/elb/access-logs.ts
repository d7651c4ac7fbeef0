import { refuse } from "../errors.ts";
import { parsedStatements } from "../iam/documents.ts";
import { evaluate } from "../iam/evaluate.ts";
import { writeObject } from "../s3/objects.ts";
import { buckets } from "../s3/records.ts";
import type { Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";

/** The beginning of the attributes that say where access logs go. */
export const ACCESS_LOGS = "access_logs.s3.";

/**
 * Refuses access logs that could not be written: Elastic Load Balancing writes a test file into the bucket, which is in its region and whose
 * policy lets it (ELB user guide, "Enable access logs for your Application Load Balancer", "Verify bucket permissions"). In these words by
 * terraform-provider-aws, internal/service/elbv2/load_balancer.go, which tries for two minutes and more.
 */
export function checkAccessLogs(sim: Sim, attributes: Readonly<Record<string, string>>): void {
  if (attributes[`${ACCESS_LOGS}enabled`] !== "true") return;
  const { [`${ACCESS_LOGS}bucket`]: name = "", [`${ACCESS_LOGS}prefix`]: prefix = "" } = attributes;
  // ELB user guide, as above: "The prefix must not include AWSLogs".
  if (prefix.includes("AWSLogs")) refuse("InvalidConfigurationRequestException", "The prefix must not include AWSLogs");
  const bucket = buckets(sim)[name];
  const key = `${prefix === "" ? "" : `${prefix}/`}AWSLogs/${sim.account}/ELBAccessLogTestFile`;
  const isLetIn =
    bucket?.region === sim.region &&
    bucket.encryption === "AES256" &&
    bucket.policy !== undefined &&
    (bucket.policyAt ?? 0) + TIMING.bucketPolicy * 1_000 <= sim.now &&
    evaluate(parsedStatements(bucket.policy), {
      action: "s3:PutObject",
      resource: `arn:aws:s3:::${name}/${key}`,
      service: "logdelivery.elasticloadbalancing.amazonaws.com",
      context: { "aws:SecureTransport": "true" },
    }) === "allowed";
  if (!isLetIn)
    refuse(
      "InvalidConfigurationRequestException",
      `Access Denied for bucket: ${name}. Please check S3bucket permission`,
    );
  writeObject(sim, name, key, "Enable AccessLog for ELB");
}
