import type { Filter, Tag, TagSpecification } from "@aws-sdk/client-ec2";
import { refuse } from "../errors.ts";

/** The tags that a create call brings along. */
export const tagsOf = (specifications: readonly TagSpecification[] = []): Tag[] =>
  specifications.flatMap(({ Tags = [] }) => Tags);

/** Whether a record passes EC2's filters: `tag:KEY` and those that `fields` names; any other filter is refused loudly. */
export function passes(
  filters: readonly Filter[] = [],
  tags: readonly Tag[],
  fields: Readonly<Record<string, string | undefined>>,
) {
  return filters.every(({ Name = "", Values = [] }) => {
    if (Name.startsWith("tag:"))
      return tags.some((tag) => tag.Key === Name.slice(4) && Values.includes(tag.Value ?? ""));
    if (!(Name in fields)) refuse("InvalidParameterValue", `The filter '${Name}' is invalid`);
    return Values.includes(fields[Name] ?? "");
  });
}
