// CreateFlowLogs and DeleteFlowLogs return 200 and list failures in `Unsuccessful`; and nothing of a flow log but its tags can be changed
// (CloudFormation's schema of AWS::EC2::FlowLog, createOnlyProperties).
import {
  CreateFlowLogsCommand,
  DeleteFlowLogsCommand,
  DescribeFlowLogsCommand,
  type FlowLog as Described,
  type TrafficType,
  type UnsuccessfulItem,
} from "@aws-sdk/client-ec2";
import type { NotYet } from "../call.ts";
import { afterSlash } from "../define-kind.ts";
import type { Tags } from "../tags.ts";
import { ec2Kind, ec2Resources } from "./ec2-kind.ts";
import { clientToken, notSeenYet, tagSpecifications } from "./shared.ts";

export interface FlowLogSpec {
  vpcId: string;
  traffic: TrafficType;
  /** The name of a group of CloudWatch Logs. */
  logGroup: string;
  /** The role that writes to it. */
  roleArn: string;
  /** The longest time that one record covers. */
  aggregationSeconds: 60 | 600;
  tags: Tags;
}

export interface FlowLogAttrs {
  flowLogId: string;
}

const flowLogs = ec2Resources<Described>("ec2/flow-log", {
  describe: async (aws, { ids, filters, NextToken }) => {
    const page = await aws.ec2(new DescribeFlowLogsCommand({ FlowLogIds: ids, Filter: filters, NextToken }));
    return { items: page.FlowLogs, next: page.NextToken };
  },
  idOf: ({ FlowLogId }) => FlowLogId,
  // EC2 has this code (EC2 API reference, "Error codes"), but DescribeFlowLogs answers an empty list: terraform-provider-aws,
  // internal/service/ec2/find.go, findFlowLogByID, expects no error.
  notFound: "InvalidFlowLogId.NotFound",
  emptyIfAbsent: true,
});

export const FlowLog = ec2Kind<FlowLogSpec, FlowLogAttrs, Described>(flowLogs, {
  fields: {
    // Unique: EC2 rejects "a flow log with the specified configuration" twice (EC2 API reference, error codes, FlowLogAlreadyExists), and
    // what counts as its configuration is not documented. So of one VPC and group, the old one is deleted first.
    vpcId: { immutable: true, unique: true },
    logGroup: { immutable: true, unique: true },
    traffic: { immutable: true },
    roleArn: { immutable: true },
    aggregationSeconds: { immutable: true },
    tags: {},
  },
  inventory: { idIn: afterSlash("ec2", "vpc-flow-log"), lists: "receipt" },

  read: (_aws, found) => ({
    attrs: { flowLogId: found.FlowLogId ?? "" },
    spec: {
      vpcId: found.ResourceId,
      traffic: found.TrafficType,
      logGroup: found.LogGroupName ?? groupIn(found.LogDestination),
      roleArn: found.DeliverLogsPermissionArn,
      aggregationSeconds: found.MaxAggregationInterval === 60 ? 60 : 600,
    },
    ready: found.FlowLogStatus === "ACTIVE",
    status: found.DeliverLogsErrorMessage ?? found.FlowLogStatus,
  }),

  async create(aws, spec, making) {
    const { FlowLogIds, Unsuccessful } = await aws.ec2(
      new CreateFlowLogsCommand({
        ResourceType: "VPC",
        ResourceIds: [spec.vpcId],
        TrafficType: spec.traffic,
        LogDestinationType: "cloud-watch-logs",
        LogGroupName: spec.logGroup,
        DeliverLogsPermissionArn: spec.roleArn,
        MaxAggregationInterval: spec.aggregationSeconds,
        TagSpecifications: tagSpecifications("vpc-flow-log", spec.tags),
        ClientToken: clientToken(making, spec.vpcId),
      }),
      { once: true, notYet: NOT_YET },
    );
    refused(Unsuccessful);
    const flowLogId = FlowLogIds?.[0] ?? "";
    await making.created(flowLogId);
    return { id: flowLogId, attrs: { flowLogId } };
  },

  async delete(aws, { id }) {
    const { Unsuccessful } = await aws.ec2(new DeleteFlowLogsCommand({ FlowLogIds: [id] }));
    refused(Unsuccessful);
  },
});

/** Throws what a call that returned 200 could not do. */
function refused(items: readonly UnsuccessfulItem[] = []): void {
  const error = items[0]?.Error;
  if (error) throw Object.assign(new Error(error.Message), { name: error.Code });
}

/** A new VPC or role; two minutes for the latter, Terraform's `iamPropagationTimeout` (terraform-provider-aws, internal/service/ec2/vpc_flow_log.go). */
const NOT_YET: readonly NotYet[] = [
  ...notSeenYet("InvalidVpcId.NotFound", "InvalidVpcID.NotFound"),
  { code: "InvalidParameter", says: "Unable to assume given IAM role", budget: 120 },
];

/** The name of the group in its ARN. */
const groupIn = (arn: string | undefined) => /:log-group:([^:]+)/.exec(arn ?? "")?.[1];
