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
  return [...Object.values(secrets(sim)), ...deleted].find(
    ({ name, arn }) => name === id || arn === id || arn.slice(0, -7) === id,
  );
}

/** The words are those that users quote (moto's secretsmanager/exceptions.py has them too). */
export const findSecret = (sim: Sim, id: string | undefined): SimSecret =>
  secretIn(sim, id) ?? refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");

/** A secret that can be changed. */
export function usableSecret(sim: Sim, id: string | undefined): SimSecret {
  const found = findSecret(sim, id);
  return found.deletedDate === undefined ? found : refuse("InvalidRequestException", MARKED);
}

export const MARKED = "You can't perform this operation on the secret because it was marked for deletion.";

export const currentVersion = ({ versions }: SimSecret): SimVersion | undefined =>
  versions.find(({ stages }) => stages.includes("AWSCURRENT"));
