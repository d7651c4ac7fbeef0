import type {
  CreateFlowLogsCommandInput,
  CreateFlowLogsCommandOutput,
  DeleteFlowLogsCommandInput,
  DeleteFlowLogsCommandOutput,
  DescribeFlowLogsCommandInput,
  DescribeFlowLogsCommandOutput,
} from "@aws-sdk/client-ec2";
import { refuse } from "../errors.ts";
import { assumable } from "../iam/trust.ts";
import { onlyKnown } from "../known.ts";
import { visible, type Answer, type Operations, type Sim } from "../sim.ts";
import { vpcOf, type Ec2Record } from "./records.ts";
import { drop, listed, passes, tagsOf, visibleFrom, withToken } from "./shared.ts";

interface SimFlowLog extends Ec2Record {
  vpcId: string;
  traffic: string;
  group: string;
  roleArn: string;
  seconds: number;
  createdAt: number;
}

const TABLE = "ec2.flowLogs";
const flowLogs = (sim: Sim) => sim.table<SimFlowLog>(TABLE);

/** EC2 API reference, "Error codes": InvalidFlowLogId.NotFound, "The specified flow log does not exist." */
const MISSING = "InvalidFlowLogId.NotFound";
const missing = (id: string) => ({ Code: MISSING, Message: `The specified flow log '${id}' does not exist` });

const answerOf = (flowLog: SimFlowLog) => ({
  FlowLogId: flowLog.id,
  FlowLogStatus: "ACTIVE",
  ResourceId: flowLog.vpcId,
  TrafficType: flowLog.traffic as "ALL",
  LogDestinationType: "cloud-watch-logs" as const,
  LogGroupName: flowLog.group,
  DeliverLogsPermissionArn: flowLog.roleArn,
  DeliverLogsStatus: "SUCCESS",
  MaxAggregationInterval: flowLog.seconds,
  CreationTime: new Date(flowLog.createdAt),
  Tags: flowLog.tags,
});

/** Flow logs of VPCs that go to CloudWatch Logs. */
export const flowLogOperations = {
  CreateFlowLogs(input: CreateFlowLogsCommandInput, sim): Answer<CreateFlowLogsCommandOutput> {
    onlyKnown(
      "CreateFlowLogs",
      input,
      "ResourceType",
      "ResourceIds",
      "TrafficType",
      "LogDestinationType",
      "LogGroupName",
      "DeliverLogsPermissionArn",
      "MaxAggregationInterval",
      "TagSpecifications",
      "ClientToken",
    );
    const id = withToken(sim, "CreateFlowLogs", input, () => make(input, sim));
    return { FlowLogIds: [id], Unsuccessful: [], ClientToken: input.ClientToken };
  },

  /** Leaves an id out that there is none of (terraform-provider-aws, internal/service/ec2/find.go, findFlowLogByID, expects no error). */
  DescribeFlowLogs(input: DescribeFlowLogsCommandInput, sim): Answer<DescribeFlowLogsCommandOutput> {
    const { FlowLogIds: ids } = input;
    const shown = ids
      ? visible(flowLogs(sim), sim).filter(({ id }) => ids.includes(id))
      : listed<SimFlowLog>(sim, TABLE);
    const found = shown.filter((flowLog) =>
      passes(input.Filter, flowLog.tags, { "resource-id": flowLog.vpcId, "log-group-name": flowLog.group }),
    );
    return { FlowLogs: found.map(answerOf) };
  },

  /** Answers 200 also for what it could not delete (botocore ec2, DeleteFlowLogsResult: `Unsuccessful`). */
  DeleteFlowLogs(input: DeleteFlowLogsCommandInput, sim): Answer<DeleteFlowLogsCommandOutput> {
    const unknown = (input.FlowLogIds ?? []).filter((id) => !(id in flowLogs(sim)));
    for (const id of input.FlowLogIds ?? []) drop(sim, TABLE, id);
    return { Unsuccessful: unknown.map((ResourceId) => ({ ResourceId, Error: missing(ResourceId) })) };
  },
} satisfies Operations;

function make(input: CreateFlowLogsCommandInput, sim: Sim): string {
  const { ResourceIds: [vpcId] = [], TrafficType: traffic, LogGroupName: group = "", DeliverLogsPermissionArn } = input;
  if (input.ResourceType !== "VPC")
    refuse("SimulatorUnknownOption", `The simulated EC2 does not know flow logs of ${input.ResourceType}.`, 501);
  const vpc = vpcOf(sim, vpcId);
  // botocore ec2, CreateFlowLogsRequest: TrafficType "is required for the other resource types", DeliverLogsPermissionArn "is required if the
  // destination type is cloud-watch-logs", MaxAggregationInterval: "The possible values are 60 seconds (1 minute) or 600 seconds".
  if (traffic === undefined) refuse("MissingParameter", "The request must contain the parameter TrafficType");
  if (DeliverLogsPermissionArn === undefined)
    refuse("MissingParameter", "The request must contain the parameter DeliverLogsPermissionArn");
  const seconds = input.MaxAggregationInterval ?? 600;
  if (seconds !== 60 && seconds !== 600)
    refuse("InvalidParameter", `Value (${seconds}) for parameter MaxAggregationInterval is invalid`);
  // VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs". In these words by terraform-provider-aws, ec2/vpc_flow_log.go.
  if (!assumable(sim, DeliverLogsPermissionArn, "vpc-flow-logs.amazonaws.com", sim.arn("ec2", "vpc-flow-log/fl-1")))
    refuse("InvalidParameter", `Unable to assume given IAM role: ${DeliverLogsPermissionArn}`);
  // What counts as the same is not documented; the least that could: the same VPC and group, whatever the traffic.
  if (Object.values(flowLogs(sim)).some((other) => other.vpcId === vpc.id && other.group === group))
    refuse("FlowLogAlreadyExists", "A flow log with the specified configuration already exists.");
  const id = sim.id("fl");
  flowLogs(sim)[id] = {
    id,
    vpcId: vpc.id,
    traffic: traffic ?? "",
    group,
    roleArn: DeliverLogsPermissionArn ?? "",
    seconds,
    createdAt: sim.now,
    tags: tagsOf(input.TagSpecifications),
    visibleAt: visibleFrom(sim),
  };
  return id;
}
