// Nothing in a task definition can be changed: every register call makes a new revision, of which there are two authors, since
// the pipeline registers one with each release. So the revision that the service runs is the one that counts, its image is the
// pipeline's, and a change is registered on top of it.
import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  type TaskDefinitionStatus,
} from "@aws-sdk/client-ecs";
import { equal } from "../../engine/equal.ts";
import type { Look, Seen } from "../../engine/kind.ts";
import { answered } from "../answer.ts";
import type { Aws, AwsKind } from "../aws.ts";
import { absent } from "../errors.ts";
import { namedAfter, ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { ownerOf, STACK_TAG, tagsFrom, type Tags } from "../tags.ts";
import { registration, specOf, type ContainerSpec, type Described } from "./container.ts";
import { changeTags, describedService } from "./shared.ts";

export interface TaskDefinitionSpec {
  family: string;
  /** CPU units: 1024 are one core. */
  cpu: number;
  /** MiB. */
  memory: number;
  executionRoleArn: string;
  taskRoleArn: string;
  image: string;
  container: ContainerSpec;
  /** The names of the cluster and the service that tell which revision counts; nothing of them is written to ECS. */
  runningIn: { cluster: string; service: string };
  tags: Tags;
}

export interface TaskDefinitionAttrs {
  /** Of the revision. */
  arn: string;
  family: string;
}

export const TaskDefinition: AwsKind<TaskDefinitionSpec, TaskDefinitionAttrs> = {
  type: "ecs/task-definition",
  tagged: true,
  immutable: ["family"],
  unique: ["family"],
  initial: ["image"],
  renewed: { arn: ["cpu", "memory", "executionRoleArn", "taskRoleArn", "image", "container"] },
  usual: {},

  async observe(aws, look) {
    const family = look.knownId ?? look.spec.family;
    if (family === undefined) return undefined;
    const found = (await running(aws, look, family)) ?? (await latest(aws, family)) ?? (await leftOver(aws, family));
    if (!found) return undefined;
    const arn = answered(family, found.definition.taskDefinitionArn);
    const tags = tagsFrom(found.tags);
    const owner = ownerOf(tags) ?? (found.runsOurService ? look.owner : undefined);
    const active = isActive(found);
    // The family of somebody who is through with it is free; the one that we know is ours, also where a release left the tags out.
    const ours = owner === look.owner || (owner === undefined && look.knownId !== undefined);
    if (!active && !ours) return undefined;
    return {
      id: family,
      attrs: { arn, family },
      spec: { ...specOf(found.definition, look.spec.container?.name), runningIn: look.spec.runningIn, tags },
      owner,
      ready: active,
      status: found.definition.status,
      failed: active ? undefined : "all revisions are deregistered",
    };
  },

  async owned(aws, ids) {
    const families = await everyPage(async (nextToken) => {
      const command = new ListTaskDefinitionFamiliesCommand({ familyPrefix: aws.stack, status: "ALL", nextToken });
      const page = await aws.ecs(command);
      return { items: page.families, next: page.nextToken };
    });
    const tagsOf = async (family: string) => {
      const found = (await latest(aws, family)) ?? (await leftOver(aws, family));
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
    const arn = await register(aws, spec);
    await making.created(spec.family);
    return { id: spec.family, attrs: { arn, family: spec.family } };
  },

  async update(aws, observed, spec, changed) {
    const elsewhere: readonly string[] = ["tags", "runningIn"];
    if ([...changed].every((field) => elsewhere.includes(field)))
      return changeTags(aws, observed.attrs.arn, spec.tags, observed.spec.tags ?? {});
    // An earlier attempt, whose answer was lost or whose revision never came to run, may have registered just this.
    const newest = await latest(aws, spec.family);
    const arn = newest?.definition.taskDefinitionArn;
    if (newest && arn !== undefined && saysAll(newest, spec)) return { arn };
    return { arn: await register(aws, spec) };
  },

  async delete(aws, { attrs: { family } }) {
    const [active, inactive] = await Promise.all([
      revisions(aws, family, "ACTIVE"),
      revisions(aws, family, "INACTIVE"),
    ]);
    for (const taskDefinition of active)
      // One that is inactive already is refused; one that should still be active is refused below.
      await absent(
        aws.ecs(new DeregisterTaskDefinitionCommand({ taskDefinition })),
        "ClientException",
        "InvalidParameterException",
      );
    const all = [...inactive, ...active];
    for (let from = 0; from < all.length; from += 10) {
      const taskDefinitions = all.slice(from, from + 10);
      const { failures = [] } = await aws.ecs(new DeleteTaskDefinitionsCommand({ taskDefinitions }));
      const refused = failures.find(({ reason }) => !reason?.includes("does not exist"));
      if (refused) throw new Error(`ECS did not delete ${refused.arn}: ${refused.reason}`);
    }
  },
};

interface Found extends Described {
  /** It is the revision that a service of this stack runs. */
  readonly runsOurService?: boolean;
}

/** The revision that the service runs. */
async function running(aws: Aws, look: Look<TaskDefinitionSpec>, family: string): Promise<Found | undefined> {
  const { runningIn } = look.spec;
  if (!runningIn) return undefined;
  const service = await describedService(aws, look.snapshot, runningIn.cluster, runningIn.service);
  const arn = service?.taskDefinition;
  if (!service || service.status === "DRAINING" || !arn?.includes(`/${family}:`)) return undefined;
  const found = await described(aws, arn);
  // A revision that the pipeline registered need not bear tags.
  const runsOurService = tagsFrom(service.tags)[STACK_TAG] === aws.stack;
  return found && isActive(found) ? { ...found, runsOurService } : undefined;
}

/** The latest active revision of the family. */
async function latest(aws: Aws, family: string): Promise<Found | undefined> {
  const found = await described(aws, family);
  return found && isActive(found) ? found : undefined;
}

/** A deregistered revision of a family that has no active one: what a delete that was cut short leaves. */
async function leftOver(aws: Aws, familyPrefix: string): Promise<Found | undefined> {
  const { taskDefinitionArns = [] } = await aws.ecs(
    new ListTaskDefinitionsCommand({ familyPrefix, status: "INACTIVE", sort: "DESC", maxResults: 1 }),
  );
  const [arn] = taskDefinitionArns;
  const found = arn === undefined ? undefined : await described(aws, arn);
  // One that is being deleted ECS shows for as long as a task still runs it.
  return found?.definition.status === "INACTIVE" ? found : undefined;
}

async function described(aws: Aws, taskDefinition: string): Promise<Described | undefined> {
  // ECS has no code of its own for a family or revision that is not there.
  const answer = await absent(
    aws.ecs(new DescribeTaskDefinitionCommand({ taskDefinition, include: ["TAGS"] })),
    "ClientException",
  );
  return answer && { definition: answered(taskDefinition, answer.taskDefinition), tags: answer.tags };
}

/** A state that nobody knows is not taken for the end of a revision. */
const isActive = ({ definition: { status } }: Described) => status !== "INACTIVE" && status !== "DELETE_IN_PROGRESS";

/** The ARNs of a family's revisions, the latest last. */
async function revisions(aws: Aws, familyPrefix: string, status: TaskDefinitionStatus): Promise<string[]> {
  const arns = await everyPage(async (nextToken) => {
    const page = await aws.ecs(new ListTaskDefinitionsCommand({ familyPrefix, status, sort: "ASC", nextToken }));
    return { items: page.taskDefinitionArns, next: page.nextToken };
  });
  return arns.filter((arn) => arn.includes(`/${familyPrefix}:`));
}

async function register(aws: Aws, spec: TaskDefinitionSpec): Promise<string> {
  const command = new RegisterTaskDefinitionCommand(registration(aws.region, spec));
  const { taskDefinition } = await aws.ecs(command, { once: true });
  return taskDefinition?.taskDefinitionArn ?? "";
}

function saysAll({ definition, tags }: Described, spec: TaskDefinitionSpec): boolean {
  const said: Seen<TaskDefinitionSpec> = specOf(definition, spec.container.name);
  return equal({ ...said, tags: tagsFrom(tags) }, { ...spec, runningIn: undefined });
}
