import {
  CreateFlowLogsCommand,
  DeleteFlowLogsCommand,
  DescribeFlowLogsCommand,
  EC2Client,
  type FlowLog as Listed,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { FlowLog, type FlowLogSpec } from "../../../../src/aws/ec2/flow-log.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked, OWNED, tagsIn } from "../../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
beforeEach(() => ec2.reset().resolves({}));
const sent = () => ec2.calls().map((call) => [call.args[0].constructor.name, call.args[0].input]);

const tags = tagsIn("demo-test");
const spec: FlowLogSpec = {
  vpcId: "vpc-1",
  traffic: "REJECT",
  logGroup: "/aws/vpc/demo-test",
  roleArn: "arn:aws:iam::123456789012:role/demo-test-flow-logs",
  aggregationSeconds: 600,
  tags,
};
const listed: Listed = {
  FlowLogId: "fl-1",
  FlowLogStatus: "ACTIVE",
  ResourceId: "vpc-1",
  TrafficType: "REJECT",
  LogDestinationType: "cloud-watch-logs",
  LogGroupName: "/aws/vpc/demo-test",
  DeliverLogsPermissionArn: spec.roleArn,
  MaxAggregationInterval: 600,
  Tags: OWNED,
};
const failure = (Code: string, Message: string) => ({
  Unsuccessful: [{ ResourceId: "vpc-1", Error: { Code, Message } }],
});

describe("ec2/flow-log", () => {
  it("is created with its tags and a token that names the VPC", async () => {
    ec2.on(CreateFlowLogsCommand).resolves({ FlowLogIds: ["fl-1"] });
    const told: string[] = [];
    expect(await FlowLog.create(mocked(), spec, making(told))).toEqual({ id: "fl-1", attrs: { flowLogId: "fl-1" } });
    expect(told).toEqual(["fl-1"]);
    expect(sent()).toEqual([
      [
        "CreateFlowLogsCommand",
        {
          ResourceType: "VPC",
          ResourceIds: ["vpc-1"],
          TrafficType: "REJECT",
          LogDestinationType: "cloud-watch-logs",
          LogGroupName: "/aws/vpc/demo-test",
          DeliverLogsPermissionArn: spec.roleArn,
          MaxAggregationInterval: 600,
          TagSpecifications: [{ ResourceType: "vpc-flow-log", Tags: OWNED }],
          ClientToken: "token-1-vpc-1",
        },
      ],
    ]);
  });

  it("fails with what AWS lists as unsuccessful beside a 200", async () => {
    ec2.on(CreateFlowLogsCommand).resolves(failure("FlowLogAlreadyExists", "It already exists."));
    const told: string[] = [];
    await expect(FlowLog.create(mocked(), spec, making(told))).rejects.toMatchObject({
      name: "FlowLogAlreadyExists",
      message: "It already exists.",
    });
    expect(told).toEqual([]);
  });

  it("waits for a new role, and not for any other parameter", async () => {
    const refusal = (message: string) => awsError("InvalidParameter", message);
    ec2
      .on(CreateFlowLogsCommand)
      .rejectsOnce(refusal("Unable to assume given IAM role"))
      .resolves({ FlowLogIds: ["fl-1"] });
    expect((await FlowLog.create(mocked(), spec, making())).id).toBe("fl-1");
    ec2.reset().on(CreateFlowLogsCommand).rejects(refusal("Value for parameter MaxAggregationInterval is invalid"));
    await expect(FlowLog.create(mocked(), spec, making())).rejects.toMatchObject({ name: "InvalidParameter" });
    expect(ec2.calls()).toHaveLength(1);
  });

  it("is not created again after a lost response", async () => {
    ec2.on(CreateFlowLogsCommand).rejects(awsError("InternalError", "", 500));
    await expect(FlowLog.create(mocked(), spec, making())).rejects.toBeInstanceOf(UncertainAnswer);
    expect(ec2.calls()).toHaveLength(1);
  });

  it("is read with its group, also where AWS only tells the ARN of it, and with what keeps it from delivering", async () => {
    const group = "arn:aws:logs:ap-northeast-1:123456789012:log-group:/aws/vpc/demo-test";
    ec2.on(DescribeFlowLogsCommand).resolves({
      FlowLogs: [
        { ...listed, LogGroupName: undefined, LogDestination: group, DeliverLogsErrorMessage: "Access error" },
      ],
    });
    expect(await FlowLog.observe(mocked(), lookFor<FlowLogSpec>(spec))).toMatchObject({
      id: "fl-1",
      spec,
      ready: true,
      status: "Access error",
    });
  });

  it("is absent where AWS leaves its id out of the list or has an error for it, and not where there is no list", async () => {
    const look = () => FlowLog.observe(mocked(), lookFor<FlowLogSpec>(spec, "fl-1"));
    ec2.on(DescribeFlowLogsCommand).resolves({ FlowLogs: [] });
    expect(await look()).toBeUndefined();
    ec2.on(DescribeFlowLogsCommand, { FlowLogIds: ["fl-1"] }).rejects(awsError("InvalidFlowLogId.NotFound", "fl-1"));
    expect(await look()).toBeUndefined();
    ec2.on(DescribeFlowLogsCommand, { FlowLogIds: ["fl-1"] }).resolves({});
    await expect(look()).rejects.toThrow("AWS was asked for fl-1");
  });

  it("is deleted, also a second time, and a failure beside a 200 is one", async () => {
    const observed = { id: "fl-1", spec, attrs: { flowLogId: "fl-1" }, owner: undefined, ready: true };
    await FlowLog.delete(mocked(), observed);
    ec2.on(DeleteFlowLogsCommand).resolves(failure("InvalidFlowLogId.NotFound", "It does not exist."));
    await FlowLog.delete(mocked(), observed);
    ec2.on(DeleteFlowLogsCommand).resolves(failure("UnauthorizedOperation", "No."));
    await expect(FlowLog.delete(mocked(), observed)).rejects.toMatchObject({ name: "UnauthorizedOperation" });
  });
});
