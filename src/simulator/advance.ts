import { nextScheduledAction, runScheduledActions } from "./autoscaling/schedules.ts";
import { nextOfBuild, stepBuild } from "./codebuild/builds.ts";
import { builds } from "./codebuild/records.ts";
import { executions } from "./codepipeline/records.ts";
import { nextOfRun, stepRuns } from "./codepipeline/run.ts";
import { nextInsights, writeInsights } from "./ecs/insights.ts";
import { expireImages, nextExpiry as nextImageExpiry } from "./ecr/lifecycle.ts";
import { deliverDue, nextEvent } from "./events/queue.ts";
import { at, earliest } from "./moment.ts";
import { expireVersions, nextExpiry as nextVersionExpiry } from "./s3/lifecycle.ts";
import type { Sim } from "./sim.ts";
import type { World } from "./world.ts";

/** When the world next does something by itself. */
const nextMoment = (sim: Sim): number =>
  Math.min(
    earliest(builds(sim), nextOfBuild),
    earliest(executions(sim), (execution) => nextOfRun(sim, execution)),
    nextEvent(sim),
    nextImageExpiry(sim),
    nextVersionExpiry(sim),
    nextInsights(sim),
    nextScheduledAction(sim),
  );

/** By region when a world next does something by itself, as it was after so many changes. */
const looks = new WeakMap<World, Map<string, { readonly changes: number; readonly moment: number }>>();

/** The same, looked for once after each change: most calls only read, and a world with a long history is long to look through. */
function knownMoment(sim: Sim): number {
  const { changes } = sim.world;
  const regions = looks.get(sim.world) ?? new Map<string, { changes: number; moment: number }>();
  looks.set(sim.world, regions);
  const last = regions.get(sim.region);
  if (last?.changes === changes) return last.moment;
  const moment = sim.world.reading(() => nextMoment(sim));
  regions.set(sim.region, { changes, moment });
  return moment;
}

/**
 * Lets everything happen that AWS does by itself and that was due by now, each at its own moment and in order: builds write their
 * logs and push their images, pipelines go from stage to stage. Doing it twice changes nothing. Answers whether it changed anything.
 */
export function advance(sim: Sim): boolean {
  let changed = false;
  for (let moment = knownMoment(sim); moment <= sim.now; moment = nextMoment(sim)) {
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
