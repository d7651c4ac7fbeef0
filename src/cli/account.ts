import type { Aws } from "../aws/aws.ts";
import { Role } from "../aws/iam/role.ts";
import { identity, type Identity } from "../aws/sts/identity.ts";
import type { Observation } from "../engine/observe.ts";
import type { State } from "../../state/state.ts";

/** An account, and the partition that it is in. */
export type Account = Pick<Identity, "account" | "partition">;

/** Whether AWS itself has told that the credentials are those of the account; `told`: whose AWS says that they are. */
export interface AccountProof {
  isProven: boolean;
  told?: string;
}

/** The account in a role's ARN, which has no region (IAM User Guide, "IAM ARNs"); `undefined` for anything else. */
function accountIn(arn: unknown): Account | undefined {
  const [, partition, account] = (typeof arn === "string" && /^arn:([^:]+):iam::(\d{12}):role\//.exec(arn)) || [];
  return partition === undefined || account === undefined ? undefined : { account, partition };
}

const isSame = (one: Account, other: Account) => one.account === other.account && one.partition === other.partition;

/**
 * The account that a state is of, by its own word and by the ARN of every role in it; `undefined` where it tells no role or contradicts
 * itself. It is no more than a belief, until `verifyAccount` has held it against what AWS says.
 */
export function rememberedAccount({ account, resources }: State): Account | undefined {
  const roles = Object.values(resources).filter(({ type, id }) => type === Role.type && id !== undefined);
  const told = roles.map(({ attrs }) => accountIn(attrs["arn"]));
  const [first] = told;
  return first?.account === account && told.every((one) => one && isSame(one, first)) ? first : undefined;
}

/**
 * Holds an account that only a state has told so far against AWS. The roles that were observed verifyAccount it: IAM answers GetRole for the
 * account of the credentials alone, and the ARN in its answer names that (IAM API Reference, GetRole). Where none was found, or another
 * account's, or nothing could be observed (no `seen`), AWS is asked outright. Answers the account of the credentials.
 */
export async function verifyAccount(
  { aws, account }: { readonly aws: Aws; readonly account: AccountProof },
  seen?: Observation,
): Promise<string> {
  if (account.isProven) return aws.account;
  if (account.told !== undefined) return account.told;
  const told = [...(seen?.current.values() ?? [])].flatMap((one) => accountIn(one?.attrs["arn"]) ?? []);
  const proven = told.length > 0 && told.every((one) => isSame(one, aws)) ? aws : await identity(aws, aws.region);
  account.isProven = isSame(proven, aws);
  account.told = proven.account;
  return proven.account;
}
