// What names a revision besides a service: tasks, and the rules and schedules that start tasks. ECS says "existing tasks and services that
// reference an INACTIVE task definition continue to run", but starts no new task from one (Amazon ECS API Reference,
// DeregisterTaskDefinition), so that a rule or a schedule that names a revision would fail from then on.
import { DescribeTasksCommand, ListTasksCommand } from "@aws-sdk/client-ecs";
import { ListRuleNamesByTargetCommand, ListTargetsByRuleCommand } from "@aws-sdk/client-eventbridge";
import { GetScheduleCommand, ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import { everyPage } from "../pages.ts";

/** The revisions, as ARNs, that tasks of a family run in a cluster. A page of ListTasks has as many as DescribeTasks accepts: 100. */
export async function revisionsOfTasks(aws: Aws, cluster: string, family: string): Promise<string[]> {
  const found = everyPage(async (nextToken) => {
    const { taskArns: tasks = [], ...page } = await aws.ecs(new ListTasksCommand({ cluster, family, nextToken }));
    const told = tasks.length === 0 ? undefined : await aws.ecs(new DescribeTasksCommand({ cluster, tasks }));
    return { items: told?.tasks, next: page.nextToken };
  });
  const tasks = (await absent(found, "ClusterNotFoundException")) ?? [];
  return tasks.flatMap(({ taskDefinitionArn }) => taskDefinitionArn ?? []);
}

/**
 * What rules of the default event bus and schedules of all groups run in a cluster: ARNs of task definitions, with a revision or without. Both name
 * the cluster as their target (EventBridge API Reference, EcsParameters; EventBridge Scheduler API Reference, EcsParameters), so only
 * those are read whose target is this cluster.
 */
export async function targetedRevisions(aws: Aws, cluster: string): Promise<string[]> {
  const arn = `arn:${aws.partition}:ecs:${aws.region}:${aws.account}:cluster/${cluster}`;
  const [rules, schedules] = await Promise.all([rulesFor(aws, arn), schedulesFor(aws, arn)]);
  return [...rules, ...schedules];
}

async function rulesFor(aws: Aws, TargetArn: string): Promise<string[]> {
  const names = await everyPage(async (NextToken) => {
    const page = await aws.eventBridge(new ListRuleNamesByTargetCommand({ TargetArn, NextToken }));
    return { items: page.RuleNames, next: page.NextToken };
  });
  const targets = await Promise.all(
    names.map((Rule) =>
      everyPage(async (NextToken) => {
        const page = await aws.eventBridge(new ListTargetsByRuleCommand({ Rule, NextToken }));
        return { items: page.Targets, next: page.NextToken };
      }),
    ),
  );
  return targets.flat().flatMap(({ EcsParameters }) => EcsParameters?.TaskDefinitionArn ?? []);
}

/** Pages of ListSchedules that are read, of 100 schedules each: it has no filter for a target. */
const MOST_PAGES = 10;

/** Throws where the account has so many schedules that a release would take long to look through them: nothing is deleted then. */
async function schedulesFor(aws: Aws, target: string): Promise<string[]> {
  let pages = 0;
  const all = await everyPage(async (NextToken) => {
    if (++pages > MOST_PAGES)
      throw new Error(
        `The region has more than ${MOST_PAGES * 100} schedules, and each of them may name a revision. To delete revisions by hand: aws ecs deregister-task-definition --task-definition FAMILY:REVISION`,
      );
    const page = await aws.scheduler(new ListSchedulesCommand({ MaxResults: 100, NextToken }));
    return { items: page.Schedules, next: page.NextToken };
  });
  const own = all.filter(({ Target }) => Target?.Arn === target);
  const found = await Promise.all(
    own.map(({ Name, GroupName }) =>
      // One that was deleted in the meantime names nothing.
      absent(aws.scheduler(new GetScheduleCommand({ Name, GroupName })), "ResourceNotFoundException"),
    ),
  );
  return found.flatMap((schedule) => schedule?.Target?.EcsParameters?.TaskDefinitionArn ?? []);
}
