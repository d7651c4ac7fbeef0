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
import { plain, type Refusal } from "../plain.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagList, type SimTags } from "../tagging.ts";
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

const missing = (name: string | undefined): Refusal => [
  "ResourceNotFoundException",
  `Rule ${name} does not exist on EventBus default.`,
];

/** What PutRule says of a rule: what it does not say becomes empty. */
const saidOf = ({
  Description: description,
  EventPattern: pattern = "",
  State,
  RoleArn: roleArn,
}: PutRuleCommandInput) => ({
  description,
  pattern,
  state: State ?? ("ENABLED" as const),
  roleArn,
});

const rows = plain<SimRule, PutRuleCommandInput>({
  table: "events.rules",
  arn: (sim, name) => sim.arn("events", `rule/${name}`),
  names: {
    rule: /^[.\-_A-Za-z0-9]{1,64}$/,
    refusal: [
      "ValidationException",
      "1 validation error detected: Value at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+",
    ],
  },
  check(_sim, { EventPattern: pattern = "", Description: description = "" }) {
    if (pattern === "")
      refuse("ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified.");
    if (description.length > 512)
      refuse(
        "ValidationException",
        "1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 512",
      );
    checkPattern(pattern);
  },
  made: (_sim, said, name) => ({ name, ...saidOf(said), targets: [] }),
  // PutRule makes and overwrites alike; targets and tags stay.
  again: (rule, said) => Object.assign(rule, saidOf(said)),
  missing,
  missingArn: (arn) =>
    /^arn:[^:]+:events:/.test(arn)
      ? missing(arn.split("/").at(-1))
      : ["ValidationException", "Parameter ResourceARN is not valid. Reason: Provided Arn is not in correct format."],
  tags: { code: "ValidationException", limitCode: "LimitExceededException" },
  pages: { usual: 100, code: "ValidationException", badToken: "InvalidToken", sorted: true },
  inUse(sim, { targets, targetsUntil = 0 }) {
    if (targets.length > 0 || targetsUntil > sim.now)
      refuse("ValidationException", "Rule can't be deleted since it has targets.");
  },
});

/** The rules by name. */
export const rules = rows.records;

/** A page of the rules that `matches` says yes to. */
export const listedRules = rows.list;

/** Refuses every event bus but the default one: there is no other. */
export function checkBus(bus: string | undefined): void {
  if (bus !== undefined && bus !== "default" && !bus.endsWith(":event-bus/default"))
    refuse("ResourceNotFoundException", `Event bus ${bus} does not exist.`);
}

/** The rule `name`, or EventBridge's refusal where there is none. */
export function ruleOf(sim: Sim, name: string | undefined, bus?: string): SimRule {
  checkBus(bus);
  return rows.find(sim, name);
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
  PutRule(input: PutRuleCommandInput, sim): Answer<PutRuleCommandOutput> {
    onlyKnown("PutRule", input, "Name", "Description", "EventPattern", "State", "RoleArn", "Tags", "EventBusName");
    checkBus(input.EventBusName);
    return { RuleArn: rows.create(sim, { key: input.Name ?? "", tags: input.Tags }, input).arn };
  },

  DescribeRule: (input: DescribeRuleCommandInput, sim): Answer<DescribeRuleCommandOutput> => ({
    ...answerOf(ruleOf(sim, input.Name, input.EventBusName)),
    CreatedBy: sim.account,
  }),

  ListRules(input: ListRulesCommandInput, sim): Answer<ListRulesCommandOutput> {
    onlyKnown("ListRules", input, "NamePrefix", "EventBusName", "Limit", "NextToken");
    checkBus(input.EventBusName);
    const { NamePrefix: prefix = "", NextToken: token, Limit: size } = input;
    const { page, next } = rows.list(sim, { token, size }, ({ name }) => name.startsWith(prefix));
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
    const { Name: name = "" } = input;
    if (rules(sim)[name]) rows.delete(sim, name);
    return {};
  },

  ListTagsForResource: (input: ListTagsForResourceCommandInput, sim): Answer<ListTagsForResourceCommandOutput> => ({
    Tags: tagList(rows.tagsOf(sim, input.ResourceARN)),
  }),
  TagResource: (input: TagResourceCommandInput, sim) => rows.tag(sim, input.ResourceARN, input.Tags),
  UntagResource: (input: UntagResourceCommandInput, sim) => rows.untag(sim, input.ResourceARN, input.TagKeys),
} satisfies Operations;
