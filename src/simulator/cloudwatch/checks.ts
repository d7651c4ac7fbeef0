import type { MetricDataQuery, PutMetricAlarmCommandInput } from "@aws-sdk/client-cloudwatch";
import { refuse } from "../errors.ts";
import type { Sim } from "../sim.ts";

const invalid = (message: string): never => refuse("ValidationError", message);

const DAY = 86_400;
/** "10, 20, 30 and any multiple of 60" (CloudWatch API Reference, PutMetricAlarm: `Period`). */
const isPeriod = (period: number) => [10, 20, 30].includes(period) || (period > 0 && period % 60 === 0);
/** "p90 or tm90 or IQM or PR(...)": here the percentiles (CloudWatch User Guide, "CloudWatch statistics definitions"). */
const PERCENTILE = /^p(?:\d{1,2}(?:\.\d{1,10})?|100)$/;
const MISSING = ["breaching", "ignore", "missing", "notBreaching"];

/** Refuses an alarm that CloudWatch refuses (CloudWatch API Reference, PutMetricAlarm, if nothing else is said). */
export function checkAlarm(sim: Sim, said: PutMetricAlarmCommandInput): void {
  const { ComparisonOperator, EvaluationPeriods: periods = 0, Threshold, DatapointsToAlarm, TreatMissingData } = said;
  if (ComparisonOperator === undefined || periods < 1) invalid("ComparisonOperator and EvaluationPeriods are required");
  if (Threshold === undefined || !Number.isFinite(Threshold)) invalid("Exactly one element of Threshold is required");
  if (DatapointsToAlarm !== undefined && DatapointsToAlarm > periods)
    invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods");
  if (TreatMissingData !== undefined && !MISSING.includes(TreatMissingData))
    invalid(`Option value '${TreatMissingData}' for parameter "TreatMissingData" is invalid.`);
  if (said.Metrics) checkMath(said, said.Metrics, periods);
  else checkMetric(said, periods);
  const actions = [said.AlarmActions, said.OKActions, said.InsufficientDataActions];
  for (const list of actions) {
    if ((list?.length ?? 0) > 5) invalid("At most five actions");
    for (const action of list ?? []) checkAction(sim, action);
  }
}

function checkMetric(said: PutMetricAlarmCommandInput, periods: number): void {
  const { MetricName, Namespace, Statistic, ExtendedStatistic, Period = 0 } = said;
  if (!MetricName || !Namespace) invalid("MetricName and Namespace are required, or Metrics");
  if ((Statistic === undefined) === (ExtendedStatistic === undefined))
    invalid("Exactly one of Statistic and ExtendedStatistic must be specified");
  if (ExtendedStatistic !== undefined && !PERCENTILE.test(ExtendedStatistic))
    invalid(`The value ${ExtendedStatistic} for parameter ExtendedStatistic is not supported.`);
  checkPeriod(Period, periods);
}

/** "The maximum is one day, or seven for periods of an hour and more" (PutMetricAlarm: `EvaluationPeriods`). */
function checkPeriod(period: number, periods: number): void {
  if (!isPeriod(period)) invalid("Period must be 10, 20, 30 or a multiple of 60");
  const most = period >= 3_600 ? 7 * DAY : DAY;
  if (period * periods > most)
    invalid(
      `Metrics cannot be checked across more than ${most} seconds (EvaluationPeriods * Period must be <= ${most}).`,
    );
}

/** "If you use the Metrics parameter, you cannot include the Namespace, MetricName, Dimensions, Period, Unit, Statistic, or ExtendedStatistic". */
function checkMath(said: PutMetricAlarmCommandInput, queries: readonly MetricDataQuery[], periods: number): void {
  const { Namespace, MetricName, Dimensions, Period, Unit, Statistic, ExtendedStatistic } = said;
  if ([Namespace, MetricName, Dimensions, Period, Unit, Statistic, ExtendedStatistic].some((one) => one !== undefined))
    invalid("The parameters MetricName and Metrics are mutually exclusive.");
  const ids = queries.map(({ Id = "" }) => Id);
  if (new Set(ids).size < ids.length) invalid("The values for parameter Id in Metrics must be unique.");
  if (ids.some((id) => !/^[a-z]\w*$/.test(id))) invalid("Invalid metrics list: Id must begin with a lower-case letter");
  if (queries.filter(({ ReturnData }) => ReturnData !== false).length !== 1)
    invalid("Invalid metrics list: exactly one element of the metrics list should return data.");
  if (queries.filter(({ MetricStat }) => MetricStat).length > 10) invalid("At most ten metrics");
  for (const { MetricStat, Expression } of queries) {
    if ((MetricStat === undefined) === (Expression === undefined))
      invalid("Exactly one of MetricStat and Expression must be specified");
    if (MetricStat) checkPeriod(MetricStat.Period ?? 0, periods);
    const used = Expression?.replaceAll(/"[^"]*"/g, "").match(/\b[a-z]\w*\b/g) ?? [];
    const unknown = used.find((id) => !ids.includes(id));
    if (unknown !== undefined) invalid(`Error in expression: Undefined variable ${unknown}`);
  }
}

/** In these words by reports of alarms whose topic is elsewhere: "Invalid region ... specified. Only ... is supported." */
function checkAction(sim: Sim, action: string): void {
  const [start, , service, region] = action.split(":");
  if (start !== "arn" || action.split(":").length < 6) invalid("Invalid arn syntax");
  if (service === "sns" && region !== sim.region)
    invalid(`Invalid region ${region} specified. Only ${sim.region} is supported.`);
}
