import type {
  DeleteAlarmsCommandInput,
  DescribeAlarmsCommandInput,
  DescribeAlarmsCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  MetricAlarm,
  PutMetricAlarmCommandInput,
  SetAlarmStateCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
} from "@aws-sdk/client-cloudwatch";
import { stepBy } from "../autoscaling/stepping.ts";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { plain } from "../plain.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagList } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import { checkAlarm } from "./checks.ts";
import { stateOf, type SimAlarm } from "./records.ts";

const KNOWN = [
  "AlarmName",
  "AlarmDescription",
  "ActionsEnabled",
  "OKActions",
  "AlarmActions",
  "InsufficientDataActions",
  "MetricName",
  "Namespace",
  "Statistic",
  "ExtendedStatistic",
  "Dimensions",
  "Period",
  "EvaluationPeriods",
  "DatapointsToAlarm",
  "Threshold",
  "ComparisonOperator",
  "TreatMissingData",
  "Metrics",
  "Tags",
];

/** What an alarm keeps of a call: tags are only those of the create. */
function settingsOf(said: PutMetricAlarmCommandInput): PutMetricAlarmCommandInput {
  const settings = { ...said };
  delete settings.Tags;
  return settings;
}

const rows = plain<SimAlarm, PutMetricAlarmCommandInput>({
  table: "cloudwatch.alarms",
  arn: (sim, name) => sim.arn("cloudwatch", `alarm:${name}`),
  names: { rule: /^[^\p{Cc}]{1,255}$/u, refusal: ["ValidationError", "The alarm name is not valid"] },
  check: (sim, said) => checkAlarm(sim, said),
  made: (sim, said, name) => ({ name, said: settingsOf(said), madeAt: sim.now, changedAt: sim.now }),
  // "The update completely overwrites the previous configuration of the alarm. ... its state is left unchanged"; tags are ignored.
  again: (alarm, said, sim) =>
    Object.assign(alarm, { said: settingsOf(said), changedAt: sim.now, state: stateOf(sim, alarm) }),
  missing: (name) => ["ResourceNotFound", `Unknown alarm: ${name}`, 404],
  missingArn: (arn) => ["ResourceNotFoundException", `The resource ${arn} does not exist`, 404],
  lag: { list: TIMING.listLag },
  tags: { code: "InvalidParameterValueException" },
  pages: { usual: 50, most: 100, code: "ValidationError", badToken: "InvalidNextToken" },
});

function told(sim: Sim, alarm: SimAlarm): MetricAlarm {
  const { name, arn, said, changedAt } = alarm;
  const { value, reason, at } = stateOf(sim, alarm);
  return {
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    ...(said.Metrics ? {} : { Dimensions: [] }),
    ...said,
    AlarmName: name,
    AlarmArn: arn,
    AlarmConfigurationUpdatedTimestamp: new Date(changedAt),
    StateValue: value,
    StateReason: reason,
    StateUpdatedTimestamp: new Date(at),
    StateTransitionedTimestamp: new Date(at),
  };
}

/** How far the newest value is beyond the threshold; `undefined` if the data do not say. */
function beyondThreshold(data: string | undefined): number | undefined {
  const { recentDatapoints = [], threshold } = JSON.parse(data ?? "{}") as {
    recentDatapoints?: readonly number[];
    threshold?: number;
  };
  const newest = recentDatapoints.at(-1);
  return newest === undefined || threshold === undefined ? undefined : newest - threshold;
}

export const alarmOperations = {
  PutMetricAlarm(input: PutMetricAlarmCommandInput, sim) {
    onlyKnown("PutMetricAlarm", input, ...KNOWN);
    rows.create(sim, { key: input.AlarmName ?? "", tags: input.Tags }, input);
  },

  DescribeAlarms(input: DescribeAlarmsCommandInput, sim): Answer<DescribeAlarmsCommandOutput> {
    onlyKnown(
      "DescribeAlarms",
      input,
      "AlarmNames",
      "AlarmNamePrefix",
      "AlarmTypes",
      "StateValue",
      "MaxRecords",
      "NextToken",
    );
    const { AlarmNames: names, AlarmNamePrefix: prefix, StateValue: state, MaxRecords: size, NextToken: token } = input;
    // "If you specify this parameter, you cannot specify AlarmNames" (CloudWatch API Reference, DescribeAlarms: `AlarmNamePrefix`).
    if (names && prefix !== undefined)
      refuse("ValidationError", "AlarmNames and AlarmNamePrefix are mutually exclusive");
    const fits = (alarm: SimAlarm) =>
      (names?.includes(alarm.name) ?? true) &&
      alarm.name.startsWith(prefix ?? "") &&
      (state === undefined || stateOf(sim, alarm).value === state);
    const { page, next } = rows.list(sim, { token, size }, fits);
    return { MetricAlarms: page.map((alarm) => told(sim, alarm)), CompositeAlarms: [], NextToken: next };
  },

  /** "If you specify any incorrect alarm names, the alarms you specify with correct names are still deleted." */
  DeleteAlarms({ AlarmNames: names = [] }: DeleteAlarmsCommandInput, sim) {
    const known = names.filter((name) => rows.records(sim)[name]);
    for (const name of known) rows.delete(sim, name);
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) refuse("ResourceNotFound", `Unknown alarm: ${unknown}`, 404);
  },

  /**
   * "When the updated state differs from the previous value, the action configured for the appropriate state is invoked", and scaling policies take
   * what they do from `StateReasonData` (CloudWatch API Reference, SetAlarmState). What a topic is told is not simulated.
   */
  SetAlarmState(input: SetAlarmStateCommandInput, sim) {
    const { AlarmName: name, StateValue: value = "OK", StateReason: reason = "", StateReasonData: data } = input;
    const alarm = rows.find(sim, name);
    const before = stateOf(sim, alarm).value;
    alarm.state = { value, reason, at: sim.now };
    const beyond = beyondThreshold(data);
    if (value !== "ALARM" || before === "ALARM" || alarm.said.ActionsEnabled === false || beyond === undefined) return;
    for (const action of alarm.said.AlarmActions ?? []) stepBy(sim, action, beyond);
  },

  ListTagsForResource: (input: ListTagsForResourceCommandInput, sim): Answer<ListTagsForResourceCommandOutput> => ({
    Tags: tagList(rows.tagsOf(sim, input.ResourceARN)),
  }),
  TagResource: (input: TagResourceCommandInput, sim) => rows.tag(sim, input.ResourceARN, input.Tags),
  UntagResource: (input: UntagResourceCommandInput, sim) => rows.untag(sim, input.ResourceARN, input.TagKeys),
} satisfies Operations;
