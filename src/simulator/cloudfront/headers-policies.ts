import type {
  CreateResponseHeadersPolicyCommandInput,
  CreateResponseHeadersPolicyCommandOutput,
  DeleteResponseHeadersPolicyCommandInput,
  GetResponseHeadersPolicyCommandInput,
  GetResponseHeadersPolicyCommandOutput,
  ListDistributionsByResponseHeadersPolicyIdCommandInput,
  ListDistributionsByResponseHeadersPolicyIdCommandOutput,
  ListResponseHeadersPoliciesCommandInput,
  ListResponseHeadersPoliciesCommandOutput,
  ResponseHeadersPolicyConfig,
  UpdateResponseHeadersPolicyCommandInput,
} from "@aws-sdk/client-cloudfront";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { policiesIn } from "./checks.ts";
import { filledInPolicy } from "./filled-in.ts";
import { checkMatch, distributions, headersPolicies, newId, PAGES, type SimHeadersPolicy } from "./records.ts";

const answerOf = (policy: SimHeadersPolicy) => ({
  Id: policy.id,
  LastModifiedTime: new Date(policy.changedAt),
  ResponseHeadersPolicyConfig: policy.config,
});

const policyOf = (sim: Sim, id: string | undefined): SimHeadersPolicy =>
  headersPolicies(sim)[id ?? ""] ??
  refuse("NoSuchResponseHeadersPolicy", "The response headers policy does not exist.", 404);

function check(sim: Sim, config: ResponseHeadersPolicyConfig | undefined, own?: string): ResponseHeadersPolicyConfig {
  if (!config?.Name) return refuse("InvalidArgument", "The parameter Name is required.");
  if (Object.values(headersPolicies(sim)).some((other) => other.config.Name === config.Name && other.id !== own))
    refuse("ResponseHeadersPolicyAlreadyExists", "A response headers policy with the same name already exists.", 409);
  if ((config.Comment ?? "").length > 128) refuse("InvalidArgument", "The parameter Comment is too long.");
  return config;
}

export const headersPolicyOperations = {
  CreateResponseHeadersPolicy(
    input: CreateResponseHeadersPolicyCommandInput,
    sim,
  ): Answer<CreateResponseHeadersPolicyCommandOutput> {
    const config = filledInPolicy(check(sim, input.ResponseHeadersPolicyConfig));
    const id = sim.id("rhp").slice(4);
    const policy = { id, etag: newId(sim), config, changedAt: sim.now };
    headersPolicies(sim)[id] = policy;
    return { ResponseHeadersPolicy: answerOf(policy), ETag: policy.etag };
  },

  GetResponseHeadersPolicy(
    input: GetResponseHeadersPolicyCommandInput,
    sim,
  ): Answer<GetResponseHeadersPolicyCommandOutput> {
    const policy = policyOf(sim, input.Id);
    return { ResponseHeadersPolicy: answerOf(policy), ETag: policy.etag };
  },

  ListResponseHeadersPolicies(
    input: ListResponseHeadersPoliciesCommandInput,
    sim,
  ): Answer<ListResponseHeadersPoliciesCommandOutput> {
    onlyKnown("ListResponseHeadersPolicies", input, "Type", "Marker", "MaxItems");
    if (input.Type !== "custom") refuse("InvalidArgument", "The simulated CloudFront lists custom policies only.");
    const { Marker: token, MaxItems = PAGES.usual } = input;
    const { page, next } = pageOf(Object.values(headersPolicies(sim)), { token, size: MaxItems }, PAGES);
    return {
      ResponseHeadersPolicyList: {
        MaxItems,
        NextMarker: next,
        Quantity: page.length,
        Items: page.map((policy) => ({ Type: "custom", ResponseHeadersPolicy: answerOf(policy) })),
      },
    };
  },

  ListDistributionsByResponseHeadersPolicyId(
    input: ListDistributionsByResponseHeadersPolicyIdCommandInput,
    sim,
  ): Answer<ListDistributionsByResponseHeadersPolicyIdCommandOutput> {
    const { id } = policyOf(sim, input.ResponseHeadersPolicyId);
    const { Marker = "", MaxItems = PAGES.usual } = input;
    const using = Object.values(distributions(sim)).filter(({ config }) => policiesIn(config).includes(id));
    const { page, next } = pageOf(using, { token: input.Marker, size: MaxItems }, PAGES);
    const Items = page.map((distribution) => distribution.id);
    return {
      DistributionIdList: {
        Marker,
        MaxItems,
        IsTruncated: next !== undefined,
        NextMarker: next,
        Quantity: Items.length,
        Items,
      },
    };
  },

  UpdateResponseHeadersPolicy(input: UpdateResponseHeadersPolicyCommandInput, sim) {
    const policy = policyOf(sim, input.Id);
    checkMatch(policy.etag, input.IfMatch);
    policy.config = filledInPolicy(check(sim, input.ResponseHeadersPolicyConfig, policy.id));
    policy.etag = newId(sim);
    policy.changedAt = sim.now;
    return { ResponseHeadersPolicy: answerOf(policy), ETag: policy.etag };
  },

  DeleteResponseHeadersPolicy(input: DeleteResponseHeadersPolicyCommandInput, sim) {
    const policy = policyOf(sim, input.Id);
    checkMatch(policy.etag, input.IfMatch);
    if (Object.values(distributions(sim)).some(({ config }) => policiesIn(config).includes(policy.id)))
      refuse(
        "ResponseHeadersPolicyInUse",
        "Cannot delete the response headers policy because it is attached to one or more cache behaviors.",
        409,
      );
    delete headersPolicies(sim)[policy.id];
    return {};
  },
} satisfies Operations;
