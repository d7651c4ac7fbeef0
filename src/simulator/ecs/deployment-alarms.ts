import { alarms, stateOf } from "../cloudwatch/records.ts";
import type { Sim } from "../sim.ts";
import type { SimService } from "./records.ts";

/**
 * The alarms of a service that went off during a deployment. One that is on when a deployment starts is ignored for it (ECS developer guide,
 * "How CloudWatch alarms detect Amazon ECS deployment failures").
 */
export function triggeredAlarms(sim: Sim, service: SimService, since: number, until: number): string[] {
  const { enable, alarmNames = [] } = service.settings.deploymentConfiguration?.alarms ?? {};
  if (!enable) return [];
  return alarmNames.filter((name) => {
    const alarm = alarms(sim)[name];
    const { value, at } = alarm ? stateOf(sim, alarm) : { value: undefined, at: 0 };
    return value === "ALARM" && at > since && at <= until;
  });
}
