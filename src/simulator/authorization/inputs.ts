// What a call's input says of resources: ids, ARNs, tags and roles, whatever the call.

type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** The texts in a field that has one or several. */
export const textsIn = (value: unknown): string[] =>
  [value].flat().filter((one): one is string => typeof one === "string");

/** All texts anywhere in an input, with the name of the field that has them. */
export function* textsWithin(value: unknown, field = ""): Generator<{ field: string; text: string }> {
  if (typeof value === "string") yield { field, text: value };
  else if (Array.isArray(value)) for (const item of value) yield* textsWithin(item, field);
  else if (typeof value === "object" && value !== null && !(value instanceof Date) && !(value instanceof Uint8Array))
    for (const [name, part] of Object.entries(value)) yield* textsWithin(part, name);
}

/** The tags that an input gives a resource, however its service writes them. */
export function tagsIn(input: unknown): Readonly<Record<string, string>> {
  const fields = fieldsOf(input);
  const places = [
    fields["Tags"],
    fields["tags"],
    fields["ResourceTags"],
    fieldsOf(fields["Tags"])["Items"],
    fieldsOf(fieldsOf(fieldsOf(input)["DistributionConfigWithTags"])["Tags"])["Items"],
    fieldsOf(fields["CreateBucketConfiguration"])["Tags"],
    ...[fields["TagSpecifications"] ?? []].flat().map((one) => fieldsOf(one)["Tags"]),
  ];
  const tags: Record<string, string> = {};
  for (const place of places)
    if (Array.isArray(place))
      for (const one of place.map(fieldsOf)) {
        const key = one["Key"] ?? one["key"] ?? one["TagKey"];
        const value = one["Value"] ?? one["value"] ?? one["TagValue"];
        if (typeof key === "string") tags[key] = typeof value === "string" ? value : "";
      }
    else for (const [key, value] of Object.entries(fieldsOf(place))) if (typeof value === "string") tags[key] = value;
  return tags;
}

/** The keys of tags that an input takes off a resource. */
export function untaggedIn(input: unknown): string[] {
  const fields = fieldsOf(input);
  return [
    fields["TagKeys"],
    fields["tagKeys"],
    fields["ResourceTagKeys"],
    fieldsOf(fields["TagKeys"])["Items"],
  ].flatMap(textsIn);
}

/** The ARNs of roles that an input gives to a service. */
export const rolesIn = (input: unknown): string[] => [
  ...new Set(
    [...textsWithin(input)].flatMap(({ field, text }) =>
      /(role(arn)?|PermissionArn)$/i.test(field) && /^arn:[^:]+:iam::\d+:role\//.test(text) ? [text] : [],
    ),
  ),
];
