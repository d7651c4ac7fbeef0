import type { LoggingConfiguration, Rule, VisibilityConfig, WebACL } from "@aws-sdk/client-wafv2";
import { refuse } from "../errors.ts";
import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";

/** What a create or an update says of an ACL; an update replaces all of it. */
export type Content = Omit<WebACL, "Name" | "Id" | "ARN" | "Rules" | "VisibilityConfig" | "DefaultAction"> & {
  DefaultAction: WebACL["DefaultAction"];
  VisibilityConfig: VisibilityConfig | undefined;
  Rules: Rule[];
};

export interface SimWebAcl {
  name: string;
  id: string;
  arn: string;
  lockToken: string;
  content: Content;
  logging?: LoggingConfiguration;
  createdAt: number;
  visibleAt: number;
  tags: SimTags;
}

/** Only what is in us-east-1 is of CloudFront. */
const TABLE = "wafv2.webAcls";
export const webAcls = (sim: Sim) => sim.table<SimWebAcl>(TABLE);
/** The same from anywhere. */
const global = (sim: Sim) => sim.world.table<SimWebAcl>(`${TABLE}@us-east-1`);

const missing = (): never =>
  refuse("WAFNonexistentItemException", "AWS WAF couldn’t perform the operation because your resource doesn’t exist.");

interface Ids {
  readonly Name?: string | undefined;
  readonly Id?: string | undefined;
}

export const webAclOf = (sim: Sim, { Name, Id }: Ids): SimWebAcl =>
  Object.values(webAcls(sim)).find(({ name, id }) => name === Name && id === Id) ?? missing();

export const webAclByArn = (sim: Sim, ARN: string | undefined): SimWebAcl =>
  Object.values(webAcls(sim)).find(({ arn }) => arn === ARN) ?? missing();

/** "It can take from a few seconds to a number of minutes for changes to propagate" (botocore wafv2, WAFUnavailableEntityException). */
export const isKnown = (sim: Sim, { createdAt }: SimWebAcl) => sim.now >= createdAt + TIMING.webAcl * 1000;

/** Whether CloudFront can attach an ACL by now. */
export const attachable = (sim: Sim, ARN: string): boolean =>
  Object.values(global(sim)).some((acl) => acl.arn === ARN && isKnown(sim, acl));
