import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { Aws } from "../aws.ts";

/** Who the credentials belong to. */
export interface Identity {
  /** Twelve digits. */
  readonly account: string;
  /** The user or the assumed role. */
  readonly arn: string;
  /** `aws`, or another of AWS's partitions. */
  readonly partition: string;
}

/** Asks AWS whose credentials these are; every identity may ask this, whatever its policies say. */
export async function identity(aws: Pick<Aws, "sts">): Promise<Identity> {
  const { Account: account = "", Arn: arn = "" } = await aws.sts(new GetCallerIdentityCommand({}));
  if (!/^\d{12}$/.test(account))
    throw new Error(`AWS answered "${account}" where an account of twelve digits was expected.`);
  return { account, arn, partition: arn.split(":")[1] || "aws" };
}
