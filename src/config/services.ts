import { counts } from "./counts.ts";
import { fingerprint } from "./fingerprint.ts";
import { jobSchema, webSchema, workerSchema } from "./schema-services.ts";
import { MAIN_SERVICE } from "./naming.ts";
import type { JobService, Service, Stack, WebService, WorkerService } from "./stack.ts";
import { overlay } from "./tidy.ts";
import type { JobConfig, StackConfig, WebServiceConfig, WorkerServiceConfig } from "./types.ts";

export type AnyServiceConfig = WebServiceConfig | WorkerServiceConfig | JobConfig;

/** The shorthand form: one web service, built from the directory `service`. */
const plain: Readonly<Record<string, AnyServiceConfig>> = { web: { build: { context: "service" } } };

/** The services of the config, each starting from the top-level groups. */
function begun(config: StackConfig): [string, AnyServiceConfig][] {
  const { container, balancer } = config;
  const { taskPolicy, ...service } = config.service ?? {};
  const shared = { container, ...(taskPolicy && { taskPolicy }) };
  const running = { ...shared, service, scaling: config.scaling };
  const { healthCheck, deregistrationDelay } = balancer ?? {};
  const answering = { ...running, healthCheck, ...(deregistrationDelay !== undefined && { deregistrationDelay }) };
  const beginnings = { web: answering, worker: running, job: shared };
  return Object.entries(config.services ?? plain).map(([name, own]) => {
    const builds = own.image === undefined && own.imageOf === undefined;
    const from = { ...beginnings[own.type ?? "web"], ...(builds && { build: {} }) };
    return [name, fitting(overlay(from, own) as AnyServiceConfig)];
  });
}

/** Without the target that a service of this type does not scale on. */
function fitting(own: AnyServiceConfig): AnyServiceConfig {
  if (own.type === "job" || own.scaling === undefined) return own;
  const { requestsPerTarget, backlogPerTask, ...scaling } = own.scaling as Scaling;
  const target = own.type === "worker" ? { backlogPerTask } : { requestsPerTarget };
  const said = Object.entries(target).filter(([, value]) => value !== undefined);
  return { ...own, scaling: { ...scaling, ...Object.fromEntries(said) } };
}

type Scaling = NonNullable<WebServiceConfig["scaling"]> & NonNullable<WorkerServiceConfig["scaling"]>;

/**
 * The services of a config, in the order of the file. Settings that do not apply to the type of a service are ignored, and a job without a
 * schedule is omitted: `check-services.ts` reports both.
 */
export function servicesOf(config: StackConfig, stackName: string): Service[] {
  const given = begun(config);
  const web = given.filter(([, { type = "web" }]) => type === "web") as [string, WebServiceConfig][];
  const priorities = prioritiesOf(web, config, stackName);
  const onlyWeb = web.filter(([, { internal }]) => internal !== true).length === 1;
  return given.flatMap(([name, own]): Service[] => {
    if (own.type === "worker") return [worker(name, own)];
    if (own.type !== "job") return [webService(name, own, onlyWeb, priorities.get(name) ?? ALONE)];
    return own.schedule === undefined ? [] : [job(name, own)];
  });
}

function webService(name: string, own: WebServiceConfig, onlyWeb: boolean, priority: number): WebService {
  const { path: _, host: __, ...given } = own;
  const filled = common(name, webSchema.strip().parse(given));
  return {
    ...filled,
    container: { ...filled.container, initProcess: filled.container.initProcess ?? filled.service.enableExec },
    ...counts(filled.service, filled.scaling),
    paths: pathsOf(name, own, onlyWeb),
    hosts: several(own.host),
    priority,
  };
}

function worker(name: string, own: WorkerServiceConfig): WorkerService {
  const { queue, ...filled } = common(
    name,
    workerSchema.strip().parse(own.queue === true ? { ...own, queue: {} } : own),
  );
  return {
    ...filled,
    container: { ...filled.container, initProcess: filled.container.initProcess ?? filled.service.enableExec },
    ...counts(filled.service, filled.scaling),
    ...(typeof queue === "object" && { queue }),
  };
}

function job(name: string, own: JobConfig): JobService {
  const filled = common(name, jobSchema.strip().parse(own));
  return { ...filled, container: { ...filled.container, initProcess: filled.container.initProcess ?? false } };
}

type Filled = Pick<ReturnType<typeof jobSchema.parse>, "build" | "taskPolicy">;

/** Values derived from the name of a service. */
const common = <F extends Filled>(name: string, { build, taskPolicy = [], ...rest }: F) => ({
  ...rest,
  name,
  taskPolicy,
  ...(build && { build: { ...build, context: build.context ?? `service/${name}` } }),
});

const several = (given: string | readonly string[] | undefined): readonly string[] =>
  given === undefined ? [] : typeof given === "string" ? [given] : given;

const EVERY_PATH = "/*";

function pathsOf(name: string, { path, host, internal }: WebServiceConfig, onlyWeb: boolean): readonly string[] {
  if (internal === true) return [];
  if (path !== undefined) return several(path);
  return onlyWeb || name === "web" || host !== undefined ? [EVERY_PATH] : [];
}

/** The priority of the only rule of a stack whose only web service is called web. */
const ALONE = 100;
/** The first priority with several services, and the range per step of specificity. The last priority, 50000, is unused. */
const [FIRST, WIDTH] = [1_000, 180];
/** The priorities that a rule may have instead of `priority`: those of rules that ask for equally much, which may stand in any order. */
export function alternatives(priority: number): readonly number[] {
  const first = priority - ((priority - FIRST) % WIDTH);
  const after = Array.from({ length: WIDTH }, (_, step) => first + ((priority - first + step) % WIDTH));
  return priority < FIRST ? [priority] : after;
}

/** The highest result of `specificity`. */
const MOST = 258;

/**
 * The place of each public web service's rule: the more specific first, since the first rule that matches a request counts. It follows from
 * what the service itself asks for, so that another service that comes or goes moves none; only two that ask for equally much and happen to
 * have the same place make room for each other, in the order of their names. Places that the file gives are not given twice.
 */
function prioritiesOf(
  web: readonly [string, WebServiceConfig][],
  { shareable = false, shared }: Pick<StackConfig, "shareable" | "shared">,
  stackName: string,
): ReadonlyMap<string, number> {
  const open = web.filter(([, { internal }]) => internal !== true);
  const given = new Map(open.flatMap(([name, { priority }]) => (priority === undefined ? [] : [[name, priority]])));
  // Where it is alone under another name it may follow one of that place, which stands until the next one does.
  const isAlone = open.length === 1 && open[0]?.[0] === MAIN_SERVICE && !shareable && shared === undefined;
  if (isAlone) return new Map([[MAIN_SERVICE, ALONE], ...given]);
  const taken = new Set(given.values());
  for (const [name, own] of open.toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    if (given.has(name)) continue;
    // Stacks that share a load balancer often have services of the same name.
    const hash = Number.parseInt(fingerprint(shared === undefined ? name : `${stackName} ${name}`, 2), 16);
    let place = FIRST + (MOST - specificity(own)) * WIDTH + ((hash * WIDTH) >> 8);
    while (taken.has(place)) place++;
    taken.add(place);
    given.set(name, place);
  }
  return given;
}

/**
 * How much a service asks of a request, 0 to 258: a host counts for more than any path, and a path, of at most 128 characters, for what it
 * has before its first wildcard.
 */
function specificity({ path, host }: WebServiceConfig): number {
  const lengths = several(path).map((pattern) => (pattern.search(/[*?]/) + pattern.length + 1) % (pattern.length + 1));
  const shortest = lengths.length === 0 ? 0 : Math.min(...lengths);
  return shortest + (host === undefined ? 0 : 130);
}

/**
 * Whether the stack is the one service that a config without `services` means: its source is one folder, which brings a buildspec of its own.
 */
export function isPlain({ services }: Pick<Stack, "services">): boolean {
  const [only, ...others] = services;
  if (only === undefined || others.length > 0 || only.name !== MAIN_SERVICE || only.build === undefined) return false;
  const { context, dockerfile, target, args } = only.build;
  return context === "service" && dockerfile === "Dockerfile" && target === undefined && Object.keys(args).length === 0;
}

/** The stack as if this were its only service. */
export function stackOf(stack: Stack, service: Service): Stack {
  const { taskPolicy, image } = service;
  const container = image === undefined ? service.container : { ...service.container, image };
  const before = { ...stack, container, service: { ...stack.service, taskPolicy } };
  if (service.type === "job") return { ...before, service: { ...before.service, enableExec: false } };
  const running = { ...before, service: { ...service.service, taskPolicy }, scaling: service.scaling };
  return service.type === "worker"
    ? running
    : { ...running, balancer: { ...stack.balancer, healthCheck: service.healthCheck } };
}
