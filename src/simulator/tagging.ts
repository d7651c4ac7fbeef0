import { refuse } from "./errors.ts";

/** Tags in a record of the simulated world. */
export type SimTags = Record<string, string>;

interface AnyTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
  readonly key?: string | undefined;
  readonly value?: string | undefined;
}

/** Tags out of a call's input, or the refusal `code` where AWS would not take them. */
export function tagsOfInput(list: readonly AnyTag[] = [], code = "ValidationException"): SimTags {
  const tags: SimTags = {};
  for (const { Key, key = Key, Value, value = Value } of list) {
    if (key === undefined || key === "" || key.length > 128) refuse(code, `The TagKey you have provided is invalid`);
    if (key.toLowerCase().startsWith("aws:")) refuse(code, "System tags cannot be added/updated by requester");
    if (key in tags) refuse(code, `Cannot provide multiple Tags with the same key: ${key}`);
    if ((value ?? "").length > 256) refuse(code, "The TagValue you have provided is invalid");
    tags[key] = value ?? "";
  }
  return tags;
}

/** What a resource's tags become by a call that adds some. */
export function withTags(tags: SimTags, more: SimTags, code = "LimitExceededException"): SimTags {
  const all = { ...tags, ...more };
  if (Object.keys(all).length > 50) refuse(code, "A resource may have 50 tags");
  return all;
}

/** What a resource's tags become by a call that takes some off. */
export const withoutTags = (tags: SimTags, keys: readonly string[] = []): SimTags =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));

/** Tags as the lists of most services have them. */
export const tagList = (tags: SimTags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** The same for the services whose lists have lower-case members. */
export const lowerTagList = (tags: SimTags) => Object.entries(tags).map(([key, value]) => ({ key, value }));
