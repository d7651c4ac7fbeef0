import type {
  CreateScheduleCommandInput,
  CreateScheduleCommandOutput,
  DeleteScheduleCommandInput,
  GetScheduleCommandInput,
  GetScheduleCommandOutput,
  ListSchedulesCommandInput,
  ListSchedulesCommandOutput,
  UpdateScheduleCommandInput,
  UpdateScheduleCommandOutput,
} from "@aws-sdk/client-scheduler";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { plain } from "../plain.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { checkSchedule, inGroup } from "./checks.ts";

/** What a call says of a schedule. */
type Said = Omit<CreateScheduleCommandInput, "ClientToken" | "GroupName" | "Name">;

interface SimSchedule {
  name: string;
  arn: string;
  createdAt: number;
  changedAt: number;
  said: Said;
}

/** What AWS fills in where a call does not say it (EventBridge Scheduler User Guide, "Managing a schedule"; API Reference, GetSchedule). */
function filledIn(said: Said): Said {
  const { Target: target, ...rest } = said;
  return {
    ActionAfterCompletion: "NONE",
    ScheduleExpressionTimezone: "UTC",
    State: "ENABLED",
    ...rest,
    Target: target && {
      ...target,
      RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185, ...target.RetryPolicy },
      ...(target.EcsParameters ? { EcsParameters: { TaskCount: 1, ...target.EcsParameters } } : {}),
    },
  };
}

const schedules = plain<SimSchedule, CreateScheduleCommandInput>({
  table: "scheduler.schedules",
  arn: (sim, name) => sim.arn("scheduler", `schedule/default/${name}`),
  // A repeat with the same token is the same create.
  tokenOf: ({ ClientToken }) => ClientToken,
  check: (sim, { Name: _name, GroupName: _group, ClientToken: _token, ...said }) => checkSchedule(sim, said),
  made: (sim, { Name: _name, GroupName: _group, ClientToken: _token, ...said }, name) => ({
    name,
    createdAt: sim.now,
    changedAt: sim.now,
    said: filledIn(said),
  }),
  again: ({ name }) => refuse("ConflictException", `Schedule ${name} already exists.`, 409),
  missing: (name) => ["ResourceNotFoundException", `Schedule ${name} does not exist.`, 404],
  pages: { usual: 100, code: "ValidationException", sorted: true },
});

const scheduleOf = (sim: Sim, name: string | undefined, group: string | undefined): SimSchedule => {
  inGroup(group);
  return schedules.find(sim, name);
};

/** EventBridge Scheduler, as far as Fairlead asks it: schedules of the default group that run a task. They do not fire by themselves. */
export const scheduler = {
  CreateSchedule(input: CreateScheduleCommandInput, sim): Answer<CreateScheduleCommandOutput> {
    inGroup(input.GroupName);
    return { ScheduleArn: schedules.create(sim, { key: input.Name ?? "" }, input).arn };
  },

  GetSchedule(input: GetScheduleCommandInput, sim): Answer<GetScheduleCommandOutput> {
    const { name, arn, createdAt, changedAt, said } = scheduleOf(sim, input.Name, input.GroupName);
    return {
      ...said,
      Name: name,
      GroupName: "default",
      Arn: arn,
      CreationDate: new Date(createdAt),
      LastModificationDate: new Date(changedAt),
    };
  },

  /** "EventBridge Scheduler uses all values, including empty values, specified in the request and overrides the existing schedule." */
  UpdateSchedule(input: UpdateScheduleCommandInput, sim): Answer<UpdateScheduleCommandOutput> {
    const { Name, GroupName, ClientToken: _token, ...said } = input;
    const schedule = scheduleOf(sim, Name, GroupName);
    checkSchedule(sim, said);
    schedule.said = filledIn(said);
    schedule.changedAt = sim.now;
    return { ScheduleArn: schedule.arn };
  },

  DeleteSchedule(input: DeleteScheduleCommandInput, sim) {
    inGroup(input.GroupName);
    schedules.delete(sim, input.Name);
    return {};
  },

  /** Tells a target's ARN, and neither descriptions nor expressions. */
  ListSchedules(input: ListSchedulesCommandInput, sim): Answer<ListSchedulesCommandOutput> {
    const { NamePrefix: prefix = "", GroupName, MaxResults: size, NextToken: token, ...rest } = input;
    onlyKnown("ListSchedules", rest);
    inGroup(GroupName);
    const { page, next } = schedules.list(sim, { token, size }, ({ name }) => name.startsWith(prefix));
    return {
      NextToken: next,
      Schedules: page.map(({ name, arn, createdAt, changedAt, said }) => ({
        Name: name,
        GroupName: "default",
        Arn: arn,
        State: said.State,
        Target: { Arn: said.Target?.Arn },
        CreationDate: new Date(createdAt),
        LastModificationDate: new Date(changedAt),
      })),
    };
  },
} satisfies Operations;
