import type {
  ListRuleNamesByTargetCommandInput,
  ListRuleNamesByTargetCommandOutput,
  ListTargetsByRuleCommandInput,
  ListTargetsByRuleCommandOutput,
  PutTargetsCommandInput,
  PutTargetsCommandOutput,
  RemoveTargetsCommandInput,
  RemoveTargetsCommandOutput,
  Target,
} from "@aws-sdk/client-eventbridge";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { assumable } from "../iam/trust.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";
import { checkBus, listedRules, ruleOf } from "./rules.ts";

const MAX_TARGETS = 5;
/** The services that EventBridge reaches by a role, and not by a policy of their own. */
const BY_ROLE = new Set(["codepipeline", "codebuild", "ecs", "events", "kinesis", "ssm", "states"]);

function check(sim: Sim, rule: string, { Id, Arn = "", RoleArn, InputTransformer }: Target): void {
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(Id ?? ""))
    refuse(
      "ValidationException",
      `1 validation error detected: Value '${Id}' at 'targets.1.member.id' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+`,
    );
  const [, service] = /^arn:[^:]+:([^:]+):[^:]*:[^:]*:.+$/.exec(Arn) ?? [];
  if (service === undefined)
    return refuse(
      "ValidationException",
      `Parameter ${Arn} is not valid. Reason: Provided Arn is not in correct format.`,
    );
  if (BY_ROLE.has(service) && RoleArn === undefined)
    refuse("ValidationException", `RoleArn is required for target ${Arn}.`);
  checkTransformer(Id, InputTransformer);
  if (RoleArn !== undefined && !assumable(sim, RoleArn, "events.amazonaws.com", rule))
    refuse("ValidationException", `Provided role '${RoleArn}' cannot be assumed by principal 'events.amazonaws.com'.`);
}

/**
 * "Each line of a template that is not an object must be in double quotes", and every variable has a path (EventBridge user guide, "Amazon
 * EventBridge input transformation"; botocore events, InputTransformer: at most 100 variables and 8192 characters).
 */
function checkTransformer(id: string | undefined, input: Target["InputTransformer"]): void {
  if (input === undefined) return;
  const { InputPathsMap: paths = {}, InputTemplate: template = "" } = input;
  const invalid = (why: string) => refuse("ValidationException", `Invalid InputTemplate for target ${id} : ${why}.`);
  for (const [name, path] of Object.entries(paths))
    if (!/^\$(?:\.[\w-]+|\[\d+\])*$/.test(path)) invalid(`the path of ${name} is not a JSON path`);
  for (const [, name = ""] of template.matchAll(/<([^<>\s]+)>/g))
    if (!(name in paths) && !name.startsWith("aws.events.")) invalid(`the variable ${name} has no path`);
  if (template.startsWith("{")) return;
  for (const line of template.split("\n")) {
    try {
      if (typeof JSON.parse(line) === "string") continue;
    } catch {
      // Refused below.
    }
    invalid("a line is not in double quotes");
  }
}

export const targetOperations = {
  PutTargets(input: PutTargetsCommandInput, sim): Answer<PutTargetsCommandOutput> {
    const rule = ruleOf(sim, input.Rule, input.EventBusName);
    const targets = input.Targets ?? [];
    for (const target of targets) check(sim, rule.arn, target);
    const ids = targets.map(({ Id }) => Id);
    if (new Set(ids).size < ids.length)
      refuse("ValidationException", "Parameter Targets is not valid. Reason: Duplicate target ids.");
    const all = [...rule.targets.filter(({ Id }) => !ids.includes(Id)), ...targets];
    if (all.length > MAX_TARGETS)
      refuse("LimitExceededException", "The requested resource exceeds the maximum number allowed.");
    rule.targets = all;
    return { FailedEntryCount: 0, FailedEntries: [] };
  },

  ListTargetsByRule: (input: ListTargetsByRuleCommandInput, sim): Answer<ListTargetsByRuleCommandOutput> => ({
    Targets: ruleOf(sim, input.Rule, input.EventBusName).targets,
  }),

  /** Names alone (botocore events, ListRuleNamesByTargetResponse), in order, of the rules whose target has exactly this ARN. */
  ListRuleNamesByTarget(input: ListRuleNamesByTargetCommandInput, sim): Answer<ListRuleNamesByTargetCommandOutput> {
    onlyKnown("ListRuleNamesByTarget", input, "TargetArn", "EventBusName", "Limit", "NextToken");
    checkBus(input.EventBusName);
    const { TargetArn: target, NextToken: token, Limit: size } = input;
    const { page, next } = listedRules(sim, { token, size }, ({ targets }) =>
      targets.some(({ Arn }) => Arn === target),
    );
    return { RuleNames: page.map(({ name }) => name), NextToken: next };
  },

  /** Ids that the rule does not have are removed already. */
  RemoveTargets(input: RemoveTargetsCommandInput, sim): Answer<RemoveTargetsCommandOutput> {
    const rule = ruleOf(sim, input.Rule, input.EventBusName);
    const left = rule.targets.filter(({ Id }) => !input.Ids?.includes(Id ?? ""));
    if (left.length < rule.targets.length) rule.targetsUntil = sim.in(sim.world.random() * TIMING.release);
    rule.targets = left;
    return { FailedEntryCount: 0, FailedEntries: [] };
  },
} satisfies Operations;
