import { equal } from "../../engine/equal.ts";
import type { PolicyDocument, Statement } from "../policy.ts";

/** The service that writes the logs of other services into buckets. */
export const LOG_DELIVERY = "delivery.logs.amazonaws.com";

/**
 * Whether two policies of a bucket are the same, but for what AWS adds itself. When a delivery of logs to a bucket is created, CloudWatch Logs
 * appends a statement for its source to the bucket's policy, with a Sid that starts with `AWSLogDelivery`, and an Id if there was no policy
 * (CloudWatch Logs user guide, "Logs sent to Amazon S3"; policies in public repositories end with numbers of its choice). A policy that lets
 * the service in as it is gains nothing from that.
 */
export function samePolicy(desired: PolicyDocument | undefined, observed: PolicyDocument | undefined): boolean {
  if (!desired || !observed || !desired.Statement.some(isForDelivery)) return equal(desired, observed);
  const Statement = observed.Statement.filter(
    (statement) => !isAdded(statement) || desired.Statement.some((own) => equal(own, statement)),
  );
  const { Id, ...rest } = observed;
  return equal(desired, { ...rest, ...(Id === "AWSLogDeliveryWrite20150319" ? {} : { Id }), Statement });
}

const isForDelivery = ({ Effect, Principal }: Statement): boolean =>
  Effect === "Allow" && typeof Principal === "object" && equal(Principal, { Service: LOG_DELIVERY });

const isAdded = (statement: Statement): boolean =>
  isForDelivery(statement) && /^AWSLogDelivery(Write|AclCheck)/.test(statement.Sid ?? "");
