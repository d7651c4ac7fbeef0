/** The tag that names the stack a resource belongs to. */
export const STACK_TAG = "fairlead:stack";
/** The tag that holds a resource's id in its stack. */
export const ID_TAG = "fairlead:id";

/** Tags as the kinds compare them. */
export type Tags = Readonly<Record<string, string>>;

/** The owner tags of resource `id` in `stack`. */
export const ownerTags = (stack: string, id: string): Tags => ({ [STACK_TAG]: stack, [ID_TAG]: id });

/** The owner mark `<stack>/<id>` that tags bear, or `undefined` where they bear none. */
export function ownerOf(tags: Tags): string | undefined {
  const stack = tags[STACK_TAG];
  const id = tags[ID_TAG];
  return stack !== undefined && id !== undefined ? `${stack}/${id}` : undefined;
}

/** A list of `{ Key, Value }` (EC2, ELB, IAM, S3, CloudFront, ECR, EventBridge). */
export const tagList = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
/** A list of `{ key, value }` (ECS, CodeBuild, CodePipeline). */
export const tagListLower = (tags: Tags) => Object.entries(tags).map(([key, value]) => ({ key, value }));

/** Tags out of either list; AWS's own `aws:` tags are nobody's to compare. */
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
