import {
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type TaskDefinitionStatus,
} from "@aws-sdk/client-ecs";
import { equal } from "../../engine/equal.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import { answered } from "../answer.ts";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import { everyPage } from "../pages.ts";
import { registrationLike, specOf, type Described } from "./definition.ts";
import { nameIn } from "./shared.ts";

/** A revision, or the latest active one of a family; `undefined` if there is none. Deregistered revisions are still described. */
export async function describedRevision(aws: Aws, taskDefinition: string): Promise<Described | undefined> {
  // ECS has no specific error code for a missing family or revision.
  const answer = await absent(
    aws.ecs(new DescribeTaskDefinitionCommand({ taskDefinition, include: ["TAGS"] })),
    "ClientException",
    "InvalidParameterException",
  );
  return answer && { definition: answered(taskDefinition, answer.taskDefinition), tags: answer.tags };
}

/** The same, read once per run. */
export const revisionOnce = (aws: Aws, snapshot: Snapshot, taskDefinition: string): Promise<Described | undefined> =>
  snapshot.once(`ecs/revision ${taskDefinition}`, () => describedRevision(aws, taskDefinition));

/** An unknown status does not count as inactive. */
export const isActive = ({ definition: { status } }: Described) =>
  status !== "INACTIVE" && status !== "DELETE_IN_PROGRESS";

/** The latest active revision of the family. */
export async function latestRevision(
  aws: Aws,
  family: string,
  snapshot = new Snapshot(),
): Promise<Described | undefined> {
  const found = await revisionOnce(aws, snapshot, family);
  return found && isActive(found) ? found : undefined;
}

/** A deregistered revision of a family without an active one: left by an interrupted delete. */
export async function leftOverRevision(aws: Aws, familyPrefix: string): Promise<Described | undefined> {
  const { taskDefinitionArns = [] } = await aws.ecs(
    new ListTaskDefinitionsCommand({ familyPrefix, status: "INACTIVE", sort: "DESC", maxResults: 1 }),
  );
  const [arn] = taskDefinitionArns;
  const found = arn === undefined ? undefined : await describedRevision(aws, arn);
  // ECS shows a revision that is being deleted while a task still runs it.
  return found?.definition.status === "INACTIVE" ? found : undefined;
}

/** The ARNs of a family's revisions, the latest last. */
export async function revisionsOf(aws: Aws, familyPrefix: string, status: TaskDefinitionStatus): Promise<string[]> {
  const arns = await everyPage(async (nextToken) => {
    const page = await aws.ecs(new ListTaskDefinitionsCommand({ familyPrefix, status, sort: "ASC", nextToken }));
    return { items: page.taskDefinitionArns, next: page.nextToken };
  });
  return arns.filter((arn) => arn.includes(`/${familyPrefix}:`));
}

/** Registers a revision; returns its ARN. Not idempotent, so it is sent once. */
export async function registerRevision(aws: Aws, input: RegisterTaskDefinitionCommandInput): Promise<string> {
  const { taskDefinition } = await aws.ecs(new RegisterTaskDefinitionCommand(input), { once: true });
  return taskDefinition?.taskDefinitionArn ?? "";
}

/** Two revisions by their ARNs: the one that a run planned with, and the one that the service runs now. */
export interface Moved {
  readonly base: string;
  readonly current: string;
}

/** A deployment during a run that changed only images, as the pipeline does. */
export interface Release {
  /** By container: the image that the run planned with, and the one that runs now. */
  readonly images: ReadonlyMap<string, { readonly base: string | undefined; readonly current: string | undefined }>;
  /** A sentence that reports it. */
  readonly note: string;
}

/**
 * The deployment that happened during the run. If it changed more than images it was not a release: it is an error, because overwriting
 * it would revert changes that no plan has shown.
 */
export async function deployedMeanwhile(aws: Aws, { base: planned, current: running }: Moved): Promise<Release> {
  const [base, current] = await Promise.all([describedRevision(aws, planned), describedRevision(aws, running)]);
  const [before, now] = [base, current].map((found) =>
    registrationLike({ definition: found?.definition ?? {}, tags: [] }, () => undefined),
  );
  const name = nameIn(running);
  const told = (input: typeof now) => ({ ...specOf({ ...input }, undefined), status: undefined });
  if (!base || !current || !equal(told(before), told(now)))
    throw new Error(
      `${name} was deployed during this run, and it changes more than the image. To see the current state: npx fairlead plan`,
    );
  const images = new Map(
    (current.definition.containerDefinitions ?? []).map(({ name: container = "", image }) => [
      container,
      { base: base.definition.containerDefinitions?.find((one) => one.name === container)?.image, current: image },
    ]),
  );
  const changed = [...images.values()].flatMap((image) => (image.base === image.current ? [] : [image.current]));
  const what = changed.length > 0 ? ` with image ${changed.join(", ")}` : "";
  return { images, note: `${name}${what} was deployed during this run; its image is kept.` };
}

/**
 * The revision to deploy instead of `wanted`, when the running revision is not the planned one: the settings of `wanted` with the
 * images deployed in the meantime. An image that the run itself changes is the user's edit, and is kept as in `wanted`.
 */
export async function onTopOf(aws: Aws, wanted: string, moved: Moved): Promise<{ arn: string; note: string }> {
  const [{ images, note }, settings] = await Promise.all([
    deployedMeanwhile(aws, moved),
    describedRevision(aws, wanted),
  ]);
  const { definition, tags } = answered(wanted, settings);
  const containers = definition.containerDefinitions ?? [];
  const imageOf = ({ name = "", image }: (typeof containers)[number]) => {
    const other = images.get(name);
    return other && other.base === image ? other.current : image;
  };
  if (containers.every((container) => imageOf(container) === container.image)) return { arn: wanted, note };
  return { arn: await registerRevision(aws, registrationLike({ definition, tags }, imageOf)), note };
}
