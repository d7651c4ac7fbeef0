import type { Checker } from "./checker.ts";
import { RETENTION_DAYS } from "./schema-delivery.ts";
import { list } from "./show.ts";

/** Rules for the access logs. */
export function checkAccessLogs(check: Checker): void {
  const { accessLogs, edge, services, shareable, shared } = check.stack;
  if (!accessLogs || shared || !check.usable("accessLogs", "services")) return;
  const isPublic = services.some((service) => service.type === "web" && !service.internal);
  if (!isPublic && !shareable)
    check.report(
      "accessLogs",
      accessLogs,
      "has no requests to log: the stack has no public web service, and so no CDN and no load balancer; allowed: omit it",
    );
  const { to, retentionDays, balancer } = accessLogs;
  // An environment without CDN may inherit them from the others.
  if (edge === undefined && !balancer && check.usable("edge") && check.isSetBeside("accessLogs", "edge"))
    check.report(
      "accessLogs",
      accessLogs,
      "has no CDN whose requests it could log, because edge is false; allowed: with balancer: true, or omit it",
    );
  if (to === "cloudwatch" && !RETENTION_DAYS.some((days) => days === retentionDays))
    check.report(
      "accessLogs.retentionDays",
      retentionDays,
      `is not a retention period of CloudWatch Logs; allowed with accessLogs.to "cloudwatch": ${list(RETENTION_DAYS)}`,
    );
}
