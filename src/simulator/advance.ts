import { nextScheduledAction, runScheduledActions } from "./autoscaling/schedules.ts";
import { nextOfBuild, stepBuild } from "./codebuild/builds.ts";
import { builds } from "./codebuild/records.ts";
import { executions } from "./codepipeline/records.ts";
import { nextOfRun, stepRuns } from "./codepipeline/run.ts";
import { nextInsights, writeInsights } from "./ecs/insights.ts";
import { expireImages, nextExpiry as nextImageExpiry } from "./ecr/lifecycle.ts";
import { deliverDue, nextEvent } from "./events/queue.ts";
import { at } from "./moment.ts";
import { expireVersions, nextExpiry as nextVersionExpiry } from "./s3/lifecycle.ts";
import type { Sim } from "./sim.ts";

/** When the world next does something by itself. */
const nextMoment = (sim: Sim): number =>
  Math.min(
    ...Object.values(builds(sim)).map(nextOfBuild),
    ...Object.values(executions(sim)).map((execution) => nextOfRun(sim, execution)),
    nextEvent(sim),
    nextImageExpiry(sim),
    nextVersionExpiry(sim),
    nextInsights(sim),
    nextScheduledAction(sim),
  );

/**
 * Lets everything happen that AWS does by itself and that was due by now, each at its own moment and in order: builds write their
 * logs and push their images, pipelines go from stage to stage. Doing it twice changes nothing. Answers whether it changed anything.
 */
export function advance(sim: Sim): boolean {
  let changed = false;
  for (let moment = sim.world.reading(() => nextMoment(sim)); moment <= sim.now; moment = nextMoment(sim)) {
    const then = at(sim, moment);
    for (const build of Object.values(builds(sim))) if (nextOfBuild(build) <= moment) stepBuild(then, build);
    deliverDue(then);
    stepRuns(then);
    expireImages(then);
    expireVersions(then);
    writeInsights(then);
    runScheduledActions(then);
    changed = true;
  }
  return changed;
}
