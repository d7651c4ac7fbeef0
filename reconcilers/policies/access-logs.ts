import type { PolicyDocument, Statement } from "../../src/aws/policy.ts";
import { tlsOnly } from "../../src/aws/s3/tls-only.ts";
import { LOG_DELIVERY } from "../../src/aws/s3/vended.ts";
import { GLOBAL_REGION } from "../../src/aws/tagging.ts";
import type { Scope } from "../scope.ts";

export interface AccessLogWriters {
  /** The beginning of the names of the delivery sources that may write into it. */
  readonly sources: string | undefined;
  readonly balancer: boolean;
}

/** Who may write access logs into a bucket: services of AWS, and only for this account. */
export function accessLogPolicy(scope: Scope, bucket: string, { sources, balancer }: AccessLogWriters): PolicyDocument {
  const { Version, Statement } = tlsOnly(scope.partition, bucket);
  const logs = `${scope.bucketArn(bucket)}/AWSLogs/${scope.account}`;
  return {
    Version,
    Statement: [
      ...Statement,
      ...(sources === undefined ? [] : [forDelivery(scope, logs, sources)]),
      ...(balancer ? [forBalancer(logs)] : []),
    ],
  };
}

/**
 * The statement that AWS appends to a policy without it, for one source (CloudFront developer guide, "Configure standard logging (v2)"; CloudWatch
 * Logs user guide, "Logs sent to Amazon S3"); here for the stack's own sources, since the name of each contains the distribution's id, and the
 * distribution is created later than the bucket.
 */
const forDelivery = (scope: Scope, logs: string, sources: string): Statement => ({
  Sid: "AWSLogDeliveryWrite",
  Effect: "Allow",
  Principal: { Service: LOG_DELIVERY },
  Action: "s3:PutObject",
  Resource: `${logs}/CloudFront/*`,
  Condition: {
    StringEquals: { "aws:SourceAccount": scope.account, "s3:x-amz-acl": "bucket-owner-full-control" },
    ArnLike: { "aws:SourceArn": scope.arn("logs", `delivery-source:${sources}*`, GLOBAL_REGION) },
  },
});

/**
 * The policy of the guide (Elastic Load Balancing user guide, "Enable access logs for your Application Load Balancer"), which has no conditions:
 * the path limits it, because it contains the account of the load balancer. It includes the test file that is written into `AWSLogs/<account>`.
 */
const forBalancer = (logs: string): Statement => ({
  Sid: "BalancerAccessLogs",
  Effect: "Allow",
  Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
  Action: "s3:PutObject",
  Resource: `${logs}/*`,
});
