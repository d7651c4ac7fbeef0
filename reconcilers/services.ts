import type { Facts } from "../src/aws/facts.ts";
import { addressVariable, MAIN_SERVICE, type Names } from "../src/config/naming.ts";
import type { Activity, JobService, Service, Stack, WebService } from "../src/config/stack.ts";
import type { AnyHandle, Output } from "../src/engine/output.ts";
import { job } from "./components/job.ts";
import type { Targets } from "./components/metrics.ts";
import { deploymentAlarms } from "./components/deployment-alarms.ts";
import { imageRepository, type ImageRepository } from "./components/image-repository.ts";
import type { Listening } from "./components/load-balancer.ts";
import type { Network } from "./components/network.ts";
import { replicaOfIn } from "../src/aws/secretsmanager/replicas.ts";
import { generatedSecrets, taskSecrets } from "./components/secrets.ts";
import { tasksGroup, tasksRules, type Peer } from "./components/security-groups.ts";
import type { Mounted } from "./components/volumes.ts";
import { noRoute } from "./components/web-route.ts";
import { internalService, webService } from "./components/web-service.ts";
import { senderGrants, workerGrants, workQueue, type WorkQueue } from "./components/work-queue.ts";
import { worker } from "./components/worker.ts";
import { grantsFor, together, type OwnResources } from "./own-resources.ts";
import type { Scope } from "./scope.ts";

/** A service and the scope in which it is declared. */
export interface Placed<S extends Service = Service> {
  readonly service: S;
  readonly scope: Scope;
  readonly names: Names;
  readonly group: { readonly groupId: Output<string> };
}

/** Each service with its own scope, names and security group; the service called web is declared in the stack's own scope. */
export function placed(
  scope: Scope,
  services: readonly Service[],
  names: (service: string) => Names,
  network: Network,
): Placed[] {
  return services.map((service) => {
    const place = placeOf(scope, service.name);
    const own = names(service.name);
    return { service, scope: place, names: own, group: tasksGroup(place, own.securityGroups.tasks, network) };
  });
}

/** Whether a service serves requests from the internet, through CDN and load balancer. */
export const isPublic = (one: Placed): one is Placed<WebService> => one.service.type === "web" && !one.service.internal;

/** Whether a service only serves the stack's other services. */
export const isInternal = (one: Placed): one is Placed<WebService> =>
  one.service.type === "web" && one.service.internal;

/** Whether a service runs on a schedule and exits. */
export const isJob = (one: Placed): one is Placed<JobService> => one.service.type === "job";

/** The port of a service's tasks, for security group rules. */
export const peerOf = ({ service, group }: Placed, description: string): Peer => ({
  groupId: group.groupId,
  port: service.container.port,
  description,
});

/** The scope in which a service is declared: the stack's own for the service called web. */
const placeOf = (scope: Scope, service: string): Scope => (service === MAIN_SERVICE ? scope : scope.child(service));

/**
 * The repositories of those services that build an image, and which one a service's releases come from. Those stay, too, that a service runs
 * from although none builds into them any more.
 */
export function repositoriesOf(
  root: Scope,
  services: readonly Placed[],
  { registry }: Pick<Stack, "registry">,
  namesFor: (service: string) => Names,
  held: NonNullable<Facts["runsFrom"]>,
) {
  const made = new Map<string, ImageRepository>();
  for (const { service, scope, names } of services)
    if (service.build) made.set(service.name, imageRepository(scope, { name: names.repository, settings: registry }));
  for (const service of new Set(Object.values(held)))
    if (!made.has(service))
      imageRepository(placeOf(root, service), { name: namesFor(service).repository, settings: registry });
  return ({ name, imageOf }: Service): ImageRepository | undefined => made.get(imageOf ?? name);
}

/** The load balancer of public services and its security group. */
export interface Front {
  readonly balancer: Listening;
  readonly groupId: Output<string>;
  /** The value of CloudFront's secret header, if the load balancer is that of another stack that has a CDN. */
  readonly secret?: Output<string> | undefined;
}

/** The resources that services depend on. */
export interface ServicesProps {
  readonly stack: Pick<Stack, "alarms" | "environment" | "logs">;
  readonly network: Network;
  readonly cluster: { readonly name: Output<string>; readonly arn: Output<string> };
  /** The load balancer of public services; omitted if there is none. */
  readonly front?: Front | undefined;
  /** The security group of a shared stack that tasks are in, besides their own; empty if there is none. */
  readonly sharing: readonly Output<string>[];
  /** The namespace of internal services; omitted if there is none. */
  readonly namespaceArn?: Output<string> | undefined;
  readonly wayOut: readonly AnyHandle[];
  /** What of the stack's volumes each service is given, by its name. */
  readonly volumesOf: (service: string) => Mounted;
  readonly repositoryOf: (service: Service) => ImageRepository | undefined;
  /** The name of the repository that a service runs from until its next release, if it is a different one. */
  readonly heldOf: (service: Service) => string | undefined;
  /** What the user's own resources grant. */
  readonly resources: OwnResources;
  /** What `sleep` and `wake` want of the tasks. */
  readonly activity: Activity;
  readonly released: Facts["released"];
  /** What is known of the secrets that the config names. */
  readonly secrets?: Facts["secrets"];
  /** Which of the stack's own secrets are replicas. */
  readonly replicas?: Facts["replicas"];
}

/**
 * Declares all services. Internal ones come first: a task finds by name only what existed when it started (Amazon ECS developer guide,
 * "Service Connect concepts"). Returns the value of CloudFront's secret header, the rules of the listener (without a CDN they demand no header),
 * and the targets of the services that the load balancer sends requests to.
 */
export function runServices(
  scope: Scope,
  services: readonly Placed[],
  props: ServicesProps,
): {
  secret: Output<string> | undefined;
  rules: readonly AnyHandle[];
  targets: ReadonlyMap<string, Targets>;
  /** The public services. */
  serving: readonly AnyHandle[];
} {
  const internals = services.filter(isInternal);
  const queues = new Map<string, WorkQueue>();
  for (const { service, scope: place } of services)
    if (service.type === "worker" && service.queue)
      queues.set(service.name, workQueue(place, { name: place.name("queue"), queue: service.queue }));

  const generated = generatedSecrets(scope, services, (name) => replicaOfIn(props.replicas, name));

  const common = (one: Placed, after: readonly AnyHandle[]) => {
    const mounted = props.volumesOf(one.service.name);
    return {
      names: one.names,
      environment: props.stack.environment,
      logs: props.stack.logs,
      repository: props.repositoryOf(one.service),
      held: props.heldOf(one.service),
      cluster: props.cluster,
      network: props.network,
      groupIds: [one.group.groupId, ...props.sharing],
      rules: tasksRules(one.scope, {
        groupId: one.group.groupId,
        from: peersOf(one, services, props.front),
        to: [
          ...internalsFor(one, internals).map((other) => peerOf(other, `To ${other.service.name}`)),
          ...mounted.peers,
        ],
        network: props.network,
      }),
      wayOut: [...props.wayOut, ...mounted.ready],
      mounts: mounted.mounts,
      secrets: taskSecrets(one.scope, one, generated, props.secrets),
      namespaceArn: props.namespaceArn,
      grants: together([
        grantsFor(props.resources, one.service.name),
        mounted.grants,
        ...[...queues].flatMap(([name, queue]) => (name === one.service.name ? [workerGrants(queue)] : [])),
        senderGrants([...queues].filter(([name]) => name !== one.service.name)),
        { environment: addressesOf(internalsFor(one, internals)) },
      ]),
      after,
      activity: props.activity,
      released: props.released[one.service.name] ?? false,
    };
  };

  const reached: AnyHandle[] = [];
  const { front, namespaceArn } = props;
  if (namespaceArn)
    for (const one of internals) {
      const { service, scope: place } = one;
      reached.push(internalService(place, { ...common(one, [...reached]), service, namespaceArn }).service);
    }
  for (const one of services) {
    const { service, scope: place } = one;
    if (service.type === "worker")
      worker(place, { ...common(one, reached), service, queue: queues.get(service.name)?.name });
    if (service.type === "job") job(place, { ...common(one, []), service });
  }
  const targets = new Map<string, Targets>();
  const rules: AnyHandle[] = [];
  const serving: AnyHandle[] = [];
  if (!front) return { secret: undefined, rules, targets, serving };
  const serve = (one: Placed<WebService>, given?: Output<string>) => {
    const { alarms } = props.stack;
    const own = {
      service: one.service,
      balancer: front.balancer,
      secret: given,
      deploymentAlarms: one.service.service.deploymentAlarms && alarms ? deploymentAlarms(one.scope, alarms) : [],
    };
    const served = webService(one.scope, { ...common(one, reached), ...own });
    targets.set(one.service.name, served.targets);
    rules.push(served.rule);
    serving.push(served.service);
    return served.secret;
  };
  // The rule of the service called web, or a separate rule if there is none, creates the secret that CloudFront sends to all of them.
  const publics = services.filter(isPublic);
  if (front.balancer.isOpen) {
    for (const one of publics) serve(one);
    return { secret: undefined, rules, targets, serving };
  }
  const main = front.secret ? undefined : publics.find(({ service }) => service.name === MAIN_SERVICE);
  const secret = front.secret ?? (main ? serve(main) : noRoute(scope, front.balancer).secret);
  for (const one of publics) if (one !== main) serve(one, secret);
  return { secret, rules, targets, serving };
}

/**
 * The internal services that a service can find by name: all others, and for a job none. "Amazon ECS Service Connect only interconnects Amazon
 * ECS services" (Amazon ECS developer guide, "Service Connect"), and a job's task is of none.
 */
const internalsFor = (one: Placed, internals: readonly Placed<WebService>[]) =>
  isJob(one) ? [] : internals.filter((other) => other !== one);

/** The services that may connect to a service. */
function peersOf(one: Placed, services: readonly Placed[], front: ServicesProps["front"]): Peer[] {
  const { port } = one.service.container;
  if (isPublic(one)) return front ? [{ groupId: front.groupId, port, description: "From the load balancer" }] : [];
  if (!isInternal(one)) return [];
  return services
    .filter((other) => other !== one && !isJob(other))
    .map(({ service, group }) => ({ groupId: group.groupId, port, description: `From ${service.name}` }));
}

/** The addresses of internal services, as variables: a new one changes them, so that tasks are started that can find it. */
const addressesOf = (internals: readonly Placed[]) =>
  Object.fromEntries(
    internals.map(({ service: { name, container } }) => [addressVariable(name), `http://${name}:${container.port}`]),
  );
