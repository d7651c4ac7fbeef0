// Task definitions are immutable: every register call creates a new revision, and the pipeline also registers one with each
// release. So the current revision is the one that the service runs, its image belongs to the
// pipeline, and a change is registered on top of it.
import { ListTaskDefinitionFamiliesCommand } from "@aws-sdk/client-ecs";
import { equal } from "../../engine/equal.ts";
import type { Look, Seen } from "../../engine/resource-kind.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import { answered } from "../answer.ts";
import type { Aws } from "../aws.ts";
import { isOfStack, namedAfter, ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { defineKind } from "../define-kind.ts";
import { prefixOf } from "../owner.ts";
import { ENVIRONMENT_TAG, ownerOf, STACK_TAG, tagsFrom, type Tags } from "../tags.ts";
import { canonicalContainer, canonicalTask, registration, specOf, type Described } from "./definition.ts";
import { deleteFamily } from "./delete-family.ts";
import {
  deployedMeanwhile,
  isActive,
  latestRevision,
  leftOverRevision,
  registerRevision,
  revisionOnce,
} from "./revisions.ts";
import { UNRELEASED_TAG } from "./released.ts";
import { changeTags, describedService } from "./shared.ts";
import type { TaskDefinitionSpec } from "./task-definition-spec.ts";

export interface TaskDefinitionAttrs {
  /** Of the revision. */
  arn: string;
  family: string;
}

export const TaskDefinition = defineKind<TaskDefinitionSpec, TaskDefinitionAttrs>({
  type: "ecs/task-definition",
  fields: {
    family: { immutable: true, unique: true },
    cpu: {},
    memory: {},
    executionRoleArn: {},
    taskRoleArn: {},
    // The placeholder image never replaces a real one, whatever tag an earlier version used for it.
    image: {
      ignoreDrift: (now, { repository, tags }) => repository !== "" || !isBuiltFor(tags, now),
      planned: (wanted, observed) => (wanted.endsWith(`:${UNRELEASED_TAG}`) ? observed : wanted),
    },
    container: {},
    sidecars: {},
    task: {},
    status: {},
    repository: {},
    runningIn: {},
    tags: {},
  },
  attrs: {
    arn: {
      changesWith: [
        "cpu",
        "memory",
        "executionRoleArn",
        "taskRoleArn",
        "image",
        "container",
        "sidecars",
        "task",
        "status",
      ],
    },
  },
  // Roles and log groups can be deleted while revisions name them: none of their APIs asks for task definitions.
  traits: { markedAtOnce: true, goesAlone: true },
  // A family that is left would be adopted by a service of its name, with an image whose repository is gone.
  inventory: { lists: "stateless" },

  /**
   * The pipeline's deploy action registers a copy of the running revision with another image (CodePipeline user guide, "Amazon ECS standard
   * deploy action"), so it cannot change image and processor together, and neither alone starts: "exec format error".
   */
  refuse({ action, spec, observed, changed }) {
    const { cpuArchitecture: wanted } = spec?.task?.runtimePlatform ?? {};
    const { cpuArchitecture: now } = observed?.spec.task?.runtimePlatform ?? {};
    const { image = "", repository } = observed?.spec ?? {};
    const isReleased =
      repository !== undefined &&
      (image.startsWith(`${repository}:`) || image.startsWith(`${repository}@`)) &&
      !image.endsWith(`:${UNRELEASED_TAG}`);
    if (action !== "update" || wanted === undefined || now === undefined || wanted === now) return undefined;
    if (!isReleased || changed.has("image")) return undefined;
    return `the image that runs was built for ${now} and would not start on ${wanted}, and a release replaces the image alone. Name an image for both processors in image (docker buildx build --platform linux/amd64,linux/arm64) together with the architecture; once it runs, take image out again and release.`;
  },

  canonical: (spec) => ({
    ...spec,
    container: canonicalContainer(spec.container),
    sidecars: Object.fromEntries(
      Object.entries(spec.sidecars).map(([name, sidecar]) => [name, canonicalContainer(sidecar)]),
    ),
    task: canonicalTask(spec.task),
  }),

  async observe(aws, look) {
    const family = look.knownId ?? look.spec.family;
    if (family === undefined) return undefined;
    const found: Found | undefined =
      (await running(aws, look, family)) ??
      (await latestRevision(aws, family, look.snapshot)) ??
      (await leftOverRevision(aws, family));
    if (!found) return undefined;
    const arn = answered(family, found.definition.taskDefinitionArn);
    const tags = tagsFrom(found.tags);
    const owner = ownerOf(tags) ?? (found.runsOurService ? look.owner : undefined);
    const usable = isActive(found) || found.runs === true;
    // A family whose revisions are all inactive is free; a recorded one is the stack's, even if a release omitted the tags.
    const ours = owner === look.owner || (owner === undefined && look.knownId !== undefined);
    if (!usable && !ours) return undefined;
    return {
      id: family,
      attrs: { arn, family },
      spec: {
        ...specOf(found.definition, look.spec.container?.name),
        repository: look.spec.repository,
        runningIn: look.spec.runningIn,
        tags,
      },
      owner,
      ready: usable,
      status: found.definition.status,
      failed: usable ? undefined : "all revisions are deregistered",
      unmanaged: foreignImage(found, look.spec),
    };
  },

  async list(aws, ids) {
    const families = await everyPage(async (nextToken) => {
      const command = new ListTaskDefinitionFamiliesCommand({ familyPrefix: aws.stack, status: "ALL", nextToken });
      const page = await aws.ecs(command);
      return { items: page.families, next: page.nextToken };
    });
    const tagsOf = async (family: string) => {
      const found = (await latestRevision(aws, family)) ?? (await leftOverRevision(aws, family));
      return found && tagsFrom(found.tags);
    };
    const candidates = families.filter((family) => namedAfter(aws.stack, family));
    return ownedAmong(
      aws,
      candidates.map((id) => ({ id, tags: () => tagsOf(id) })),
      ids,
    );
  },

  async create(aws, spec, making) {
    const arn = await registerRevision(aws, registration(spec));
    await making.created(spec.family);
    return { id: spec.family, attrs: { arn, family: spec.family } };
  },

  async update(aws, observed, wanted, changed, updating) {
    const elsewhere: readonly string[] = ["tags", "runningIn", "repository"];
    if ([...changed].every((field) => elsewhere.includes(field)))
      return changeTags(aws, observed.attrs.arn, wanted.tags, observed.spec.tags ?? {});
    let { image } = wanted;
    // The run may have waited since it observed: an image that the pipeline deployed in the meantime is kept.
    // Where it ran when it was observed: a service that becomes a job has no service any more.
    const { runningIn } = observed.spec;
    const current = await countingRevision(aws, { runningIn, family: wanted.family });
    if (current !== undefined && current !== observed.attrs.arn && !changed.has("image")) {
      const { images, note } = await deployedMeanwhile(aws, { base: observed.attrs.arn, current });
      image = images.get(wanted.container.name)?.current ?? image;
      updating?.note(note);
    }
    const spec = { ...wanted, image };
    // An earlier attempt, whose response was lost or whose revision was never deployed, may have registered exactly this.
    const newest = await latestRevision(aws, spec.family);
    const arn = newest?.definition.taskDefinitionArn;
    if (newest && arn !== undefined && saysAll(newest, spec)) return { arn };
    return { arn: await registerRevision(aws, registration(spec)) };
  },

  delete: (aws, { attrs: { family } }, deleting) => deleteFamily(aws, family, deleting),
});

interface Found extends Described {
  /** A service runs it. */
  readonly runs?: boolean;
  /** A service of this stack runs it. */
  readonly runsOurService?: boolean;
}

/**
 * Whether an image is in one of the stack's repositories. Where the config names another one, no release deploys it: after a lost state it is what
 * ran before that edit, and its repository goes.
 */
function isBuiltFor(tags: Seen<Tags> | undefined, image: string): boolean {
  const { [STACK_TAG]: name, [ENVIRONMENT_TAG]: environment } = tags ?? {};
  if (name === undefined || environment === undefined) return false;
  const [, repository] = /^\d+\.dkr\.ecr\.[^/]+\/([^@:]+)/.exec(image) ?? [];
  return namedAfter(prefixOf({ name, environment }), repository);
}

/** The image, if neither the pipeline nor the config set it: it is kept until the next release. */
function foreignImage(
  { definition, runs }: Found,
  { image: own, repository, container, runningIn }: Seen<TaskDefinitionSpec>,
) {
  const image = specOf(definition, container?.name).image ?? "";
  const theirs = repository === undefined || image.startsWith(`${repository}:`) || image.startsWith(`${repository}@`);
  const counts = runs || runningIn === undefined;
  return theirs || image === own || !counts ? [] : [`image ${image} (not from ${repository})`];
}

/** The revision of the family that the service runs, deregistered or not. */
async function running(aws: Aws, look: Look<TaskDefinitionSpec>, family: string): Promise<Found | undefined> {
  const { runningIn } = look.spec;
  const arn = runningIn && (await runningRevision(aws, look.snapshot, runningIn, family));
  if (!runningIn || arn === undefined) return undefined;
  const service = await describedService(aws, look.snapshot, runningIn.cluster, runningIn.service);
  const found = await revisionOnce(aws, look.snapshot, arn);
  // A revision registered by the pipeline may have no tags.
  const owner = service && ownerOf(tagsFrom(service.tags));
  const runsOurService = owner !== undefined && isOfStack(aws, owner);
  return found && { ...found, runs: true, runsOurService };
}

/** The ARN of the revision of the family that the service runs. */
async function runningRevision(
  aws: Aws,
  snapshot: Snapshot,
  { cluster, service: name }: NonNullable<TaskDefinitionSpec["runningIn"]>,
  family: string,
): Promise<string | undefined> {
  const service = await describedService(aws, snapshot, cluster, name);
  const arn = service?.status === "DRAINING" ? undefined : service?.taskDefinition;
  return arn?.includes(`/${family}:`) ? arn : undefined;
}

/** The ARN of the current revision. */
async function countingRevision(
  aws: Aws,
  { runningIn, family }: Pick<TaskDefinitionSpec, "runningIn" | "family">,
): Promise<string | undefined> {
  return runningIn
    ? runningRevision(aws, new Snapshot(), runningIn, family)
    : (await latestRevision(aws, family))?.definition.taskDefinitionArn;
}

function saysAll({ definition, tags }: Described, spec: TaskDefinitionSpec): boolean {
  const said: Seen<TaskDefinitionSpec> = specOf(definition, spec.container.name);
  return equal({ ...said, tags: tagsFrom(tags) }, { ...spec, repository: undefined, runningIn: undefined });
}
