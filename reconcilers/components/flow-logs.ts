import { FlowLog } from "../../src/aws/ec2/flow-log.ts";
import { LogGroup } from "../../src/aws/logs/log-group.ts";
import type { StackNames, Names } from "../../src/config/naming.ts";
import type { FlowLogSettings } from "../../src/config/stack.ts";
import type { Output } from "../../src/engine/output.ts";
import { flowLogPolicy } from "../policies/flow-logs.ts";
import type { Scope } from "../scope.ts";
import { role } from "./role.ts";

export interface FlowLogsProps {
  readonly names: Pick<StackNames, "flowLogGroup"> & { readonly roles: Pick<Names["roles"], "flowLogs"> };
  readonly vpcId: Output<string>;
  readonly settings: FlowLogSettings;
}

/** The flow logs of the stack's own VPC, in CloudWatch Logs. */
export function flowLogs(scope: Scope, { names, vpcId, settings }: FlowLogsProps): void {
  const group = scope.add("network/flow-log-group", LogGroup, {
    name: names.flowLogGroup,
    retentionDays: settings.retentionDays,
  });
  const writer = role(scope, "flow-logs-role", {
    name: names.roles.flowLogs,
    description: "Writes the flow logs of the VPC",
    // "If you don't know the flow log ID, you can replace that portion of the ARN with a wildcard (*)" (VPC user guide, "IAM role for publishing
    // flow logs to CloudWatch Logs").
    assumedBy: { service: "vpc-flow-logs.amazonaws.com", source: scope.arn("ec2", "vpc-flow-log/*") },
    policies: flowLogPolicy(scope, names.flowLogGroup),
  });
  scope.add("network/flow-log", FlowLog, {
    vpcId,
    traffic: settings.traffic === "all" ? "ALL" : "REJECT",
    logGroup: group.name,
    roleArn: writer.arn,
    aggregationSeconds: 600,
  });
}
