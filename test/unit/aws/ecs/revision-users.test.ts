import { EventBridgeClient, ListRuleNamesByTargetCommand } from "@aws-sdk/client-eventbridge";
import { GetScheduleCommand, ListSchedulesCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { targetedRevisions } from "../../../../src/aws/ecs/revision-users.ts";
import { mocked } from "../../../support/mocked.ts";

const scheduler = mockClient(SchedulerClient);
const events = mockClient(EventBridgeClient);
beforeEach(() => {
  scheduler.reset();
  events.reset().on(ListRuleNamesByTargetCommand).resolves({ RuleNames: [] });
});

const CLUSTER = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/demo";

describe("the revisions that schedules name", () => {
  it("are those of the cluster's schedules; the others are not read", async () => {
    const listed = (Name: string, Arn: string) => ({ Name, GroupName: "default", Target: { Arn } });
    scheduler
      .on(ListSchedulesCommand)
      .resolves({ Schedules: [listed("own", CLUSTER), listed("other", `${CLUSTER}-2`)] });
    const Target = { Arn: CLUSTER, RoleArn: "arn", EcsParameters: { TaskDefinitionArn: "demo:7" } };
    scheduler.on(GetScheduleCommand).resolves({ Target });
    expect(await targetedRevisions(mocked(), "demo")).toEqual(["demo:7"]);
    const read = scheduler.commandCalls(GetScheduleCommand).map(({ args: [command] }) => command.input.Name);
    expect(read).toEqual(["own"]);
  });

  it("are not looked for among more than a thousand", async () => {
    let page = 0;
    scheduler.on(ListSchedulesCommand).callsFake(async () => ({ Schedules: [], NextToken: `page-${++page}` }));
    await expect(targetedRevisions(mocked(), "demo")).rejects.toThrow("more than 1000 schedules");
    expect(page).toBe(10);
  });
});
