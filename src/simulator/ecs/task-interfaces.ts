import type { SimNetworkInterface } from "../ec2/records.ts";
import type { Sim } from "../sim.ts";
import { interfaceOf } from "./interfaces.ts";
import { isGone, services } from "./records.ts";
import { present } from "./present.ts";
import { runningTasks } from "./standalone.ts";

/** The network interfaces of all tasks that have not stopped. */
export const taskInterfaces = (sim: Sim): SimNetworkInterface[] => [
  ...Object.values(services(sim))
    .filter((service) => !isGone(sim, service))
    .flatMap((service) => present(sim, service).tasks.flatMap((task) => interfaceOf(sim, task))),
  ...runningTasks(sim).flatMap((task) => interfaceOf(sim, task)),
];
