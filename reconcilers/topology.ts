import type { Aws } from "../src/aws/aws.ts";
import type { Facts } from "../src/aws/facts.ts";
import { Graph } from "../src/engine/graph.ts";
import { MAIN_SERVICE, namesOf, type Names } from "../src/config/naming.ts";
import type { Stack } from "../src/config/stack.ts";
import { cdn } from "./components/cdn.ts";
import { cluster } from "./components/cluster.ts";
import { imageRepository } from "./components/image-repository.ts";
import { loadBalancer } from "./components/load-balancer.ts";
import { network } from "./components/network.ts";
import { pipeline } from "./components/pipeline.ts";
import { privateEndpoints } from "./components/private-endpoints.ts";
import { scaling } from "./components/scaling.ts";
import { balancerGroup, balancerRules, tasksGroup, tasksRules } from "./components/security-groups.ts";
import { service } from "./components/service.ts";
import { task } from "./components/task.ts";
import { webRoute } from "./components/web-route.ts";
import { Scope, type Outputs } from "./scope.ts";

/** Every resource of a stack, and the outputs that a user asks for. */
export interface Topology {
  readonly graph: Graph<Aws>;
  readonly outputs: Outputs;
}

/**
 * Writes a stack down as a graph of resources: user -> CDN -> load balancer -> service, on a network, with the pipeline beside it. Nothing
 * is asked of AWS here.
 */
export function topology(stack: Stack, facts: Facts, names: Names = namesOf(stack, facts.account)): Topology {
  const graph = new Graph<Aws>();
  const outputs: Record<string, Outputs[string]> = {};
  const { account, partition } = facts;
  const released = facts.released[MAIN_SERVICE] ?? false;
  const scope = new Scope({ graph, outputs, identity: stack, tags: stack.tags, account, partition });
  const { container, service: settings } = stack;
  const { port } = container;

  const net = network(scope, stack.network);
  const groups = {
    balancer: balancerGroup(scope, names.securityGroups.balancer, net),
    tasks: tasksGroup(scope, names.securityGroups.tasks, net),
  };
  const rules = {
    balancer: balancerRules(scope, {
      groupId: groups.balancer.groupId,
      prefixList: facts.originFacingPrefixList,
      targets: [{ groupId: groups.tasks.groupId, port }],
    }),
    tasks: tasksRules(scope, {
      groupId: groups.tasks.groupId,
      from: [{ groupId: groups.balancer.groupId, port }],
      network: net,
    }),
  };
  const balancer = loadBalancer(scope, {
    name: names.loadBalancer,
    network: net,
    groupId: groups.balancer.groupId,
    rules: rules.balancer,
    settings: stack.balancer,
  });
  const ecs = cluster(scope, { name: names.cluster, ...stack.cluster });
  const endpoints =
    stack.network.nat === "none"
      ? privateEndpoints(scope, { network: net, clients: [groups.tasks.groupId], exec: settings.enableExec })
      : [];

  const repository = imageRepository(scope, { name: names.repository, settings: stack.registry });
  const { environment, logs } = stack;
  const { definitionArn } = task(scope, { names, environment, container, settings, logs, repository });
  const route = webRoute(scope, {
    name: names.targetGroup,
    network: net,
    balancer,
    port,
    paths: ["/*"],
    hosts: [],
    priority: 100,
    healthCheckPath: container.healthCheckPath,
    settings: stack.balancer,
  });
  const running = service(scope, {
    names,
    cluster: ecs,
    network: net,
    definitionArn,
    groupId: groups.tasks.groupId,
    rules: rules.tasks,
    wayOut: endpoints,
    route,
    port,
    settings,
    scaling: stack.scaling,
    released,
  });
  scaling(scope, { names, service: running, settings: stack.scaling, released });
  cdn(scope, { names, balancer, secret: route.secret, settings: stack.edge });
  pipeline(scope, { names, settings: stack.delivery, logs, service: names });

  return { graph, outputs };
}
