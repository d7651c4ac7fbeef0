import { closed, field, group, INT32, named, needed, optional, percent, record, whole } from "./fields.ts";
import { times, timezone } from "./schema-schedule.ts";
import { label } from "./schema-volumes.ts";

/* The settings of the autoscaling of a service. */

const scalingWindow = named(
  "ScalingWindowConfig",
  "A time with other limits. The usual limits apply again from its end.",
  closed({
    from: needed(
      times(),
      "When it starts; the six fields of cron are minute, hour, day of the month, month, day of the week and year.",
    ),
    until: needed(times(), "When it ends."),
    timezone: timezone("Time zone of `from` and `until`."),
    min: optional(whole(0, 5000), "the usual one", "Minimum number of tasks during the window."),
    max: optional(whole(0, 5000), "the usual one", "Maximum number of tasks during the window."),
  }),
);

export const scalingShape = {
  min: optional(whole(0, 5000), "`service.desiredCount`", "Minimum number of tasks."),
  max: optional(whole(1, 5000), "three times `service.desiredCount`", "Maximum number of tasks."),
  releaseMin: optional(
    whole(1, 5000),
    "not raised",
    "Minimum number of tasks while a release is deployed: the pipeline starts as many before, and takes the minimum back afterwards.",
  ),
  cpuTarget: field(percent(1, 100), 70, "Target average CPU utilization, in percent."),
  memoryTarget: field(percent(1, 100), 80, "Target average memory utilization, in percent."),
  scaleInCooldown: field(whole(0, INT32), 300, "Seconds to wait after removing tasks before removing more."),
  scaleOutCooldown: field(whole(0, INT32), 60, "Seconds to wait after adding tasks before adding more."),
  schedule: field(
    record(label(), scalingWindow, "an object of windows"),
    {},
    'Times with other limits, by name, such as `{ nights: { from: "cron(0 20 ? * MON-FRI *)", until: "cron(0 7 ? * MON-FRI *)", min: 0, max: 1 } }`. Where two overlap, the one that started or ended last applies.',
  ),
};

export const scaling = group("ScalingConfig", "Autoscaling limits and targets of the service.", scalingShape);
