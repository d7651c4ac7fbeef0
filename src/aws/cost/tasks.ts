import type { Seen } from "../../engine/resource-kind.ts";
import type { ScheduleSpec } from "../scheduler/schedule.ts";
import type { ServiceSpec } from "../ecs/service-spec.ts";
import type { CapacityProvider } from "../ecs/strategy.ts";
import { exactly, HOURS_A_MONTH, type Charge, type Charges, type Range, type Surroundings } from "./charge.ts";

/** "Fargate Spot ... at up to 70% discount off the regular Fargate price" (AWS Fargate pricing): nobody can say how much it is tomorrow. */
const SPOT_AT_LEAST = 0.3;

/** The storage that every task has without charge (AWS Fargate pricing: "By default, 20 GB of ephemeral storage is available"). */
const FREE_STORAGE = 20;

/** The tasks that an ECS service keeps running, from the fewest to the most that the autoscaler allows. */
export function runningTasks(spec: Seen<ServiceSpec>, { definition, tasks }: Surroundings): Charges {
  const desired = spec.count?.desired ?? 0;
  const { min, max } = tasks ?? { min: desired, max: desired };
  const spot = spotOf(spec.capacityProviders);
  const paid = { from: weighed(min, spot), to: max };
  const address: Charge[] = spec.assignPublicIp
    ? [{ price: "ipv4Hour", quantity: { from: min * HOURS_A_MONTH, to: max * HOURS_A_MONTH } }]
    : [];
  return {
    fixed: [...hourOf(definition, paid, HOURS_A_MONTH), ...address],
    use: [],
    detail: taskCount(min, max),
    ...(spot && {
      note: "Tasks on Fargate Spot count from 30 % to all of the regular price: prices vary, and AWS says only that they are up to 70 % lower.",
    }),
  };
}

/** `2 to 6 tasks`; with limits that change over time: `0.77 to 2.32 tasks on average`. */
function taskCount(min: number, max: number): string {
  const [from, to] = [min, max].map((count) => String(Number(count.toFixed(2))));
  const many = from === to ? from : `${from} to ${to}`;
  return `${many} ${max === 1 ? "task" : "tasks"}${Number.isInteger(min) && Number.isInteger(max) ? "" : " on average"}`;
}

/** The tasks that a schedule starts: nothing between two runs, and nobody knows how long one takes. */
export function scheduledTask(spec: Seen<ScheduleSpec>, { definition }: Surroundings): Charges {
  const paid = { from: weighed(1, spotOf(spec.capacityProviders)), to: 1 };
  const address: Charge[] = spec.assignPublicIp ? [{ price: "ipv4Hour", quantity: exactly(1) }] : [];
  return {
    fixed: [],
    use: [{ what: "run of the job", unit: "hour", of: [...hourOf(definition, paid, 1), ...address] }],
  };
}

/** `many` tasks for so many hours. */
function hourOf(definition: Surroundings["definition"], { from, to }: Range, hours: number): Charge[] {
  const { cpu = 0, memory = 0, task } = definition ?? {};
  const arm = task?.runtimePlatform?.cpuArchitecture === "ARM64";
  const disk = Math.max(0, (task?.ephemeralStorage?.sizeInGiB ?? FREE_STORAGE) - FREE_STORAGE);
  const times = (units: number): Range => ({ from: units * from * hours, to: units * to * hours });
  return [
    { price: arm ? "armVcpuHour" : "vcpuHour", quantity: times(cpu / 1024) },
    { price: arm ? "armMemoryHour" : "memoryHour", quantity: times(memory / 1024) },
    ...(disk > 0 ? [{ price: "diskHour" as const, quantity: times(disk) }] : []),
  ];
}

/** How many tasks run on Spot, of so many; `undefined` where none ever does. */
function spotOf(providers: readonly CapacityProvider[] = []): ((tasks: number) => number) | undefined {
  const sum = (of: "base" | "weight") => providers.reduce((total, provider) => total + (provider[of] ?? 0), 0);
  const { base = 0, weight = 0 } = providers.find(({ capacityProvider }) => capacityProvider === "FARGATE_SPOT") ?? {};
  if (base === 0 && weight === 0) return undefined;
  const share = weight === 0 ? 0 : weight / sum("weight");
  // Only one provider of a strategy has a base (botocore ecs, CapacityProviderStrategyItem).
  return (tasks) => Math.min(tasks, base) + Math.max(0, tasks - sum("base")) * share;
}

/** So many tasks, those on Spot as the part of a task that they cost at the least. */
function weighed(tasks: number, spotIn: ReturnType<typeof spotOf>): number {
  const spot = spotIn?.(tasks) ?? 0;
  return tasks - spot + spot * SPOT_AT_LEAST;
}
