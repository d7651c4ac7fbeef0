// How long a stack with a long history takes to delete, in seconds of the simulated clock, which has ECS's rates.
import { DescribeTaskDefinitionCommand, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { Stage } from "../support/stage.ts";

const FAMILY = "fairlead-app-dev";

/** What a teardown came to, and what it had to wait for. */
export interface LongLife {
  readonly revisions: number;
  readonly seconds: number;
  /** Seconds of the teardown of a stack without a history. */
  readonly fresh: number;
  /** The resource that was deleted last on the critical path. */
  readonly last: string;
}

/** Deletes a stack whose service has had so many revisions. */
export async function longLife(revisions: number): Promise<LongLife> {
  const [fresh, old] = [await ended(0), await ended(revisions)];
  return { revisions, seconds: old.seconds, fresh: fresh.seconds, last: old.last };
}

async function ended(revisions: number): Promise<{ seconds: number; last: string }> {
  const stage = new Stage({});
  try {
    await ran(stage, "reconcile", "--yes");
    await stage.meddle(async (aws) => {
      const { taskDefinition } = await aws.ecs(new DescribeTaskDefinitionCommand({ taskDefinition: FAMILY }));
      const { containerDefinitions, cpu, memory, executionRoleArn, networkMode, requiresCompatibilities } =
        taskDefinition ?? {};
      const again = { containerDefinitions, cpu, memory, executionRoleArn, networkMode, requiresCompatibilities };
      for (let n = 1; n < revisions; n++)
        await aws.ecs(new RegisterTaskDefinitionCommand({ family: FAMILY, ...again }));
    });
    const answer = await ran(stage, "teardown", "--yes", "--json");
    const { seconds, chain } = JSON.parse(answer) as { seconds: number; chain: { id: string }[] };
    return { seconds, last: chain.at(-1)?.id ?? "" };
  } finally {
    stage.remove();
  }
}

async function ran(stage: Stage, ...words: readonly string[]): Promise<string> {
  const { exit, lines, answer } = await stage.type(...words);
  if (exit !== 0) throw new Error(`${words.join(" ")} ended with ${exit}: ${lines.join("\n")}`);
  return answer;
}
