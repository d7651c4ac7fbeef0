import type { Service, Stack } from "./stack.ts";

/**
 * The desired state of a stack that sleeps: no tasks, and bounds that let no autoscaler start one. The components leave out what costs while nobody
 * uses it: NAT gateways and interface endpoints.
 */
const asleepStack = <S extends Stack>(stack: S): S => ({
  ...stack,
  activity: "asleep",
  service: { ...stack.service, desiredCount: 0 },
  scaling: { ...stack.scaling, min: 0, max: 0, schedule: {} },
  services: stack.services.map(asleepService),
});

/** The desired state of a stack as a command wants it, or else as it is now: no command but `wake` wakes it. */
export function withActivity<S extends Stack>(
  stack: S,
  { isSleeping, wanted }: { readonly isSleeping: boolean; readonly wanted?: "awake" | "asleep" | undefined },
): S {
  // Also where it does not sleep any more: another wake may have died before all services were started.
  if (wanted === "awake") return { ...stack, activity: "waking" };
  return wanted === "asleep" || isSleeping ? asleepStack(stack) : stack;
}

function asleepService(service: Service): Service {
  if (service.type === "job") return service;
  const settings = { ...service.service, desiredCount: 0 };
  return service.type === "worker"
    ? { ...service, service: settings, scaling: { ...service.scaling, min: 0, max: 0, schedule: {} } }
    : { ...service, service: settings, scaling: { ...service.scaling, min: 0, max: 0, schedule: {} } };
}
