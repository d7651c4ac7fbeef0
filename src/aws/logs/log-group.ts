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
import { ahead } from "../ahead.ts";
import type { Arn, Aws } from "../aws.ts";
import { SET, some, unmanagedIn, type Usual } from "../beyond.ts";
import type { NotYet } from "../call.ts";
import { absent } from "../errors.ts";
import { awsCommand } from "../command-line.ts";
import { unlessHeld, type Held } from "../obstacles.ts";
import { namedAfter, ownedAmong } from "../owned.ts";
import { defineKind } from "../define-kind.ts";
import { asRecorded } from "../to-delete.ts";
import { observedRegion } from "../regional.ts";
import { GLOBAL_REGION } from "../tagging.ts";
import { ownerOf, tagChanges, tagListLower, tagsFrom, type Tags } from "../tags.ts";
import { insightsGroups, madeForStack } from "./insights.ts";
import { groupNames } from "./names.ts";

export interface LogGroupSpec {
  name: string;
  /** The region if that is not the stack's. */
  region?: string | undefined;
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
const heldGroup = ({ logs, name, region }: Place): Held => ({
  refusal: `log group ${name} cannot be deleted`,
  looks: [
    async () => {
      const { logGroups = [] } = await logs(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
      const group = logGroups.find(({ logGroupName }) => logGroupName === name);
      if (!group?.deletionProtectionEnabled) return [];
      const words = ["logs", "put-log-group-deletion-protection", "--log-group-identifier", name];
      const remove = awsCommand([...words, "--no-deletion-protection-enabled"], { region });
      return [{ what: "deletion protection", how: "is on", remove }];
    },
  ],
});

export const LogGroup = defineKind<LogGroupSpec, LogGroupAttrs>({
  type: "logs/log-group",
  fields: {
    name: { immutable: true, unique: true },
    region: { immutable: true, unique: true },
    retentionDays: {},
    tags: {},
  },
  traits: { markedAtOnce: true, holdsData: true },
  inventory: { idIn, lists: "receipt", untagged: insightsGroups },

  async observe(aws, look) {
    const id = look.knownId ?? (look.spec.name === undefined ? undefined : idOf(aws, look.spec.region, look.spec.name));
    if (id === undefined) return undefined;
    const place = placeOf(aws, id);
    const { name, arn } = place;
    if (look.toDelete && look.knownId !== undefined) return asRecorded(look, await tagsOf(place));
    const tagsIn = ahead(look, look.knownId && arn, () => tagsOf(place));
    const known = look.knownId === undefined ? undefined : await describedTogether(place, look.snapshot);
    const group = known ?? (await described(aws, place, look.snapshot));
    if (!group) return undefined;
    const tags = await tagsIn(arn);
    // It was deleted between the two calls.
    if (!tags) return undefined;
    const isHere = place.region === aws.region;
    const made = isHere && ownerOf(tags) === undefined ? await madeForStack(aws, look.snapshot, name) : undefined;
    return {
      id,
      attrs: { name, arn, ...(made ? { cluster: made.cluster } : {}) },
      ...(made ? { owner: made.owner, madeBy: "Container Insights" } : {}),
      spec: {
        name,
        region: observedRegion(aws, look.spec.region, arn),
        retentionDays: group.retentionInDays,
        tags,
      },
      unmanaged: some(unmanagedIn(group, USUAL)),
      ready: true,
    };
  },

  async list(aws, ids, snapshot = new Snapshot()) {
    const [here, global, insights] = await Promise.all([
      groupNames(aws, aws.region, snapshot),
      groupNames(aws, GLOBAL_REGION, snapshot),
      insightsGroups(aws, snapshot),
    ]);
    const own = [
      ...here.filter((name) => PATHS.some((path) => namedAfter(`${path}${aws.stack}`, name))),
      ...global.filter((name) => namedAfter(aws.stack, name)).map((name) => idOf(aws, GLOBAL_REGION, name)),
    ];
    const candidates = own.map((id) => ({ id, tags: () => tagsOf(placeOf(aws, id)) }));
    return [...(await ownedAmong(aws, candidates, ids)), ...insights];
  },

  async create(aws, spec, making) {
    const { name, tags } = spec;
    const id = idOf(aws, spec.region, name);
    const place = placeOf(aws, id);
    await place.logs(new CreateLogGroupCommand({ logGroupName: name, tags }), { once: true, notYet: CROSSED });
    await making.created(id);
    if (spec.retentionDays !== undefined) await setRetention(place, spec.retentionDays);
    return { id, attrs: { name, arn: place.arn } };
  },

  async update(aws, observed, spec, changed) {
    const place = placeOf(aws, observed.id);
    if (changed.has("retentionDays")) await setRetention(place, spec.retentionDays);
    const { write, remove } = tagChanges(spec.tags, observed.spec.tags ?? {});
    const resourceArn = place.arn;
    if (Object.keys(write).length > 0) await place.logs(new TagResourceCommand({ resourceArn, tags: write }));
    if (remove.length > 0) await place.logs(new UntagResourceCommand({ resourceArn, tagKeys: remove }));
  },

  async delete(aws, observed) {
    const place = placeOf(aws, observed.id);
    const notYet = [...CROSSED, ...unlessHeld(aws, heldGroup(place), PROTECTED)];
    await absent(place.logs(new DeleteLogGroupCommand({ logGroupName: place.name }), { notYet }), NOT_FOUND);
  },
});

/** DescribeLogGroups accepts this many identifiers (botocore logs, DescribeLogGroupsLogGroupIdentifiers). */
const AT_ONCE = 50;

/**
 * A recorded group; concurrent callers share one call. `undefined` is inconclusive: it is not documented that AWS omits missing names
 * from the list instead of failing the whole call (botocore logs, DescribeLogGroups, only says that the
 * identifiers "filter the list"). Then the group is requested separately.
 */
const describedTogether = ({ logs, region, name }: Place, snapshot: Snapshot): Promise<Described | undefined> =>
  snapshot.batch(`logs/log-group ${region}`, name, AT_ONCE, async (logGroupIdentifiers) => {
    const asking = logs(new DescribeLogGroupsCommand({ logGroupIdentifiers }));
    const answer = await absent(asking, NOT_FOUND, "InvalidParameterException");
    return new Map((answer?.logGroups ?? []).map((group) => [group.logGroupName ?? "", group]));
  });

/**
 * The group of exactly that name. Groups named after the stack share a call: the first page of those whose names begin like that, which others'
 * could only fill if they had the same beginning; then the group is requested separately.
 */
async function described(aws: Aws, { logs, region, name }: Place, snapshot: Snapshot): Promise<Described | undefined> {
  const prefix = PATHS.map((path) => `${path}${aws.stack}`).find((own) => namedAfter(own, name));
  for (const logGroupNamePrefix of new Set([prefix ?? name, name])) {
    const { logGroups = [], nextToken } = await snapshot.once(`logs/log-groups ${region} ${logGroupNamePrefix}`, () =>
      logs(new DescribeLogGroupsCommand({ logGroupNamePrefix })),
    );
    const group = logGroups.find(({ logGroupName }) => logGroupName === name);
    // Groups are listed by name, so an exact match of the prefix comes first.
    if (group || nextToken === undefined) return group;
  }
  return undefined;
}

/** Where a group is. */
interface Place {
  readonly logs: Aws["logs"];
  readonly region: string;
  readonly name: string;
  readonly arn: string;
}

/** A group's id is its name, and its ARN if it is not in the stack's region. */
const idOf = (aws: Aws, region: string | undefined, name: string): string =>
  region === undefined || region === aws.region ? name : arnOf(aws, region, name);

function placeOf(aws: Aws, id: string): Place {
  const { region = aws.region, name = id } = groupIn(id) ?? {};
  return { logs: region === aws.region ? aws.logs : aws.in(region).logs, region, name, arn: arnOf(aws, region, name) };
}

/** The region and the name in a group's ARN, which may end with the `:*` of the group's streams. */
const groupIn = (arn: string) =>
  /^arn:[^:]+:logs:(?<region>[^:]*):\d*:log-group:(?<name>[^:]+)(:\*)?$/.exec(arn)?.groups;

function idIn({ text }: Arn, aws: Pick<Aws, "region">): string | undefined {
  const found = groupIn(text);
  return found && (found["region"] === aws.region ? found["name"] : text.replace(/:\*$/, ""));
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

/** The prefixes of a stack's log groups: services, builds and flow logs. */
const PATHS = ["/ecs/", "/aws/codebuild/", "/aws/vpc/"];

async function tagsOf({ logs, arn }: Place): Promise<Tags | undefined> {
  const answer = await absent(logs(new ListTagsForResourceCommand({ resourceArn: arn })), NOT_FOUND);
  return answer && tagsFrom(tagListLower(answer.tags ?? {}));
}

const arnOf = (aws: Aws, region: string, name: string) =>
  `arn:${aws.partition}:logs:${region}:${aws.account}:log-group:${name}`;

async function setRetention({ logs, name: logGroupName }: Place, days: number | undefined) {
  await (days === undefined
    ? logs(new DeleteRetentionPolicyCommand({ logGroupName }), { notYet: CROSSED })
    : logs(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: days }), { notYet: CROSSED }));
}
