import type { GetMetricDataCommandInput, GetMetricDataCommandOutput, MetricStat } from "@aws-sdk/client-cloudwatch";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Answer, Operations, Sim } from "../sim.ts";

/** What a test lets CloudWatch have of a metric, by `metricKey`: values by the millisecond of their period. */
export const metricData = (sim: Pick<Sim, "table">) => sim.table<Record<string, number>>("~cloudwatch.data");

/** A metric with its dimensions and its statistic. */
export const metricKey = ({ Metric: metric, Stat }: MetricStat): string => {
  const dimensions = (metric?.Dimensions ?? []).map(({ Name, Value }) => `${Name}=${Value}`).toSorted();
  return [metric?.Namespace, metric?.MetricName, ...dimensions, Stat].join(" ");
};

const invalid = (message: string): never => refuse("ValidationError", message);

export const metricOperations = {
  /** CloudWatch API Reference, GetMetricData: at most 500 queries, and a start before the end. */
  GetMetricData(input: GetMetricDataCommandInput, sim): Answer<GetMetricDataCommandOutput> {
    onlyKnown("GetMetricData", input, "MetricDataQueries", "StartTime", "EndTime", "ScanBy", "NextToken");
    const { MetricDataQueries: queries = [], StartTime: start, EndTime: end } = input;
    if (queries.length > 500) invalid("The collection MetricDataQueries must not have a size greater than 500.");
    if (!start || !end || start >= end) invalid("The parameter StartTime must be less than the parameter EndTime.");
    const ids = queries.map(({ Id = "" }) => Id);
    if (new Set(ids).size < ids.length || ids.some((id) => !/^[a-z]\w*$/.test(id)))
      invalid("The values for parameter Id in MetricDataQueries must be unique and begin with a lower-case letter.");
    const MetricDataResults = queries.map(({ Id, MetricStat: stat }) => {
      if (!stat)
        return refuse("SimulatorUnknownOption", "The simulated CloudWatch does not know expressions here.", 501);
      const points = Object.entries(metricData(sim)[metricKey(stat)] ?? {})
        .map(([at, value]) => ({ at: Number(at), value }))
        .filter(({ at }) => at >= Number(start) && at < Number(end))
        .toSorted((one, other) => one.at - other.at);
      return {
        Id,
        Label: stat.Metric?.MetricName,
        Timestamps: points.map(({ at }) => new Date(at)),
        Values: points.map(({ value }) => value),
        StatusCode: "Complete" as const,
      };
    });
    return { MetricDataResults, Messages: [] };
  },
} satisfies Operations;
