import type { Task } from "@aws-sdk/client-ecs";
import type { Facts } from "../aws/facts.ts";
import { describedService } from "../aws/ecs/shared.ts";
import { describedSecret, valueSetAt } from "../aws/secretsmanager/described.ts";
import { ownSecret } from "../config/naming.ts";
import { secretId, secretsOf, type SecretVariable } from "../config/secrets.ts";
import type { Snapshot } from "../engine/snapshot.ts";
import { runningTasks } from "./running-tasks.ts";
import { isJob, serviceName, settingsOf, type ServiceRef } from "./service-ref.ts";

/** A service whose tasks started before a secret that they read was last changed. */
export interface StaleService {
  readonly ref: ServiceRef;
  readonly service: string;
  /** How many of its tasks. */
  readonly tasks: number;
  /** The variables that have other values by now. */
  readonly variables: readonly string[];
  /** When the last of their values was set, in milliseconds. */
  readonly changedAt: number;
}

/**
 * The services with tasks that run with older values of their secrets: ECS reads a secret once, when a task starts (Amazon ECS developer guide,
 * "Pass sensitive data to an Amazon ECS container"). Nothing is asked of AWS about a service that was deployed after its secrets were changed.
 */
export async function staleServices(
  refs: readonly ServiceRef[],
  snapshot: Snapshot,
  found: Facts["secrets"] = {},
): Promise<StaleService[]> {
  const all = await Promise.all(refs.map((ref) => staleService(ref, snapshot, found)));
  return all.filter((one) => one !== undefined);
}

async function staleService(
  ref: ServiceRef,
  snapshot: Snapshot,
  found: NonNullable<Facts["secrets"]>,
): Promise<StaleService | undefined> {
  const settings = settingsOf(ref);
  const variables = settings ? secretsOf(settings) : [];
  if (isJob(ref) || variables.length === 0) return undefined;
  const { aws, names } = ref;
  const live = await describedService(aws, snapshot, names.cluster, names.service);
  const since = live?.deployments?.find(({ status }) => status === "PRIMARY")?.createdAt?.getTime();
  if (since === undefined || live?.runningCount === 0) return undefined;
  const changes = await Promise.all(
    variables.map(async (variable) => ({
      variable: variable.variable,
      changedAt: await changedSince(ref, snapshot, found, variable, since),
    })),
  );
  const later = changes.flatMap(({ variable, changedAt }) =>
    changedAt === undefined ? [] : [{ variable, changedAt }],
  );
  if (later.length === 0) return undefined;
  const tasks = await runningTasks(ref);
  const isOlder = ({ createdAt }: Task, changedAt: number) =>
    createdAt !== undefined && createdAt.getTime() < changedAt;
  const stale = later.filter(({ changedAt }) => tasks.some((task) => isOlder(task, changedAt)));
  if (stale.length === 0) return undefined;
  const changedAt = Math.max(...stale.map((one) => one.changedAt));
  return {
    ref,
    service: serviceName(ref),
    tasks: tasks.filter((task) => isOlder(task, changedAt)).length,
    variables: [...new Set(stale.map(({ variable }) => variable))],
    changedAt,
  };
}

/** When the value of a secret was set, if that was after `since`. */
async function changedSince(
  { aws, names }: ServiceRef,
  snapshot: Snapshot,
  found: NonNullable<Facts["secrets"]>,
  { variable, source }: SecretVariable,
  since: number,
): Promise<number | undefined> {
  const known = source.generate
    ? await describedSecret(aws, snapshot, ownSecret(names.prefix, variable)).then(
        (secret) => secret?.ARN && { arn: secret.ARN, changedAt: secret.LastChangedDate?.getTime() },
      )
    : found[secretId(source)];
  if (typeof known !== "object" || known.changedAt === undefined || known.changedAt <= since) return undefined;
  // A parameter has a new date only with a new value (Systems Manager API Reference, ParameterMetadata, LastModifiedDate).
  const setAt =
    source.ssm === undefined
      ? await snapshot.once(`secret value ${known.arn}`, () => valueSetAt(aws, known.arn))
      : known.changedAt;
  return setAt !== undefined && setAt > since ? setAt : undefined;
}
