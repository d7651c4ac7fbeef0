import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { Aws } from "../aws.ts";
import { hasCode, messageOf } from "../errors.ts";

/** Who the credentials belong to. */
export interface Identity {
  /** Twelve digits. */
  readonly account: string;
  /** The user or the assumed role. */
  readonly arn: string;
  /** `aws`, or another of AWS's partitions. */
  readonly partition: string;
}

/** AWS Account Management Reference Guide, "Region availability for AWS accounts": disabled until someone enables them. */
const OPT_IN: ReadonlySet<string> = new Set([
  "af-south-1",
  "ap-east-1",
  "ap-east-2",
  "ap-south-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-southeast-5",
  "ap-southeast-6",
  "ap-southeast-7",
  "ca-west-1",
  "eu-central-2",
  "eu-south-1",
  "eu-south-2",
  "il-central-1",
  "me-central-1",
  "me-south-1",
  "mx-central-1",
]);

/** What a region that is not enabled answers to credentials that are good elsewhere. */
const NOT_KNOWN_THERE = ["InvalidClientTokenId", "AuthFailure", "UnrecognizedClientException"];

/** Asks AWS in `region` whose credentials these are; every identity may ask this, whatever its policies say. */
export async function identity(aws: Pick<Aws, "sts">, region: string): Promise<Identity> {
  const asked = aws.sts(new GetCallerIdentityCommand({})).catch((error: unknown) => {
    if (!OPT_IN.has(region) || !hasCode(error, ...NOT_KNOWN_THERE)) throw error;
    throw new Error(
      `AWS does not recognize these credentials in ${region} (${messageOf(error)}). ${region} is an opt-in region and is probably not enabled in this account. Enable it, which takes a few minutes: aws account enable-region --region-name ${region}. Otherwise check AWS_PROFILE or the keys.`,
      { cause: error },
    );
  });
  const { Account: account = "", Arn: arn = "" } = await asked;
  if (!/^\d{12}$/.test(account)) throw new Error(`AWS returned "${account}" instead of a 12-digit account id.`);
  return { account, arn, partition: arn.split(":")[1] || "aws" };
}
