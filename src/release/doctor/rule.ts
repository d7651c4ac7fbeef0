import type { Rule, RuleCondition } from "@aws-sdk/client-elastic-load-balancing-v2";
import { settingsOf, type ServiceRef } from "../service-ref.ts";
import { SECRET_HEADER, secretOf } from "./origin.ts";
import { broken, list, ok, unknown, type Verdict } from "./hop.ts";
import type { Seen } from "./seen.ts";

export async function ruleVerdict(ref: ServiceRef, seen: Seen): Promise<Verdict> {
  const [{ isOpen }, listener, rules, group, distribution] = await Promise.all([
    seen.front,
    seen.listener,
    seen.rules,
    seen.targetGroup,
    seen.distribution,
  ]);
  if (!listener) return unknown("There is no listener on port 80, so there is no rule to check.");
  if (!group?.TargetGroupArn) return unknown("There is no target group for a rule to forward to.");
  const { TargetGroupArn: arn } = group;
  const sent = isOpen ? NOTHING : distribution && secretOf(distribution, ref.stack);
  const { names } = ref;
  const own = settingsOf(ref);
  const paths = own?.type === "web" ? own.paths : [];
  const hosts = own?.type === "web" ? own.hosts : [];
  const isOwn = (condition: RuleCondition) => isWanted(condition, paths, hosts);
  const candidates = rules.filter((rule) => forwardsTo(rule, arn)).toSorted(byPriority);
  const verdicts = candidates.map((rule) => verdictOf(rule, rules, names.targetGroup, sent, isOwn));
  return (
    verdicts.find(({ state }) => state === "ok") ??
    verdicts[0] ??
    broken(`No listener rule forwards to target group ${names.targetGroup}.`)
  );
}

/** What users send to the load balancer of a stack without CDN. */
const NOTHING = "";

/** Whether a condition has exactly the service's configured paths or hosts. */
function isWanted(condition: RuleCondition, paths: readonly string[], hosts: readonly string[]): boolean {
  const { Field, PathPatternConfig, HostHeaderConfig, Values = [] } = condition;
  const alike = (one: readonly string[], other: readonly string[]) => one.toSorted().join() === other.toSorted().join();
  if (Field === "path-pattern") return alike(PathPatternConfig?.Values ?? Values, paths);
  return Field === "host-header" && alike(HostHeaderConfig?.Values ?? Values, hosts);
}

/** Whether all requests from CloudFront, or from users, reach the target group through this rule. */
function verdictOf(
  rule: Rule,
  rules: readonly Rule[],
  group: string,
  sent: string | undefined,
  isOwn: (condition: RuleCondition) => boolean,
): Verdict {
  const it = `The rule with priority ${rule.Priority}`;
  const conditions = rule.Conditions ?? [];
  const secrets = conditions.filter(isSecret).flatMap(({ HttpHeaderConfig }) => HttpHeaderConfig?.Values ?? []);
  const others = conditions.filter(
    (condition) => !isSecret(condition) && !takesAllPaths(condition) && !isOwn(condition),
  );
  if (others.length > 0)
    return broken(
      `${it} matches only some requests, because of its condition on ${list(others.map(({ Field = "" }) => Field))}.`,
    );
  if (sent === NOTHING && secrets.length > 0)
    return broken(`${it} requires the secret header ${SECRET_HEADER}, which users do not send.`);
  if (sent !== NOTHING && secrets.length === 0)
    return broken(`${it} does not require the secret header ${SECRET_HEADER}.`);
  if (sent === undefined)
    return unknown(`${it} forwards to ${group} and requires ${SECRET_HEADER}, which CloudFront does not send.`);
  if (sent !== NOTHING && !secrets.some((secret) => same(secret, sent)))
    return broken(`${it} requires a different value of ${SECRET_HEADER} than CloudFront sends.`);
  const before = rules.find(
    (other) =>
      byPriority(other, rule) < 0 &&
      (other.Conditions ?? []).every((condition) => takesAllPaths(condition) || isSecretWith(condition, sent)),
  );
  if (before)
    return broken(
      `The rule with priority ${before.Priority} matches all requests before the rule with priority ${rule.Priority} does.`,
      `Delete the rule with priority ${before.Priority}, or change its priority to a number above ${rule.Priority}.`,
    );
  if (sent === NOTHING) return ok(`${it} forwards requests to ${group}.`);
  return ok(`${it} forwards requests with CloudFront's ${SECRET_HEADER} value to ${group}.`);
}

const forwardsTo = ({ Actions = [] }: Rule, arn: string): boolean =>
  Actions.some(
    ({ Type, TargetGroupArn, ForwardConfig }) =>
      Type === "forward" &&
      (TargetGroupArn === arn || ForwardConfig?.TargetGroups?.some((group) => group.TargetGroupArn === arn)),
  );

const byPriority = (one: Rule, other: Rule): number => Number(one.Priority) - Number(other.Priority);

const isSecret = ({ HttpHeaderConfig }: RuleCondition): boolean =>
  same(HttpHeaderConfig?.HttpHeaderName, SECRET_HEADER);

const isSecretWith = (condition: RuleCondition, sent: string): boolean =>
  isSecret(condition) && (condition.HttpHeaderConfig?.Values ?? []).some((value) => same(value, sent));

const takesAllPaths = ({ Field, PathPatternConfig, Values }: RuleCondition): boolean =>
  Field === "path-pattern" &&
  (PathPatternConfig?.Values ?? Values ?? []).some((pattern) => pattern === "*" || pattern === "/*");

/** Case-insensitive, as load balancers compare header values. */
const same = (one: string | undefined, other: string): boolean => one?.toLowerCase() === other.toLowerCase();
