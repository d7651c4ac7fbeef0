import type { Checker } from "./checker.ts";
import type { AnyServiceConfig } from "./services.ts";
import type { Service, Stack, WebService } from "./stack.ts";

/*
 * Elastic Load Balancing User Guide, "Quotas for your Application Load Balancers", of which only the first can be raised: 100 rules per
 * load balancer without the default ones, 5 condition values and 5 wildcards per rule.
 */
const MOST_RULES = 100;
const MOST_VALUES = 5;
const MOST_WILDCARDS = 5;
/** One of the values is the secret that CloudFront sends, if there is a CDN. What a shared stack has is not known yet. */
const ownValues = ({ edge, shared }: Stack) => (edge === undefined && shared === undefined ? 0 : 1);

const isWeb = (service: Service): service is WebService => service.type === "web";

/** Rules for which requests the load balancer routes to which service. */
export function checkRoutes(check: Checker, given: Readonly<Record<string, AnyServiceConfig>>): void {
  const web = check.stack.services.filter(isWeb);
  for (const { name } of web.filter((service) => service.internal)) checkInternal(check, name, given[name] ?? {});
  const open = web.filter((service) => !service.internal);
  if (open.length > MOST_RULES) {
    const rest = `are more public web services than a load balancer supports rules for; allowed: at most ${MOST_RULES}`;
    check.report("services", open.length, rest);
  }
  const claims = new Map<string, string>();
  const places = new Map<number, string>();
  for (const service of open) {
    const { name, paths, hosts, priority } = service;
    const at = `services.${name}`;
    if (paths.length === 0 && check.usable(`${at}.path`, `${at}.host`))
      check.report(at, name, "is one of several web services and would receive no requests; needed: a path or a host");
    checkQuota(check, service);
    for (const path of paths) {
      for (const host of hosts.length === 0 ? [""] : hosts) {
        // Host names are not case sensitive, paths are.
        const claim = `${host.toLowerCase()}${path}`;
        const other = claims.get(claim);
        if (other === undefined) claims.set(claim, name);
        else if (other !== name)
          check.report(
            check.isSet(`${at}.path`) ? `${at}.path` : `${at}.host`,
            claim,
            `is already routed to ${other}; allowed: another path or host`,
          );
      }
    }
    const other = places.get(priority);
    if (other === undefined) places.set(priority, name);
    else check.report(`${at}.priority`, priority, `is already the priority of ${other}; allowed: another number`);
  }
}

function checkInternal(check: Checker, name: string, own: AnyServiceConfig): void {
  for (const key of ["path", "host", "priority"] as const) {
    if (!Object.hasOwn(own, key)) continue;
    const setting = `services.${name}.${key}`;
    check.report(setting, name, "is internal, so it is not behind the load balancer; allowed: with internal: false");
  }
}

function checkQuota(check: Checker, { name, paths, hosts }: WebService): void {
  const values = [...paths, ...hosts];
  const own = ownValues(check.stack);
  const most = MOST_VALUES - own;
  if (values.length > most) {
    const rest = `has ${values.length} paths and hosts, but a rule supports ${MOST_VALUES} values${own > 0 ? ", one of which Fairlead uses" : ""}; allowed: at most ${most} in total`;
    check.report(`services.${name}.path`, values, rest);
  }
  const wildcards = values.join("").replaceAll(/[^*?]/g, "").length;
  if (wildcards > MOST_WILDCARDS) {
    const rest = `has ${wildcards} wildcards; allowed: at most ${MOST_WILDCARDS} in the paths and hosts of a service`;
    check.report(`services.${name}.path`, values, rest);
  }
}
