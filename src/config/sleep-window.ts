import type { Service, Stack } from "./stack.ts";

/** The name of the window that `schedule` adds to those of `scaling.schedule`. */
export const SLEEP_WINDOW = "asleep";

type Scheduled = Pick<Stack, "schedule">;

/** The limits of a service with those of the stack's schedule: no tasks from `sleep` until `wake`. */
export const scheduledScaling = <S extends Pick<Stack["scaling"], "schedule">>(
  scaling: S,
  { schedule }: Scheduled,
): S => {
  if (schedule === undefined) return scaling;
  const { sleep: from, wake: until, timezone } = schedule;
  return { ...scaling, schedule: { ...scaling.schedule, [SLEEP_WINDOW]: { from, until, timezone, min: 0, max: 0 } } };
};

/** The same for the services of a stack. Jobs have schedules of their own. */
export const scheduledServices = (services: readonly Service[], settings: Scheduled): readonly Service[] =>
  services.map((service) => {
    if (service.type === "job") return service;
    return service.type === "worker"
      ? { ...service, scaling: scheduledScaling(service.scaling, settings) }
      : { ...service, scaling: scheduledScaling(service.scaling, settings) };
  });
