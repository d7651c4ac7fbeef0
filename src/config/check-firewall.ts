import type { Checker } from "./checker.ts";
import { list } from "./show.ts";

/** Rules for the firewall's settings together. */
export function checkFirewall(check: Checker): void {
  const firewall = check.stack.edge?.firewall;
  if (!firewall || !check.usable("edge.firewall")) return;
  const { managedRules, rateLimit, count } = firewall;
  if (managedRules.length === 0 && rateLimit === false)
    check.report(
      "edge.firewall.managedRules",
      managedRules,
      "leaves the firewall without a rule, since rateLimit is false; allowed: a rule group or a rate limit, or no firewall",
    );
  for (const [index, group] of managedRules.entries())
    if (managedRules.indexOf(group) < index)
      check.report("edge.firewall.managedRules", group, "is listed twice; allowed: each group once", `[${index}]`);
  for (const group of Object.keys(count))
    if (!managedRules.some((one) => one === group))
      check.report(
        "edge.firewall.count",
        group,
        `is not in managedRules; allowed: ${managedRules.length === 0 ? "no group" : list(managedRules)}`,
      );
}
