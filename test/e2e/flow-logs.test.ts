import { DeleteFlowLogsCommand, DescribeFlowLogsCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import type { Clock } from "../../src/clock.ts";
import { Stage } from "../support/stage.ts";

const RESOURCES = ["network/flow-log", "network/flow-log-group", "security/flow-logs-role"];
const all = (action: string) => Object.fromEntries(RESOURCES.map((id) => [id, action]));

/** What EC2 lists once its lists have caught up. */
async function flowLogs({ ec2 }: Aws, clock: Clock) {
  await clock.sleep(30_000);
  return (await ec2(new DescribeFlowLogsCommand({}))).FlowLogs ?? [];
}

describe("flow logs", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = new Stage();
    await stage.run("reconcile");
  });
  afterAll(() => stage.remove());

  const applied = async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  };

  it("are turned on for a live stack, and record what is rejected", async () => {
    stage.edit({ network: { flowLogs: {} } });
    expect(await stage.planned()).toEqual(all("create"));
    await applied();
    expect(await stage.meddle(flowLogs)).toMatchObject([
      { TrafficType: "REJECT", LogGroupName: "/aws/vpc/fairlead-app-dev", FlowLogStatus: "ACTIVE" },
    ]);
  });

  it("are replaced if other packets are to be recorded, and keep what was recorded", async () => {
    stage.edit({ network: { flowLogs: { traffic: "all", retentionDays: 7 } } });
    expect(await stage.planned()).toEqual({ "network/flow-log": "replace", "network/flow-log-group": "update" });
    await applied();
    expect((await stage.meddle(flowLogs)).map(({ TrafficType }) => TrafficType)).toEqual(["ALL"]);
  });

  it("are created again if they were deleted outside Fairlead", async () => {
    await stage.meddle(async (aws, clock) => {
      const FlowLogIds = (await flowLogs(aws, clock)).flatMap(({ FlowLogId }) => FlowLogId ?? []);
      await aws.ec2(new DeleteFlowLogsCommand({ FlowLogIds }));
      await clock.sleep(30_000);
    });
    expect(await stage.planned()).toEqual({ "network/flow-log": "create" });
    await applied();
  });

  it("follow the VPC to its successor", async () => {
    const back = stage.keep();
    stage.edit({ network: { cidr: "10.1.0.0/16", flowLogs: { traffic: "all", retentionDays: 7 } } });
    expect(await stage.planned()).toMatchObject({ "network/vpc": "replace", "network/flow-log": "replace" });
    await applied();
    expect(await stage.meddle(flowLogs)).toHaveLength(1);
    back();
  });

  it("are turned off again, and leave nothing", async () => {
    stage.edit({});
    expect(await stage.planned()).toEqual(all("delete"));
    await applied();
  });

  it("are deleted with the stack", async () => {
    stage.edit({ network: { flowLogs: {} } });
    await applied();
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });

  it("are refused for a VPC that is not the stack's", async () => {
    stage.edit({
      network: {
        vpc: "vpc-0123456789abcdef0",
        publicSubnets: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        privateSubnets: ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"],
        flowLogs: {},
      },
    });
    await expect(stage.run("plan")).rejects.toThrow(
      "network.flowLogs: {} would be a flow log on a VPC that is not the stack's",
    );
  });
});
