import type { Aws } from "../aws.ts";

/** The host name of the account's registry in the stack's region: what the URI of an image in it begins with. */
export const registryOf = ({ account, region, partition }: Pick<Aws, "account" | "region" | "partition">): string =>
  `${account}.dkr.ecr.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}`;
