import { formerMark, markOf, type Identity } from "./owner.ts";

/** The tag that names the stack a resource belongs to: its name alone. Fairlead 0.1 put `<name>-<environment>` there. */
export const STACK_TAG = "fairlead:stack";
/** The tag that names the stack's environment. */
export const ENVIRONMENT_TAG = "fairlead:environment";
/** The tag that names the region where the stack lives; what is global has it too. */
const REGION_TAG = "fairlead:region";
/** The tag that holds a resource's id in its stack. */
export const ID_TAG = "fairlead:id";

/** Tags as the kinds compare them. */
export type Tags = Readonly<Record<string, string>>;

/** The tags that every resource of a stack has, the id omitted. */
export const stackTags = ({ name, environment, region }: Identity): Tags => ({
  [STACK_TAG]: name,
  [ENVIRONMENT_TAG]: environment,
  [REGION_TAG]: region,
});

/** The owner tags of resource `id` of a stack. */
export const ownerTags = (stack: Identity, id: string): Tags => ({ ...stackTags(stack), [ID_TAG]: id });

/** The owner mark that tags have, or `undefined` where they have none, or only a part of one. */
export function ownerOf(tags: Tags): string | undefined {
  const { [STACK_TAG]: name, [ENVIRONMENT_TAG]: environment, [REGION_TAG]: region, [ID_TAG]: id } = tags;
  if (name === undefined || id === undefined) return undefined;
  if (environment !== undefined && region !== undefined) return markOf({ name, environment, region }, id);
  return environment === undefined && region === undefined ? formerMark(name, id) : undefined;
}

/** Owner tags as the same resource of the stack has them in another of its regions; other tags as they are. */
export const tagsOfRegion = (tags: Tags, region: string): Tags =>
  tags[REGION_TAG] === undefined ? tags : { ...tags, [REGION_TAG]: region };

/** A list of `{ Key, Value }` (EC2, ELB, IAM, S3, CloudFront, ECR, EventBridge). */
export const tagList = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
/** A list of `{ key, value }` (ECS, CodeBuild, CodePipeline). */
export const tagListLower = (tags: Tags) => Object.entries(tags).map(([key, value]) => ({ key, value }));

/** Tags out of either list; AWS's own `aws:` tags are no one's to compare. */
export function tagsFrom(
  list: readonly {
    Key?: string | undefined;
    Value?: string | undefined;
    key?: string | undefined;
    value?: string | undefined;
  }[] = [],
): Tags {
  const tags: Record<string, string> = {};
  for (const { Key, key = Key, Value, value = Value } of list)
    if (key !== undefined && !key.startsWith("aws:")) tags[key] = value ?? "";
  return tags;
}

/**
 * What to write and what to remove to turn `observed` into `desired`. Only keys that are Fairlead's to remove are: those
 * under `fairlead:` and those that the engine hands over as having been applied before (it leaves foreign keys in `desired`).
 */
export function tagChanges(desired: Tags, observed: Tags) {
  const write = Object.fromEntries(Object.entries(desired).filter(([key, value]) => observed[key] !== value));
  const remove = Object.keys(observed).filter((key) => !(key in desired));
  return { write, remove };
}
