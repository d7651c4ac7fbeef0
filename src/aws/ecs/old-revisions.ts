// Every release registers a revision, and ECS keeps all of them: without a delete now and then a family only grows, and a teardown, which
// deregisters one a second, takes longer with each.
import { ListTaskDefinitionsCommand, type TaskDefinitionStatus } from "@aws-sdk/client-ecs";
import type { Aws } from "../aws.ts";
import { deleteRevisions, retireRevisions } from "./delete-family.ts";

/**
 * No run deletes more: as many calls of DeregisterTaskDefinition as ECS takes at once (../rates.ts), so that no release waits for the rate.
 */
const AT_MOST = 20;

/** How many of the oldest revisions are looked through for some that nothing uses. */
const LOOKED_THROUGH = 120;

/** The revisions of a family that are older than the newest ones, the oldest first. */
export interface OldRevisions {
  /** ARNs. Deregistered by hand, or by a run that was stopped before it deleted them. */
  readonly inactive: readonly string[];
  /** ARNs. */
  readonly active: readonly string[];
}

/** The revisions that are older than the newest `keep` active ones; of a family with very many, the oldest of them. */
export async function oldRevisions(aws: Aws, family: string, keep: number): Promise<OldRevisions> {
  const all = await oldest(aws, family, "ACTIVE", keep + LOOKED_THROUGH);
  const active = all.slice(0, Math.max(0, all.length - keep));
  const firstKept = numberOf(all[active.length]);
  const isOlder = (arn: string) => numberOf(arn) < firstKept;
  const inactive = active.length === 0 ? [] : await oldest(aws, family, "INACTIVE", LOOKED_THROUGH);
  return { active, inactive: inactive.filter(isOlder) };
}

/**
 * Deregisters and deletes the oldest of these revisions, at most 20, without those in `used`; returns how many. `step` is called before each
 * call and throws where the run is to stop: a later run deletes what is left.
 */
export async function deleteOldRevisions(
  aws: Aws,
  { active, inactive }: OldRevisions,
  used: (arn: string) => boolean,
  step: () => void,
): Promise<number> {
  const unused = (arns: readonly string[], most: number) => arns.filter((arn) => !used(arn)).slice(0, most);
  const deregistered = unused(inactive, AT_MOST);
  const registered = unused(active, AT_MOST - deregistered.length);
  await deleteRevisions(aws, deregistered, step);
  await retireRevisions(aws, registered, step);
  return deregistered.length + registered.length;
}

/** The number of a revision, which is the end of its ARN; of none, one above all. */
const numberOf = (arn: string | undefined): number =>
  arn === undefined ? Number.POSITIVE_INFINITY : Number(arn.slice(arn.lastIndexOf(":") + 1));

/** At least `enough` of the oldest revisions, or all. */
async function oldest(aws: Aws, familyPrefix: string, status: TaskDefinitionStatus, enough: number): Promise<string[]> {
  const found: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await aws.ecs(new ListTaskDefinitionsCommand({ familyPrefix, status, sort: "ASC", nextToken }));
    found.push(...(page.taskDefinitionArns ?? []).filter((arn) => arn.includes(`/${familyPrefix}:`)));
    nextToken = page.nextToken;
  } while (nextToken !== undefined && found.length < enough);
  return found;
}
