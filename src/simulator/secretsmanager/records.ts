import { refuse } from "../errors.ts";
import type { Lagging, Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";

/** One version of a secret's value. */
export interface SimVersion {
  readonly id: string;
  readonly value: string;
  readonly createdAt: number;
  stages: string[];
}

export interface SimSecret extends Lagging {
  name: string;
  arn: string;
  description?: string;
  kmsKeyId?: string;
  createdAt: number;
  changedAt: number;
  versions: SimVersion[];
  /** When its recovery window ends; its name stays taken until then. */
  deletedDate?: number;
  tags: SimTags;
  /** Of a primary: how far its replicas are, by region. */
  replicas?: Record<string, SimReplica>;
  /** Of a replica: the region of its primary, and from when it is there. */
  replicaOf?: string;
  arrivesAt?: number;
  /** Of a replica: what was changed of the primary, and from when it is here. */
  coming?: { readonly at: number; readonly content: SimContent }[];
}

/** The replica of a secret in another region, from the perspective of the primary. */
export interface SimReplica {
  /** From when it is there, or has failed. */
  readonly at: number;
  readonly failed?: string;
  /** From when the primary no longer counts it. */
  endsAt?: number;
}

/** What a replica has of its primary (Secrets Manager user guide, "Replicate AWS Secrets Manager secrets across Regions": data, tags, policies). */
type SimContent = Pick<SimSecret, "description" | "versions" | "tags" | "changedAt">;

/** A copy of what is replicated of a secret; the replica is encrypted with its own region's key. */
export const contentOf = ({ description, versions, tags, changedAt }: SimSecret): SimContent => ({
  ...(description === undefined ? {} : { description }),
  versions: versions.map((version) => ({ ...version, stages: [...version.stages] })),
  tags: { ...tags },
  changedAt,
});

/** The same world from another region. */
export const simIn = (sim: Sim, region: string): Sim => ({
  ...sim,
  region,
  table: (name) => sim.world.table(`${name}@${region}`),
});

/** The replicas that a primary still counts. */
export const replicasOf = ({ now }: Sim, { replicas = {} }: SimSecret): [string, SimReplica][] =>
  Object.entries(replicas).filter(([, { endsAt = Infinity }]) => endsAt > now);

/** A secret as it is by now: a replica with what has reached it, or `undefined` where it has not yet arrived. */
export function seenSecret({ now }: Sim, secret: SimSecret): SimSecret | undefined {
  if ((secret.arrivesAt ?? 0) > now) return undefined;
  const content = secret.coming?.findLast(({ at }) => at <= now)?.content;
  return content ? { ...secret, ...content } : secret;
}

/** The secrets that can be used, by name. */
export const secrets = (sim: Sim) => sim.table<SimSecret>("secretsmanager.secrets");
/** Those that are scheduled for deletion, or were deleted by force a moment ago. */
export const deletedSecrets = (sim: Sim) => sim.table<SimSecret>("~secretsmanager.secrets");

/** Deletes for good what has reached the end of its recovery window. */
export function expire(sim: Sim): void {
  const deleted = deletedSecrets(sim);
  for (const [name, { deletedDate = 0 }] of Object.entries(deleted)) if (deletedDate <= sim.now) delete deleted[name];
}

/** A secret by name, ARN or ARN without the six characters; one that is scheduled for deletion is found too. */
export function secretIn(sim: Sim, id = ""): SimSecret | undefined {
  const deleted = Object.values(deletedSecrets(sim)).filter(({ deletedDate = 0 }) => deletedDate > sim.now);
  const found = [...Object.values(secrets(sim)), ...deleted].find(
    ({ name, arn }) => name === id || arn === id || arn.slice(0, -7) === id,
  );
  return found && seenSecret(sim, found);
}

/** The words are those that users quote (moto's secretsmanager/exceptions.py has them too). */
export const findSecret = (sim: Sim, id: string | undefined): SimSecret =>
  secretIn(sim, id) ?? refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");

/** A secret that can be changed. */
export function usableSecret(sim: Sim, id: string | undefined): SimSecret {
  const found = findSecret(sim, id);
  return found.deletedDate === undefined ? found : refuse("InvalidRequestException", MARKED);
}

/** A secret that is no replica: "A replica secret can't be updated independently" (user guide); the words are those that users quote. */
export const ownSecret = (secret: SimSecret): SimSecret =>
  secret.replicaOf === undefined ? secret : refuse("InvalidParameterException", ON_REPLICA);

export const ON_REPLICA = "Operation not permitted on a replica secret. Call must be made in primary secret's region.";

export const MARKED = "You can't perform this operation on the secret because it was marked for deletion.";

export const currentVersion = ({ versions }: SimSecret): SimVersion | undefined =>
  versions.find(({ stages }) => stages.includes("AWSCURRENT"));
