import { addGroup, groups } from "../logs/records.ts";
import type { Sim } from "../sim.ts";
import { clusters, isGone, services } from "./records.ts";
import { present } from "./present.ts";
import { runningTasks } from "./standalone.ts";

/** Milliseconds from when a task runs until Container Insights writes of it for the first time. */
const FIRST = 60_000;

const nameOf = (cluster: string) => `/aws/ecs/containerinsights/${cluster}/performance`;

/** The clusters with Container Insights on whose log group is not there, with when it will be: once a task has run for a while. */
function missing(sim: Sim): { cluster: string; at: number }[] {
  return Object.values(clusters(sim)).flatMap(({ name, settings }) => {
    const isOn = settings.some(({ value }) => value === "enabled" || value === "enhanced");
    if (!isOn || nameOf(name) in groups(sim)) return [];
    const kept = Object.values(services(sim))
      .filter((service) => service.cluster === name && !isGone(sim, service))
      .flatMap((service) => present(sim, service).tasks);
    const running = [...kept, ...runningTasks(sim).filter(({ cluster }) => cluster === name)].flatMap(
      ({ runningAt, stoppedAt }) => (stoppedAt === undefined ? (runningAt ?? []) : []),
    );
    return running.length === 0 ? [] : [{ cluster: name, at: Math.min(...running) + FIRST }];
  });
}

/** When the next log group of Container Insights is made. */
export const nextInsights = (sim: Sim): number => Math.min(...missing(sim).map(({ at }) => at));

/**
 * Makes the log groups that are due, as AWS does: by itself, without tags, and again where someone deleted one while tasks run (CloudWatch
 * User Guide, "Container Insights performance log reference": "it automatically creates a log group").
 */
export function writeInsights(sim: Sim): void {
  for (const { cluster, at } of missing(sim)) if (at <= sim.now) addGroup(sim, nameOf(cluster));
}
