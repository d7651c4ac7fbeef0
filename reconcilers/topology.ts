import type { Aws } from "../src/aws/aws.ts";
import type { Facts } from "../src/aws/facts.ts";
import { MAIN_SERVICE, namesOf, type Names } from "../src/config/naming.ts";
import type { Service, Stack, WebService } from "../src/config/stack.ts";
import { Graph } from "../src/engine/graph.ts";
import { ConfigError } from "../src/config/errors.ts";
import { nearest } from "../src/config/suggest.ts";
import { isPlain } from "../src/config/services.ts";
import type { Output } from "../src/engine/output.ts";
import { buildspecOf } from "./components/buildspec.ts";
import { cdn } from "./components/cdn.ts";
import { cluster } from "./components/cluster.ts";
import { existingNetwork } from "./components/existing-network.ts";
import { imageRepository, type ImageRepository } from "./components/image-repository.ts";
import { loadBalancer } from "./components/load-balancer.ts";
import { network } from "./components/network.ts";
import { pipeline } from "./components/pipeline.ts";
import { privateEndpoints } from "./components/private-endpoints.ts";
import { balancerGroup, balancerRules, tasksGroup, tasksRules } from "./components/security-groups.ts";
import { noRoute } from "./components/web-route.ts";
import { webService } from "./components/web-service.ts";
import { grantsFor, type Resources } from "./own-resources.ts";
import { Scope, type Outputs } from "./scope.ts";

/** Every resource of a stack, and the outputs that a user asks for. */
export interface Topology {
  readonly graph: Graph<Aws>;
  readonly outputs: Outputs;
}

/** A stack with the resources that its file declares beside its settings. */
export interface DeclaredStack extends Stack {
  readonly resources?: Resources;
}

/** The names of a stack as one of its services sees them. */
export type NamesOf = (service: string) => Names;

/**
 * Writes a stack down as a graph of resources: user -> CDN -> load balancer -> services, on a network, with the pipeline beside them.
 * Nothing is asked of AWS here.
 */
export function topology(
  stack: DeclaredStack,
  facts: Facts,
  names: NamesOf = (service) => namesOf(stack, facts.account, service),
): Topology {
  const graph = new Graph<Aws>();
  const outputs: Record<string, Outputs[string]> = {};
  const { account, partition } = facts;
  const scope = new Scope({
    graph,
    outputs,
    identity: stack,
    tags: stack.tags,
    account,
    partition,
    patches: stack.patch,
  });
  const shared = names(MAIN_SERVICE);

  const net =
    stack.network.vpc === undefined
      ? network(scope, stack.network)
      : existingNetwork(scope, stack.network, facts.vpcRanges ?? []);
  const balancerSecurity = balancerGroup(scope, shared.securityGroups.balancer, net);
  const services = stack.services.filter(isWeb).map((service) => {
    const place = service.name === MAIN_SERVICE ? scope : scope.child(service.name);
    const own = names(service.name);
    return { service, scope: place, names: own, group: tasksGroup(place, own.securityGroups.tasks, net) };
  });
  const balancer = loadBalancer(scope, {
    name: shared.loadBalancer,
    network: net,
    groupId: balancerSecurity.groupId,
    rules: balancerRules(scope, {
      groupId: balancerSecurity.groupId,
      prefixList: facts.originFacingPrefixList,
      targets: services.map(({ service, group }) => ({ groupId: group.groupId, port: service.container.port })),
    }),
    settings: stack.balancer,
  });
  const ecs = cluster(scope, { name: shared.cluster, ...stack.cluster });
  const endpoints = {
    network: net,
    clients: services.map(({ group }) => group.groupId),
    exec: services.some(({ service }) => service.service.enableExec),
  };
  const wayOut = stack.network.nat === "none" ? privateEndpoints(scope, endpoints) : [];

  const standing = {
    name: stack.name,
    environment: stack.environment,
    region: stack.region,
    network: net,
    cluster: ecs,
    tasks: Object.fromEntries(services.map(({ service, group }) => [service.name, group])),
  };
  const resources = stack.resources?.(scope.child("resources"), standing) ?? {};

  const repositories = new Map<string, ImageRepository>();
  for (const { service, scope: place, names: own } of services)
    if (service.build)
      repositories.set(service.name, imageRepository(place, { name: own.repository, settings: stack.registry }));
  const repositoryOf = ({ name, imageOf }: Service) => repositories.get(imageOf ?? name);

  const serve = ({ service, scope: place, names: own, group }: Placed, secret?: Output<string>) =>
    webService(place, {
      names: own,
      service,
      grants: grantsFor(resources, service.name),
      environment: stack.environment,
      logs: stack.logs,
      repository: repositoryOf(service),
      cluster: ecs,
      network: net,
      balancer,
      secret,
      groupId: group.groupId,
      rules: tasksRules(place, {
        groupId: group.groupId,
        from: [{ groupId: balancerSecurity.groupId, port: service.container.port }],
        network: net,
      }),
      wayOut,
      released: facts.released[service.name] ?? false,
    }).secret;
  // The rule of the service called web, or one of its own where there is none, makes the secret that CloudFront sends to all of them.
  const main = services.find(({ service }) => service.name === MAIN_SERVICE);
  const secret = main ? serve(main) : noRoute(scope, balancer).secret;
  for (const one of services) if (one !== main) serve(one, secret);

  cdn(scope, { names: shared, balancer, secret, settings: stack.edge });
  const built = services.filter(({ service }) => repositoryOf(service) !== undefined);
  if (built.length > 0)
    pipeline(scope, {
      names: shared,
      settings: stack.delivery,
      logs: stack.logs,
      build: isPlain(stack) ? plainBuild(stack, shared) : imagesBuild(built),
      services: built.map(({ service, names: own }) => ({
        ...own,
        repository: repositoryOf(service)?.name ?? own.repository,
      })),
    });
  demandPatched(stack, graph);
  return { graph, outputs };
}

/** Refuses a patch of what there is not. */
function demandPatched({ patch }: Stack, graph: Graph<Aws>): void {
  const ids = graph.nodes.map(({ id }) => id);
  const problems = Object.keys(patch)
    .filter((id) => !graph.get(id))
    .map((id) => {
      const meant = nearest(id, ids);
      const question = meant === undefined ? "" : ` did you mean ${meant}?`;
      return { path: "patch", message: `there is no resource ${id};${question} npx fairlead plan shows the ids` };
    });
  if (problems.length > 0) throw new ConfigError(problems);
}

/** A service, and where it is declared. */
interface Placed {
  readonly service: WebService;
  readonly scope: Scope;
  readonly names: Names;
  readonly group: { readonly groupId: Output<string> };
}

const isWeb = (service: Service): service is WebService => service.type === "web";

/** The build of a source that brings its own buildspec, which is told what it builds for. */
const plainBuild = ({ delivery }: Stack, names: Names) => ({
  buildspec: delivery.buildspec,
  variables: {
    IMAGE_REPO_NAME: names.repository,
    IMAGE_TAG: "latest",
    CONTAINER_NAME: names.container,
    ECS_CLUSTER_NAME: names.cluster,
    ECS_SERVICE_NAME: names.service,
  },
});

/** The build of all images that the services of a stack build, each for those services that run it. */
const imagesBuild = (built: readonly Placed[]) => ({
  buildspec: buildspecOf(
    built.flatMap(({ service: { name, build }, names }) =>
      build
        ? [
            {
              name,
              repository: names.repository,
              ...build,
              deployed: built
                .filter(({ service }) => (service.imageOf ?? service.name) === name)
                .map((one) => one.names),
            },
          ]
        : [],
    ),
  ),
  variables: {},
});
