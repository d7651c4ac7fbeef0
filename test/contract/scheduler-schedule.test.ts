import { markOf } from "../../src/aws/owner.ts";
import { Schedule, type ScheduleSpec } from "../../src/aws/scheduler/schedule.ts";
import { DEMO } from "../support/identities.ts";
import { role } from "./ground.ts";
import { contract } from "./suite.ts";

contract({
  kind: Schedule,
  spec: async (at): Promise<ScheduleSpec> => {
    const { arn: roleArn } = await role(at, "schedule", "scheduler.amazonaws.com");
    await role(at, "other-schedule", "scheduler.amazonaws.com");
    const own = `${at.aws.region}:${at.aws.account}`;
    return {
      name: "demo-test-report",
      owner: markOf(DEMO, "contract/subject"),
      description: "Runs the job report",
      expression: "cron(0 3 * * ? *)",
      timezone: "Europe/Berlin",
      enabled: true,
      roleArn,
      clusterArn: `arn:aws:ecs:${own}:cluster/demo-test-cluster`,
      taskDefinitionArn: `arn:aws:ecs:${own}:task-definition/demo-test-report:1`,
      capacityProviders: [],
      platformVersion: "LATEST",
      subnetIds: ["subnet-2", "subnet-1"],
      groupIds: ["sg-1"],
      assignPublicIp: false,
      taskTags: true,
      retry: { attempts: 2, maxAgeSeconds: 3600 },
      deadLetterQueueArn: undefined,
    };
  },
  edits: {
    owner: () => markOf(DEMO, "contract/other"),
    description: () => "",
    expression: () => "rate(1 hour)",
    timezone: () => "UTC",
    enabled: () => false,
    roleArn: ({ roleArn }) => roleArn.replace("role/schedule", "role/other-schedule"),
    clusterArn: ({ clusterArn }) => `${clusterArn}-2`,
    taskDefinitionArn: ({ taskDefinitionArn }) => `${taskDefinitionArn}2`,
    capacityProviders: () => [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
    platformVersion: () => "1.4.0",
    subnetIds: () => ["subnet-3"],
    groupIds: () => ["sg-1", "sg-2"],
    assignPublicIp: () => true,
    taskTags: () => false,
    retry: () => ({ attempts: 0, maxAgeSeconds: 60 }),
    deadLetterQueueArn: () => "arn:aws:sqs:ap-northeast-1:123456789012:demo-test-failed",
  },
});
