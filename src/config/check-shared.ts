import type { Checker } from "./checker.ts";
import { belongsToShared } from "./shared-stack.ts";
import { show } from "./show.ts";

/** Settings of resources that belong to the shared stack. */
const OF_SHARED_STACK = [
  "network",
  "cluster",
  "domain",
  "dns",
  "edge",
  "accessLogs",
  "balancer.deletionProtection",
  "balancer.idleTimeout",
  "balancer.allowFrom",
];

/** Rules for a stack that runs on another one's network, load balancer, CDN and cluster. */
export function checkShared(check: Checker): void {
  const { shared, shareable, name, environment, services, patch } = check.stack;
  if (!shared || !check.usable("shared")) return;
  const whole = `${shared.name}/${shared.environment}`;
  if (shared.name === name && shared.environment === environment)
    check.report("shared", whole, "is this stack itself; allowed: another stack");
  if (shareable) {
    const rest = `cannot be combined with shared: what this stack could share belongs to ${whole}; allowed: one of the two`;
    check.report("shareable", shareable, rest);
  }
  // An environment inherits the settings of the others; they are wrong only beside `shared` itself.
  for (const setting of OF_SHARED_STACK)
    if (check.isSetBeside(setting, "shared"))
      check.report(
        setting,
        setting,
        `belongs to ${whole}, the shared stack, and is set in its config; allowed: omit it`,
      );
  for (const id of Object.keys(patch).filter(belongsToShared)) {
    const rest = `is a resource of ${whole}, the shared stack, and is patched in its config; allowed: omit it`;
    check.report("patch", id, rest, `[${show(id)}]`);
  }
  for (const service of services) {
    if (service.type !== "web" || service.internal) continue;
    const at = `services.${service.name}`;
    if (check.isSet(`${at}.priority`)) {
      const rest = `cannot be chosen: stacks that share a load balancer get free priorities, more specific paths first; allowed: omit it`;
      check.report(`${at}.priority`, service.priority, rest);
    }
    if (service.hosts.length > 0 || !service.paths.some(takesAll)) continue;
    const rest = `would receive all requests to the load balancer of ${show(whole)}; allowed: a path or host of its own, such as "/${environment}/*"`;
    check.report(`${at}.path`, service.paths, rest);
  }
}

const takesAll = (path: string): boolean => /^\/?\*+$/.test(path);
