import {
  ApplicationAutoScalingClient,
  DeleteScheduledActionCommand,
  DescribeScalableTargetsCommand,
  DescribeScheduledActionsCommand,
  ListTagsForResourceCommand,
  PutScheduledActionCommand,
  type ScheduledAction as Described,
} from "@aws-sdk/client-application-auto-scaling";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { ScheduledAction, type ScheduledActionSpec } from "../../../../src/aws/autoscaling/scheduled-action.ts";
import { ownerTags } from "../../../../src/aws/tags.ts";
import { awsError } from "../../../support/failing.ts";
import { DEMO } from "../../../support/identities.ts";
import { lookFor, making, mocked } from "../../../support/mocked.ts";

const autoScaling = mockClient(ApplicationAutoScalingClient);
const sent = () => autoScaling.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const spec: ScheduledActionSpec = {
  name: "demo-nights-start",
  cluster: "demo",
  service: "app",
  schedule: "cron(0 20 ? * MON-FRI *)",
  timezone: "Europe/Berlin",
  bounds: { min: 0, max: 1 },
};
const on = {
  ServiceNamespace: "ecs" as const,
  ScalableDimension: "ecs:service:DesiredCount" as const,
  ResourceId: "service/demo/app",
};
const ID = "service/demo/app/demo-nights-start";
const described: Described = {
  ...on,
  ScheduledActionName: spec.name,
  ScheduledActionARN: "arn:aws:autoscaling:ap-northeast-1:123456789012:scheduledAction:1",
  Schedule: spec.schedule,
  Timezone: spec.timezone,
  ScalableTargetAction: { MinCapacity: 0, MaxCapacity: 1 },
  CreationTime: new Date(0),
};

beforeEach(() => {
  autoScaling.reset();
  const target = { ...on, MinCapacity: 2, MaxCapacity: 6, RoleARN: "r", CreationTime: new Date(0) };
  autoScaling
    .on(DescribeScalableTargetsCommand)
    .resolves({ ScalableTargets: [{ ...target, ScalableTargetARN: "arn:target" }] });
  autoScaling.on(ListTagsForResourceCommand).resolves({ Tags: { ...ownerTags(DEMO, "scaling/target") } });
});

describe("a scheduled action", () => {
  it("is found by its name among those of its service, and belongs to the owner of the target", async () => {
    autoScaling.on(DescribeScheduledActionsCommand).resolves({ ScheduledActions: [described] });
    expect(await ScheduledAction.observe(mocked(), lookFor(spec))).toMatchObject({ id: ID, spec, ready: true });
    expect(await ScheduledAction.observe(mocked(), lookFor({ ...spec, name: "other" }))).toBeUndefined();
  });

  it("shows times at which someone made it start and end, which the config does not know", async () => {
    const StartTime = new Date("2026-12-01T00:00:00Z");
    autoScaling.on(DescribeScheduledActionsCommand).resolves({ ScheduledActions: [{ ...described, StartTime }] });
    const seen = await ScheduledAction.observe(mocked(), lookFor(spec));
    expect(seen?.unmanaged).toEqual(["start time 2026-12-01T00:00:00.000Z"]);
  });

  it("is written whole, waiting for a target that was registered a moment ago", async () => {
    autoScaling
      .on(PutScheduledActionCommand)
      .rejectsOnce(awsError("ObjectNotFoundException", "No scalable target found for service namespace: ecs"))
      .resolves({});
    const ids: string[] = [];
    expect(await ScheduledAction.create(mocked(), { ...spec, bounds: { max: 1 } }, making(ids))).toEqual({
      id: ID,
      attrs: { name: spec.name },
    });
    expect(ids).toEqual([ID]);
    expect(sent().at(-1)).toEqual([
      "PutScheduledActionCommand",
      {
        ...on,
        ScheduledActionName: spec.name,
        Schedule: spec.schedule,
        Timezone: spec.timezone,
        ScalableTargetAction: { MinCapacity: undefined, MaxCapacity: 1 },
      },
    ]);
    expect(sent()).toHaveLength(2);
  });

  it.each([
    ["ObjectNotFoundException", "No scheduled action found for service namespace: ecs"],
    ["ValidationException", "No scheduled action found for service namespace: ecs"],
  ])("is deleted, also if it went with its target: %s", async (code, says) => {
    autoScaling.on(DeleteScheduledActionCommand).rejects(awsError(code, says));
    await ScheduledAction.delete(mocked(), { id: ID, attrs: { name: spec.name }, spec, owner: "", ready: true });
    expect(sent()).toEqual([["DeleteScheduledActionCommand", { ...on, ScheduledActionName: spec.name }]]);
  });
});
