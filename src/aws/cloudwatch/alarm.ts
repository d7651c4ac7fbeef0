// PutMetricAlarm creates or overwrites, also the alarm of another owner, and ignores tags if the alarm exists. Only the name cannot be changed.
import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type ComparisonOperator,
  type MetricAlarm,
} from "@aws-sdk/client-cloudwatch";
import type { Drifted } from "../../engine/resource-kind.ts";
import type { Snapshot } from "../../engine/snapshot.ts";
import type { Arn, Aws } from "../aws.ts";
import { driftedIn, some } from "../beyond.ts";
import { defineKind } from "../define-kind.ts";
import { absent } from "../errors.ts";
import { everyPage } from "../pages.ts";
import { arnsOf, observedRegion, ownedInRegions, sendersFor } from "../regional.ts";
import { readTogether } from "../together.ts";
import { tagChanges, tagList, tagsFrom, type Tags } from "../tags.ts";
import { watchedIn, watchedInput, type Watched } from "./metric.ts";

export interface AlarmSpec {
  /** At most 255 characters, unique in its region. */
  name: string;
  /** The region if that is not the stack's. */
  region: string | undefined;
  description: string;
  /** A metric, or an expression of several. */
  watches: Watched;
  comparison: ComparisonOperator;
  threshold: number;
  /** How many periods are looked at, */
  periods: number;
  /** and how many of them have to be beyond the threshold. */
  datapoints: number;
  /** What a period without data counts as. */
  missingData: "breaching" | "ignore" | "missing" | "notBreaching";
  /** What hears of it when it begins: ARNs of topics of its region, at most five. */
  actions: string[];
  /** What hears of it when it is over. */
  okActions: string[];
  tags: Tags;
}

export interface AlarmAttrs {
  name: string;
  arn: string;
}

// ResourceNotFound: DeleteAlarms. ResourceNotFoundException: the calls on tags (CloudWatch API Reference).
const GONE = ["ResourceNotFound", "ResourceNotFoundException"] as const;
/** DescribeAlarms accepts a hundred names (CloudWatch API Reference, `AlarmNames`). */
const AT_ONCE = 100;

export const Alarm = defineKind<AlarmSpec, AlarmAttrs>({
  type: "cloudwatch/alarm",
  fields: {
    name: { immutable: true, unique: true },
    region: { immutable: true, unique: true },
    description: {},
    watches: {},
    comparison: {},
    threshold: {},
    periods: {},
    datapoints: {},
    missingData: {},
    actions: {},
    okActions: {},
    tags: {},
  },
  traits: { markedAtOnce: true },
  timing: { consistent: 10 },
  inventory: { idIn: arnIn },

  async observe(aws, look) {
    for (const arn of arnsOf(look, (region, name) => arnOf(aws, region, name))) {
      const [found, tags] = await Promise.all([described(aws, arn, look.snapshot), tagsOf(aws, arn)]);
      if (!found || !tags) continue;
      return {
        id: arn,
        attrs: { name: nameOf(arn), arn },
        spec: {
          name: nameOf(arn),
          region: observedRegion(aws, look.spec.region, arn),
          description: found.AlarmDescription ?? "",
          watches: watchedIn(found),
          comparison: found.ComparisonOperator,
          threshold: found.Threshold,
          periods: found.EvaluationPeriods,
          datapoints: found.DatapointsToAlarm ?? found.EvaluationPeriods,
          missingData: (found.TreatMissingData as AlarmSpec["missingData"] | undefined) ?? "missing",
          actions: found.AlarmActions ?? [],
          okActions: found.OKActions ?? [],
          tags,
        },
        drifted: some(driftedOf(found)),
        ready: true,
      };
    }
    return undefined;
  },

  /** Only used if the tagging API cannot be called. */
  list: (aws, ids) =>
    ownedInRegions(aws, ids, {
      list: async (region) => (await alarmsOf(aws, region)).flatMap(({ AlarmArn }) => AlarmArn ?? []),
      nameOf,
      tagsOf: (arn) => tagsOf(aws, arn),
    }),

  /** Without `once`: it overwrites itself. */
  async create(aws, spec, making) {
    const arn = arnOf(aws, spec.region, spec.name);
    await put(aws, arn, spec, spec.tags);
    await making.created(arn);
    return { id: arn, attrs: { name: spec.name, arn } };
  },

  async update(aws, { id, spec: now }, spec, changed) {
    if ([...changed].some((field) => field !== "tags")) await put(aws, id, spec);
    const { cloudWatch } = sendersFor(aws, id);
    const { write, remove } = tagChanges(spec.tags, now.tags ?? {});
    if (Object.keys(write).length > 0)
      await cloudWatch(new TagResourceCommand({ ResourceARN: id, Tags: tagList(write) }));
    if (remove.length > 0) await cloudWatch(new UntagResourceCommand({ ResourceARN: id, TagKeys: remove }));
  },

  async delete(aws, { id }) {
    await absent(sendersFor(aws, id).cloudWatch(new DeleteAlarmsCommand({ AlarmNames: [nameOf(id)] })), ...GONE);
  },
});

/** The alarms of a stack in a region, by the start of their names; `state`: only those in that state. */
export const alarmsOf = (aws: Aws, region: string, state?: MetricAlarm["StateValue"]): Promise<MetricAlarm[]> =>
  everyPage(async (NextToken) => {
    const page = await aws.in(region).cloudWatch(
      new DescribeAlarmsCommand({
        AlarmNamePrefix: `${aws.stack}-`,
        AlarmTypes: ["MetricAlarm"],
        ...(state ? { StateValue: state } : {}),
        MaxRecords: AT_ONCE,
        NextToken,
      }),
    );
    return { items: page.MetricAlarms, next: page.NextToken };
  });

/** Creates or overwrites an alarm. All that is left out becomes empty. */
const put = (aws: Aws, arn: string, spec: AlarmSpec, tags?: Tags) =>
  sendersFor(aws, arn).cloudWatch(
    new PutMetricAlarmCommand({
      AlarmName: spec.name,
      AlarmDescription: spec.description,
      ActionsEnabled: true,
      AlarmActions: spec.actions,
      OKActions: spec.okActions,
      InsufficientDataActions: [],
      ...watchedInput(spec.watches),
      ComparisonOperator: spec.comparison,
      Threshold: spec.threshold,
      EvaluationPeriods: spec.periods,
      DatapointsToAlarm: spec.datapoints,
      TreatMissingData: spec.missingData,
      ...(tags ? { Tags: tagList(tags) } : {}),
    }),
  );

/** An alarm by its ARN; with a snapshot, up to a hundred of a region are read with one call. */
async function described(aws: Aws, arn: string, snapshot: Snapshot): Promise<MetricAlarm | undefined> {
  const { cloudWatch } = sendersFor(aws, arn);
  const read = async (AlarmNames: string[]) => {
    const answer = await cloudWatch(
      new DescribeAlarmsCommand({ AlarmNames, AlarmTypes: ["MetricAlarm"], MaxRecords: AT_ONCE }),
    );
    return new Map(answer.MetricAlarms?.map((alarm) => [alarm.AlarmName ?? "", alarm]));
  };
  const region = arn.split(":")[3];
  return snapshot.batch(`cloudwatch/alarm ${region}`, nameOf(arn), AT_ONCE, (names) => readTogether(names, read));
}

async function tagsOf(aws: Aws, arn: string): Promise<Tags | undefined> {
  const command = new ListTagsForResourceCommand({ ResourceARN: arn });
  const answer = await absent(sendersFor(aws, arn).cloudWatch(command), ...GONE);
  return answer && tagsFrom(answer.Tags);
}

const arnOf = ({ partition, account, region: own }: Aws, region: string | undefined, name: string) =>
  `arn:${partition}:cloudwatch:${region ?? own}:${account}:alarm:${name}`;

const ALARM = ":alarm:";
const nameOf = (arn: string) => arn.slice(arn.indexOf(ALARM) + ALARM.length);

function arnIn({ service, resource, text }: Arn): string | undefined {
  return service === "cloudwatch" && resource.startsWith("alarm:") ? text : undefined;
}

/** What PutMetricAlarm resets, since it is omitted. */
const driftedOf = (alarm: MetricAlarm): Drifted[] => [
  ...(alarm.ActionsEnabled === false ? [{ field: "actions", path: "ActionsEnabled", old: false, new: true }] : []),
  ...driftedIn(
    "watches",
    {
      Unit: alarm.Unit,
      EvaluateLowSampleCountPercentile: alarm.EvaluateLowSampleCountPercentile,
      InsufficientDataActions: alarm.InsufficientDataActions,
      ThresholdMetricId: alarm.ThresholdMetricId,
    },
    {},
  ),
];
