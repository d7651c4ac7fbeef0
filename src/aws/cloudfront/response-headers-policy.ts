// A policy cannot be tagged: the owner mark is part of its comment. CloudFront refuses to delete a policy until the distribution
// update that removed it is deployed everywhere.
import {
  CreateResponseHeadersPolicyCommand,
  DeleteResponseHeadersPolicyCommand,
  GetResponseHeadersPolicyCommand,
  ListDistributionsByResponseHeadersPolicyIdCommand,
  ListTagsForResourceCommand,
  ListResponseHeadersPoliciesCommand,
  UpdateResponseHeadersPolicyCommand,
  type ReferrerPolicyList,
  type ResponseHeadersPolicy as AwsPolicy,
  type ResponseHeadersPolicyConfig,
} from "@aws-sdk/client-cloudfront";
import type { Look } from "../../engine/resource-kind.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { defineKind } from "../define-kind.ts";
import { SET, some, unmanagedIn, type Usual } from "../beyond.ts";
import type { NotYet } from "../call.ts";
import { absent } from "../errors.ts";
import { awsCommand } from "../command-line.ts";
import { unmarked, withMark } from "../marked-text.ts";
import { unlessHeld, type Held, type Obstacle } from "../obstacles.ts";
import { isOfStack } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { tagsFrom } from "../tags.ts";
import { onLatest } from "./shared.ts";

export interface ResponseHeadersPolicySpec {
  name: string;
  /** The owner mark, which is part of the comment on AWS. */
  owner: string;
  /** With the owner mark, AWS accepts at most 128 characters. */
  comment: string;
  /** Strict-Transport-Security. */
  hsts: { maxAgeSeconds: number; includeSubdomains: boolean; preload: boolean };
  /** X-Content-Type-Options: nosniff. */
  contentTypeOptions: boolean;
  /** X-Frame-Options. */
  frameOption: "DENY" | "SAMEORIGIN";
  /** Referrer-Policy, such as `strict-origin-when-cross-origin`. */
  referrerPolicy: ReferrerPolicyList;
}

export interface ResponseHeadersPolicyAttrs {
  policyId: string;
}

export const ResponseHeadersPolicy = defineKind<ResponseHeadersPolicySpec, ResponseHeadersPolicyAttrs>({
  type: "cloudfront/response-headers-policy",
  fields: {
    name: { immutable: true, unique: true },
    owner: {},
    comment: {},
    hsts: {},
    contentTypeOptions: {},
    frameOption: {},
    referrerPolicy: {},
  },
  traits: { markedAtOnce: true },
  inventory: { lists: "stateless" },

  async observe(aws, look) {
    const { policy, etag } = await findPolicy(aws, look);
    const config = policy?.ResponseHeadersPolicyConfig;
    if (!policy?.Id || !config) return undefined;
    const { text: comment, owner } = unmarked(config.Comment);
    const security = config.SecurityHeadersConfig ?? {};
    const hsts = overriding(security.StrictTransportSecurity);
    return {
      id: policy.Id,
      attrs: { policyId: policy.Id },
      spec: {
        name: config.Name,
        owner,
        comment,
        hsts: hsts && {
          maxAgeSeconds: hsts.AccessControlMaxAgeSec ?? 0,
          includeSubdomains: hsts.IncludeSubdomains ?? false,
          preload: hsts.Preload ?? false,
        },
        contentTypeOptions: overriding(security.ContentTypeOptions) !== undefined,
        frameOption: overriding(security.FrameOptions)?.FrameOption,
        referrerPolicy: overriding(security.ReferrerPolicy)?.ReferrerPolicy,
      },
      unmanaged: some(unmanagedIn(config, USUAL)),
      owner,
      handles: etag === undefined ? undefined : { etag },
      ready: true,
    };
  },

  async list(aws, _ids, snapshot = new Snapshot()) {
    return (await listedOnce(aws, snapshot)).flatMap(({ Id: id = "", ResponseHeadersPolicyConfig: config }) => {
      const { owner } = unmarked(config?.Comment);
      return owner !== undefined && isOfStack(aws, owner) ? [{ id, owner }] : [];
    });
  },

  async create(aws, spec, making) {
    const { ResponseHeadersPolicy: policy } = await aws.cloudFront(
      new CreateResponseHeadersPolicyCommand({ ResponseHeadersPolicyConfig: configOf(spec) }),
      { once: true },
    );
    const policyId = policy?.Id ?? "";
    await making.created(policyId);
    return { id: policyId, attrs: { policyId } };
  },

  async update(aws, observed, spec) {
    await onLatest(
      () => aws.cloudFront(new GetResponseHeadersPolicyCommand({ Id: observed.id })),
      ({ ETag, ResponseHeadersPolicy: live }) =>
        aws.cloudFront(
          new UpdateResponseHeadersPolicyCommand({
            Id: observed.id,
            IfMatch: ETag,
            ResponseHeadersPolicyConfig: configOf(spec, live?.ResponseHeadersPolicyConfig),
          }),
        ),
    );
  },

  async delete(aws, { id: Id, handles }) {
    const gone = onLatest(
      async () => (await aws.cloudFront(new GetResponseHeadersPolicyCommand({ Id }))).ETag,
      (IfMatch) =>
        aws.cloudFront(new DeleteResponseHeadersPolicyCommand({ Id, IfMatch }), {
          notYet: unlessHeld(aws, heldPolicy(aws, Id), IN_USE),
        }),
      handles?.["etag"],
    );
    await absent(gone, ABSENT);
  },
});

const ABSENT = "NoSuchResponseHeadersPolicy";

/** CloudFront refuses to delete a policy for a while after the last distribution that used it was updated everywhere, or deleted. */
const IN_USE: readonly NotYet[] = [{ code: "ResponseHeadersPolicyInUse", budget: 600 }];

/** What blocks deleting a policy: unmanaged distributions that use it (CloudFront API Reference, DeleteResponseHeadersPolicy). */
const heldPolicy = (aws: Aws, ResponseHeadersPolicyId: string): Held => ({
  refusal: `response headers policy ${ResponseHeadersPolicyId} cannot be deleted`,
  looks: [
    async () => {
      const ids = await everyPage(async (Marker) => {
        const command = new ListDistributionsByResponseHeadersPolicyIdCommand({ ResponseHeadersPolicyId, Marker });
        const { Items, NextMarker } = (await aws.cloudFront(command)).DistributionIdList ?? {};
        return { items: Items, next: NextMarker };
      });
      const found = ids.map(async (id): Promise<Obstacle[]> => {
        const Resource = `arn:${aws.partition}:cloudfront::${aws.account}:distribution/${id}`;
        const asking = aws.cloudFront(new ListTagsForResourceCommand({ Resource }));
        const answer = await absent(asking, "NoSuchResource", "NoSuchDistribution");
        if (!answer) return [];
        const show = awsCommand(["cloudfront", "get-distribution-config", "--id", id]);
        return [{ what: `distribution ${id}`, tags: tagsFrom(answer.Tags?.Items), how: "uses it in a behavior", show }];
      });
      return (await Promise.all(found)).flat();
    },
  ],
});

/** Fairlead's part of a policy; an update keeps the other sections. */
const USUAL: Usual = {
  Name: SET,
  Comment: SET,
  SecurityHeadersConfig: {
    StrictTransportSecurity: SET,
    ContentTypeOptions: SET,
    FrameOptions: SET,
    ReferrerPolicy: SET,
  },
};

async function findPolicy(
  aws: Aws,
  { knownId, owner, excludeIds, spec, snapshot }: Look<ResponseHeadersPolicySpec>,
): Promise<Found> {
  if (knownId !== undefined) {
    const known = await absent(aws.cloudFront(new GetResponseHeadersPolicyCommand({ Id: knownId })), ABSENT);
    if (known?.ResponseHeadersPolicy) return { policy: known.ResponseHeadersPolicy, etag: known.ETag };
  }
  // An account has at most twenty custom ones (CloudFront Developer Guide, "Quotas on policies"): one list returns all of them completely.
  const policies = await listedOnce(aws, snapshot);
  const candidates = policies.filter(({ Id = "" }) => !excludeIds.includes(Id));
  const bearing = (mark: string) =>
    candidates.find(({ ResponseHeadersPolicyConfig: config }) => unmarked(config?.Comment).owner === mark);
  const named = () => candidates.find(({ ResponseHeadersPolicyConfig: config }) => config?.Name === spec.name);
  return { policy: bearing(owner) ?? named() };
}

/** A policy, and its ETag where it was not found in a list. */
interface Found {
  readonly policy: AwsPolicy | undefined;
  readonly etag?: string | undefined;
}

const listedOnce = (aws: Aws, snapshot: Snapshot) =>
  snapshot.once("cloudfront/response-headers-policies", () => listed(aws));

/** All custom policies of the account. */
const listed = (aws: Aws): Promise<AwsPolicy[]> =>
  everyPage(async (Marker) => {
    const page = await aws.cloudFront(new ListResponseHeadersPoliciesCommand({ Type: "custom", Marker }));
    const { Items, NextMarker } = page.ResponseHeadersPolicyList ?? {};
    return { items: Items?.flatMap(({ ResponseHeadersPolicy: policy }) => policy ?? []), next: NextMarker };
  });

/** A header that the origin may override counts as missing. */
const overriding = <Header extends { Override: boolean | undefined }>(header: Header | undefined) =>
  header?.Override ? header : undefined;

/** The policy merged into the `live` one, whose other sections (CORS, custom headers) are not Fairlead's. */
function configOf(spec: ResponseHeadersPolicySpec, live?: ResponseHeadersPolicyConfig): ResponseHeadersPolicyConfig {
  const { hsts } = spec;
  return {
    ...live,
    Name: spec.name,
    Comment: withMark(spec.comment, spec.owner),
    SecurityHeadersConfig: {
      ...live?.SecurityHeadersConfig,
      StrictTransportSecurity: {
        Override: true,
        AccessControlMaxAgeSec: hsts.maxAgeSeconds,
        IncludeSubdomains: hsts.includeSubdomains,
        Preload: hsts.preload,
      },
      ContentTypeOptions: spec.contentTypeOptions ? { Override: true } : undefined,
      FrameOptions: { Override: true, FrameOption: spec.frameOption },
      ReferrerPolicy: { Override: true, ReferrerPolicy: spec.referrerPolicy },
    },
  };
}
