import type { Aws } from "../aws/aws.ts";
import { awsCommand } from "../aws/command-line.ts";
import type { Facts } from "../aws/facts.ts";
import { storedParameter, storedSecret, type Sought, type Unreadable } from "../aws/stored-secrets.ts";
import { isStored, parameterNames, secretId, secretsOf, type SecretVariable } from "../config/secrets.ts";
import type { Service } from "../config/stack.ts";
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

function soughtIn(aws: Aws, snapshot: Snapshot, { secretsManager, ssm = "" }: SecretVariable["source"]) {
  if (secretsManager !== undefined) return storedSecret(aws, snapshot, secretsManager);
  return storedParameter(aws, snapshot, parameterNames(ssm), ssm.startsWith("arn:") ? ssm : undefined);
}

/** What keeps tasks from reading the secrets that the config names, with a command that mends it. */
export function secretProblems(
  aws: Pick<Aws, "account" | "region">,
  services: readonly Service[],
  found: Facts["secrets"] = {},
): string[] {
  return services.flatMap((service) =>
    secretsOf(service).flatMap((variable) => {
      const state = found[secretId(variable.source)];
      return typeof state === "string" ? [problemOf(aws, service.name, variable, state)] : [];
    }),
  );
}

function problemOf(
  aws: Pick<Aws, "account" | "region">,
  service: string,
  { variable, sidecar, source: { secretsManager, ssm = "" } }: SecretVariable,
  state: Unreadable,
): string {
  const isSecret = secretsManager !== undefined;
  const name = secretsManager ?? ssm;
  const whose = `${sidecar === undefined ? `Service ${service}` : `Sidecar ${sidecar} of service ${service}`}: ${variable} is read from`;
  const what = `${whose} ${isSecret ? "secret" : "parameter"} ${name}`;
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
