// The secret that CloudFront must send is stored only in the rule's condition: create writes it, observe reads it
// back, so it survives a lost state. Priorities belong to the listener and change through a separate call.
import { randomBytes } from "node:crypto";
import {
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeRulesCommand,
  ModifyRuleCommand,
  SetRulePrioritiesCommand,
  type Rule,
  type RuleCondition,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { UncertainAnswer } from "../../engine/resource-kind.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { absent, hasCode, messageOf } from "../errors.ts";
import { some, unmanagedIn } from "../beyond.ts";
import { everyPage } from "../pages.ts";
import { defineKind, wholeArn } from "../define-kind.ts";
import { ownerOf, tagList, type Tags } from "../tags.ts";
import { asRecorded } from "../to-delete.ts";
import { actionFrom, actionsOf, type Action } from "./action.ts";
import {
  askForTags,
  changeTags,
  findAmong,
  foreignAmong,
  isArn,
  notSeenYet,
  sorted,
  tagsIfThere,
  tagsOf,
} from "./shared.ts";

export interface ListenerRuleSpec {
  listenerArn: string;
  /** 1 to 50000; the lowest matching priority wins. */
  priority: number;
  /** Sorted; empty: any path. Together with the hosts and the secret's value, AWS accepts at most five values. */
  pathPatterns: string[];
  /** Sorted; empty: any host. */
  hosts: string[];
  /** The name of a header whose value must be the rule's secret. */
  secretHeader: string | undefined;
  /** The secret of another rule; if omitted, this rule generates its own. */
  sharedSecret: string | undefined;
  action: Action;
  tags: Tags;
}

export interface ListenerRuleAttrs {
  arn: string;
  /** The value that the secret header must have; empty if the rule does not check one. */
  secret: string;
}

export const ListenerRule = defineKind<ListenerRuleSpec, ListenerRuleAttrs>({
  type: "elb/listener-rule",
  fields: {
    listenerArn: { immutable: true, unique: true },
    priority: { unique: true },
    pathPatterns: {},
    hosts: {},
    secretHeader: {},
    sharedSecret: { secret: true },
    action: {},
    tags: {},
  },
  // CloudFront may still send requests to its listener; and where it is to require the header, CloudFront has to send that first.
  traits: { markedAtOnce: true, deletedLast: true, addsFirst: ["secretHeader"], deletedWith: ["elb/listener"] },
  attrs: { secret: { secret: true, changesWith: ["sharedSecret", "secretHeader"] } },
  // A rule goes with its listener, which may stay: that of another rule, if the state is lost when a domain comes.
  inventory: { idIn: wholeArn("elasticloadbalancing", "listener-rule") },

  canonical: (spec) => ({ ...spec, pathPatterns: sorted(spec.pathPatterns), hosts: sorted(spec.hosts) }),

  interrupts: ({ action, changed }) =>
    action === "update" && changed.has("action")
      ? { seconds: 120, why: "the load balancer returns 503 until tasks are healthy in the new target group" }
      : undefined,

  async observe(aws, look) {
    if (look.toDelete && isArn(look.knownId))
      return asRecorded(look, await tagsIfThere(aws, look.snapshot, look.knownId));
    askForTags(aws, look);
    const listenerArn = listenerOf(look.knownId) ?? look.spec.listenerArn;
    if (listenerArn === undefined) return undefined;
    const rules = await rulesOf(aws, look.snapshot, listenerArn);
    const rule = await findAmong(
      aws,
      look,
      // The default rule is the listener's own action.
      (rules ?? []).filter(({ IsDefault }) => !IsDefault),
      (candidate) => candidate.RuleArn,
      (candidate) => candidate.Priority === String(look.spec.priority),
    );
    if (!rule?.RuleArn) return undefined;
    const tags = await tagsOf(aws, look.snapshot, rule.RuleArn);
    const { secret, ...conditions } = conditionsFrom(rule.Conditions);
    return {
      id: rule.RuleArn,
      attrs: { arn: rule.RuleArn, secret },
      spec: {
        listenerArn,
        priority: Number(rule.Priority),
        ...conditions,
        sharedSecret: look.spec.sharedSecret === undefined ? undefined : secret,
        action: actionFrom(rule.Actions),
        tags,
      },
      unmanaged: some(
        unmanagedIn({ Transforms: rule.Transforms }, {}),
        await foreignAmong(
          aws,
          look,
          (rules ?? []).filter((one) => one !== rule && !one.IsDefault),
          (one) => one.RuleArn,
          ({ Priority }) => `rule ${Priority} beside it`,
        ),
      ),
      ready: true,
      blocked: rule.Priority === String(look.spec.priority) ? undefined : takenBy(rules ?? [], look.spec.priority),
    };
  },

  async create(aws, spec, making) {
    const secret = spec.secretHeader === undefined ? "" : (spec.sharedSecret ?? making.secret);
    const { Rules } = await aws
      .elb(
        new CreateRuleCommand({
          ListenerArn: spec.listenerArn,
          Priority: spec.priority,
          Conditions: conditionsOf(spec, secret),
          Actions: actionsOf(spec.action),
          Tags: tagList(spec.tags),
        }),
        { once: true, notYet: notSeenYet("ListenerNotFound", "TargetGroupNotFound"), secret },
      )
      .catch((error: unknown) => sayWhoseIs(aws, spec, error));
    const arn = Rules?.[0]?.RuleArn ?? "";
    await making.created(arn);
    return { id: arn, attrs: { arn, secret } };
  },

  async update(aws, observed, spec, changed, { addOnly = false } = { note: () => {} }) {
    const RuleArn = observed.id;
    const old = observed.attrs.secret;
    // Until everything else is done, requests without the header are answered as before.
    const isLater = addOnly && old === "" && spec.secretHeader !== undefined;
    const now = isLater ? { ...spec, secretHeader: undefined } : spec;
    const conditions = (isLater ? PLAIN_CONDITIONS : CONDITIONS).some((field) => changed.has(field));
    // A rule without the header gets a new secret, which CloudFront gets from the attribute.
    const kept = old === "" ? randomBytes(20).toString("hex") : old;
    const secret = spec.secretHeader === undefined ? "" : (spec.sharedSecret ?? kept);
    const { priority: before = 0 } = observed.spec;
    const move = async () => {
      if (changed.has("priority"))
        await aws
          .elb(new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn, Priority: spec.priority }] }))
          .catch((error: unknown) => sayWhoHas(aws, spec, error));
    };
    // A rule for much, such as any path, must not stand before the others' rules even between the two calls: it would take their requests.
    const narrowsFirst = spec.priority < before;
    if (!narrowsFirst) await move();
    if (conditions || changed.has("action"))
      await aws.elb(
        new ModifyRuleCommand({
          RuleArn,
          ...(conditions ? { Conditions: conditionsOf(now, secret) } : {}),
          ...(changed.has("action") ? { Actions: actionsOf(spec.action) } : {}),
        }),
        { notYet: notSeenYet("TargetGroupNotFound"), secret },
      );
    if (narrowsFirst) await move();
    await changeTags(aws, RuleArn, spec.tags, observed.spec.tags ?? {});
    return (conditions || isLater) && secret !== old ? { secret } : {};
  },

  async delete(aws, observed) {
    await absent(aws.elb(new DeleteRuleCommand({ RuleArn: observed.id })), "RuleNotFound", "ListenerNotFound");
  },
});

/** All rules of a listener, the default one included; `undefined` if there is no such listener. */
export const rulesOf = (aws: Aws, snapshot: Snapshot, ListenerArn: string): Promise<Rule[] | undefined> =>
  snapshot.once(`elb/rules ${ListenerArn}`, () =>
    absent(
      everyPage(async (Marker): Promise<{ items: Rule[] | undefined; next: string | undefined }> => {
        const page = await aws.elb(new DescribeRulesCommand({ ListenerArn, Marker }));
        return { items: page.Rules, next: page.NextMarker };
      }),
      "ListenerNotFound",
    ),
  );

/** The fields that are written as conditions, always all together. */
const CONDITIONS = ["pathPatterns", "hosts", "secretHeader", "sharedSecret"] as const;
/** Those of them that do not ask for the secret. */
const PLAIN_CONDITIONS = ["pathPatterns", "hosts"] as const;

/** Which other rule has the desired priority, as a sentence; `undefined` if none has. */
function takenBy(rules: readonly Rule[], priority: number | undefined): string | undefined {
  const other = rules.find(({ Priority }) => Priority === String(priority));
  if (!other) return undefined;
  const conditions = (other.Conditions ?? []).map(({ Field, Values, PathPatternConfig, HostHeaderConfig }) =>
    `${Field} ${(PathPatternConfig?.Values ?? HostHeaderConfig?.Values ?? Values ?? []).join(", ")}`.trim(),
  );
  const which = conditions.length === 0 ? "" : ` (${conditions.join("; ")})`;
  return `priority ${priority} of the listener is used by a rule outside the stack: ${other.RuleArn}${which}. Change its priority, then run again. To change it: aws elbv2 set-rule-priorities --rule-priorities RuleArn=${other.RuleArn},Priority=NUMBER`;
}

/**
 * AWS says that a priority is in use, but not by which rule. It may be the stack's own rule, created by a run that died, or one that is not
 * listed yet (terraform-provider-aws, internal/service/elbv2/listener_rule.go: a new rule may not be found for a while): observe decides.
 */
async function sayWhoseIs(aws: Aws, { listenerArn, priority, tags }: ListenerRuleSpec, error: unknown): Promise<never> {
  if (!hasCode(error, "PriorityInUse")) throw error;
  const { Rules = [] } = await aws.elb(new DescribeRulesCommand({ ListenerArn: listenerArn }));
  const other = Rules.find(({ Priority }) => Priority === String(priority));
  const owner = other?.RuleArn === undefined ? undefined : ownerOf(await tagsOf(aws, new Snapshot(), other.RuleArn));
  if (!other || (owner !== undefined && owner === ownerOf(tags)))
    throw new UncertainAnswer(`CreateRule: ${messageOf(error)}`, { cause: error });
  // Stacks that share a listener choose free priorities, and another one was faster.
  if (owner !== undefined)
    throw new Error(`PriorityInUse: priority ${priority} has just been taken by ${owner}. Run again to take another.`, {
      cause: error,
    });
  throw new Error(`PriorityInUse: ${takenBy(Rules, priority)}`, { cause: error });
}

/** The same for a rule that exists: its new priority is another rule's, which the plan did not see because AWS did not list it yet. */
async function sayWhoHas(aws: Aws, { listenerArn, priority }: ListenerRuleSpec, error: unknown): Promise<never> {
  if (!hasCode(error, "PriorityInUse")) throw error;
  const { Rules } = await aws.elb(new DescribeRulesCommand({ ListenerArn: listenerArn }));
  const why =
    takenBy(Rules ?? [], priority) ??
    `priority ${priority} of the listener is used by a rule that AWS does not list yet. Run again in a minute. To list the rules: aws elbv2 describe-rules --listener-arn ${listenerArn}`;
  throw new Error(`PriorityInUse: ${why}`, { cause: error });
}

/** A rule's ARN is derived from its listener's. */
const listenerOf = (arn: string | undefined) =>
  isArn(arn) ? arn.replace(":listener-rule/", ":listener/").replace(/\/[^/]+$/, "") : undefined;

function conditionsOf({ pathPatterns, hosts, secretHeader }: ListenerRuleSpec, secret: string): RuleCondition[] {
  const host = { Field: "host-header", HostHeaderConfig: { Values: hosts } };
  const paths = { Field: "path-pattern", PathPatternConfig: { Values: pathPatterns } };
  const header = { Field: "http-header", HttpHeaderConfig: { HttpHeaderName: secretHeader, Values: [secret] } };
  return [
    ...(hosts.length > 0 ? [host] : []),
    ...(pathPatterns.length > 0 ? [paths] : []),
    ...(secretHeader === undefined ? [] : [header]),
  ];
}

/**
 * The fields in the conditions. If there are conditions that Fairlead never writes, which match more or fewer requests, the path
 * patterns count as unset: the next update writes all conditions again.
 */
export function conditionsFrom(conditions: readonly RuleCondition[] = []) {
  const paths = conditions.filter(({ Field }) => Field === "path-pattern");
  const hosts = conditions.filter(({ Field }) => Field === "host-header");
  const headers = conditions.filter(({ Field }) => Field === "http-header");
  const values = headers.flatMap(({ HttpHeaderConfig }) => HttpHeaderConfig?.Values ?? []);
  const patterns = paths.flatMap(({ PathPatternConfig, Values }) => PathPatternConfig?.Values ?? Values ?? []);
  const names = hosts.flatMap(({ HostHeaderConfig, Values }) => HostHeaderConfig?.Values ?? Values ?? []);
  const strange =
    paths.length + hosts.length + headers.length < conditions.length || paths.length > 1 || hosts.length > 1;
  return {
    pathPatterns: strange ? undefined : sorted(patterns),
    hosts: sorted(names),
    secretHeader: values.length === 1 ? headers[0]?.HttpHeaderConfig?.HttpHeaderName : undefined,
    secret: values[0] ?? "",
  };
}
