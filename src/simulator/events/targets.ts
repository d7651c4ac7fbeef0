import type {
  ListTargetsByRuleCommandInput,
  ListTargetsByRuleCommandOutput,
  PutTargetsCommandInput,
  PutTargetsCommandOutput,
  RemoveTargetsCommandInput,
  RemoveTargetsCommandOutput,
  Target,
} from "@aws-sdk/client-eventbridge";
import { refuse } from "../errors.ts";
import { assumable } from "../iam/trust.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";
import { ruleOf } from "./rules.ts";

const MAX_TARGETS = 5;
/** The services that EventBridge reaches by a role, and not by a policy of their own. */
const BY_ROLE = new Set(["codepipeline", "codebuild", "ecs", "events", "kinesis", "ssm", "states"]);

function check(sim: Sim, rule: string, { Id, Arn = "", RoleArn }: Target): void {
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
  if (RoleArn !== undefined && !assumable(sim, RoleArn, "events.amazonaws.com", rule))
    refuse("ValidationException", `Provided role '${RoleArn}' cannot be assumed by principal 'events.amazonaws.com'.`);
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

  /** Ids that the rule does not have are removed already. */
  RemoveTargets(input: RemoveTargetsCommandInput, sim): Answer<RemoveTargetsCommandOutput> {
    const rule = ruleOf(sim, input.Rule, input.EventBusName);
    const left = rule.targets.filter(({ Id }) => !input.Ids?.includes(Id ?? ""));
    if (left.length < rule.targets.length) rule.targetsUntil = sim.in(sim.world.random() * TIMING.release);
    rule.targets = left;
    return { FailedEntryCount: 0, FailedEntries: [] };
  },
} satisfies Operations;
