import type { Checker } from "./checker.ts";

/** Rules for the alarms. */
export function checkAlarms(check: Checker): void {
  const { alarms, cluster } = check.stack;
  checkDeploymentAlarms(check);
  if (!alarms || !check.usable("alarms")) return;
  for (const [setting, list] of [
    ["alarms.emails", alarms.emails.map((email) => email.toLowerCase())],
    ["alarms.urls", alarms.urls],
  ] as const) {
    const twice = list.find((one, index) => list.indexOf(one) < index);
    if (twice !== undefined) check.report(setting, twice, "is listed twice; allowed: each once");
  }
  const minutes = alarms.missingTasksMinutes;
  // The counts of tasks are metrics of Container Insights only (CloudWatch user guide, "Amazon ECS Container Insights metrics").
  if (minutes !== false && check.isSet("alarms.missingTasksMinutes") && !cluster.containerInsights)
    check.report(
      "alarms.missingTasksMinutes",
      minutes,
      "requires counts of running tasks; allowed: with cluster.containerInsights true, or false",
    );
}

/** A deployment is rolled back by alarms that the stack has. */
function checkDeploymentAlarms(check: Checker): void {
  const { alarms, services } = check.stack;
  const asked = services.find((one) => one.type === "web" && !one.internal && one.service.deploymentAlarms);
  if (!asked || !check.usable("alarms", "service", "services")) return;
  if (alarms && (alarms.targetErrors !== false || alarms.latencySeconds !== false)) return;
  const at = check.isSet("service.deploymentAlarms")
    ? "service.deploymentAlarms"
    : `services.${asked.name}.service.deploymentAlarms`;
  check.report(at, true, "requires alarms; allowed: with alarms.targetErrors or alarms.latencySeconds, or false");
}
