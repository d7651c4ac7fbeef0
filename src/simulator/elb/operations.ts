import type {
  AddTagsCommandInput,
  DescribeTagsCommandInput,
  DescribeTagsCommandOutput,
  RemoveTagsCommandInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { refuse } from "../errors.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagList, tagsOfInput, withoutTags, withTags } from "../tagging.ts";
import { certificateOperations } from "./listener-certificates.ts";
import { listenerOperations } from "./listeners.ts";
import { loadBalancerOperations } from "./load-balancers.ts";
import { balancerOf, listenerOf, MOST_AT_ONCE, ruleOf, targetGroupOf, type ElbRecord } from "./records.ts";
import { targetGroupOperations } from "./target-groups.ts";

function recordOf(sim: Sim, arn: string): ElbRecord {
  if (arn.includes(":targetgroup/")) return targetGroupOf(sim, arn);
  if (arn.includes(":listener-rule/")) return ruleOf(sim, arn);
  return arn.includes(":listener/") ? listenerOf(sim, arn) : balancerOf(sim, arn);
}

const tagOperations = {
  DescribeTags(input: DescribeTagsCommandInput, sim): Answer<DescribeTagsCommandOutput> {
    const { ResourceArns: arns = [] } = input;
    if (arns.length > MOST_AT_ONCE)
      refuse("ValidationError", `The maximum number of resources in a DescribeTags call is ${MOST_AT_ONCE}`);
    return {
      TagDescriptions: arns.map((ResourceArn) => ({
        ResourceArn,
        Tags: tagList(recordOf(sim, ResourceArn).tags),
      })),
    };
  },

  AddTags(input: AddTagsCommandInput, sim) {
    for (const record of (input.ResourceArns ?? []).map((arn) => recordOf(sim, arn)))
      record.tags = withTags(record.tags, tagsOfInput(input.Tags), "TooManyTagsException");
    return {};
  },

  RemoveTags(input: RemoveTagsCommandInput, sim) {
    for (const record of (input.ResourceArns ?? []).map((arn) => recordOf(sim, arn)))
      record.tags = withoutTags(record.tags, input.TagKeys);
    return {};
  },
} satisfies Operations;

/** Elastic Load Balancing, as far as the topology needs it: application load balancers. */
export const elb: Operations = {
  ...certificateOperations,
  ...listenerOperations,
  ...loadBalancerOperations,
  ...targetGroupOperations,
  ...tagOperations,
};
