import { refusalOf, type RoleCall } from "../iam/permissions.ts";
import { currentVersion, secretIn } from "../secretsmanager/records.ts";
import type { Sim } from "../sim.ts";
import { parameters } from "../ssm/records.ts";
import type { SimTaskDefinition } from "./records.ts";

const FAILED =
  "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve";
const RETRIED = "service call has been retried 1 time(s):";

/**
 * Why a task cannot read its secrets, in the words of the ECS agent (aws/amazon-ecs-agent, ecs-agent/asm and agent/taskresource/ssmsecret; AWS
 * re:Post, "How do I resolve ResourceInitializationError"; those of a denied parameter: aws/copilot-cli#4504); `undefined` where it can.
 */
export function refusedSecret(sim: Sim, revision: SimTaskDefinition | undefined): string | undefined {
  const { executionRoleArn: role, containerDefinitions = [] } = revision?.definition ?? {};
  for (const { valueFrom = "" } of containerDefinitions.flatMap(({ secrets = [] }) => secrets)) {
    const isSecret = /^arn:[^:]+:secretsmanager:/.test(valueFrom);
    const why = isSecret ? refusedSecretValue(sim, role, valueFrom) : refusedParameter(sim, role, valueFrom);
    if (why !== undefined) return `${FAILED} ${isSecret ? "secret from asm" : "secrets from ssm"}: ${RETRIED} ${why}`;
  }
  return undefined;
}

/** `valueFrom` is `<ARN>:<json key>:<version stage>:<version id>`; what follows the ARN may be left out. */
function refusedSecretValue(sim: Sim, role: string | undefined, valueFrom: string): string | undefined {
  const [arn, key] = [valueFrom.split(":").slice(0, 7).join(":"), valueFrom.split(":")[7]];
  const failed = `failed to fetch secret ${arn} from secrets manager:`;
  const secret = secretIn(sim, arn);
  const resource = secret?.arn ?? arn;
  const denied = refusalOf(sim, role, [
    { action: "secretsmanager:GetSecretValue", resource },
    ...decryptCalls(sim, "secretsmanager", secret?.kmsKeyId),
  ]);
  if (denied !== undefined) return `${failed} AccessDeniedException: ${denied}`;
  if (!secret) return `${failed} ResourceNotFoundException: Secrets Manager can't find the specified secret.`;
  if (secret.deletedDate !== undefined)
    return `${failed} InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion.`;
  const current = currentVersion(secret);
  if (!current)
    return `${failed} ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT`;
  if (key === undefined || key === "") return undefined;
  const value = objectIn(current.value);
  if (!value) return "invalid character looking for beginning of value";
  return Object.hasOwn(value, key)
    ? undefined
    : `retrieved secret from Secrets Manager did not contain json key ${key}`;
}

function refusedParameter(sim: Sim, role: string | undefined, valueFrom: string): string | undefined {
  const isArn = valueFrom.startsWith("arn:");
  const found = Object.values(parameters(sim)).find(({ arn, name }) =>
    isArn ? arn === valueFrom : name === valueFrom,
  );
  const resource = found?.arn ?? (isArn ? valueFrom : sim.arn("ssm", `parameter/${valueFrom.replace(/^\//, "")}`));
  const denied = refusalOf(sim, role, [
    { action: "ssm:GetParameters", resource },
    ...decryptCalls(sim, "ssm", found?.kmsKeyId),
  ]);
  if (denied !== undefined) return `AccessDeniedException: ${denied}`;
  return found ? undefined : `invalid ssm parameters: ${resource.replace(/^.*:parameter/, "")}`;
}

/** A customer's key is used through the service that keeps the secret, which says so (AWS KMS developer guide, "kms:ViaService"). */
function decryptCalls(sim: Sim, service: string, key: string | undefined): RoleCall[] {
  if (key === undefined || /^(?:.*:)?alias\/aws\//.test(key)) return [];
  const alias = /(?:^|:)(alias\/.+)$/.exec(key)?.[1];
  // An alias stands for a key that the simulated AWS does not know.
  const resource =
    alias === undefined && key.startsWith("arn:") ? key : sim.arn("kms", `key/${alias ? "1234abcd" : key}`);
  const context = {
    "kms:ViaService": `${service}.${sim.region}.amazonaws.com`,
    ...(alias === undefined ? {} : { "kms:ResourceAliases": [alias] }),
  };
  return [{ action: "kms:Decrypt", resource, context }];
}

function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
