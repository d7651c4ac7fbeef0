// A web ACL of CloudFront is in us-east-1, wherever the stack is. Every change needs the lock token of the newest version and replaces all of
// it, and an ACL cannot be deleted until the distribution's update that removed it has reached WAF.
import {
  CreateWebACLCommand,
  DeleteLoggingConfigurationCommand,
  DeleteWebACLCommand,
  GetLoggingConfigurationCommand,
  GetWebACLCommand,
  ListTagsForResourceCommand,
  ListWebACLsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateWebACLCommand,
  type WebACL as AwsWebAcl,
} from "@aws-sdk/client-wafv2";
import type { Drifted, Look } from "../../engine/resource-kind.ts";
import { answered } from "../answer.ts";
import type { Arn, Aws } from "../aws.ts";
import { driftedIn, SET, some, unmanagedIn, type Usual } from "../beyond.ts";
import type { NotYet } from "../call.ts";
import { defineKind } from "../define-kind.ts";
import { absent, hasCode } from "../errors.ts";
import { namedAfter, ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { GLOBAL_REGION } from "../tagging.ts";
import { tagChanges, tagList, tagsFrom, type Tags } from "../tags.ts";
import { unlessHeld } from "../obstacles.ts";
import { driftedLog, GONE, NOT_SEEN_YET, setLog } from "./logging.ts";
import { heldWebAcl } from "./obstacles.ts";
import { canonicalRule, type WebAclRule } from "./rules.ts";

export interface WebAclSpec {
  /** At most 128 letters, digits, hyphens and underscores. */
  name: string;
  /** In WAF's own form. A request that no rule blocks is let through. */
  rules: WebAclRule[];
  /** The ARN of the log group that it logs to, whose name starts with `aws-waf-logs-`; if omitted, it logs nothing of its own accord. */
  logGroupArn?: string | undefined;
  tags: Tags;
}

export interface WebAclAttrs {
  arn: string;
}

/** WAF still counts the distribution (terraform-provider-aws, internal/service/wafv2/web_acl.go, retries the delete for this code). */
const ATTACHED: readonly NotYet[] = [{ code: "WAFAssociatedItemException", budget: 900 }, ...NOT_SEEN_YET];

export const WebAcl = defineKind<WebAclSpec, WebAclAttrs>({
  type: "wafv2/web-acl",
  fields: {
    name: { immutable: true, unique: true },
    rules: {},
    logGroupArn: {},
    tags: {},
  },
  traits: { markedAtOnce: true },
  timing: { consistent: 30, listed: 15 },
  inventory: { idIn },

  canonical: (spec) => ({ ...spec, rules: spec.rules.map(canonicalRule) }),

  async observe(aws, look) {
    const known = look.knownId?.startsWith("arn:") ? await observed(aws, look, look.knownId) : undefined;
    if (known) return known;
    const arn = await arnCalled(aws, look);
    return arn === undefined || arn === look.knownId ? undefined : observed(aws, look, arn);
  },

  /** Only used if the tagging API cannot be called. */
  async list(aws) {
    const found = (await listed(aws)).filter(({ Name }) => namedAfter(aws.stack, Name));
    return ownedAmong(
      aws,
      found.map(({ ARN: id = "" }) => ({ id, tags: () => tagsOf(aws, id) })),
    );
  },

  async create(aws, spec, making) {
    const { Summary } = await aws.in(GLOBAL_REGION).waf(
      new CreateWebACLCommand({
        Name: spec.name,
        Scope: "CLOUDFRONT",
        ...contentOf(spec),
        Tags: tagList(spec.tags),
      }),
      { once: true, notYet: NOT_SEEN_YET },
    );
    const arn = Summary?.ARN ?? "";
    await making.created(arn);
    if (spec.logGroupArn !== undefined) await setLog(aws, arn, spec.logGroupArn);
    return { id: arn, attrs: { arn } };
  },

  async update(aws, { id: arn, spec: now }, spec, changed) {
    const { waf } = aws.in(GLOBAL_REGION);
    if (changed.has("rules"))
      await onLatest(aws, arn, ({ live, lockToken: LockToken }) =>
        waf(new UpdateWebACLCommand({ ...idsIn(arn), ...keptOf(live), ...contentOf(spec), LockToken }), {
          notYet: NOT_SEEN_YET,
        }),
      );
    if (changed.has("logGroupArn"))
      await (spec.logGroupArn === undefined
        ? absent(waf(new DeleteLoggingConfigurationCommand({ ResourceArn: arn })), GONE)
        : setLog(aws, arn, spec.logGroupArn));
    const { write, remove } = tagChanges(spec.tags, now.tags ?? {});
    if (Object.keys(write).length > 0) await waf(new TagResourceCommand({ ResourceARN: arn, Tags: tagList(write) }));
    if (remove.length > 0) await waf(new UntagResourceCommand({ ResourceARN: arn, TagKeys: remove }));
  },

  async delete(aws, { id: arn }) {
    const { waf } = aws.in(GLOBAL_REGION);
    // First: AWS keeps the delivery of its log otherwise, and nothing says for how long.
    await absent(waf(new DeleteLoggingConfigurationCommand({ ResourceArn: arn })), GONE);
    const notYet = unlessHeld(aws, heldWebAcl(aws, arn), ATTACHED);
    await absent(
      onLatest(aws, arn, ({ lockToken: LockToken }) =>
        waf(new DeleteWebACLCommand({ ...idsIn(arn), LockToken }), { notYet }),
      ),
      GONE,
    );
  },
});

async function observed(aws: Aws, { spec: { logGroupArn } }: Look<WebAclSpec>, arn: string) {
  const { waf } = aws.in(GLOBAL_REGION);
  const [found, tags, log] = await Promise.all([
    absent(waf(new GetWebACLCommand(idsIn(arn))), GONE),
    tagsOf(aws, arn),
    absent(waf(new GetLoggingConfigurationCommand({ ResourceArn: arn })), GONE),
  ]);
  if (!found || !tags) return undefined;
  const live = answered(arn, found.WebACL);
  const logging = log?.LoggingConfiguration;
  return {
    id: arn,
    attrs: { arn },
    spec: {
      name: live.Name,
      rules: (live.Rules ?? []).map(canonicalRule),
      // CloudWatch Logs has ARNs with `:*` at their end; no document says which form WAF returns.
      logGroupArn: logging?.LogDestinationConfigs?.[0]?.replace(/:\*$/, ""),
      tags,
    },
    unmanaged: some(
      unmanagedIn(live, USUAL),
      logGroupArn === undefined && logging ? [`log ${logging.LogDestinationConfigs?.join(", ")}`] : [],
    ),
    drifted: some(driftedOf(live), logGroupArn === undefined ? [] : driftedLog(logging)),
    ready: true as const,
  };
}

/** How often a write is repeated on top of the newest version. */
const TRIES = 4;

interface Live {
  readonly live: AwsWebAcl;
  readonly lockToken: string;
}

/**
 * Reads an ACL with its lock token and writes on top of it; if it was changed in between, does both again (botocore wafv2,
 * WAFOptimisticLockException). A write whose response was lost also ends up here, and is repeated.
 */
async function onLatest<Result>(aws: Aws, arn: string, write: (live: Live) => Promise<Result>): Promise<Result> {
  for (let left = TRIES - 1; ; left--) {
    const { WebACL, LockToken } = await aws.in(GLOBAL_REGION).waf(new GetWebACLCommand(idsIn(arn)));
    try {
      return await write({ live: answered(arn, WebACL), lockToken: answered(arn, LockToken) });
    } catch (error) {
      if (left === 0 || !hasCode(error, "WAFOptimisticLockException")) throw error;
    }
  }
}

/** `arn:aws:wafv2:us-east-1:123456789012:global/webacl/NAME/ID`. */
function idsIn(arn: string) {
  const [Id = "", Name = ""] = arn.split("/").toReversed();
  return { Name, Id, Scope: "CLOUDFRONT" as const };
}

function idIn({ service, resource, text }: Arn): string | undefined {
  return service === "wafv2" && resource.startsWith("global/webacl/") ? text : undefined;
}

/** What Fairlead sets of an ACL, in the create and in every update. */
const contentOf = ({ name, rules }: Pick<WebAclSpec, "name" | "rules">) => ({
  DefaultAction: { Allow: {} },
  Rules: rules,
  VisibilityConfig: { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: name },
});

/** What others set, which an update would remove if it left it out (botocore wafv2, UpdateWebACL). */
const keptOf = (live: AwsWebAcl) => ({
  // Of an ACL that has none, lists answer an empty one (AWS CLI reference, examples of list-web-acls), which an update does not take (botocore
  // wafv2, EntityDescription: at least one character).
  Description: live.Description === "" ? undefined : live.Description,
  DataProtectionConfig: live.DataProtectionConfig,
  CustomResponseBodies: live.CustomResponseBodies,
  CaptchaConfig: live.CaptchaConfig,
  ChallengeConfig: live.ChallengeConfig,
  TokenDomains: live.TokenDomains,
  AssociationConfig: live.AssociationConfig,
  OnSourceDDoSProtectionConfig: live.OnSourceDDoSProtectionConfig,
  ApplicationConfig: live.ApplicationConfig,
});

const USUAL: Usual = {
  Name: SET,
  Id: SET,
  ARN: SET,
  DefaultAction: SET,
  Rules: SET,
  VisibilityConfig: SET,
  Capacity: SET,
  LabelNamespace: SET,
};

/** What every update of the rules sets the same. */
const driftedOf = ({ DefaultAction, VisibilityConfig }: AwsWebAcl): Drifted[] => [
  ...(DefaultAction?.Allow ? [] : [{ field: "rules", path: "DefaultAction", old: "Block", new: "Allow" }]),
  ...driftedIn(
    "rules",
    VisibilityConfig,
    { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: SET },
    "VisibilityConfig",
  ),
];

/** The ARN of the ACL of a name, which CloudFront's ACLs of an account have once. */
async function arnCalled(aws: Aws, { spec, snapshot }: Look<WebAclSpec>): Promise<string | undefined> {
  const all = await snapshot.once("wafv2/web-acls", () => listed(aws));
  return all.find(({ Name }) => Name !== undefined && Name === spec.name)?.ARN;
}

/** The ACLs of CloudFront; the quota is a hundred, which is a page. */
const listed = (aws: Aws) =>
  everyPage(async (NextMarker) => {
    const command = new ListWebACLsCommand({ Scope: "CLOUDFRONT", Limit: 100, NextMarker });
    const { WebACLs: items, NextMarker: next } = await aws.in(GLOBAL_REGION).waf(command);
    return { items, next };
  });

async function tagsOf(aws: Aws, ResourceARN: string): Promise<Tags | undefined> {
  const { waf } = aws.in(GLOBAL_REGION);
  const reading = everyPage(async (NextMarker) => {
    const page = await waf(new ListTagsForResourceCommand({ ResourceARN, NextMarker }));
    return { items: page.TagInfoForResource?.TagList, next: page.NextMarker };
  });
  const found = await absent(reading, GONE);
  return found && tagsFrom(found);
}
