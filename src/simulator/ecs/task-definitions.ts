import type {
  DeleteTaskDefinitionsCommandInput,
  DeleteTaskDefinitionsCommandOutput,
  DeregisterTaskDefinitionCommandInput,
  DescribeTaskDefinitionCommandInput,
  DescribeTaskDefinitionCommandOutput,
  ListTaskDefinitionFamiliesCommandInput,
  ListTaskDefinitionFamiliesCommandOutput,
  ListTaskDefinitionsCommandInput,
  ListTaskDefinitionsCommandOutput,
  RegisterTaskDefinitionCommandInput,
  RegisterTaskDefinitionCommandOutput,
} from "@aws-sdk/client-ecs";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagsOfInput } from "../tagging.ts";
import { PAGES, taskDefinitionOf, taskDefinitions, type SimTaskDefinition } from "./records.ts";

/** The memory sizes that Fargate sells with each CPU size: from, to, step, in MiB. */
const SIZES: Readonly<Record<string, readonly [number, number, number]>> = {
  "256": [512, 2048, 512],
  "512": [1024, 4096, 1024],
  "1024": [2048, 8192, 1024],
  "2048": [4096, 16_384, 1024],
  "4096": [8192, 30_720, 1024],
  "8192": [16_384, 61_440, 4096],
  "16384": [32_768, 122_880, 8192],
};

const answerOf = ({ arn, family, revision, active, registeredAt, definition }: SimTaskDefinition) => ({
  ...definition,
  taskDefinitionArn: arn,
  family,
  revision,
  status: active ? ("ACTIVE" as const) : ("INACTIVE" as const),
  registeredAt: new Date(registeredAt),
  compatibilities: ["EC2" as const, "FARGATE" as const],
  // ECS fills these in where they were left out.
  containerDefinitions: definition.containerDefinitions?.map((container) => ({
    cpu: 0,
    mountPoints: [],
    volumesFrom: [],
    systemControls: [],
    ...container,
  })),
});

const tagsOf = ({ tags }: SimTaskDefinition) => Object.entries(tags).map(([key, value]) => ({ key, value }));

function check(input: RegisterTaskDefinitionCommandInput) {
  const { family = "", cpu = "", memory = "", containerDefinitions = [] } = input;
  if (!/^[\w-]{1,255}$/.test(family)) refuse("ClientException", "Family contains invalid characters.");
  if (containerDefinitions.length === 0) refuse("ClientException", "Container list cannot be empty.");
  if (!input.requiresCompatibilities?.includes("FARGATE")) return;
  const [from, to, by] =
    SIZES[cpu] ?? refuse("ClientException", `No Fargate configuration exists for given values: ${cpu} CPU`);
  const size = Number(memory);
  if (!(size >= from && size <= to && (size === from || size % by === 0)))
    refuse("ClientException", `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory.`);
  if (!input.executionRoleArn && containerDefinitions.some(({ logConfiguration }) => logConfiguration))
    refuse(
      "ClientException",
      "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
    );
}

/** The numbers that a family's revisions have had: they are never given out twice. */
const counters = (sim: Sim) => sim.table<number>("~ecs.revisions");

export const taskDefinitionOperations = {
  RegisterTaskDefinition(input: RegisterTaskDefinitionCommandInput, sim): Answer<RegisterTaskDefinitionCommandOutput> {
    check(input);
    const { family = "", tags, ...definition } = input;
    const revision = (counters(sim)[family] ?? 0) + 1;
    counters(sim)[family] = revision;
    const arn = sim.arn("ecs", `task-definition/${family}:${revision}`);
    const made: SimTaskDefinition = {
      arn,
      family,
      revision,
      active: true,
      registeredAt: sim.now,
      definition,
      tags: tagsOfInput(tags, "InvalidParameterException"),
    };
    taskDefinitions(sim)[arn] = made;
    return { taskDefinition: answerOf(made), tags: tagsOf(made) };
  },

  DescribeTaskDefinition(input: DescribeTaskDefinitionCommandInput, sim): Answer<DescribeTaskDefinitionCommandOutput> {
    const found = taskDefinitionOf(sim, input.taskDefinition);
    return {
      taskDefinition: answerOf(found),
      ...(input.include?.includes("TAGS") ? { tags: tagsOf(found) } : {}),
    };
  },

  ListTaskDefinitionFamilies(
    input: ListTaskDefinitionFamiliesCommandInput,
    sim,
  ): Answer<ListTaskDefinitionFamiliesCommandOutput> {
    onlyKnown("ListTaskDefinitionFamilies", input, "familyPrefix", "status", "maxResults", "nextToken");
    const all = Object.values(taskDefinitions(sim));
    const alive = new Set(all.filter(({ active }) => active).map(({ family }) => family));
    const { status = "ALL" } = input;
    const families = [...new Set(all.map(({ family }) => family))]
      .filter((family) => family.startsWith(input.familyPrefix ?? ""))
      .filter((family) => status === "ALL" || alive.has(family) === (status === "ACTIVE"))
      .toSorted();
    const { page, next } = pageOf(families, { token: input.nextToken, size: input.maxResults }, PAGES);
    return { families: page, nextToken: next };
  },

  ListTaskDefinitions(input: ListTaskDefinitionsCommandInput, sim): Answer<ListTaskDefinitionsCommandOutput> {
    onlyKnown("ListTaskDefinitions", input, "familyPrefix", "status", "sort", "maxResults", "nextToken");
    const active = (input.status ?? "ACTIVE") === "ACTIVE";
    const found = Object.values(taskDefinitions(sim))
      .filter((one) => one.active === active)
      // A prefix that is not a whole family finds nothing, whatever it is called.
      .filter(({ family }) => input.familyPrefix === undefined || family === input.familyPrefix)
      .toSorted((a, b) => (a.revision - b.revision) * (input.sort === "DESC" ? -1 : 1));
    const { page, next } = pageOf(found, { token: input.nextToken, size: input.maxResults }, PAGES);
    return { taskDefinitionArns: page.map(({ arn }) => arn), nextToken: next };
  },

  DeregisterTaskDefinition(input: DeregisterTaskDefinitionCommandInput, sim) {
    if (!(input.taskDefinition ?? "").includes(":"))
      refuse("ClientException", "The task definition's revision must be given.");
    const found = taskDefinitionOf(sim, input.taskDefinition);
    found.active = false;
    return { taskDefinition: answerOf(found) };
  },

  DeleteTaskDefinitions(input: DeleteTaskDefinitionsCommandInput, sim): Answer<DeleteTaskDefinitionsCommandOutput> {
    const names = input.taskDefinitions ?? [];
    if (names.length > 10) refuse("InvalidParameterException", "You can delete up to 10 task definitions in one call.");
    const failures = names.flatMap((arn) => {
      const found = taskDefinitions(sim)[arn];
      if (!found) return [{ arn, reason: "The specified task definition does not exist." }];
      if (found.active)
        return [{ arn, reason: "The specified task definition is still in ACTIVE status. Please deregister it." }];
      delete taskDefinitions(sim)[arn];
      return [];
    });
    return { taskDefinitions: [], failures };
  },
} satisfies Operations;
