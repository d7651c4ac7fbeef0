import type { CreateScheduleCommandInput } from "@aws-sdk/client-scheduler";
import { namesOf } from "../../src/config/naming.ts";
import { resolveStack } from "../../src/config/resolve.ts";
import type { StackConfig } from "../../src/index.ts";
import { idIn } from "../../src/release/service-ref.ts";
import { missingImage, resolvedImages } from "../../src/simulator/ecs/fates.ts";
import { present } from "../../src/simulator/ecs/present.ts";
import { services, taskDefinitionOf } from "../../src/simulator/ecs/records.ts";
import type { Sim } from "../../src/simulator/sim.ts";
import { wantedOf } from "./requests.ts";

/** The images of the tasks that run, by digest, service by service; none of a service without tasks. */
export function running(sim: Sim, config: StackConfig): Map<string, string> {
  const stack = resolveStack(config);
  const found = stack.services.flatMap(({ name }): [string, string][] => {
    const { cluster, service, container } = namesOf(stack, sim.account, name);
    const own = Object.values(services(sim)).filter((one) => one.name === service && one.cluster === cluster);
    const tasks = own.flatMap((one) => present(sim, one).tasks);
    const alive = tasks.filter(
      ({ runningAt, stoppingAt, stoppedAt }) => runningAt !== undefined && (stoppingAt ?? stoppedAt) === undefined,
    );
    const images = alive.flatMap((task) => task.images?.[container] ?? []);
    return images.length === 0 ? [] : [[name, [...new Set(images)].toSorted().join()]];
  });
  return new Map(found);
}

/** The services of a config of which nothing that was released is left once these resources are gone. */
export const unreleasedBy = (gone: readonly string[], config: StackConfig): string[] =>
  [...wantedOf(config).keys()].filter((service) =>
    ["compute/service", "compute/task-definition"].every((id) => gone.includes(idIn({ service }, id))),
  );

/** How the services stand, in a few lines each. */
export const standing = (sim: Sim): string[] =>
  Object.values(services(sim)).flatMap((service) => {
    const now = present(sim, service);
    return [
      `${now.desiredCount} desired of ${now.taskDefinition}`,
      ...now.tasks.map((task) => JSON.stringify(task)),
      ...now.events.slice(0, 3).map(({ message }) => message),
    ];
  });

interface Scheduled {
  readonly said: Pick<CreateScheduleCommandInput, "State" | "Target">;
}

/** Images that the next task of a service, or of a job whose schedule is on, could not be started from: they are not in the registry. */
export function unstartable(sim: Sim): string[] {
  const run = Object.values(services(sim)).flatMap((service) =>
    service.desiredCount > 0 ? service.taskDefinition : [],
  );
  const scheduled = Object.values(sim.table<Scheduled>("scheduler.schedules")).flatMap(({ said: { State, Target } }) =>
    State === "DISABLED" ? [] : (Target?.EcsParameters?.TaskDefinitionArn ?? []),
  );
  return [...run, ...scheduled].flatMap(
    (name) => missingImage(sim, resolvedImages(sim, taskDefinitionOf(sim, name))) ?? [],
  );
}
