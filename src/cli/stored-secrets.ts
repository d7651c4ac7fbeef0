import type { Aws } from "../aws/aws.ts";
import { awsCommand } from "../aws/command-line.ts";
import type { Facts } from "../aws/facts.ts";
import { storedParameter, storedSecret, type Sought, type Unreadable } from "../aws/stored-secrets.ts";
import { isStored, parameterNames, secretId, secretsOf, type SecretVariable } from "../config/secrets.ts";
import type { Service } from "../config/stack.ts";
import type { CommonFlags } from "./context.ts";
import type { StaleService } from "../release/stale-secrets.ts";
import { paste } from "./paste.ts";
import { count, duration } from "./words.ts";
import { ownSecret } from "../config/naming.ts";
import type { Snapshot } from "../engine/snapshot.ts";

/** What is known of the secrets that services name; `undefined` if they name none, and then nothing is asked. */
export async function secretsFound(
  aws: Aws,
  snapshot: Snapshot,
  services: readonly Service[],
): Promise<Facts["secrets"]> {
  const sources = services.flatMap((service) => secretsOf(service).map(({ source }) => source)).filter(isStored);
  if (sources.length === 0) return undefined;
  const found = await Promise.all(
    sources.map(async (source): Promise<[string, Sought]> => [secretId(source), await soughtIn(aws, snapshot, source)]),
  );
  return Object.fromEntries(found);
}

function soughtIn(aws: Aws, snapshot: Snapshot, { own, secretsManager, ssm = "" }: SecretVariable["source"]) {
  if (own !== undefined) return storedSecret(aws, snapshot, ownSecret(aws.stack, own));
  if (secretsManager !== undefined) return storedSecret(aws, snapshot, secretsManager);
  return storedParameter(aws, snapshot, parameterNames(ssm), ssm.startsWith("arn:") ? ssm : undefined);
}

/** A stack whose services name secrets. */
interface Named {
  readonly aws: Pick<Aws, "account" | "region">;
  readonly flags: CommonFlags;
  readonly stack: { readonly services: readonly Service[] };
  readonly facts: Pick<Facts, "secrets" | "replicas">;
}

/** What keeps tasks from reading the secrets that the config names, with a command that mends it. */
export function secretProblems({ aws, flags, stack, facts: { secrets: found = {}, replicas } }: Named): string[] {
  return stack.services.flatMap((service) =>
    secretsOf(service).flatMap((variable) => {
      const state = found[secretId(variable.source)];
      // What a replica lacks, its primary has to get.
      if (variable.source.own !== undefined && replicas !== undefined) return [];
      return typeof state === "string" ? [problemOf(aws, flags, service.name, variable, state)] : [];
    }),
  );
}

function problemOf(
  aws: Pick<Aws, "account" | "region">,
  flags: CommonFlags,
  service: string,
  { variable, sidecar, source: { own, secretsManager, ssm = "" } }: SecretVariable,
  state: Unreadable,
): string {
  const isSecret = secretsManager !== undefined;
  const name = secretsManager ?? ssm;
  const whose = `${sidecar === undefined ? `Service ${service}` : `Sidecar ${sidecar} of service ${service}`}: ${variable} is read from`;
  const what = `${whose} ${isSecret ? "secret" : "parameter"} ${name}`;
  if (own !== undefined)
    return `${whose} the stack's own secret ${own}, which ${OWN_LACKS[state]}. Set its value: ${paste(flags, "secret", "set", own)}`;
  // The AWS CLI would create it in a real account.
  if (state === "absent" && flags.target === "local")
    return `${what}, which the simulated AWS does not have, and the AWS CLI cannot create it there. To try the stack, read one of its own instead, with ${variable}: { own: "${variable}" } in secrets, and store a value: ${paste(flags, "secret", "set", variable)}`;
  const place = `in ${aws.region} of account ${aws.account}`;
  switch (state) {
    case "absent":
      return `${what}, which does not exist ${place}. Create it, with the value in a file: ${isSecret ? createSecret(aws, name) : createParameter(aws, name)}`;
    case "deleting":
      return `${what}, which is scheduled for deletion, so no task can read it. Restore it: ${awsCommand(["secretsmanager", "restore-secret", "--secret-id", name], aws)}`;
    case "empty":
      return `${what}, which has no current value. Set one, from a file: ${awsCommand(["secretsmanager", "put-secret-value", "--secret-id", name, "--secret-string", "file://value.txt"], aws)}`;
    default:
      return isSecret
        ? `${what} of another account, which does not allow account ${aws.account} to describe it. Allow secretsmanager:DescribeSecret and secretsmanager:GetSecretValue in its resource policy, or name a secret ${place}.`
        : `${what} of another account, which is not supported. Create one ${place}: ${createParameter(aws, nameIn(name))}`;
  }
}

/** That tasks run with values from before. */
export const staleText = ({ service, tasks, variables, changedAt }: StaleService, now: number): string =>
  `${count(tasks, "task")} of ${service} started before ${variables.join(", ")} ${variables.length === 1 ? "was" : "were"} last changed, ${duration(Math.max(0, now - changedAt))} ago.`;

/** Why one of the stack's own secrets cannot be read; it is in the stack's account. */
const OWN_LACKS: Readonly<Record<Unreadable, string>> = {
  absent: "does not exist",
  deleting: "is scheduled for deletion",
  empty: "has no value",
  foreign: "belongs to another account",
};

const createSecret = (aws: Pick<Aws, "region">, name: string) =>
  awsCommand(["secretsmanager", "create-secret", "--name", nameIn(name), "--secret-string", "file://value.txt"], aws);

const createParameter = (aws: Pick<Aws, "region">, name: string) =>
  awsCommand(
    ["ssm", "put-parameter", "--type", "SecureString", "--name", nameIn(name), "--value", "file://value.txt"],
    aws,
  );

/** The name in an ARN; that of a secret has a hyphen and six characters after it, which AWS adds. */
const nameIn = (given: string): string =>
  given
    .replace(/^arn:[^:]*:secretsmanager:[^:]*:\d*:secret:(.+?)(?:-\w{6})?$/, "$1")
    .replace(/^arn:[^:]*:ssm:[^:]*:\d*:parameter/, "");
