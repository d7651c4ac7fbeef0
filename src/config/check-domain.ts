import type { Checker } from "./checker.ts";
import { isPublic } from "./shared-stack.ts";

/** ACM API Reference, RequestCertificate: the first name of a certificate. */
const LONGEST_FIRST = 64;

/** Rules for the domain names and their zone. */
export function checkDomain(check: Checker): void {
  const { domains, dns, services, shareable, shared } = check.stack;
  const [first] = domains;
  // A shared stack's domain is set in its own config.
  if (first === undefined || shared || !check.usable("domain")) return;
  const report = (name: string, rest: string) => check.report("domain", name, rest);
  if (first.startsWith("*."))
    report(
      first,
      "is the first domain name, which users are sent to, and a wildcard is no address; allowed: a name first",
    );
  if (first.length > LONGEST_FIRST)
    report(first, `has ${first.length} characters, and the first name of a certificate can have ${LONGEST_FIRST}`);
  for (const name of new Set(domains.filter((one, index) => domains.indexOf(one) !== index)))
    report(name, "is listed twice; allowed: once");
  if (!shareable && !services.some(isPublic) && check.usable("services"))
    report(first, "leads to no service: none is public; allowed: with a web service that is not internal");
  const { zone } = dns;
  if (zone !== undefined && check.usable("dns") && !/^Z[A-Z0-9]+$/.test(zone))
    for (const name of domains.filter((one) => one !== zone && !one.endsWith(`.${zone}`)))
      check.report("dns.zone", zone, `does not contain ${name}; allowed: a zone that all domain names end in, or none`);
  if (check.usable("services")) checkHosts(check);
}

/** A host that is none of the domain names never reaches the load balancer. */
function checkHosts(check: Checker): void {
  const { domains, services } = check.stack;
  for (const { name, hosts } of services.filter(isPublic))
    for (const host of hosts.filter((one) => !domains.some((domain) => meet(one.toLowerCase(), domain)))) {
      const rest = `is none of the domain names, so no request for it arrives; allowed: a host that is in domain, such as ${domains[0]}`;
      check.report(`services.${name}.host`, host, rest);
    }
}

/** Whether a request can have a host that both match: `*` and `?` are wildcards in a host, `*.` in front stands for one label in a domain. */
function meet(host: string, domain: string): boolean {
  const pattern = (text: string) =>
    new RegExp(
      `^${text
        .replaceAll(/[.\\+^${}()|[\]]/g, String.raw`\$&`)
        .replaceAll("*", ".*")
        .replaceAll("?", ".")}$`,
    );
  const sample = domain.replace(/^\*/, "any");
  return pattern(host).test(sample) || pattern(domain).test(host);
}
