import { PutLoggingConfigurationCommand, type LoggingConfiguration } from "@aws-sdk/client-wafv2";
import type { Drifted } from "../../engine/resource-kind.ts";
import type { Aws } from "../aws.ts";
import { driftedIn } from "../beyond.ts";
import type { NotYet } from "../call.ts";
import { GLOBAL_REGION } from "../tagging.ts";

/** WAF's code for what does not exist. */
export const GONE = "WAFNonexistentItemException";

/** "It can take from a few seconds to a number of minutes for changes to propagate" (botocore wafv2, WAFUnavailableEntityException). */
export const NOT_SEEN_YET: readonly NotYet[] = [{ code: "WAFUnavailableEntityException", budget: 300 }];

/**
 * A web ACL or log group that was created a moment ago (botocore wafv2, WAFNonexistentItemException), and WAF's role, which another such call
 * locks for about 20 seconds (WAFServiceLinkedRoleErrorException).
 */
const LOG_NOT_YET: readonly NotYet[] = [
  ...NOT_SEEN_YET,
  { code: GONE, budget: 120 },
  { code: "WAFServiceLinkedRoleErrorException", budget: 120 },
  { code: "WAFLogDestinationPermissionIssueException", budget: 60 },
];

/** Headers with credentials, whose values are left out of the log. */
const REDACTED = ["authorization", "cookie"];

/** Makes an ACL log to a group. WAF itself adds to the group's resource policy what it needs ("Logs sent to CloudWatch Logs"). */
export const setLog = (aws: Aws, ResourceArn: string, logGroupArn: string) =>
  aws.in(GLOBAL_REGION).waf(
    new PutLoggingConfigurationCommand({
      LoggingConfiguration: {
        ResourceArn,
        LogDestinationConfigs: [logGroupArn],
        RedactedFields: REDACTED.map((Name) => ({ SingleHeader: { Name } })),
      },
    }),
    { notYet: LOG_NOT_YET },
  );

/** What is not declared of the log, and set with it: the redacted headers, and no filter that drops entries. */
export function driftedLog(logging: LoggingConfiguration | undefined): Drifted[] {
  if (!logging) return [];
  const { RedactedFields = [], LoggingFilter } = logging;
  const headers = RedactedFields.map((field) => field.SingleHeader?.Name?.toLowerCase() ?? Object.keys(field).join());
  const isUsual = headers.toSorted().join() === REDACTED.join();
  return [
    ...(isUsual ? [] : [{ field: "logGroupArn", path: "RedactedFields", old: headers.toSorted(), new: [...REDACTED] }]),
    ...driftedIn("logGroupArn", { LoggingFilter }, {}),
  ];
}
