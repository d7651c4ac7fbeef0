// Retention is set by a separate call, and a group without it keeps everything forever; a writer with permission to do so recreates a
// deleted group like that. Concurrent calls on one group fail with OperationAbortedException.
import {
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type LogGroup as Described,
} from "@aws-sdk/client-cloudwatch-logs";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Arn, Aws } from "../aws.ts";
import { SET, some, unmanagedIn, type Usual } from "../beyond.ts";
import type { NotYet } from "../call.ts";
import { absent } from "../errors.ts";
import { awsCommand } from "../command-line.ts";
import { unlessHeld, type Held } from "../obstacles.ts";
import { namedAfter, ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { defineKind } from "../define-kind.ts";
import { ownerOf, tagChanges, tagListLower, tagsFrom, type Tags } from "../tags.ts";
import { insightsGroups, madeForStack } from "./insights.ts";

export interface LogGroupSpec {
  name: string;
  /** `undefined`: forever. */
  retentionDays: number | undefined;
  tags: Tags;
}

export interface LogGroupAttrs {
  name: string;
  /** Without the `:*` that stands for its streams. */
  arn: string;
  /** The cluster that Container Insights created it for, which is deleted first: until then AWS recreates the group. */
  cluster?: string;
}

const NOT_FOUND = "ResourceNotFoundException";
/** One minute, as in terraform-provider-aws (internal/service/logs/group.go, on OperationAbortedException "try again"). */
const CROSSED: readonly NotYet[] = [{ code: "OperationAbortedException", budget: 60 }];

/** DeleteLogGroup's error under deletion protection is one of these (botocore logs, DeleteLogGroup and PutLogGroupDeletionProtection). */
const PROTECTED: readonly NotYet[] = [
  { code: "ValidationException", budget: 60 },
  { code: "InvalidOperationException", budget: 60 },
];

/** What blocks deleting a group: unmanaged deletion protection ("blocks all deletion operations until it is explicitly disabled", botocore logs). */
const heldGroup = (aws: Aws, name: string): Held => ({
  refusal: `log group ${name} cannot be deleted`,
  looks: [
    async () => {
      const { logGroups = [] } = await aws.logs(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
      const group = logGroups.find(({ logGroupName }) => logGroupName === name);
      if (!group?.deletionProtectionEnabled) return [];
      const words = ["logs", "put-log-group-deletion-protection", "--log-group-identifier", name];
      const remove = awsCommand([...words, "--no-deletion-protection-enabled"], aws);
      return [{ what: "deletion protection", how: "is on", remove }];
    },
  ],
});

export const LogGroup = defineKind<LogGroupSpec, LogGroupAttrs>({
  type: "logs/log-group",
  fields: {
    name: { immutable: true, unique: true },
    retentionDays: {},
    tags: {},
  },
  traits: { holdsData: true },
  inventory: { idIn: nameIn, lists: "teardown" },

  async observe(aws, look) {
    const name = look.knownId ?? look.spec.name;
    if (name === undefined) return undefined;
    const known = look.knownId === undefined ? undefined : await describedTogether(aws, look.snapshot, name);
    const group = known ?? (await described(aws, look.snapshot, name));
    if (!group) return undefined;
    const tags = await tagsOf(aws, name);
    // It was deleted between the two calls.
    if (!tags) return undefined;
    const made = ownerOf(tags) === undefined ? await madeForStack(aws, look.snapshot, name) : undefined;
    return {
      id: name,
      attrs: { name, arn: arnOf(aws, name), ...(made ? { cluster: made.cluster } : {}) },
      ...(made ? { owner: made.owner, madeBy: "Container Insights" } : {}),
      spec: { name, retentionDays: group.retentionInDays, tags },
      unmanaged: some(unmanagedIn(group, USUAL)),
      ready: true,
    };
  },

  async list(aws, ids, snapshot = new Snapshot()) {
    const names = Promise.all(PATHS.map((path) => groupNames(aws, `${path}${aws.stack}`)));
    const [all, insights] = await Promise.all([names, insightsGroups(aws, snapshot)]);
    const candidates = all.flat().map((id) => ({ id, tags: () => tagsOf(aws, id) }));
    return [...(await ownedAmong(aws, candidates, ids)), ...insights];
  },

  async create(aws, spec, making) {
    const { name, tags } = spec;
    await aws.logs(new CreateLogGroupCommand({ logGroupName: name, tags }), { once: true, notYet: CROSSED });
    await making.created(name);
    if (spec.retentionDays !== undefined) await setRetention(aws, name, spec.retentionDays);
    return { id: name, attrs: { name, arn: arnOf(aws, name) } };
  },

  async update(aws, observed, spec, changed) {
    if (changed.has("retentionDays")) await setRetention(aws, observed.id, spec.retentionDays);
    const { write, remove } = tagChanges(spec.tags, observed.spec.tags ?? {});
    const resourceArn = observed.attrs.arn;
    if (Object.keys(write).length > 0) await aws.logs(new TagResourceCommand({ resourceArn, tags: write }));
    if (remove.length > 0) await aws.logs(new UntagResourceCommand({ resourceArn, tagKeys: remove }));
  },

  async delete(aws, observed) {
    const notYet = [...CROSSED, ...unlessHeld(aws, heldGroup(aws, observed.id), PROTECTED)];
    await absent(aws.logs(new DeleteLogGroupCommand({ logGroupName: observed.id }), { notYet }), NOT_FOUND);
  },
});

/** DescribeLogGroups accepts this many identifiers (botocore logs, DescribeLogGroupsLogGroupIdentifiers). */
const AT_ONCE = 50;

/**
 * A recorded group; concurrent callers share one call. `undefined` is inconclusive: it is not documented that AWS omits missing names
 * from the list instead of failing the whole call (botocore logs, DescribeLogGroups, only says that the
 * identifiers "filter the list"). Then the group is requested separately.
 */
const describedTogether = (aws: Aws, snapshot: Snapshot, name: string): Promise<Described | undefined> =>
  snapshot.batch("logs/log-group", name, AT_ONCE, async (logGroupIdentifiers) => {
    const asking = aws.logs(new DescribeLogGroupsCommand({ logGroupIdentifiers }));
    const answer = await absent(asking, NOT_FOUND, "InvalidParameterException");
    return new Map((answer?.logGroups ?? []).map((group) => [group.logGroupName ?? "", group]));
  });

/**
 * The group of exactly that name. Groups named after the stack share a call: the first page of those whose names begin like that, which others'
 * could only fill if they had the same beginning; then the group is requested separately.
 */
async function described(aws: Aws, snapshot: Snapshot, name: string): Promise<Described | undefined> {
  const prefix = PATHS.map((path) => `${path}${aws.stack}`).find((own) => namedAfter(own, name));
  for (const logGroupNamePrefix of new Set([prefix ?? name, name])) {
    const { logGroups = [], nextToken } = await snapshot.once(`logs/log-groups ${logGroupNamePrefix}`, () =>
      aws.logs(new DescribeLogGroupsCommand({ logGroupNamePrefix })),
    );
    const group = logGroups.find(({ logGroupName }) => logGroupName === name);
    // Groups are listed by name, so an exact match of the prefix comes first.
    if (group || nextToken === undefined) return group;
  }
  return undefined;
}

/** The name in an ARN, which may end with the `:*` of the group's streams. */
function nameIn({ service, resource }: Arn): string | undefined {
  const [, name] = /^log-group:([^:]+)(:\*)?$/.exec(resource) ?? [];
  return service === "logs" ? name : undefined;
}

/** What Fairlead or CloudWatch Logs sets ("LogGroup" in its API reference). All else is set by separate calls, and none of ours unsets it. */
const USUAL: Usual = {
  logGroupName: SET,
  arn: SET,
  logGroupArn: SET,
  creationTime: SET,
  retentionInDays: SET,
  storedBytes: SET,
  logGroupClass: "STANDARD",
  // An account-level policy.
  inheritedProperties: SET,
};

/** The prefixes of a stack's log groups: services and builds. */
const PATHS = ["/ecs/", "/aws/codebuild/"];

async function groupNames(aws: Aws, logGroupNamePrefix: string): Promise<string[]> {
  const groups = await everyPage(async (nextToken) => {
    const page = await aws.logs(new DescribeLogGroupsCommand({ logGroupNamePrefix, nextToken }));
    return { items: page.logGroups, next: page.nextToken };
  });
  return groups.map(({ logGroupName = "" }) => logGroupName).filter((name) => namedAfter(logGroupNamePrefix, name));
}

async function tagsOf(aws: Aws, name: string): Promise<Tags | undefined> {
  const answer = await absent(aws.logs(new ListTagsForResourceCommand({ resourceArn: arnOf(aws, name) })), NOT_FOUND);
  return answer && tagsFrom(tagListLower(answer.tags ?? {}));
}

const arnOf = (aws: Aws, name: string) => `arn:${aws.partition}:logs:${aws.region}:${aws.account}:log-group:${name}`;

async function setRetention(aws: Aws, logGroupName: string, days: number | undefined) {
  await (days === undefined
    ? aws.logs(new DeleteRetentionPolicyCommand({ logGroupName }), { notYet: CROSSED })
    : aws.logs(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: days }), { notYet: CROSSED }));
}
