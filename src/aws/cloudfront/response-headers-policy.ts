// A policy cannot be tagged: the owner mark goes into its comment. And CloudFront holds on to a policy until the distribution's
// update that dropped it is deployed everywhere.
import {
  CreateResponseHeadersPolicyCommand,
  DeleteResponseHeadersPolicyCommand,
  GetResponseHeadersPolicyCommand,
  ListResponseHeadersPoliciesCommand,
  UpdateResponseHeadersPolicyCommand,
  type ReferrerPolicyList,
  type ResponseHeadersPolicy as AwsPolicy,
  type ResponseHeadersPolicyConfig,
} from "@aws-sdk/client-cloudfront";
import type { Look } from "../../engine/kind.ts";
import type { Aws, AwsKind } from "../aws.ts";
import { absent } from "../errors.ts";
import { everyPage } from "../pages.ts";
import { onLatest } from "./shared.ts";

export interface ResponseHeadersPolicySpec {
  name: string;
  /** With the owner mark, AWS takes at most 128 characters. */
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

export const ResponseHeadersPolicy: AwsKind<ResponseHeadersPolicySpec, ResponseHeadersPolicyAttrs> = {
  type: "cloudfront/response-headers-policy",
  tagged: false,
  immutable: ["name"],
  unique: ["name"],
  usual: {},

  async observe(aws, look) {
    const policy = await findPolicy(aws, look);
    const config = policy?.ResponseHeadersPolicyConfig;
    if (!policy?.Id || !config) return undefined;
    const { comment, owner } = unmarked(config.Comment);
    const security = config.SecurityHeadersConfig ?? {};
    const hsts = overriding(security.StrictTransportSecurity);
    return {
      id: policy.Id,
      attrs: { policyId: policy.Id },
      spec: {
        name: config.Name,
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
      owner,
      ready: true,
    };
  },

  async owned(aws) {
    return (await listed(aws)).flatMap(({ Id: id = "", ResponseHeadersPolicyConfig: config }) => {
      const { owner } = unmarked(config?.Comment);
      return owner?.startsWith(`${aws.stack}/`) ? [{ id, owner }] : [];
    });
  },

  async create(aws, spec, making) {
    const { ResponseHeadersPolicy: policy } = await aws.cloudFront(
      new CreateResponseHeadersPolicyCommand({ ResponseHeadersPolicyConfig: configOf(spec, making.owner) }),
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
            ResponseHeadersPolicyConfig: configOf(spec, observed.owner, live?.ResponseHeadersPolicyConfig),
          }),
        ),
    );
  },

  async delete(aws, { id: Id }) {
    const gone = onLatest(
      () => aws.cloudFront(new GetResponseHeadersPolicyCommand({ Id })),
      ({ ETag }) =>
        aws.cloudFront(new DeleteResponseHeadersPolicyCommand({ Id, IfMatch: ETag }), {
          notYet: [{ code: "ResponseHeadersPolicyInUse", budget: 600 }],
        }),
    );
    await absent(gone, ABSENT);
  },
};

const ABSENT = "NoSuchResponseHeadersPolicy";

async function findPolicy(
  aws: Aws,
  { knownId, owner, not, spec, snapshot }: Look<ResponseHeadersPolicySpec>,
): Promise<AwsPolicy | undefined> {
  if (knownId !== undefined) {
    const known = await absent(aws.cloudFront(new GetResponseHeadersPolicyCommand({ Id: knownId })), ABSENT);
    if (known?.ResponseHeadersPolicy) return known.ResponseHeadersPolicy;
  }
  const policies = await snapshot.once("cloudfront/response-headers-policies", () => listed(aws));
  const candidates = policies.filter(({ Id = "" }) => !not.includes(Id));
  return (
    candidates.find(({ ResponseHeadersPolicyConfig: config }) => unmarked(config?.Comment).owner === owner) ??
    candidates.find(({ ResponseHeadersPolicyConfig: config }) => config?.Name === spec.name)
  );
}

/** Every policy of the account but AWS's own. */
const listed = (aws: Aws): Promise<AwsPolicy[]> =>
  everyPage(async (Marker) => {
    const page = await aws.cloudFront(new ListResponseHeadersPoliciesCommand({ Type: "custom", Marker }));
    const { Items, NextMarker } = page.ResponseHeadersPolicyList ?? {};
    return { items: Items?.flatMap(({ ResponseHeadersPolicy: policy }) => policy ?? []), next: NextMarker };
  });

/** A header that the origin may overrule is as good as none. */
const overriding = <Header extends { Override: boolean | undefined }>(header: Header | undefined) =>
  header?.Override ? header : undefined;

const marked = (comment: string, owner: string | undefined) =>
  owner === undefined ? comment : `${comment} [fairlead:${owner}]`.trimStart();

function unmarked(text = ""): { comment: string; owner: string | undefined } {
  const mark = / ?\[fairlead:([^\]]+)\]$/.exec(text);
  return { comment: mark ? text.slice(0, mark.index) : text, owner: mark?.[1] };
}

/** The policy on top of the `live` one, whose other sections (CORS, custom headers) are not Fairlead's. */
function configOf(
  spec: ResponseHeadersPolicySpec,
  owner: string | undefined,
  live?: ResponseHeadersPolicyConfig,
): ResponseHeadersPolicyConfig {
  const { hsts } = spec;
  return {
    ...live,
    Name: spec.name,
    Comment: marked(spec.comment, owner),
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
