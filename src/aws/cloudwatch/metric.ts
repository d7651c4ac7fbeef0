import type { MetricAlarm, MetricDataQuery, MetricStat, PutMetricAlarmCommandInput } from "@aws-sdk/client-cloudwatch";

/** A metric of CloudWatch, as an alarm or a graph reads it. */
export interface Metric {
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
  /** `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, or a percentile such as `p95`. */
  statistic: string;
  /** Seconds. */
  period: number;
}

/** An expression of several metrics, by the names that it has for them. */
export interface MetricMath {
  expression: string;
  metrics: Readonly<Record<string, Metric>>;
}

/** What an alarm watches. */
export type Watched = Metric | MetricMath;

/** What is watched, and what of it Fairlead does not know: that is a difference, which the next update reverts. */
type Seen = Watched & { readonly more?: object };

/** The name of the expression among the metrics of an alarm. */
const RESULT = "result";
const SIMPLE = ["Average", "Maximum", "Minimum", "SampleCount", "Sum"];

export const isMath = (watched: Watched): watched is MetricMath => "expression" in watched;

/** How many metrics are read. */
export const metricsIn = (watched: Watched): number => (isMath(watched) ? Object.keys(watched.metrics).length : 1);

const dimensionsOf = (dimensions: Metric["dimensions"]) =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));

/** A metric as a query has it. */
export const metricStat = ({ namespace, name, dimensions, statistic, period }: Metric): MetricStat => ({
  Metric: { Namespace: namespace, MetricName: name, Dimensions: dimensionsOf(dimensions) },
  Stat: statistic,
  Period: period,
});

/** What is watched, in the words of PutMetricAlarm. */
export function watchedInput(watched: Watched): Partial<PutMetricAlarmCommandInput> {
  if (!isMath(watched)) {
    const { namespace, name, dimensions, statistic, period } = watched;
    return {
      Namespace: namespace,
      MetricName: name,
      Dimensions: dimensionsOf(dimensions),
      Period: period,
      ...(SIMPLE.includes(statistic)
        ? { Statistic: statistic as NonNullable<MetricAlarm["Statistic"]> }
        : { ExtendedStatistic: statistic }),
    };
  }
  const metrics = Object.entries(watched.metrics).map(([Id, metric]) => ({
    Id,
    MetricStat: metricStat(metric),
    ReturnData: false,
  }));
  return { Metrics: [{ Id: RESULT, Expression: watched.expression, ReturnData: true }, ...metrics] };
}

/** What an alarm on AWS watches. */
export function watchedIn(alarm: MetricAlarm): Seen {
  const { Metrics: queries = [] } = alarm;
  if (queries.length === 0)
    return {
      namespace: alarm.Namespace ?? "",
      name: alarm.MetricName ?? "",
      dimensions: dimensionsIn(alarm.Dimensions),
      statistic: alarm.Statistic ?? alarm.ExtendedStatistic ?? "",
      period: alarm.Period ?? 0,
    };
  const result = queries.find(({ ReturnData: returned }) => returned !== false);
  const others = queries.filter((query) => query !== result);
  const known = result?.Id === RESULT && others.every(isPlain);
  return {
    expression: result?.Expression ?? "",
    metrics: Object.fromEntries(others.map(({ Id = "", MetricStat: stat }) => [Id, metricIn(stat)])),
    ...(known ? {} : { more: queries }),
  };
}

/** Whether a query says no more than `watchedInput` does. */
const isPlain = ({ Expression, Label, AccountId, MetricStat: stat }: MetricDataQuery) =>
  stat !== undefined && [Expression, Label, AccountId, stat.Unit].every((value) => !value);

const metricIn = (stat: MetricStat | undefined): Metric => ({
  namespace: stat?.Metric?.Namespace ?? "",
  name: stat?.Metric?.MetricName ?? "",
  dimensions: dimensionsIn(stat?.Metric?.Dimensions),
  statistic: stat?.Stat ?? "",
  period: stat?.Period ?? 0,
});

const dimensionsIn = (list: MetricAlarm["Dimensions"] = []) =>
  Object.fromEntries(list.map(({ Name = "", Value = "" }) => [Name, Value]));
