import { Alarm, type AlarmSpec } from "../../src/aws/cloudwatch/alarm.ts";
import type { Metric } from "../../src/aws/cloudwatch/metric.ts";
import type { Simulated } from "../support/simulated.ts";
import { contract } from "./suite.ts";

const metric = (name: string, statistic: string, group = "a"): Metric => ({
  namespace: "AWS/ApplicationELB",
  name,
  dimensions: { LoadBalancer: "app/demo/1", TargetGroup: `targetgroup/${group}/1` },
  statistic,
  period: 60,
});
const topic = ({ aws }: Simulated, name: string, region: string) => `arn:aws:sns:${region}:${aws.account}:${name}`;

const specIn =
  (region: string | undefined) =>
  async (at: Simulated): Promise<AlarmSpec> => ({
    name: `demo-test-${region ?? "here"}`,
    region,
    description: "More than 5 % of the requests fail.",
    watches: {
      expression: "100 * errors / requests",
      metrics: { errors: metric("HTTPCode_Target_5XX_Count", "Sum"), requests: metric("RequestCount", "Sum") },
    },
    comparison: "GreaterThanThreshold",
    threshold: 5,
    periods: 5,
    datapoints: 3,
    missingData: "notBreaching",
    actions: [topic(at, "demo-test-alarms", region ?? at.aws.region)],
    okActions: [],
    tags: {},
  });

for (const region of [undefined, "us-east-1"])
  contract({
    kind: Alarm,
    spec: specIn(region),
    edits: {
      description: () => "",
      // A percentile of one metric; the target group is another one.
      watches: () => metric("TargetResponseTime", "p95", "b"),
      comparison: () => "GreaterThanOrEqualToThreshold" as const,
      threshold: () => 7.5,
      periods: () => 4,
      datapoints: () => 2,
      missingData: () => "breaching" as const,
      actions: () => [],
      okActions: (spec) => spec.actions,
    },
  });
