import type {
  CreateLogGroupCommandInput,
  DeleteLogGroupCommandInput,
  DescribeLogGroupsCommandInput,
  DescribeLogGroupsCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  PutLogGroupDeletionProtectionCommandInput,
  PutRetentionPolicyCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
} from "@aws-sdk/client-cloudwatch-logs";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagsOfInput, withoutTags, withTags } from "../tagging.ts";
import { addGroup, groupOf, groups } from "./records.ts";

/** The retentions that CloudWatch Logs sells, in days. */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const PAGES = { usual: 50, code: "InvalidParameterException" };

const byArn = (sim: Sim, arn = "") =>
  Object.values(groups(sim)).find((group) => group.arn === arn) ??
  refuse("ResourceNotFoundException", "The specified resource does not exist.");

const listOf = (tags: Readonly<Record<string, string>> = {}) =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

export const groupOperations = {
  CreateLogGroup(input: CreateLogGroupCommandInput, sim) {
    const name = input.logGroupName ?? "";
    if (!/^[\w./#-]{1,512}$/.test(name))
      refuse("InvalidParameterException", "Value at 'logGroupName' failed to satisfy constraint");
    if (name in groups(sim)) refuse("ResourceAlreadyExistsException", "The specified log group already exists");
    addGroup(sim, name, tagsOfInput(listOf(input.tags), "InvalidParameterException"));
    return {};
  },

  DescribeLogGroups(input: DescribeLogGroupsCommandInput, sim): Answer<DescribeLogGroupsCommandOutput> {
    onlyKnown("DescribeLogGroups", input, "logGroupNamePrefix", "logGroupIdentifiers", "limit", "nextToken");
    const { logGroupIdentifiers: wanted } = input;
    // "If you specify this parameter, the only other filter that you can choose to specify is includeLinkedAccounts" (botocore logs).
    if (wanted && input.logGroupNamePrefix !== undefined)
      refuse("InvalidParameterException", "logGroupIdentifiers cannot be specified together with logGroupNamePrefix");
    const found = Object.values(groups(sim))
      .filter(({ name }) => (wanted ? wanted.includes(name) : name.startsWith(input.logGroupNamePrefix ?? "")))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const { page, next } = pageOf(found, { token: input.nextToken, size: input.limit }, PAGES);
    return {
      logGroups: page.map(({ name, arn, createdAt, retentionDays, isProtected }) => ({
        logGroupName: name,
        arn: `${arn}:*`,
        creationTime: createdAt,
        storedBytes: 0,
        ...(retentionDays === undefined ? {} : { retentionInDays: retentionDays }),
        ...(isProtected ? { deletionProtectionEnabled: true } : {}),
      })),
      nextToken: next,
    };
  },

  PutRetentionPolicy(input: PutRetentionPolicyCommandInput, sim) {
    const group = groupOf(sim, input.logGroupName);
    const days = input.retentionInDays ?? 0;
    if (!RETENTIONS.includes(days))
      refuse("InvalidParameterException", `Value '${days}' at 'retentionInDays' failed to satisfy constraint`);
    group.retentionDays = days;
    return {};
  },

  DeleteRetentionPolicy(input: DeleteLogGroupCommandInput, sim) {
    delete groupOf(sim, input.logGroupName).retentionDays;
    return {};
  },

  PutLogGroupDeletionProtection(input: PutLogGroupDeletionProtectionCommandInput, sim) {
    const [name = ""] = (input.logGroupIdentifier ?? "").replace(/:\*$/, "").split(":").slice(-1);
    groupOf(sim, name).isProtected = input.deletionProtectionEnabled ?? false;
    return {};
  },

  /** Which of its errors protection answers with, botocore does not return: DeleteLogGroup has this one, which nothing else is known for. */
  DeleteLogGroup(input: DeleteLogGroupCommandInput, sim) {
    const { name, isProtected, streams } = groupOf(sim, input.logGroupName);
    if (isProtected)
      refuse("ValidationException", `Log group ${name} has deletion protection enabled and cannot be deleted.`);
    for (const events of Object.values(streams)) if (typeof events === "string") sim.world.forget(events);
    delete groups(sim)[name];
    return {};
  },

  ListTagsForResource: (input: ListTagsForResourceCommandInput, sim): Answer<ListTagsForResourceCommandOutput> => ({
    tags: byArn(sim, input.resourceArn).tags,
  }),

  TagResource(input: TagResourceCommandInput, sim) {
    const group = byArn(sim, input.resourceArn);
    group.tags = withTags(group.tags, tagsOfInput(listOf(input.tags), "InvalidParameterException"));
    return {};
  },

  UntagResource(input: UntagResourceCommandInput, sim) {
    const group = byArn(sim, input.resourceArn);
    group.tags = withoutTags(group.tags, input.tagKeys);
    return {};
  },
} satisfies Operations;
