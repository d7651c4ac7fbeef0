// A schedule has no tags, only its group does: the owner mark goes into its description. An update replaces the schedule whole,
// so that what it is not told goes back to AWS's default. Tasks that it has started run on when it is gone, so they are stopped with it.
import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  UpdateScheduleCommand,
  type CreateScheduleCommandInput,
  type GetScheduleCommandOutput,
} from "@aws-sdk/client-scheduler";
import type { Drifted, Seen } from "../../engine/resource-kind.ts";
import type { Aws } from "../aws.ts";
import { defineKind } from "../define-kind.ts";
import { driftedIn, SET, some, type Usual } from "../beyond.ts";
import type { NotYet } from "../call.ts";
import { strategyOf, type CapacityProvider } from "../ecs/strategy.ts";
import { stopTasksOf } from "../ecs/lone-tasks.ts";
import { absent } from "../errors.ts";
import { unmarked, withMark } from "../marked-text.ts";
import { byName } from "../named.ts";
import { isOfStack, namedAfter } from "../owned.ts";
import { everyPage } from "../pages.ts";

export interface ScheduleSpec {
  /** At most 64 characters; the schedule is in the default group. */
  name: string;
  /** The owner mark, which stands in the description on AWS. */
  owner: string;
  /** With the owner mark, AWS accepts at most 512 characters. */
  description: string;
  /** `cron(...)`, `rate(...)` or `at(...)`. */
  expression: string;
  /** In which the expression is read, such as `Europe/Berlin`. */
  timezone: string;
  enabled: boolean;
  /** The role that EventBridge Scheduler assumes to run the task, and to reach the dead-letter queue. */
  roleArn: string;
  clusterArn: string;
  /** With a revision, or without one for the newest that is active. */
  taskDefinitionArn: string;
  /** Empty: plain Fargate. */
  capacityProviders: readonly CapacityProvider[];
  /** `LATEST`, or a number such as `1.4.0`. */
  platformVersion: string;
  subnetIds: readonly string[];
  groupIds: readonly string[];
  /** Give the task a public address. */
  assignPublicIp: boolean;
  /** Put ECS's own tags on the task, and the task definition's. */
  taskTags: boolean;
  /** How often a task that could not be started is tried again, and for how many seconds at most. */
  retry: { attempts: number; maxAgeSeconds: number };
  /** The queue that is told of a task that could not be started in the end; `undefined`: none. */
  deadLetterQueueArn: string | undefined;
}

export interface ScheduleAttrs {
  name: string;
  arn: string;
}

const GONE = "ResourceNotFoundException";

/** For two minutes, as terraform-provider-aws does (internal/service/scheduler/schedule.go, retryWhenIAMNotPropagated). */
const ROLE_NOT_SEEN: NotYet = {
  code: "ValidationException",
  says: "must allow AWS EventBridge Scheduler to assume the role",
  budget: 120,
};
/** "Updating or deleting a resource can cause an inconsistent state" (EventBridge Scheduler API Reference, ConflictException). */
const CROSSED: NotYet = { code: "ConflictException", budget: 60 };

export const Schedule = defineKind<ScheduleSpec, ScheduleAttrs>({
  type: "scheduler/schedule",
  fields: {
    name: { immutable: true, unique: true },
    owner: {},
    description: {},
    expression: {},
    timezone: {},
    enabled: {},
    roleArn: {},
    clusterArn: {},
    taskDefinitionArn: {},
    capacityProviders: {},
    platformVersion: {},
    subnetIds: {},
    groupIds: {},
    assignPublicIp: {},
    taskTags: {},
    retry: {},
    deadLetterQueueArn: {},
  },
  inventory: { lists: "stateless" },

  refuse({ spec }) {
    if (!spec?.assignPublicIp || !Array.isArray(spec.capacityProviders) || spec.capacityProviders.length === 0)
      return undefined;
    // EventBridge Scheduler API Reference, AwsVpcConfiguration.
    return "EventBridge Scheduler assigns a public IP address only to tasks with launch type FARGATE: use private subnets, or no capacity providers.";
  },

  canonical: (spec) => ({
    ...spec,
    subnetIds: spec.subnetIds.toSorted(),
    groupIds: spec.groupIds.toSorted(),
    capacityProviders: strategyOf(spec.capacityProviders),
  }),

  async observe(aws, look) {
    const found = await byName(look, (Name) => described(aws, Name));
    if (!found?.Name) return undefined;
    const spec = specOf(found);
    return {
      id: found.Name,
      attrs: { name: found.Name, arn: found.Arn ?? "" },
      spec,
      owner: spec.owner,
      ready: true,
      drifted: some(driftedOf(found)),
    };
  },

  async list(aws) {
    const all = await everyPage(async (NextToken) => {
      const command = new ListSchedulesCommand({ GroupName: "default", NamePrefix: aws.stack, NextToken });
      const page = await aws.scheduler(command);
      return { items: page.Schedules, next: page.NextToken };
    });
    const names = all.flatMap(({ Name }) => (Name !== undefined && namedAfter(aws.stack, Name) ? Name : []));
    const found = names.map(async (id) => {
      const { owner } = unmarked((await described(aws, id))?.Description);
      return owner !== undefined && isOfStack(aws, owner) ? [{ id, owner }] : [];
    });
    return (await Promise.all(found)).flat();
  },

  /** Without `once`: a repeat with the same token is the same create (EventBridge Scheduler API Reference, CreateSchedule). */
  async create(aws, spec, making) {
    const command = new CreateScheduleCommand({ ...inputOf(spec), ClientToken: making.token });
    const { ScheduleArn: arn = "" } = await aws.scheduler(command, { notYet: [ROLE_NOT_SEEN] });
    await making.created(spec.name);
    return { id: spec.name, attrs: { name: spec.name, arn } };
  },

  async update(aws, _observed, spec) {
    await aws.scheduler(new UpdateScheduleCommand(inputOf(spec)), { notYet: [ROLE_NOT_SEEN, CROSSED] });
  },

  async delete(aws, { id: Name, spec }) {
    await absent(aws.scheduler(new DeleteScheduleCommand({ Name }), { notYet: [CROSSED] }), GONE);
    const [, family] = /:task-definition\/([^:]+)$/.exec(spec.taskDefinitionArn ?? "") ?? [];
    if (family !== undefined && spec.clusterArn !== undefined) await stopTasksOf(aws, spec.clusterArn, family);
  },
});

const described = (aws: Aws, Name: string): Promise<GetScheduleCommandOutput | undefined> =>
  absent(aws.scheduler(new GetScheduleCommand({ Name })), GONE);

function specOf(found: GetScheduleCommandOutput): Seen<ScheduleSpec> {
  const { text, owner } = unmarked(found.Description);
  const { Target: target, Name: name } = found;
  const ecs = target?.EcsParameters;
  const network = ecs?.NetworkConfiguration?.awsvpcConfiguration;
  const { MaximumRetryAttempts: attempts = 185, MaximumEventAgeInSeconds: maxAgeSeconds = 86_400 } =
    target?.RetryPolicy ?? {};
  return {
    name,
    owner,
    description: text,
    expression: found.ScheduleExpression,
    timezone: found.ScheduleExpressionTimezone ?? "UTC",
    enabled: found.State !== "DISABLED",
    roleArn: target?.RoleArn,
    clusterArn: target?.Arn,
    taskDefinitionArn: ecs?.TaskDefinitionArn,
    capacityProviders: strategyOf(ecs?.CapacityProviderStrategy ?? []),
    platformVersion: ecs?.PlatformVersion ?? "LATEST",
    subnetIds: network?.Subnets?.toSorted(),
    groupIds: network?.SecurityGroups?.toSorted(),
    assignPublicIp: network?.AssignPublicIp === "ENABLED",
    taskTags: ecs?.EnableECSManagedTags === true && ecs.PropagateTags === "TASK_DEFINITION",
    retry: { attempts, maxAgeSeconds },
    deadLetterQueueArn: target?.DeadLetterConfig?.Arn,
  };
}

/** The whole schedule; what is always the same is set each time, since an update would reset it. */
function inputOf(spec: ScheduleSpec): CreateScheduleCommandInput {
  return {
    Name: spec.name,
    GroupName: "default",
    Description: withMark(spec.description, spec.owner),
    ScheduleExpression: spec.expression,
    ScheduleExpressionTimezone: spec.timezone,
    State: spec.enabled ? "ENABLED" : "DISABLED",
    FlexibleTimeWindow: { Mode: "OFF" },
    ActionAfterCompletion: "NONE",
    Target: {
      Arn: spec.clusterArn,
      RoleArn: spec.roleArn,
      RetryPolicy: {
        MaximumRetryAttempts: spec.retry.attempts,
        MaximumEventAgeInSeconds: spec.retry.maxAgeSeconds,
      },
      ...(spec.deadLetterQueueArn === undefined ? {} : { DeadLetterConfig: { Arn: spec.deadLetterQueueArn } }),
      EcsParameters: {
        TaskDefinitionArn: spec.taskDefinitionArn,
        TaskCount: 1,
        ...(spec.capacityProviders.length > 0
          ? { CapacityProviderStrategy: [...spec.capacityProviders] }
          : { LaunchType: "FARGATE" as const }),
        // "Specify only the numeric portion of the platform version" (EcsParameters): omitted, it is the latest.
        ...(spec.platformVersion === "LATEST" ? {} : { PlatformVersion: spec.platformVersion }),
        NetworkConfiguration: {
          awsvpcConfiguration: {
            Subnets: [...spec.subnetIds],
            SecurityGroups: [...spec.groupIds],
            AssignPublicIp: spec.assignPublicIp ? "ENABLED" : "DISABLED",
          },
        },
        EnableExecuteCommand: false,
        EnableECSManagedTags: spec.taskTags,
        ...(spec.taskTags ? { PropagateTags: "TASK_DEFINITION" as const } : {}),
      },
    },
  };
}

/** What a schedule has besides, which the next update takes back: a window, an end, an input, a key of KMS's. */
const USUAL: Usual = {
  Arn: SET,
  CreationDate: SET,
  LastModificationDate: SET,
  Name: SET,
  GroupName: SET,
  Description: SET,
  ScheduleExpression: SET,
  ScheduleExpressionTimezone: SET,
  State: SET,
  ActionAfterCompletion: "NONE",
  FlexibleTimeWindow: { Mode: "OFF" },
  Target: {
    Arn: SET,
    RoleArn: SET,
    RetryPolicy: SET,
    DeadLetterConfig: SET,
    EcsParameters: {
      TaskDefinitionArn: SET,
      TaskCount: 1,
      CapacityProviderStrategy: SET,
      LaunchType: SET,
      PlatformVersion: SET,
      NetworkConfiguration: SET,
      EnableECSManagedTags: SET,
      PropagateTags: SET,
    },
  },
};

const driftedOf = ({ $metadata: _metadata, ...found }: GetScheduleCommandOutput): Drifted[] =>
  driftedIn("expression", found, USUAL);
