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
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { checkSchedule, inGroup } from "./checks.ts";

/** What a call says of a schedule. */
type Said = Omit<CreateScheduleCommandInput, "ClientToken" | "GroupName" | "Name">;

interface SimSchedule {
  name: string;
  arn: string;
  createdAt: number;
  changedAt: number;
  token: string | undefined;
  said: Said;
}

const schedules = (sim: Sim) => sim.table<SimSchedule>("scheduler.schedules");

const PAGES = { usual: 100, code: "ValidationException" };

const scheduleOf = (sim: Sim, name: string | undefined, group: string | undefined): SimSchedule => {
  inGroup(group);
  return schedules(sim)[name ?? ""] ?? refuse("ResourceNotFoundException", `Schedule ${name} does not exist.`, 404);
};

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

/** EventBridge Scheduler, as far as Fairlead asks it: schedules of the default group that run a task. They do not fire by themselves. */
export const scheduler = {
  CreateSchedule(input: CreateScheduleCommandInput, sim): Answer<CreateScheduleCommandOutput> {
    const { Name: name = "", GroupName, ClientToken: token, ...said } = input;
    inGroup(GroupName);
    const before = schedules(sim)[name];
    // A repeat with the same token is the same create.
    if (before && token !== undefined && before.token === token) return { ScheduleArn: before.arn };
    checkSchedule(sim, said);
    if (before) refuse("ConflictException", `Schedule ${name} already exists.`, 409);
    const arn = sim.arn("scheduler", `schedule/default/${name}`);
    schedules(sim)[name] = { name, arn, createdAt: sim.now, changedAt: sim.now, token, said: filledIn(said) };
    return { ScheduleArn: arn };
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
    delete schedules(sim)[scheduleOf(sim, input.Name, input.GroupName).name];
    return {};
  },

  /** Tells a target's ARN, and neither descriptions nor expressions. */
  ListSchedules(input: ListSchedulesCommandInput, sim): Answer<ListSchedulesCommandOutput> {
    const { NamePrefix: prefix = "", GroupName, MaxResults: size, NextToken: token, ...rest } = input;
    onlyKnown("ListSchedules", rest);
    inGroup(GroupName);
    const found = Object.values(schedules(sim))
      .filter(({ name }) => name.startsWith(prefix))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1));
    const { page, next } = pageOf(found, { token, size }, PAGES);
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
