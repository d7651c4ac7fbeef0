import type {
  GetResourcesCommandInput,
  GetResourcesCommandOutput,
  TagFilter,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations } from "../sim.ts";
import { tagList, type SimTags } from "../tagging.ts";
import { toldIn } from "./records.ts";

const INVALID = "InvalidParameterException";

/** One to a hundred resources a page (API reference, GetResources, `ResourcesPerPage`). */
const PAGES = { usual: 50, most: 100, code: INVALID } as const;

/** The Resource Groups Tagging API, as far as Fairlead asks it. */
export const taggingApi = {
  GetResources(input: GetResourcesCommandInput, sim): Answer<GetResourcesCommandOutput> {
    onlyKnown("GetResources", input, "PaginationToken", "ResourceTypeFilters", "ResourcesPerPage", "TagFilters");
    const {
      PaginationToken,
      ResourceTypeFilters: types = [],
      ResourcesPerPage: size,
      TagFilters: filters = [],
    } = input;
    if (types.length > 100) refuse(INVALID, "ResourceTypeFilters may have 100 items");
    if (filters.length > 50 || filters.some(({ Values = [] }) => Values.length > 20))
      refuse(INVALID, "A request may have 50 keys, and each key 20 values");
    const all = toldIn(sim, sim.region).filter(
      ({ arn, tags }) =>
        (types.length === 0 || types.some((type) => isOfType(arn, type))) &&
        filters.every((filter) => fits(tags, filter)),
    );
    // An empty token asks for the first page, and says that there is no other.
    const token = PaginationToken === "" ? undefined : PaginationToken;
    const { page, next = "" } = pageOf(all, { token, size }, PAGES);
    return {
      PaginationToken: next,
      ResourceTagMappingList: page.map(({ arn, tags }) => ({
        ResourceARN: arn,
        Tags: tagList(tags),
      })),
    };
  },
} satisfies Operations;

/** `service`, or `service:type` in the spelling of the ARN. */
function isOfType(arn: string, filter: string): boolean {
  const [, , service, , , ...rest] = arn.split(":");
  const [wanted, type] = filter.split(":");
  return service === wanted && (type === undefined || /^[^/:]*/.exec(rest.join(":"))?.[0] === type);
}

/** Several filters all count, several values of one any; no value means any at all. */
const fits = (tags: SimTags, { Key = "", Values = [] }: TagFilter) =>
  Key in tags && (Values.length === 0 || Values.includes(tags[Key] ?? ""));
