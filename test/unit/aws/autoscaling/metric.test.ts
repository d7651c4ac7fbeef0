import { describe, expect, it } from "vitest";
import { metricIn, specificationOf, type ScalingMetric } from "../../../../src/aws/autoscaling/metric.ts";
import { mocked } from "../../../support/mocked.ts";

const scaled = { cluster: "demo", service: "app" };
const arn = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:";
const requests: ScalingMetric = {
  type: "requests-per-target",
  loadBalancerArn: `${arn}loadbalancer/app/demo/50dc6c495c0c9188`,
  targetGroupArn: `${arn}targetgroup/demo/73e2d6bc24d8a067`,
};
const backlog: ScalingMetric = { type: "backlog-per-task", queue: "demo-test-work" };

describe("what a scaling policy keeps at its target", () => {
  it.each([["ECSServiceAverageCPUUtilization" as const], [requests], [backlog]])(
    "is read as it was written: %j",
    (metric) => {
      expect(metricIn(mocked(), specificationOf(metric, scaled), scaled)).toEqual(metric);
    },
  );

  it("names the final portions of both ARNs for requests", () => {
    expect(specificationOf(requests, scaled)).toEqual({
      PredefinedMetricSpecification: {
        PredefinedMetricType: "ALBRequestCountPerTarget",
        ResourceLabel: "app/demo/50dc6c495c0c9188/targetgroup/demo/73e2d6bc24d8a067",
      },
    });
  });

  it("divides the messages of the queue by the running tasks, and counts a service at zero as one task", () => {
    const { Metrics = [] } = specificationOf(backlog, scaled).CustomizedMetricSpecification ?? {};
    expect(Metrics.map(({ Id, MetricStat }) => [Id, MetricStat?.Metric?.MetricName])).toEqual([
      ["visible", "ApproximateNumberOfMessagesVisible"],
      ["running", "RunningTaskCount"],
      ["backlog", undefined],
    ]);
    expect(Metrics[1]?.MetricStat?.Metric?.Dimensions).toEqual([
      { Name: "ClusterName", Value: "demo" },
      { Name: "ServiceName", Value: "app" },
    ]);
    expect(Metrics[2]).toMatchObject({
      Expression: "FILL(visible, 0) / IF(FILL(running, 0) > 0, FILL(running, 0), 1)",
      ReturnData: true,
    });
  });

  it("is the same in another order and with what AWS assumes left out, and another where it is of another service", () => {
    const { Metrics = [] } = specificationOf(backlog, scaled).CustomizedMetricSpecification ?? {};
    const turned = Metrics.toReversed().map(({ ReturnData, MetricStat: stat, ...rest }) => ({
      ...rest,
      ...(ReturnData ? {} : { ReturnData }),
      ...(stat
        ? { MetricStat: { ...stat, Metric: { ...stat.Metric, Dimensions: stat.Metric?.Dimensions?.toReversed() } } }
        : {}),
    }));
    const told = { CustomizedMetricSpecification: { Metrics: turned } };
    expect(metricIn(mocked(), told, scaled)).toEqual(backlog);
    expect(metricIn(mocked(), told, { ...scaled, service: "other" })).toBeUndefined();
    expect(metricIn(mocked(), { CustomizedMetricSpecification: { MetricName: "own" } }, scaled)).toBeUndefined();
    const label = { PredefinedMetricType: "ALBRequestCountPerTarget" as const, ResourceLabel: "nonsense" };
    expect(metricIn(mocked(), { PredefinedMetricSpecification: label }, scaled)).toBeUndefined();
  });
});
