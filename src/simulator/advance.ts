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

/** When the world next does something by itself, and when what there may be thousands of next does. */
interface Moments {
  readonly first: number;
  readonly builds: number;
  readonly images: number;
  readonly versions: number;
}

function nextMoments(sim: Sim): Moments {
  const [ofBuilds, images, versions] = [
    earliest(builds(sim), nextOfBuild),
    nextImageExpiry(sim),
    nextVersionExpiry(sim),
  ];
  const first = Math.min(
    ofBuilds,
    earliest(executions(sim), (execution) => nextOfRun(sim, execution)),
    nextEvent(sim),
    images,
    versions,
    nextInsights(sim),
    nextScheduledAction(sim),
  );
  return { first, builds: ofBuilds, images, versions };
}

/** By region when a world next does something by itself, as it was after so many changes. */
const looks = new WeakMap<World, Map<string, { readonly changes: number; readonly moments: Moments }>>();

/** The same, looked for once after each change: most calls only read, and a world with a long history is long to look through. */
function knownMoments(sim: Sim): Moments {
  const { changes } = sim.world;
  const regions = looks.get(sim.world) ?? new Map<string, { changes: number; moments: Moments }>();
  looks.set(sim.world, regions);
  const last = regions.get(sim.region);
  if (last?.changes === changes) return last.moments;
  const moments = sim.world.reading(() => nextMoments(sim));
  regions.set(sim.region, { changes, moments });
  return moments;
}

/**
 * Lets everything happen that AWS does by itself and that was due by now, each at its own moment and in order: builds write their
 * logs and push their images, pipelines go from stage to stage. Doing it twice changes nothing. Answers whether it changed anything.
 */
export function advance(sim: Sim): boolean {
  let changed = false;
  for (let next = knownMoments(sim); next.first <= sim.now; next = nextMoments(sim)) {
    const { first: moment } = next;
    const then = at(sim, moment);
    if (next.builds <= moment)
      for (const build of Object.values(builds(sim))) if (nextOfBuild(build) <= moment) stepBuild(then, build);
    deliverDue(then);
    stepRuns(then);
    if (next.images <= moment) expireImages(then);
    if (next.versions <= moment) expireVersions(then);
    writeInsights(then);
    runScheduledActions(then);
    changed = true;
  }
  return changed;
}
