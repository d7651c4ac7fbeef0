import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
} from "@aws-sdk/client-cloudwatch-logs";
import type { Answer, Operations } from "../sim.ts";
import { deliveries, deliveryDestinations, deliverySources } from "./delivery-records.ts";
import { logGroups } from "./records.ts";

const ROWS = {
  delivery: deliveries,
  "delivery-destination": deliveryDestinations,
  "delivery-source": deliverySources,
  "log-group": logGroups,
};

/** The records that an ARN is of. */
function rowOf(arn = "") {
  const type = arn.split(":")[5] ?? "";
  return Object.entries(ROWS).find(([name]) => name === type)?.[1] ?? logGroups;
}

export const tagOperations = {
  ListTagsForResource: (input: ListTagsForResourceCommandInput, sim): Answer<ListTagsForResourceCommandOutput> => ({
    tags: rowOf(input.resourceArn).tagsOf(sim, input.resourceArn),
  }),
  TagResource: (input: TagResourceCommandInput, sim) =>
    rowOf(input.resourceArn).tag(sim, input.resourceArn, input.tags),
  UntagResource: (input: UntagResourceCommandInput, sim) =>
    rowOf(input.resourceArn).untag(sim, input.resourceArn, input.tagKeys),
} satisfies Operations;
