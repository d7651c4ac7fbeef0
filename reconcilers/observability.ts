import { LogGroup } from "../src/aws/logs/log-group.ts";
import type { Layer } from "./layer.ts";

/** Where the tasks and the builds write to. */
export function observability(layer: Layer) {
  const { retentionDays, buildRetentionDays } = layer.stack.logs;
  const applicationLog = layer.add("application-log", LogGroup, {
    name: layer.names.applicationLogGroup,
    retentionDays,
  });
  const buildLog = layer.add("build-log", LogGroup, {
    name: layer.names.buildLogGroup,
    retentionDays: buildRetentionDays,
  });
  return { applicationLog, buildLog };
}

/** What the observability layer hands on. */
export type Observability = ReturnType<typeof observability>;
