import type { PolicyDocument } from "../../src/aws/policy.ts";
import type { Scope } from "../scope.ts";
import { allow, policy } from "./allow.ts";

/**
 * Writes flow logs to one group: the actions that AWS's guide allows on everything (VPC user guide, "IAM role for publishing flow logs to
 * CloudWatch Logs"), except logs:CreateLogGroup: the group exists, and one that was deleted would come back without retention and tags.
 */
export function flowLogPolicy(scope: Scope, group: string): Record<string, PolicyDocument> {
  const arn = scope.arn("logs", `log-group:${group}`);
  return policy("flow-logs", [
    allow("Write", ["logs:CreateLogStream", "logs:PutLogEvents"], `${arn}:log-stream:*`),
    allow("Find", ["logs:DescribeLogStreams"], [arn, `${arn}:*`]),
    // Lists cannot be limited to one group by its name.
    allow("FindGroup", ["logs:DescribeLogGroups"], "*"),
  ]);
}
