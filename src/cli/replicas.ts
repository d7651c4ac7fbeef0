// The secrets of a stack in two regions, where the second one reads replicas of the first one's (`replicate.secrets`).
import type { Aws } from "../aws/aws.ts";
import type { Facts } from "../aws/facts.ts";
import { awsCommand } from "../aws/command-line.ts";
import { readReplicas, type Replicas, type ReplicaState } from "../aws/secretsmanager/replicas.ts";
import { conflictText, overwriteCommand } from "../aws/secretsmanager/replication.ts";
import { ownSecret } from "../config/naming.ts";
import { secretsOf } from "../config/secrets.ts";
import { primaryOf } from "../config/stack-regions.ts";
import type { Stack } from "../config/stack.ts";
import type { Snapshot } from "../engine/snapshot.ts";
import { paste } from "./paste.ts";
import type { CommonFlags } from "./context.ts";
import { secretsFound } from "./stored-secrets.ts";

/** What follows the stack's name in the names of its own secrets. */
const namesIn = ({ services }: Pick<Stack, "services">, which: "own" | "generate"): string[] => [
  ...new Set(
    services.flatMap((service) =>
      secretsOf(service).flatMap(({ variable, source: { own, generate } }) =>
        which === "own" ? (own ?? []) : generate ? [variable] : [],
      ),
    ),
  ),
];

/** A stack in its second region. */
interface Replicated {
  readonly aws: Pick<Aws, "region" | "stack">;
  readonly facts: Pick<Facts, "replicas">;
  readonly flags: CommonFlags;
  readonly stack: Pick<Stack, "region" | "services">;
}

/** What is known of the stack's secrets. */
export async function secretFacts(
  aws: Aws,
  snapshot: Snapshot,
  stack: Stack,
): Promise<Pick<Facts, "secrets" | "replicas">> {
  const [secrets, replicas] = await Promise.all([
    secretsFound(aws, snapshot, stack.services),
    replicasFound(aws, snapshot, stack),
  ]);
  return { ...(secrets && { secrets }), ...(replicas && { replicas }) };
}

/** How the secrets of the second region stand to those of the first one; `undefined` where none are replicated, and then nothing is asked. */
async function replicasFound(aws: Aws, snapshot: Snapshot, stack: Stack): Promise<Replicas | undefined> {
  const primary = primaryOf(stack);
  if (primary === undefined || !stack.replicate.secrets) return undefined;
  const names = new Set([...namesIn(stack, "own"), ...namesIn(stack, "generate")]);
  return readReplicas(
    aws,
    snapshot,
    primary,
    [...names].map((name) => ownSecret(aws.stack, name)),
  );
}

/** What keeps secrets from being replicas, with a command that mends it. */
export function replicaProblems(session: Replicated): string[] {
  const { aws, facts, stack } = session;
  const { primary, states = {} } = facts.replicas ?? {};
  if (primary === undefined) return [];
  const all = [
    ...namesIn(stack, "own").map((name) => [name, true] as const),
    ...namesIn(stack, "generate").map((name) => [name, false] as const),
  ];
  return all.flatMap(([name, isOwn]) => {
    const state = states[ownSecret(aws.stack, name)];
    const problem = state && problemOf(session, { name, isOwn, primary, state });
    return problem === undefined ? [] : [problem];
  });
}

interface Judged {
  readonly name: string;
  readonly isOwn: boolean;
  readonly primary: string;
  readonly state: ReplicaState;
}

function problemOf({ aws, flags }: Pick<Replicated, "aws" | "flags">, { name, isOwn, primary, state }: Judged) {
  const full = ownSecret(aws.stack, name);
  if (state === "differs") return conflictText(full, primary, aws.region);
  if (state === "reversed")
    return `Secret ${full} in ${primary} is a replica of that in ${aws.region}, and regions has ${primary} first. Make it a secret of its own: ${awsCommand(["secretsmanager", "stop-replication-to-replica", "--secret-id", full], { region: primary })}`;
  if (!isOwn) return undefined;
  // What a person stores is no resource of the stack: a plan neither creates nor replicates it.
  if (state === "unset")
    return `The stack's own secret ${name} has no value in ${primary}, from which ${aws.region} gets it. Set it: ${paste({ ...flags, region: undefined }, "secret", "set", name)}`;
  if (state === "absent")
    return `The stack's own secret ${name} is not replicated from ${primary} to ${aws.region} yet. Replicate it: ${awsCommand(["secretsmanager", "replicate-secret-to-regions", "--secret-id", full, "--add-replica-regions", `Region=${aws.region}`], { region: primary })}`;
  if (state === "same")
    return `The stack's own secret ${name} is a secret of its own in ${aws.region}, with the value that it has in ${primary}. Make it a replica again: ${overwriteCommand(full, primary, aws.region)}`;
  return undefined;
}

/** What the plan leaves as it is because the first region cannot be asked. */
export function replicaNotes({ facts: { replicas }, stack }: Pick<Replicated, "facts" | "stack">): string[] {
  const left = Object.entries(replicas?.states ?? {}).flatMap(([name, state]) => (state === "unread" ? [name] : []));
  return left.length === 0
    ? []
    : [
        `${replicas?.primary} could not be asked for ${left.join(", ")}, which ${left.length === 1 ? "is a secret" : "are secrets"} of ${stack.region} alone by now. A reconcile leaves that so until ${replicas?.primary} answers.`,
      ];
}
