// PutRule creates or overwrites: omitted members become empty, and tags are used only on create. PutTargets and
// RemoveTargets return 200 even if they did nothing: the failed entries in the response are the error.
import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type DescribeRuleCommandOutput,
  type Target,
} from "@aws-sdk/client-eventbridge";
import { equal } from "../../engine/equal.ts";
import type { Drifted } from "../../engine/resource-kind.ts";
import { readJson } from "../answer.ts";
import { ahead, recordedArn } from "../ahead.ts";
import type { Aws } from "../aws.ts";
import { driftedIn, some, unmanagedIn } from "../beyond.ts";
import type { NotYet } from "../call.ts";
import { absent } from "../errors.ts";
import { byName } from "../named.ts";
import { namedAfter, ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { afterSlash, defineKind } from "../define-kind.ts";
import { tagChanges, tagList, tagsFrom, type Tags } from "../tags.ts";
import { asRecorded } from "../to-delete.ts";

/** A target of a rule. */
export interface RuleTarget {
  /** A name of your choice, unique in the rule. */
  id: string;
  arn: string;
  /** The role that EventBridge assumes to reach the target, where the target needs one. */
  roleArn?: string;
  /** What the target is given instead of the event: a template, and where the event has its values: `{ pipeline: "$.detail.pipeline" }`. */
  input?: { paths: Readonly<Record<string, string>>; template: string };
}

export interface RuleSpec {
  name: string;
  description: string;
  /** Which events: EventBridge's own pattern. */
  pattern: object;
  enabled: boolean;
  /** Sorted by id. */
  targets: RuleTarget[];
  tags: Tags;
}

export interface RuleAttrs {
  name: string;
  arn: string;
}

const GONE = "ResourceNotFoundException";
const BUSY: NotYet = { code: "ConcurrentModificationException" };
const TARGETS_NOT_YET: readonly NotYet[] = [
  BUSY,
  { code: "ValidationException", says: "cannot be assumed by principal" },
];

export const Rule = defineKind<RuleSpec, RuleAttrs>({
  type: "eventbridge/rule",
  fields: {
    name: { immutable: true, unique: true },
    description: {},
    pattern: {},
    enabled: {},
    targets: {},
    tags: {},
  },
  traits: { markedAtOnce: true },
  inventory: { idIn: afterSlash("events", "rule"), lists: "receipt" },

  canonical: (spec) => ({ ...spec, targets: sorted(spec.targets) }),

  async observe(aws, look) {
    const arn = recordedArn(look);
    // Its delete removes the targets that it is refused for.
    if (look.toDelete && arn !== undefined) return asRecorded(look, await tagsOf(aws, arn));
    const targetsIn = ahead(look, look.knownId, (name) => absent(targetsOf(aws, name), GONE));
    const tagsIn = ahead(look, arn, (known) => tagsOf(aws, known));
    const rule = await byName(look, (Name) => absent(aws.eventBridge(new DescribeRuleCommand({ Name })), GONE));
    if (!rule?.Name || !rule.Arn) return undefined;
    const { Name, Arn } = rule;
    const [targets, tags] = await Promise.all([targetsIn(Name), tagsIn(Arn)]);
    // It was deleted between the calls.
    if (!targets || !tags) return undefined;
    return {
      id: Name,
      attrs: { name: Name, arn: Arn },
      spec: {
        name: Name,
        description: rule.Description ?? "",
        pattern: patternOf(Name, rule.EventPattern),
        enabled: rule.State !== "DISABLED",
        targets: sorted(targets),
        tags,
      },
      drifted: some(driftedOf(rule)),
      ready: true,
    };
  },

  async list(aws) {
    const all = await everyPage(async (NextToken) => {
      const page = await aws.eventBridge(new ListRulesCommand({ NamePrefix: `${aws.stack}-`, NextToken }));
      return { items: page.Rules, next: page.NextToken };
    });
    const candidates = all.filter(({ Name }) => namedAfter(aws.stack, Name));
    return ownedAmong(
      aws,
      candidates.map(({ Name: id = "", Arn }) => ({ id, tags: () => tagsOf(aws, Arn) })),
    );
  },

  async create(aws, spec, making) {
    const arn = await putRule(aws, spec, spec.tags);
    await making.created(spec.name);
    await putTargets(aws, spec.name, spec.targets);
    return { id: spec.name, attrs: { name: spec.name, arn } };
  },

  async update(aws, { id, attrs, spec: now }, spec, changed) {
    if (changed.has("description") || changed.has("enabled") || changed.has("pattern")) await putRule(aws, spec);
    const targets = now.targets ?? [];
    await putTargets(
      aws,
      id,
      spec.targets.filter((target) => !targets.some((existing) => equal(existing, target))),
    );
    await removeTargets(
      aws,
      id,
      targets.filter((existing) => !spec.targets.some((target) => target.id === existing.id)),
    );
    const { write, remove } = tagChanges(spec.tags, now.tags ?? {});
    const ResourceARN = attrs.arn;
    if (Object.keys(write).length > 0)
      await aws.eventBridge(new TagResourceCommand({ ResourceARN, Tags: tagList(write) }), { notYet: [BUSY] });
    if (remove.length > 0)
      await aws.eventBridge(new UntagResourceCommand({ ResourceARN, TagKeys: remove }), { notYet: [BUSY] });
  },

  async delete(aws, { id: Name, spec }) {
    await removeTargets(aws, Name, spec.targets ?? []);
    // Targets added since the observation are removed like the others.
    const meanwhile = async () => removeTargets(aws, Name, (await absent(targetsOf(aws, Name), GONE)) ?? []);
    const notYet = [BUSY, { code: "ValidationException", says: "has targets", budget: 60, meanwhile }];
    await absent(aws.eventBridge(new DeleteRuleCommand({ Name }), { notYet }), GONE);
  },
});

async function tagsOf(aws: Aws, ResourceARN: string | undefined): Promise<Tags | undefined> {
  const found = await absent(aws.eventBridge(new ListTagsForResourceCommand({ ResourceARN })), GONE);
  return found && tagsFrom(found.Tags);
}

async function targetsOf(aws: Aws, name: string): Promise<RuleTarget[]> {
  const all = await everyPage(async (NextToken) => {
    const page = await aws.eventBridge(new ListTargetsByRuleCommand({ Rule: name, NextToken }));
    return { items: page.Targets, next: page.NextToken };
  });
  return all.map(targetOf);
}

const sorted = (targets: readonly RuleTarget[]) => targets.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

/** A target; additional settings (a constant input, a dead-letter queue) are a difference, which the next update reverts. */
const targetOf = ({
  Id = "",
  Arn = "",
  RoleArn,
  InputTransformer: input,
  ...more
}: Target): RuleTarget & { readonly strays?: object } => ({
  id: Id,
  arn: Arn,
  ...(RoleArn === undefined ? {} : { roleArn: RoleArn }),
  ...(input === undefined ? {} : { input: { paths: input.InputPathsMap ?? {}, template: input.InputTemplate ?? "" } }),
  ...(unmanagedIn(more, {}).length === 0 ? {} : { strays: more }),
});

/** What PutRule resets, since it is omitted: a schedule beside the pattern, a role, another enabled state. */
const driftedOf = ({ ScheduleExpression, RoleArn, State }: DescribeRuleCommandOutput): Drifted[] => [
  ...driftedIn("pattern", { ScheduleExpression, RoleArn }, {}),
  ...(State === "DISABLED" ? [] : driftedIn("enabled", { State }, { State: "ENABLED" })),
];

const patternOf = (name: string, text: string | undefined): object | undefined =>
  text === undefined ? undefined : (readJson(`a pattern of the rule ${name}`, text) as object);

/** Without `once`: PutRule is idempotent. */
async function putRule(aws: Aws, spec: RuleSpec, tags?: Tags): Promise<string> {
  const { RuleArn } = await aws.eventBridge(
    new PutRuleCommand({
      Name: spec.name,
      Description: spec.description,
      EventPattern: JSON.stringify(spec.pattern),
      State: spec.enabled ? "ENABLED" : "DISABLED",
      ...(tags ? { Tags: tagList(tags) } : {}),
    }),
    { notYet: [BUSY] },
  );
  return RuleArn ?? "";
}

async function putTargets(aws: Aws, rule: string, targets: readonly RuleTarget[]) {
  if (targets.length === 0) return;
  const Targets = targets.map(({ id, arn, roleArn, input }) => ({
    Id: id,
    Arn: arn,
    ...(roleArn === undefined ? {} : { RoleArn: roleArn }),
    ...(input === undefined ? {} : { InputTransformer: { InputPathsMap: input.paths, InputTemplate: input.template } }),
  }));
  const answer = await aws.eventBridge(new PutTargetsCommand({ Rule: rule, Targets }), { notYet: TARGETS_NOT_YET });
  throwFailed(`EventBridge did not accept a target of rule ${rule}`, answer);
}

async function removeTargets(aws: Aws, rule: string, targets: readonly RuleTarget[]) {
  if (targets.length === 0) return;
  const answer = await absent(
    aws.eventBridge(new RemoveTargetsCommand({ Rule: rule, Ids: targets.map(({ id }) => id) }), { notYet: [BUSY] }),
    GONE,
  );
  throwFailed(`EventBridge did not remove a target of rule ${rule}`, answer);
}

interface Entries {
  readonly FailedEntryCount?: number | undefined;
  readonly FailedEntries?: readonly FailedEntry[] | undefined;
}

interface FailedEntry {
  readonly TargetId?: string | undefined;
  readonly ErrorCode?: string | undefined;
  readonly ErrorMessage?: string | undefined;
}

function throwFailed(what: string, answer: Entries | undefined) {
  if (!answer?.FailedEntryCount) return;
  const [failed] = answer.FailedEntries ?? [];
  throw new Error(`${what}: ${failed?.TargetId ?? "?"}: ${failed?.ErrorCode ?? "?"}: ${failed?.ErrorMessage ?? "?"}`);
}
