// A family lives as long as the stack and gets a revision with every release. Each is deregistered by a call of its own, of which ECS
// takes one a second, so a family with a long history takes longer to delete than anything else.
import { DeleteTaskDefinitionsCommand, DeregisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import type { Deleting } from "../../engine/deleting.ts";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import { secondsAtRate } from "../rates.ts";
import { revisionsOf } from "./revisions.ts";

/** DeleteTaskDefinitions takes no more than this (Amazon ECS API Reference). */
const AT_ONCE = 10;

/**
 * Deregisters and deletes all revisions of a family, the latest last: a delete that was interrupted leaves a family that is found by its latest
 * revision. A run that stops meanwhile leaves the rest to the next one.
 */
export async function deleteFamily(aws: Aws, family: string, deleting?: Deleting): Promise<void> {
  deleting?.released();
  const [active, inactive] = await Promise.all([
    revisionsOf(aws, family, "ACTIVE"),
    revisionsOf(aws, family, "INACTIVE"),
  ]);
  const [all, seconds] = [inactive.length + active.length, secondsFor(inactive.length, active.length)];
  const step = (revision: number) =>
    seconds > 0 ? deleting?.step(`revision ${count(revision)} of ${count(all)}`, seconds) : deleting?.step();
  await deleteRevisions(aws, inactive, (index) => step(index + 1));
  await retireRevisions(aws, active, (index) => step(inactive.length + index + 1));
}

/** Deregisters active revisions and deletes them, ten at a time. `step` is called before each call, with the index of a revision that it is for. */
export async function retireRevisions(
  aws: Aws,
  active: readonly string[],
  step: (index: number) => void,
): Promise<void> {
  for (let from = 0; from < active.length; from += AT_ONCE) {
    const some = active.slice(from, from + AT_ONCE);
    for (const [index, taskDefinition] of some.entries()) {
      step(from + index);
      // An inactive revision is rejected here; one that is still active is rejected below.
      await absent(
        aws.ecs(new DeregisterTaskDefinitionCommand({ taskDefinition })),
        "ClientException",
        "InvalidParameterException",
      );
    }
    await deleteRevisions(aws, some, (index) => step(from + index));
  }
}

/** Deletes inactive revisions. ECS shows one that a task still runs as DELETE_IN_PROGRESS until then (botocore ecs, DeleteTaskDefinitions). */
export async function deleteRevisions(
  aws: Aws,
  inactive: readonly string[],
  step: (index: number) => void,
): Promise<void> {
  for (let from = 0; from < inactive.length; from += AT_ONCE) {
    step(from);
    const taskDefinitions = inactive.slice(from, from + AT_ONCE);
    const { failures = [] } = await aws.ecs(new DeleteTaskDefinitionsCommand({ taskDefinitions }));
    const refused = failures.find(({ reason }) => !reason?.includes("does not exist"));
    if (refused) throw new Error(`ECS did not delete ${refused.arn}: ${refused.reason}`);
  }
}

/** How long that takes at the rates of ECS, in seconds; 0 below them. */
const secondsFor = (inactive: number, active: number): number =>
  secondsAtRate("ecs", "DeleteTaskDefinitions", Math.ceil(inactive / AT_ONCE)) +
  secondsAtRate("ecs", "DeregisterTaskDefinition", active);

const count = (revisions: number) => revisions.toLocaleString("en-US");
