import type {
  DeleteRuleCommandInput,
  DescribeRuleCommandInput,
  DescribeRuleCommandOutput,
  DisableRuleCommandInput,
  EnableRuleCommandInput,
  ListRulesCommandInput,
  ListRulesCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  PutRuleCommandInput,
  PutRuleCommandOutput,
  RuleState,
  TagResourceCommandInput,
  Target,
  UntagResourceCommandInput,
} from "@aws-sdk/client-eventbridge";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagsOfInput, withoutTags, withTags, type SimTags } from "../tagging.ts";
import { checkPattern } from "./pattern.ts";

/** A rule of the simulated world's default event bus. */
export interface SimRule {
  name: string;
  arn: string;
  description?: string | undefined;
  pattern: string;
  state: RuleState;
  roleArn?: string | undefined;
  targets: Target[];
  /**
   * Until when targets that were removed still count: DeleteRule is refused (terraform-provider-aws, internal/service/events/rule.go,
   * resourceRuleDelete: asks again for five minutes on "Rule can't be deleted since it has targets").
   */
  targetsUntil?: number;
  tags: SimTags;
}

/** The rules by name. */
export const rules = (sim: Sim) => sim.table<SimRule>("events.rules");

/** Refuses every event bus but the default one: there is no other. */
export function checkBus(bus: string | undefined): void {
  if (bus !== undefined && bus !== "default" && !bus.endsWith(":event-bus/default"))
    refuse("ResourceNotFoundException", `Event bus ${bus} does not exist.`);
}

/** The rule `name`, or EventBridge's refusal where there is none. */
export function ruleOf(sim: Sim, name: string | undefined, bus?: string): SimRule {
  checkBus(bus);
  return (
    rules(sim)[name ?? ""] ?? refuse("ResourceNotFoundException", `Rule ${name} does not exist on EventBus default.`)
  );
}

function byArn(sim: Sim, arn: string | undefined): SimRule {
  if (!/^arn:[^:]+:events:/.test(arn ?? ""))
    refuse("ValidationException", "Parameter ResourceARN is not valid. Reason: Provided Arn is not in correct format.");
  return (
    Object.values(rules(sim)).find((rule) => rule.arn === arn) ??
    refuse("ResourceNotFoundException", `Rule ${arn?.split("/").at(-1)} does not exist on EventBus default.`)
  );
}

const answerOf = (rule: SimRule) => ({
  Name: rule.name,
  Arn: rule.arn,
  EventPattern: rule.pattern,
  State: rule.state,
  EventBusName: "default",
  ...(rule.description === undefined ? {} : { Description: rule.description }),
  ...(rule.roleArn === undefined ? {} : { RoleArn: rule.roleArn }),
});

export const ruleOperations = {
  /** Makes and overwrites alike: what it is not told becomes empty, but targets stay, and so do tags. */
  PutRule(input: PutRuleCommandInput, sim): Answer<PutRuleCommandOutput> {
    onlyKnown("PutRule", input, "Name", "Description", "EventPattern", "State", "RoleArn", "Tags", "EventBusName");
    const { Name: name = "", EventPattern: pattern, Description: description, RoleArn: roleArn } = input;
    checkBus(input.EventBusName);
    if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name))
      refuse(
        "ValidationException",
        `1 validation error detected: Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+`,
      );
    if (pattern === undefined || pattern === "")
      return refuse("ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified.");
    if ((description ?? "").length > 512)
      refuse(
        "ValidationException",
        "1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 512",
      );
    checkPattern(pattern);
    const existing = rules(sim)[name];
    const rule: SimRule = {
      name,
      arn: sim.arn("events", `rule/${name}`),
      description,
      pattern,
      state: input.State ?? "ENABLED",
      roleArn,
      targets: existing?.targets ?? [],
      ...(existing?.targetsUntil === undefined ? {} : { targetsUntil: existing.targetsUntil }),
      tags: existing?.tags ?? withTags({}, tagsOfInput(input.Tags)),
    };
    rules(sim)[name] = rule;
    return { RuleArn: rule.arn };
  },

  DescribeRule: (input: DescribeRuleCommandInput, sim): Answer<DescribeRuleCommandOutput> => ({
    ...answerOf(ruleOf(sim, input.Name, input.EventBusName)),
    CreatedBy: sim.account,
  }),

  ListRules(input: ListRulesCommandInput, sim): Answer<ListRulesCommandOutput> {
    onlyKnown("ListRules", input, "NamePrefix", "EventBusName", "Limit", "NextToken");
    checkBus(input.EventBusName);
    const found = Object.values(rules(sim))
      .filter(({ name }) => name.startsWith(input.NamePrefix ?? ""))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1));
    const asked = { token: input.NextToken, size: input.Limit };
    const { page, next } = pageOf(found, asked, { usual: 100, code: "ValidationException", badToken: "InvalidToken" });
    return { Rules: page.map(answerOf), NextToken: next };
  },

  EnableRule(input: EnableRuleCommandInput, sim) {
    ruleOf(sim, input.Name, input.EventBusName).state = "ENABLED";
    return {};
  },

  DisableRule(input: DisableRuleCommandInput, sim) {
    ruleOf(sim, input.Name, input.EventBusName).state = "DISABLED";
    return {};
  },

  /** A rule that is not there is deleted already. */
  DeleteRule(input: DeleteRuleCommandInput, sim) {
    checkBus(input.EventBusName);
    const name = input.Name ?? "";
    const rule = rules(sim)[name];
    if (rule && (rule.targets.length > 0 || (rule.targetsUntil ?? 0) > sim.now))
      refuse("ValidationException", "Rule can't be deleted since it has targets.");
    delete rules(sim)[name];
    return {};
  },

  ListTagsForResource: (input: ListTagsForResourceCommandInput, sim): Answer<ListTagsForResourceCommandOutput> => ({
    Tags: Object.entries(byArn(sim, input.ResourceARN).tags).map(([Key, Value]) => ({ Key, Value })),
  }),

  TagResource(input: TagResourceCommandInput, sim) {
    const rule = byArn(sim, input.ResourceARN);
    rule.tags = withTags(rule.tags, tagsOfInput(input.Tags));
    return {};
  },

  UntagResource(input: UntagResourceCommandInput, sim) {
    const rule = byArn(sim, input.ResourceARN);
    rule.tags = withoutTags(rule.tags, input.TagKeys);
    return {};
  },
} satisfies Operations;
