import type { Checker } from "./checker.ts";
import { SLEEP_WINDOW } from "./sleep-window.ts";

/** Rules for the times at which the stack has no tasks. */
export function checkSchedule(check: Checker): void {
  const { schedule, services } = check.stack;
  if (!schedule || !check.usable("schedule")) return;
  if (schedule.sleep === schedule.wake)
    check.report("schedule.wake", schedule.wake, "is when `schedule.sleep` is; allowed: another time");
  const running = services.flatMap((service) => (service.type === "job" ? [] : [service]));
  if (running.length === 0 && check.usable("services"))
    check.report("schedule", "schedule", "stops the tasks of web services and workers; allowed: with at least one");
  for (const { name, service, scaling, type } of running) {
    const own = `services.${name}.scaling`;
    const at = (setting: string) => (check.isSet(`${own}.${setting}`) ? `${own}.${setting}` : `scaling.${setting}`);
    const window = at(`schedule.${SLEEP_WINDOW}`);
    if (check.isSet(window))
      check.report(window, SLEEP_WINDOW, "is the name of the window of `schedule`; allowed: another");
    if (!check.usable("scaling", "service", "services")) continue;
    // Without tasks there are no metrics to scale on: at `wake`, whatever starts a task is the minimum.
    const wakes = scaling.min > 0 || service.desiredCount === 0 || (type === "worker" && scaling.backlogPerTask);
    if (!wakes)
      check.report(
        at("min"),
        scaling.min,
        `would leave ${name} without tasks after \`schedule.wake\`, which starts as many as the minimum; allowed: at least 1`,
      );
  }
}
