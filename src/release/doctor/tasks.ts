import { runningTasks } from "../running-tasks.ts";
import type { ServiceRef } from "../service-ref.ts";

/** The private addresses of the service's tasks. */
export async function addressesOfTasks(ref: ServiceRef): Promise<string[]> {
  const containers = (await runningTasks(ref)).flatMap((task) => task.containers ?? []);
  const interfaces = containers.flatMap(({ networkInterfaces }) => networkInterfaces ?? []);
  return interfaces.flatMap((one) => one.privateIpv4Address ?? []);
}
