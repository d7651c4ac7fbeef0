import { GetResourcesCommand, type GetResourcesCommandInput } from "@aws-sdk/client-resource-groups-tagging-api";
import type { Owned } from "../engine/resource-kind.ts";
import type { Snapshot } from "../engine/snapshot.ts";
import type { Arn, Aws } from "./aws.ts";
import { everyPage } from "./pages.ts";
import { ownerOf, STACK_TAG, stackTags, tagsFrom, type Tags } from "./tags.ts";

/**
 * Where the tagging API reports what is global. "Services that support the Resource Groups Tagging API" (API reference): GetResources
 * answers for the region that it is asked in; CloudFront's ARNs are those of us-east-1 (CloudFront Developer Guide, "Tagging a
 * distribution": the tagging API must be called in us-east-1).
 */
export const GLOBAL_REGION = "us-east-1";

/**
 * What GetResources is asked for, in the spelling of the ARNs' own types (API reference of GetResources, `ResourceTypeFilters`). Task
 * definitions are left out: one revision comes with every release and none ever goes, so that the answer would grow for ever.
 */
const REGIONAL = [
  "acm",
  "cloudwatch:alarm",
  "codebuild",
  "codepipeline",
  "ec2:egress-only-internet-gateway",
  "ec2:network-acl",
  "ec2:vpc-endpoint",
  "ec2:vpc-flow-log",
  "ecr",
  "ecs:cluster",
  "ecs:service",
  "elasticfilesystem",
  "elasticloadbalancing",
  "events",
  "logs",
  "s3",
  "secretsmanager",
  "sns",
  "sqs",
];
/**
 * What is in us-east-1 wherever the stack is: distributions, their certificates, firewalls and logs, and the alarms on their metrics, which are
 * there alone.
 */
const GLOBAL = ["acm", "cloudfront", "cloudwatch:alarm", "logs", "sns", "wafv2"];

/** One resource as the tagging API reports it: a hint, since it lags behind creates, deletes and changes of tags. */
export interface Tagged {
  readonly arn: Arn;
  readonly tags: Tags;
}

/**
 * All that has the stack's tags by the word of the Resource Groups Tagging API, of its region and of what is global: two calls, or one
 * where the stack lives in us-east-1, whatever others have in the account. `former`: also what Fairlead 0.1 marked.
 * `more`: types of users' kinds, which are asked for in the same calls.
 */
export async function taggedResources(
  aws: Aws,
  snapshot: Snapshot,
  former: boolean,
  more: readonly string[] = [],
): Promise<Tagged[]> {
  const regional = [...new Set([...REGIONAL, ...more])];
  const here = aws.region === GLOBAL_REGION;
  const bearing = (tags: Tags) =>
    snapshot.once(`tagging ${JSON.stringify([tags, more])}`, async () => {
      const TagFilters = filtersOf(tags);
      const asked = [
        read(aws.tagging, {
          TagFilters,
          ResourceTypeFilters: here ? [...new Set([...regional, ...GLOBAL])] : regional,
        }),
        ...(here ? [] : [read(aws.in(GLOBAL_REGION).tagging, { TagFilters, ResourceTypeFilters: GLOBAL })]),
      ];
      return (await Promise.all(asked)).flat();
    });
  const marks = [stackTags(aws.owner), ...(former ? [{ [STACK_TAG]: aws.stack }] : [])];
  return (await Promise.all(marks.map(bearing))).flat();
}

/**
 * The stack's resources of one kind, by what the tagging API has answered already in this snapshot: for kinds that cannot be tagged and belong
 * to one that is. `undefined` where it could not be called.
 */
export async function taggedOnes(
  aws: Aws,
  snapshot: Snapshot,
  idIn: (arn: Arn) => string | undefined,
): Promise<Owned[] | undefined> {
  const all = await taggedResources(aws, snapshot, false).catch(() => undefined);
  return all?.flatMap(({ arn, tags }) => {
    const id = idIn(arn);
    return id === undefined ? [] : [{ id, owner: ownerOf(tags) }];
  });
}

const filtersOf = (tags: Tags) => Object.entries(tags).map(([Key, value]) => ({ Key, Values: [value] }));

/** One hundred is the most that a page takes (API reference, `ResourcesPerPage`). */
const read = (send: Aws["tagging"], what: GetResourcesCommandInput): Promise<Tagged[]> =>
  everyPage(async (PaginationToken) => {
    const page = await send(new GetResourcesCommand({ ...what, ResourcesPerPage: 100, PaginationToken }));
    const items = page.ResourceTagMappingList?.flatMap(({ ResourceARN, Tags: list }) => {
      const arn = arnIn(ResourceARN ?? "");
      return arn ? [{ arn, tags: tagsFrom(list) }] : [];
    });
    return { items, next: page.PaginationToken };
  });

/** The parts of an ARN; the resource itself may have colons. */
function arnIn(text: string): Arn | undefined {
  const [start, , service, , , ...resource] = text.split(":");
  return start === "arn" && service !== undefined && resource.length > 0
    ? { text, service, resource: resource.join(":") }
    : undefined;
}
