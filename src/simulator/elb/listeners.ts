import type {
  CreateListenerCommandInput,
  CreateListenerCommandOutput,
  CreateRuleCommandInput,
  CreateRuleCommandOutput,
  DeleteListenerCommandInput,
  DeleteRuleCommandInput,
  DescribeListenersCommandInput,
  DescribeListenersCommandOutput,
  DescribeRulesCommandInput,
  DescribeRulesCommandOutput,
  ModifyListenerCommandInput,
  ModifyRuleCommandInput,
  RuleCondition,
  SetRulePrioritiesCommandInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { dropCertificate } from "../acm/records.ts";
import { refuse } from "../errors.ts";
import { visible, type Answer, type Operations, type Sim } from "../sim.ts";
import { tagsOfInput } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import { demandAlone } from "./reach.ts";
import { balancerOf, checkActions, dropActions, listenerOf, listeners, ruleOf, rules } from "./records.ts";
import type { SimListener, SimListenerRule } from "./records.ts";
import { securityOf, type Secured } from "./listener-certificates.ts";

const listenerAnswer = (listener: SimListener) => ({
  ListenerArn: listener.arn,
  LoadBalancerArn: listener.loadBalancerArn,
  Port: listener.port,
  Protocol: listener.protocol as "HTTP",
  DefaultActions: listener.actions,
  ...(listener.certificateArn === undefined
    ? {}
    : { Certificates: [{ CertificateArn: listener.certificateArn }], SslPolicy: listener.sslPolicy }),
});

const ruleAnswer = (rule: SimListenerRule) => ({
  RuleArn: rule.arn,
  Priority: String(rule.priority),
  Conditions: rule.conditions,
  Actions: rule.actions,
  IsDefault: false,
});

function checkPort(sim: Sim, loadBalancerArn: string, port: number, own?: string) {
  const twin = Object.values(listeners(sim)).find(
    (other) => other.loadBalancerArn === loadBalancerArn && other.port === port && other.arn !== own,
  );
  if (twin)
    refuse(
      "DuplicateListenerException",
      `A listener already exists on this port for this load balancer '${loadBalancerArn}'`,
    );
}

function checkPriority(sim: Sim, listenerArn: string, priority: number, own?: string) {
  if (!(priority >= 1 && priority <= 50_000))
    refuse("ValidationError", `Priority '${priority}' is not between 1 and 50000`);
  if (
    Object.values(rules(sim)).some(
      (other) => other.listenerArn === listenerArn && other.priority === priority && other.arn !== own,
    )
  )
    refuse("PriorityInUseException", `Priority '${priority}' is currently in use`);
}

/** Takes a rule away, and what it forwards to out of use. */
export function removeRule(sim: Sim, rule: SimListenerRule): void {
  dropActions(sim, rule.actions);
  delete rules(sim)[rule.arn];
}

/** Listeners, and the rules that they go by. */
export const listenerOperations = {
  CreateListener(input: CreateListenerCommandInput, sim): Answer<CreateListenerCommandOutput> {
    const balancer = balancerOf(sim, input.LoadBalancerArn);
    const port = input.Port ?? refuse("ValidationError", "A port must be specified");
    const protocol = input.Protocol ?? refuse("ValidationError", "A protocol must be specified");
    const actions = demandAlone(sim, balancer.arn, checkActions(sim, input.DefaultActions, protocol));
    const secured: Secured = protocol === "HTTPS" ? securityOf(sim, input) : {};
    const same = Object.values(listeners(sim)).find(
      (other) =>
        other.loadBalancerArn === balancer.arn &&
        other.port === port &&
        other.protocol === protocol &&
        other.certificateArn === secured.certificateArn &&
        JSON.stringify(other.actions) === JSON.stringify(actions),
    );
    // The same settings get the same answer.
    if (same) return { Listeners: [listenerAnswer(same)] };
    checkPort(sim, balancer.arn, port);
    const arn = `${balancer.arn.replace(":loadbalancer/", ":listener/")}/${sim.world.hex(16)}`;
    const listener = {
      arn,
      loadBalancerArn: balancer.arn,
      port,
      protocol,
      actions,
      ...secured,
      tags: tagsOfInput(input.Tags),
    };
    listeners(sim)[arn] = listener;
    return { Listeners: [listenerAnswer(listener)] };
  },

  DescribeListeners(input: DescribeListenersCommandInput, sim): Answer<DescribeListenersCommandOutput> {
    const arn = input.LoadBalancerArn;
    if (arn !== undefined) balancerOf(sim, arn);
    const found =
      input.ListenerArns?.map((one) => listenerOf(sim, one)) ??
      Object.values(listeners(sim)).filter(({ loadBalancerArn }) => loadBalancerArn === arn);
    return { Listeners: found.map(listenerAnswer) };
  },

  ModifyListener(input: ModifyListenerCommandInput, sim) {
    const listener = listenerOf(sim, input.ListenerArn);
    if (input.Port !== undefined) {
      checkPort(sim, listener.loadBalancerArn, input.Port, listener.arn);
      listener.port = input.Port;
    }
    const before = listener.certificateArn;
    if (input.Protocol === "HTTPS" || (input.Protocol === undefined && listener.protocol === "HTTPS")) {
      const { Certificates = before === undefined ? undefined : [{ CertificateArn: before }], SslPolicy } = input;
      Object.assign(listener, securityOf(sim, { Certificates, SslPolicy: SslPolicy ?? listener.sslPolicy }));
    }
    if (input.Protocol === "HTTP") {
      delete listener.certificateArn;
      delete listener.sslPolicy;
    }
    if (before !== listener.certificateArn) dropCertificate(sim, before);
    if (input.Protocol !== undefined) listener.protocol = input.Protocol;
    if (input.DefaultActions) {
      const checked = checkActions(sim, input.DefaultActions, listener.protocol);
      const actions = demandAlone(sim, listener.loadBalancerArn, checked);
      dropActions(sim, listener.actions);
      listener.actions = actions;
    }
    return { Listeners: [listenerAnswer(listener)] };
  },

  DeleteListener(input: DeleteListenerCommandInput, sim) {
    const { arn, actions, certificateArn, otherCertificates = [] } = listenerOf(sim, input.ListenerArn);
    for (const one of [certificateArn, ...otherCertificates]) dropCertificate(sim, one);
    for (const rule of Object.values(rules(sim))) if (rule.listenerArn === arn) removeRule(sim, rule);
    dropActions(sim, actions);
    delete listeners(sim)[arn];
    return {};
  },

  CreateRule(input: CreateRuleCommandInput, sim): Answer<CreateRuleCommandOutput> {
    const listener = listenerOf(sim, input.ListenerArn);
    const priority = input.Priority ?? 0;
    checkPriority(sim, listener.arn, priority);
    if (!input.Conditions?.length) refuse("ValidationError", "A condition must be specified");
    demandFewValues(input.Conditions);
    const arn = `${listener.arn.replace(":listener/", ":listener-rule/")}/${sim.world.hex(16)}`;
    const rule: SimListenerRule = {
      arn,
      listenerArn: listener.arn,
      priority,
      conditions: input.Conditions ?? [],
      actions: demandAlone(sim, listener.loadBalancerArn, checkActions(sim, input.Actions)),
      visibleAt: sim.in(sim.world.random() * TIMING.listLag),
      tags: tagsOfInput(input.Tags),
    };
    rules(sim)[arn] = rule;
    return { Rules: [ruleAnswer(rule)] };
  },

  DescribeRules(input: DescribeRulesCommandInput, sim): Answer<DescribeRulesCommandOutput> {
    if (input.RuleArns) return { Rules: input.RuleArns.map((arn) => ruleAnswer(ruleOf(sim, arn))) };
    const listener = listenerOf(sim, input.ListenerArn);
    // terraform-provider-aws, internal/service/elbv2/listener_rule.go, resourceListenerRuleRead: a new one may not be found for up to five minutes.
    const own = visible(rules(sim), sim).filter(({ listenerArn }) => listenerArn === listener.arn);
    const last = {
      RuleArn: `${listener.arn.replace(":listener/", ":listener-rule/")}/default`,
      Priority: "default",
      Conditions: [],
      Actions: listener.actions,
      IsDefault: true,
    };
    return { Rules: [...own.toSorted((a, b) => a.priority - b.priority).map(ruleAnswer), last] };
  },

  ModifyRule(input: ModifyRuleCommandInput, sim) {
    const rule = ruleOf(sim, input.RuleArn);
    demandFewValues(input.Conditions);
    if (input.Conditions) rule.conditions = input.Conditions;
    if (input.Actions) {
      const { loadBalancerArn } = listenerOf(sim, rule.listenerArn);
      const actions = demandAlone(sim, loadBalancerArn, checkActions(sim, input.Actions));
      dropActions(sim, rule.actions);
      rule.actions = actions;
    }
    return { Rules: [ruleAnswer(rule)] };
  },

  SetRulePriorities(input: SetRulePrioritiesCommandInput, sim) {
    for (const { RuleArn, Priority = 0 } of input.RulePriorities ?? []) {
      const rule = ruleOf(sim, RuleArn);
      checkPriority(sim, rule.listenerArn, Priority, rule.arn);
      rule.priority = Priority;
    }
    return {};
  },

  DeleteRule(input: DeleteRuleCommandInput, sim) {
    removeRule(sim, ruleOf(sim, input.RuleArn));
    return {};
  },
} satisfies Operations;

/** "Each rule can have up to five condition values": Elastic Load Balancing user guide, quotas of Application Load Balancers. */
function demandFewValues(conditions: readonly RuleCondition[] = []): void {
  const values = conditions.flatMap(({ Values, PathPatternConfig, HostHeaderConfig, HttpHeaderConfig }) => [
    ...(Values ?? []),
    ...(PathPatternConfig?.Values ?? []),
    ...(HostHeaderConfig?.Values ?? []),
    ...(HttpHeaderConfig?.Values ?? []),
  ]);
  if (values.length > 5) refuse("ValidationError", "A rule can only have '5' condition values");
}
