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
  TaskDefinitionStatus,
} from "@aws-sdk/client-ecs";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { lingering, type Lingering } from "../lingering.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { lowerTagList, tagsOfInput } from "../tagging.ts";
import { checkRegistration, filledIn } from "./definition-checks.ts";
import { TIMING } from "../timing.ts";
import { runningTasks } from "./standalone.ts";
import { isGone, PAGES, services, taskDefinitionOf, taskDefinitions, type SimTaskDefinition } from "./records.ts";

/** A revision as ECS tells of it, with what it fills in where nothing was said (see ./definition-checks.ts for the source). */
const answerOf = (
  sim: Sim,
  record: SimTaskDefinition,
  status: TaskDefinitionStatus = record.active ? "ACTIVE" : "INACTIVE",
) => ({
  volumes: [],
  placementConstraints: [],
  enableFaultInjection: false,
  ...record.definition,
  taskDefinitionArn: record.arn,
  family: record.family,
  revision: record.revision,
  status,
  registeredAt: new Date(record.registeredAt),
  registeredBy: `arn:${sim.partition}:iam::${sim.account}:role/operator`,
  ...(record.deregisteredAt === undefined ? {} : { deregisteredAt: new Date(record.deregisteredAt) }),
  requiresAttributes: [
    { name: "com.amazonaws.ecs.capability.docker-remote-api.1.18" },
    { name: "ecs.capability.task-eni" },
  ],
  compatibilities: ["EC2" as const, "FARGATE" as const],
  containerDefinitions: record.definition.containerDefinitions?.map(filledIn),
});

/**
 * Revisions that are being deleted: they are described as DELETE_IN_PROGRESS "until all the associated tasks and services have been terminated", and
 * until then their family is listed (botocore ecs, DeleteTaskDefinitions). Nothing new can be run from them.
 */
const former = (sim: Sim) => sim.table<Lingering<SimTaskDefinition>>("~ecs.taskDefinitions");

function deleting(sim: Sim): Record<string, SimTaskDefinition> {
  const kept = former(sim);
  const ofServices = Object.values(services(sim))
    .filter((service) => !isGone(sim, service))
    .flatMap(({ taskDefinition, tasks }) => [taskDefinition, ...tasks.map((task) => task.taskDefinition)]);
  // ECS developer guide, "Amazon ECS task definition states": standalone tasks keep it too.
  const inUse = [...ofServices, ...runningTasks(sim).map((task) => task.taskDefinition)].flatMap((arn) =>
    kept[arn] ? [[arn, kept[arn].record] as const] : [],
  );
  return { ...lingering(sim, kept), ...Object.fromEntries(inUse) };
}

const tagsOf = ({ tags }: SimTaskDefinition) => lowerTagList(tags);

/** The numbers that a family's revisions have had: they are never given out twice. */
const counters = (sim: Sim) => sim.table<number>("~ecs.revisions");

export const taskDefinitionOperations = {
  RegisterTaskDefinition(input: RegisterTaskDefinitionCommandInput, sim): Answer<RegisterTaskDefinitionCommandOutput> {
    checkRegistration(input);
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
    return { taskDefinition: answerOf(sim, made), tags: tagsOf(made) };
  },

  DescribeTaskDefinition(input: DescribeTaskDefinitionCommandInput, sim): Answer<DescribeTaskDefinitionCommandOutput> {
    const gone = deleting(sim)[input.taskDefinition ?? ""];
    const found = gone ?? taskDefinitionOf(sim, input.taskDefinition);
    return {
      taskDefinition: answerOf(sim, found, gone && "DELETE_IN_PROGRESS"),
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
    const gone = status === "ALL" ? Object.values(deleting(sim)) : [];
    const families = [...new Set([...all, ...gone].map(({ family }) => family))]
      .filter((family) => family.startsWith(input.familyPrefix ?? ""))
      .filter((family) => status === "ALL" || alive.has(family) === (status === "ACTIVE"))
      .toSorted();
    const { page, next } = pageOf(families, { token: input.nextToken, size: input.maxResults }, PAGES);
    return { families: page, nextToken: next };
  },

  ListTaskDefinitions(input: ListTaskDefinitionsCommandInput, sim): Answer<ListTaskDefinitionsCommandOutput> {
    onlyKnown("ListTaskDefinitions", input, "familyPrefix", "status", "sort", "maxResults", "nextToken");
    const { status = "ACTIVE" } = input;
    const all = Object.values(status === "DELETE_IN_PROGRESS" ? deleting(sim) : taskDefinitions(sim));
    const found = all
      .filter((one) => status === "DELETE_IN_PROGRESS" || one.active === (status === "ACTIVE"))
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
    if (!found.active)
      refuse(
        "InvalidParameterException",
        "The specified task definition is inactive. Specify an active task definition and try again.",
      );
    const deregistered = { ...found, active: false, deregisteredAt: sim.now };
    taskDefinitions(sim)[found.arn] = deregistered;
    return { taskDefinition: answerOf(sim, deregistered) };
  },

  DeleteTaskDefinitions(input: DeleteTaskDefinitionsCommandInput, sim): Answer<DeleteTaskDefinitionsCommandOutput> {
    const names = input.taskDefinitions ?? [];
    if (names.length > 10) refuse("InvalidParameterException", "You can delete up to 10 task definitions in one call.");
    const failures = names.flatMap((arn) => {
      const found = taskDefinitions(sim)[arn];
      if (!found) return [{ arn, reason: "The specified task definition does not exist." }];
      if (found.active)
        return [{ arn, reason: "The specified task definition is still in ACTIVE status. Please deregister it." }];
      const kept = deleting(sim);
      for (const other of Object.keys(former(sim))) if (!(other in kept)) delete former(sim)[other];
      former(sim)[arn] = { record: found, until: sim.in(sim.world.random() * TIMING.release) };
      delete taskDefinitions(sim)[arn];
      return [];
    });
    return { taskDefinitions: [], failures };
  },
} satisfies Operations;
