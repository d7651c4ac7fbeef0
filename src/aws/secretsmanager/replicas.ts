import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { isDenied } from "../errors.ts";
import { awsIn } from "../failover-origin.ts";
import { describedSecret } from "./described.ts";
import { haveSameValue, primaryRegionOf } from "./replication.ts";

/**
 * How a secret of the second region stands to that of the first one: its replica; not there, whether the first region has one or not; one of its own
 * with the same value or with another; the primary of that one; or one of its own while the first region cannot be asked.
 */
export type ReplicaState = "replica" | "absent" | "unset" | "same" | "differs" | "reversed" | "unread";

/** What is known of a stack's replicas, from the perspective of its second region. */
export interface Replicas {
  /** The first region. */
  readonly primary: string;
  /** By the names of the secrets. */
  readonly states: Readonly<Record<string, ReplicaState>>;
}

/** How secrets of the stack stand to those of its first region. That one is asked only about what is no replica. */
export async function readReplicas(
  aws: Aws,
  snapshot: Snapshot,
  primary: string,
  names: readonly string[],
): Promise<Replicas> {
  const states = await Promise.all(
    names.map(async (name) => [name, await stateOf(aws, snapshot, primary, name)] as const),
  );
  return { primary, states: Object.fromEntries(states) };
}

async function stateOf(aws: Aws, snapshot: Snapshot, primary: string, name: string): Promise<ReplicaState> {
  const here = await describedSecret(aws, snapshot, name);
  if (here && primaryRegionOf(aws, here) === primary) return "replica";
  const there = awsIn(aws, primary);
  const found = await describedSecret(there, new Snapshot(), name).catch((error: unknown) => {
    // A missing permission is no outage, and has to be told.
    if (isDenied(error)) throw error;
    return "unread" as const;
  });
  const isHere = here !== undefined && here.DeletedDate === undefined;
  if (found === "unread") return isHere ? "unread" : "absent";
  if (found && primaryRegionOf(there, found) === aws.region) return "reversed";
  if (!isHere) return found && found.DeletedDate === undefined ? "absent" : "unset";
  return found && haveSameValue(here, found) ? "same" : "differs";
}

/** The region whose secret `name` is to be a replica of; a secret of its own stays one while that region cannot be asked. */
export const replicaOfIn = (replicas: Replicas | undefined, name: string): string | undefined =>
  replicas === undefined || replicas.states[name] === "unread" ? undefined : replicas.primary;
