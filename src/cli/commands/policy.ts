import { answerJson } from "../answers/answer.ts";
import { policyFor } from "../../aws/permissions/policy.ts";
import { stackPolicy, type Holder } from "../policy-request.ts";
import { connect } from "../connection.ts";
import { EXIT, UsageError, type Exit } from "../exit.ts";
import { githubRole } from "../github-role.ts";
import { readStack } from "../session.ts";
import { stateDirectoryOf } from "../state-directory.ts";
import { isShared, localStore } from "../stores.ts";
import type { CommonFlags, CliContext } from "../context.ts";
import type { DeclaredStack } from "../../../reconcilers/topology.ts";
import type { Terminal } from "../terminal.ts";
import type { State } from "../../../state/state.ts";

/** The flags of `policy`. */
export interface PolicyFlags extends CommonFlags {
  readonly account?: string;
  readonly all?: boolean;
  readonly readOnly?: boolean;
  readonly release?: boolean;
  readonly role?: string;
  readonly branch?: string;
  readonly environment?: string;
  readonly repositoryId?: string;
}

/** Prints the smallest IAM policies for a stack, and the role of a CI with `--role`. Asks AWS for nothing but the account. */
export async function policy(repository: string | undefined, flags: PolicyFlags, context: CliContext): Promise<Exit> {
  const { terminal } = context;
  if (flags.readOnly && flags.release)
    throw new UsageError("--read-only and --release exclude each other. Nothing was printed.");
  // What is wrong with the role is told before AWS is asked.
  const roleOf = rolesOf(repository, flags);
  const stack = await readStack(flags, context);
  const holder = await holderOf(flags, stack, context);
  const purpose = flags.readOnly ? "read" : flags.release ? "release" : "everything";
  const state = await recorded(flags, stack, context);
  const request = stackPolicy(stack, holder, { purpose, all: flags.all === true, state });
  const documents = policyFor(request);
  for (const type of request.silent)
    terminal.line(
      `The resource kind ${type} is your own and declares no permissions, so the policy has none for it. Add to the kind: permissions: ["service:Action", ...]`,
    );
  const role = roleOf?.(stack, holder, documents, purpose);
  if (role) {
    if (flags.json) answerJson(terminal, "role", role.json);
    else print(role.text, terminal);
  } else if (flags.json) answerJson(terminal, "policies", { policies: documents });
  else print(documents.map((document) => JSON.stringify(document, undefined, 2)).join("\n"), terminal);
  return EXIT.done;
}

const print = (text: string, terminal: Terminal) => terminal.answer(text);

function rolesOf(repository: string | undefined, flags: PolicyFlags) {
  const { role, branch, environment, repositoryId } = flags;
  if (role === undefined) {
    const given = [repository, branch, environment, repositoryId].find((one) => one !== undefined);
    if (given !== undefined) throw new UsageError(`${given} is for a role: add --role github. Nothing was printed.`);
    return undefined;
  }
  return githubRole(repository, { branch, environment, repositoryId });
}

/** Whose account it is: that of the flag, or of the credentials. */
async function holderOf(
  { account, ...flags }: PolicyFlags,
  stack: DeclaredStack,
  context: CliContext,
): Promise<Holder> {
  if (account !== undefined) {
    if (!/^\d{12}$/.test(account))
      throw new UsageError(`--account ${account} is no AWS account; allowed: twelve digits. Nothing was printed.`);
    return { account, partition: partitionOf(stack.region) };
  }
  const connection = await connect(flags, stack, context, false);
  return { account: connection.aws.account, partition: connection.aws.partition };
}

/** The partition of a region (AWS General Reference, "Amazon Resource Names"). */
const partitionOf = (region: string): string =>
  region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";

/** What the stack had at its last run, if that is known here: what is left of it has to be deleted some time. */
async function recorded(flags: PolicyFlags, stack: DeclaredStack, context: CliContext): Promise<State | undefined> {
  if (isShared(stack, flags.target)) return undefined;
  const store = await localStore(stateDirectoryOf(flags, context.directory), stack, flags.target);
  const state = await store.read().catch(() => undefined);
  return state?.target === flags.target ? state : undefined;
}
