import type {
  CreateWebACLCommandInput,
  CreateWebACLCommandOutput,
  DeleteWebACLCommandInput,
  GetLoggingConfigurationCommandInput,
  GetLoggingConfigurationCommandOutput,
  GetWebACLCommandInput,
  GetWebACLCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  ListWebACLsCommandInput,
  ListWebACLsCommandOutput,
  PutLoggingConfigurationCommandInput,
  PutLoggingConfigurationCommandOutput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
  UpdateWebACLCommandInput,
  UpdateWebACLCommandOutput,
} from "@aws-sdk/client-wafv2";
import { isAttached } from "../cloudfront/records.ts";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { groups } from "../logs/records.ts";
import { pageOf } from "../pages.ts";
import { visible, type Answer, type Operations, type Sim } from "../sim.ts";
import { tagList, tagsOfInput, withoutTags, withTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import { checkRules, invalid, returned } from "./checks.ts";
import { isKnown, webAclByArn, webAclOf, webAcls, type Content, type SimWebAcl } from "./records.ts";

/** AWS WAF Developer Guide, "AWS WAF quotas": web ACLs of CloudFront. */
const MOST = 100;

/** botocore wafv2, Scope: "To work with CloudFront, you must also specify the Region US East (N. Virginia)". */
function checkScope(sim: Sim, scope: string | undefined): void {
  if (scope !== "CLOUDFRONT")
    refuse("SimulatorUnknownOption", `The simulated AWS does not know the scope ${scope}.`, 501);
  if (sim.region !== "us-east-1") invalid("The scope is not valid.", "SCOPE_VALUE", "CLOUDFRONT");
}

const KNOWN = [
  "Name",
  "Scope",
  "Id",
  "LockToken",
  "Tags",
  "DefaultAction",
  "Description",
  "Rules",
  "VisibilityConfig",
  "CaptchaConfig",
  "ChallengeConfig",
  "TokenDomains",
  "CustomResponseBodies",
  "AssociationConfig",
  "DataProtectionConfig",
  "OnSourceDDoSProtectionConfig",
  "ApplicationConfig",
] as const;

function contentOf(input: CreateWebACLCommandInput | UpdateWebACLCommandInput): Content {
  onlyKnown("a web ACL", input, ...KNOWN);
  const { Name: _name, Scope: _scope, Rules = [], ...rest } = input;
  const {
    Id: _id,
    LockToken: _token,
    Tags: _tags,
    ...content
  } = rest as Omit<UpdateWebACLCommandInput, "Name" | "Scope" | "Rules"> & { Tags?: unknown };
  const { DefaultAction } = content;
  if ((DefaultAction?.Allow === undefined) === (DefaultAction?.Block === undefined))
    invalid("You must specify exactly one default action", "DEFAULT_ACTION", "");
  return { ...content, DefaultAction, Rules: Rules.map(returned), Capacity: checkRules(Rules) };
}

function checkToken({ lockToken }: SimWebAcl, given: string | undefined): void {
  if (given !== lockToken)
    refuse(
      "WAFOptimisticLockException",
      "AWS WAF couldn’t save your changes because someone changed the resource after you started to edit it. Reapply your changes.",
    );
}

const uuid = (sim: Sim) => [8, 4, 4, 4, 12].map((length) => sim.world.hex(length)).join("-");

/** AWS WAF Developer Guide, "Logging AWS WAF web ACL traffic: CloudWatch Logs log group": the name begins so, in the region of the ACL. */
function checkLogging(sim: Sim, { LoggingConfiguration: logging }: PutLoggingConfigurationCommandInput): void {
  onlyKnown(
    "a logging configuration",
    logging ?? {},
    "ResourceArn",
    "LogDestinationConfigs",
    "RedactedFields",
    "LoggingFilter",
  );
  const [destination = "", ...more] = logging?.LogDestinationConfigs ?? [];
  if (more.length > 0) invalid("You can define one logging destination per web ACL.", "LOG_DESTINATION", destination);
  const arn = destination.replace(/:\*$/, "");
  const group = Object.values(groups(sim)).find((one) => one.arn === arn);
  if (!/:log-group:aws-waf-logs-[^:]+$/.test(arn) || !group)
    invalid(
      "The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes.",
      "LOG_DESTINATION",
      destination,
    );
  // botocore wafv2, LoggingConfiguration: these alone can be redacted.
  for (const field of logging?.RedactedFields ?? [])
    if (Object.keys(field).some((key) => !["UriPath", "QueryString", "SingleHeader", "Method"].includes(key)))
      invalid("You specified an invalid redacted field.", "REDACTED_FIELD", JSON.stringify(field));
}

const summaryOf = ({ name, id, arn, lockToken, content }: SimWebAcl) => ({
  Name: name,
  Id: id,
  ARN: arn,
  LockToken: lockToken,
  Description: content.Description ?? "",
});

export const waf = {
  CreateWebACL(input: CreateWebACLCommandInput, sim): Answer<CreateWebACLCommandOutput> {
    checkScope(sim, input.Scope);
    const { Name: name = "" } = input;
    const content = contentOf(input);
    const all = Object.values(webAcls(sim));
    if (all.some((other) => other.name === name))
      refuse(
        "WAFDuplicateItemException",
        "AWS WAF couldn’t perform the operation because some resource in your request is a duplicate of an existing one.",
      );
    if (all.length >= MOST)
      refuse(
        "WAFLimitsExceededException",
        "AWS WAF couldn’t perform the operation because you exceeded your resource limit.",
      );
    const id = uuid(sim);
    const acl: SimWebAcl = {
      name,
      id,
      arn: sim.arn("wafv2", `global/webacl/${name}/${id}`),
      lockToken: uuid(sim),
      content,
      createdAt: sim.now,
      visibleAt: sim.in(TIMING.listLag),
      tags: tagsOfInput(input.Tags, "WAFInvalidParameterException"),
    };
    webAcls(sim)[id] = acl;
    return { Summary: summaryOf(acl) };
  },

  GetWebACL(input: GetWebACLCommandInput, sim): Answer<GetWebACLCommandOutput> {
    onlyKnown("GetWebACL", input, "Name", "Scope", "Id");
    checkScope(sim, input.Scope);
    const { name, id, arn, lockToken, content } = webAclOf(sim, input);
    const LabelNamespace = `awswaf:${sim.account}:webacl:${name}:`;
    return {
      WebACL: {
        ...content,
        Name: name,
        Id: id,
        ARN: arn,
        Description: content.Description ?? "",
        ManagedByFirewallManager: false,
        LabelNamespace,
      },
      LockToken: lockToken,
    };
  },

  UpdateWebACL(input: UpdateWebACLCommandInput, sim): Answer<UpdateWebACLCommandOutput> {
    checkScope(sim, input.Scope);
    const acl = webAclOf(sim, input);
    checkToken(acl, input.LockToken);
    acl.content = contentOf(input);
    acl.lockToken = uuid(sim);
    return { NextLockToken: acl.lockToken };
  },

  DeleteWebACL(input: DeleteWebACLCommandInput, sim) {
    checkScope(sim, input.Scope);
    const acl = webAclOf(sim, input);
    checkToken(acl, input.LockToken);
    if (isAttached(sim, acl.arn))
      refuse(
        "WAFAssociatedItemException",
        "AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s associated with another resource.",
      );
    delete webAcls(sim)[acl.id];
    return {};
  },

  ListWebACLs(input: ListWebACLsCommandInput, sim): Answer<ListWebACLsCommandOutput> {
    checkScope(sim, input.Scope);
    const asked = { token: input.NextMarker, size: input.Limit };
    const cut = { usual: 100, code: "WAFInvalidParameterException" };
    const { page, next } = pageOf(visible(webAcls(sim), sim), asked, cut);
    return { WebACLs: page.map(summaryOf), NextMarker: next };
  },

  PutLoggingConfiguration(
    input: PutLoggingConfigurationCommandInput,
    sim,
  ): Answer<PutLoggingConfigurationCommandOutput> {
    const acl = webAclByArn(sim, input.LoggingConfiguration?.ResourceArn);
    if (!isKnown(sim, acl))
      refuse(
        "WAFUnavailableEntityException",
        "AWS WAF couldn’t retrieve the resource that you requested. Retry your request.",
      );
    checkLogging(sim, input);
    const { LoggingConfiguration } = input;
    if (LoggingConfiguration) acl.logging = LoggingConfiguration;
    return { LoggingConfiguration };
  },

  GetLoggingConfiguration(
    input: GetLoggingConfigurationCommandInput,
    sim,
  ): Answer<GetLoggingConfigurationCommandOutput> {
    const { logging } = webAclByArn(sim, input.ResourceArn);
    return {
      LoggingConfiguration:
        logging ??
        refuse(
          "WAFNonexistentItemException",
          "AWS WAF couldn’t perform the operation because your resource doesn’t exist.",
        ),
    };
  },

  DeleteLoggingConfiguration(input: GetLoggingConfigurationCommandInput, sim) {
    const acl = webAclByArn(sim, input.ResourceArn);
    if (!acl.logging)
      refuse(
        "WAFNonexistentItemException",
        "AWS WAF couldn’t perform the operation because your resource doesn’t exist.",
      );
    delete acl.logging;
    return {};
  },

  ListTagsForResource(input: ListTagsForResourceCommandInput, sim): Answer<ListTagsForResourceCommandOutput> {
    const { arn, tags } = webAclByArn(sim, input.ResourceARN);
    return { TagInfoForResource: { ResourceARN: arn, TagList: tagList(tags) } };
  },

  TagResource(input: TagResourceCommandInput, sim) {
    const acl = webAclByArn(sim, input.ResourceARN);
    acl.tags = withTags(
      acl.tags,
      tagsOfInput(input.Tags, "WAFInvalidParameterException"),
      "WAFLimitsExceededException",
    );
    return {};
  },

  UntagResource(input: UntagResourceCommandInput, sim) {
    const acl = webAclByArn(sim, input.ResourceARN);
    acl.tags = withoutTags(acl.tags, input.TagKeys);
    return {};
  },
} satisfies Operations;
