import type { Checker } from "./checker.ts";
import { namesOf } from "./naming.ts";
import { show } from "./show.ts";

/** Placeholder for the account id, which is not known yet but always has twelve digits. */
const ACCOUNT = "000000000000";

/** Prefixes that AWS reserves, by the resource that rejects them. */
const refused = [
  { start: "internal-", what: "load balancer" },
  { start: "sg-", what: "security group" },
  { start: "sthree-", what: "bucket" },
  { start: "amzn-s3-demo-", what: "bucket" },
];

/** Rules for names that consist of name and environment. Names with larger limits follow from these. */
export function checkNames(check: Checker): void {
  const { stack } = check;
  if (!check.usable("name", "environment")) return;
  const names = namesOf(stack, ACCOUNT);
  const start = refused.find((one) => names.prefix.startsWith(one.start));
  if (start) {
    const rest = `makes the ${start.what}'s name begin with ${show(start.start)}, which AWS does not allow; allowed: another name`;
    check.report("name", stack.name, rest);
  }
  // A stack that shares another's load balancer still names its target groups so.
  const limited = stack.shared
    ? [{ what: "target group", name: names.prefix, limit: 32 }]
    : [{ what: "load balancer", name: names.loadBalancer, limit: 32 }];
  if (check.usable("region")) limited.push({ what: "bucket", name: names.artifactBucket, limit: 63 });
  const tooLong = limited.filter(({ name, limit }) => name.length > limit);
  if (tooLong.length === 0) return;
  // The hyphen between the two is not available to either.
  const room = Math.min(...limited.map(({ name, limit }) => limit - (name.length - names.prefix.length) - 1));
  const which = tooLong.map(
    ({ what, name, limit }) => `the ${what} ${show(name.replace(ACCOUNT, "<account>"))} (${name.length} of ${limit})`,
  );
  const rest = `with environment ${show(stack.environment)} makes resource names too long for AWS: ${which.join(", ")}; allowed: ${room} characters for name and environment together`;
  check.report("name", stack.name, rest);
}
