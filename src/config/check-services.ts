import type { Checker } from "./checker.ts";
import { checkContainers } from "./check-containers.ts";
import { checkRoutes } from "./check-routes.ts";
import { checkSecrets } from "./check-secrets.ts";
import { checkShared } from "./check-shared.ts";
import { checkTasks } from "./check-tasks.ts";
import { checkVolumes } from "./check-volumes.ts";
import { jobSchema, webSchema, workerSchema } from "./schema-services.ts";
import { stackOf, type AnyServiceConfig } from "./services.ts";
import { addressVariable, QUEUE_VARIABLE, queueVariable } from "./naming.ts";
import { list, show } from "./show.ts";
import type { Service } from "./stack.ts";
import type { StackConfig } from "./types.ts";

const schemas = { web: webSchema, worker: workerSchema, job: jobSchema };

/** Rules for the services of a stack together, and for each of them. */
export function checkServices(check: Checker, { services: given }: StackConfig): void {
  const { services } = check.stack;
  if (given === undefined) checkTasks(check);
  else {
    if (Object.keys(given).length === 0 && check.usable("services", "shareable") && !check.stack.shareable)
      check.report(
        "services",
        given,
        "is empty; allowed: at least one service, or omit services to get one called web; a stack with shareable: true may have none",
      );
    for (const [name, own] of Object.entries(given)) checkType(check, name, own);
    for (const service of services) checkTasks(check.within(service.name, stackOf(check.stack, service)));
  }
  for (const service of services) {
    checkImage(check, service);
    checkContainers(check, service);
    checkVolumes(check, service);
    checkSecrets(given === undefined ? check : check.within(service.name, stackOf(check.stack, service)), service);
    checkBacklog(check, service);
    checkRelease(check, service);
    checkReleaseMin(check, service);
  }
  checkArchitectures(check);
  checkRoutes(check, given ?? {});
  checkShared(check);
  checkVariables(check);
}

/** One build machine builds the images of all services, so they all have the same architecture. */
function checkArchitectures(check: Checker): void {
  const built = check.stack.services.filter(
    (one) => one.build !== undefined && check.usable(`services.${one.name}.architecture`),
  );
  const [first] = built;
  const other = built.find((one) => one.architecture !== first?.architecture);
  if (first && other) {
    const rest = `differs from ${show(first.architecture)} of ${first.name}, and one machine builds the images of all services; allowed: ${show(first.architecture)}, or with an image that is built elsewhere`;
    check.report(`services.${other.name}.architecture`, other.architecture, rest);
  }
  const { buildImage } = check.stack.delivery;
  if (first?.architecture === "arm64" && check.isSet("delivery.buildImage") && buildImage.includes("x86_64"))
    check.report(
      "delivery.buildImage",
      buildImage,
      `is for x86_64, and services are built for arm64; allowed: an image for arm64, or none`,
    );
}

/** The queue of a worker and the address of an internal service must not use the same variable. */
function checkVariables(check: Checker): void {
  const queues = check.stack.services.filter((one) => one.type === "worker" && one.queue !== undefined);
  const variables = new Map(queues.map(({ name }) => [queueVariable(name), name]));
  const [first] = queues;
  if (first) variables.set(QUEUE_VARIABLE, first.name);
  for (const service of check.stack.services) {
    if (service.type !== "web" || !service.internal) continue;
    const { name } = service;
    const variable = addressVariable(name);
    const worker = variables.get(variable);
    if (worker === undefined) continue;
    const rest = `would be passed to the other services as ${variable}, which is also the variable for the queue of ${worker}; allowed: another name for one of them`;
    check.report(`services.${name}`, name, rest);
  }
}

/** A command runs in an image that a release brings. */
function checkRelease(check: Checker, service: Service): void {
  if (service.type === "job" || !service.release || service.image === undefined) return;
  const rest = "has no release to run before, since the file names the image; allowed: with build or imageOf";
  check.report(`services.${service.name}.release`, service.image, rest);
}

/** The minimum of a release is raised by a pipeline, above the usual one and up to the maximum. */
function checkReleaseMin(check: Checker, service: Service): void {
  if (service.type === "job" || service.scaling.releaseMin === undefined) return;
  const { min, max, releaseMin, schedule } = service.scaling;
  const own = `services.${service.name}.scaling`;
  const at = check.isSet(`${own}.releaseMin`) ? `${own}.releaseMin` : "scaling.releaseMin";
  if (service.image !== undefined)
    check.report(at, releaseMin, "has no release, since the file names the image; allowed: with build or imageOf");
  if (!check.usable("scaling", "service", "services")) return;
  if (releaseMin <= min)
    check.report(at, releaseMin, `does not raise the minimum, which is ${min}; allowed: at least ${min + 1}`);
  if (releaseMin > max) check.report(at, releaseMin, `is above the maximum; allowed: at most ${max}`);
  for (const [window, bounds] of Object.entries(schedule)) {
    // Afterwards nothing would tell whether a window has begun meanwhile.
    if (bounds.min === releaseMin)
      check.report(
        at,
        releaseMin,
        `is also the minimum of the window ${window}; allowed: another number than those of windows`,
      );
    // One that begins meanwhile would have a maximum below the raised minimum.
    if (bounds.min === undefined && bounds.max !== undefined && bounds.max < releaseMin)
      check.report(
        at,
        releaseMin,
        `is above the maximum of the window ${window}, which sets no minimum; allowed: at most ${bounds.max}, or a window with a minimum`,
      );
  }
}

/** Requirements of scaling on a backlog, besides the queue. */
function checkBacklog(check: Checker, service: Service): void {
  if (service.type !== "worker" || service.scaling.backlogPerTask === undefined) return;
  const { backlogPerTask } = service.scaling;
  const at = `services.${service.name}.scaling.backlogPerTask`;
  // Only Container Insights counts the running tasks (Amazon ECS developer guide, "Amazon ECS Container Insights metrics").
  if (!check.stack.cluster.containerInsights)
    check.report(at, backlogPerTask, "requires a count of running tasks; allowed: with cluster.containerInsights true");
}

/** A setting of a service must belong to its type. */
function checkType(check: Checker, name: string, own: AnyServiceConfig): void {
  const { type = "web" } = own;
  const at = `services.${name}`;
  const takes = (of: keyof typeof schemas, key: string) => Object.hasOwn(schemas[of].shape, key);
  for (const [key, value] of Object.entries(own)) {
    if (takes(type, key)) continue;
    const types = (["web", "worker", "job"] as const).filter((other) => takes(other, key));
    check.report(`${at}.${key}`, value, `does not apply to a ${type}; allowed: with type ${list(types)}`);
  }
  if (own.type === "job") {
    const needed = `${at}.schedule`;
    if (own.schedule === undefined && check.usable(needed)) {
      const rest =
        "is a job without a schedule; needed: schedule, such as cron(0 3 * * ? *), rate(1 hour) or at(2030-01-31T03:00:00)";
      check.report(at, name, rest);
    }
    if (own.spot?.base !== undefined) {
      const rest = "does not apply to a job, which is a single task; allowed: percent only";
      check.report(`${at}.spot.base`, own.spot.base, rest);
    }
    return;
  }
  const scaling: object = own.scaling ?? {};
  const foreign = type === "web" ? "backlogPerTask" : "requestsPerTarget";
  if (Object.hasOwn(scaling, foreign)) {
    const other = type === "web" ? "worker" : "web";
    check.report(`${at}.scaling.${foreign}`, type, `cannot scale on it; allowed: with type ${show(other)}`);
  }
  if (own.type === "worker" && own.scaling?.backlogPerTask !== undefined && own.queue === undefined) {
    const rest = "requires a queue; allowed: with queue: true";
    check.report(`${at}.scaling.backlogPerTask`, own.scaling.backlogPerTask, rest);
  }
}

/** The image of a service has exactly one source; with `imageOf`, a service that builds one for the same architecture. */
function checkImage(check: Checker, service: Service): void {
  const { name, build, image, imageOf, architecture } = service;
  const at = `services.${name}`;
  const ways = Object.entries({ build, image, imageOf }).filter(([, value]) => value !== undefined);
  if (ways.length > 1) {
    const rest = `has more than one image source: ${ways.map(([key]) => key).join(" and ")}; allowed: one of build, image and imageOf`;
    check.report(at, name, rest);
    return;
  }
  if (imageOf === undefined || !check.usable(`${at}.imageOf`)) return;
  // Only services with a build can be named, so there are no cycles.
  const builders = check.stack.services.filter((other) => other.build !== undefined);
  const builder = builders.find((other) => other.name === imageOf);
  if (builder === undefined) {
    const names = builders.map((other) => other.name);
    const allowed = names.length === 0 ? "its own image or build" : list(names);
    check.report(`${at}.imageOf`, imageOf, `is not a service that builds an image; allowed: ${allowed}`);
  } else if (builder.architecture !== architecture) {
    const rest = `builds for ${builder.architecture}, but this service runs on ${architecture}; allowed: the same architecture for both`;
    check.report(`${at}.imageOf`, imageOf, rest);
  }
}
