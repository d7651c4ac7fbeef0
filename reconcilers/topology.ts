import type { AnyAwsKind, Aws } from "../src/aws/aws.ts";
import type { Facts } from "../src/aws/facts.ts";
import { asleepTags } from "../src/aws/asleep.ts";
import { SHARED_TAG, sharedValue } from "../src/aws/shared-stack.ts";
import { MAIN_SERVICE, namesOf, type Names } from "../src/config/naming.ts";
import type { Stack } from "../src/config/stack.ts";
import { HttpNamespace } from "../src/aws/servicediscovery/http-namespace.ts";
import { Graph } from "../src/engine/graph.ts";
import { readsFrom } from "../src/config/secrets.ts";
import { hasOwnCdn } from "../src/config/stack-regions.ts";
import { isPlain } from "../src/config/services.ts";
import { accessLogs } from "./components/access-logs.ts";
import { budget } from "./components/budget.ts";
import { alarms } from "./components/alarms.ts";
import { buildspecOf } from "./components/buildspec.ts";
import { cdn } from "./components/cdn.ts";
import { cluster } from "./components/cluster.ts";
import { aliases, certificates } from "./components/domain.ts";
import { firewall } from "./components/firewall.ts";
import { dashboard } from "./components/dashboard.ts";
import { existingNetwork } from "./components/existing-network.ts";
import { flowLogs } from "./components/flow-logs.ts";
import { loadBalancer } from "./components/load-balancer.ts";
import { network, settled } from "./components/network.ts";
import { notices } from "./components/notices.ts";
import { addressOf, openBalancer } from "./components/open-balancer.ts";
import { pipeline } from "./components/pipeline.ts";
import { neededEndpoints, privateEndpoints } from "./components/private-endpoints.ts";
import { balancerGroup, balancerRules, httpsGroup, openGroup, sharingGroup } from "./components/security-groups.ts";
import { securityServices } from "./components/security-services.ts";
import { sharedStack } from "./components/shared-stack.ts";
import { volumes } from "./components/volumes.ts";
import type { Resources } from "./own-resources.ts";
import { demandPatched } from "./patched.ts";
import { beforeOf, scanOf, stepOf, warmOf } from "./release-actions.ts";
import { Scope, type Outputs } from "./scope.ts";
import { isInternal, isJob, isPublic, peerOf, placed, repositoriesOf, runServices, type Placed } from "./services.ts";

/** All resources of a stack, and its outputs. */
export interface Topology {
  readonly graph: Graph<Aws>;
  readonly outputs: Outputs;
}

/** A stack with the resources that its config declares in addition to the settings. */
export interface DeclaredStack extends Stack {
  readonly resources?: Resources;
  /** The resource kinds that are not Fairlead's. */
  readonly kinds?: readonly AnyAwsKind[];
}

/** The names of a stack from the perspective of one of its services. */
export type NamesOf = (service: string) => Names;

/**
 * Builds the graph of a stack's resources: user -> CDN -> load balancer -> services, on a network, and the pipeline. It makes no AWS calls.
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
    tags: { ...stack.tags, ...(stack.shared && { [SHARED_TAG]: sharedValue(stack.shared) }) },
    account,
    partition,
    patches: stack.patch,
  });
  const common = names(MAIN_SERVICE);
  const { activity = "awake" } = stack;
  const isAsleep = activity === "asleep";

  const net =
    stack.network.vpc === undefined
      ? network(scope, stack.network, isAsleep)
      : existingNetwork(scope, stack.network, {
          ranges: facts.vpcRanges ?? [],
          hasIpv6: facts.vpcHasIpv6 ?? false,
        });
  if (stack.network.flowLogs) flowLogs(scope, { names: common, vpcId: net.vpcId, settings: stack.network.flowLogs });
  const base = stack.shared && sharedStack(scope, facts.shared, { cluster: common.cluster, services: stack.services });
  const hasFront = stack.shareable || stack.services.some((service) => service.type === "web" && !service.internal);
  const isOpen = stack.edge === undefined;
  const hasCdn = hasOwnCdn(stack);
  const front = hasFront && !base ? balancerGroup(scope, common.securityGroups.balancer, net, isOpen) : undefined;
  const opened = front && isOpen ? openGroup(scope, common.securityGroups.open, net).groupId : undefined;
  const sharing = stack.shareable
    ? sharingGroup(scope, common.securityGroups.sharing, net, {
        openAddress: isOpen ? addressOf(stack) : undefined,
        balancerName: stack.edge?.origin === "vpc" ? common.loadBalancer : undefined,
      }).groupId
    : undefined;
  const services = placed(scope, stack.services, names, net);
  const domain = front && stack.domains.length > 0 ? { domains: stack.domains, zones: facts.zones ?? {} } : undefined;
  const certificateOf = domain && certificates(scope, domain, hasCdn);
  const https =
    certificateOf && !opened
      ? httpsGroup(scope, common.securityGroups.https, net, facts.originFacingPrefixList)
      : undefined;
  const logged = front && stack.accessLogs && accessLogs(scope, { names: common, settings: stack.accessLogs, hasCdn });
  const own = front && {
    groupId: front.groupId,
    balancer: loadBalancer(scope, {
      name: common.loadBalancer,
      network: net,
      groupIds: [front.groupId, ...(https ? [https.groupId] : []), ...(opened ? [opened] : [])],
      rules: balancerRules(scope, {
        groupId: front.groupId,
        prefixList: https || opened ? undefined : facts.originFacingPrefixList,
        targets: services.filter(isPublic).map((one) => peerOf(one, "To the tasks")),
        sharing,
      }),
      tls: certificateOf && { rules: https?.rules, certificateArn: certificateOf.own },
      isOpen,
      // CloudFront reaches an origin by IPv4 unless told otherwise (CloudFront API reference, CustomOriginConfig.IpAddressType), and its
      // prefix list has IPv4 addresses. An IPv6 address that no one may use would only keep users waiting.
      isDualStack: isOpen && net.hasIpv6 && stack.balancer.allowFrom.some((source) => source.includes(":")),
      logBucket: logged?.ofBalancer,
      isInternal: stack.edge?.origin === "vpc",
      settings: stack.balancer,
    }),
  };
  const spot = stack.shareable || services.some(({ service }) => service.spot !== undefined);
  const ecs =
    base?.cluster ?? cluster(scope, { name: common.cluster, ...stack.cluster, spot, also: asleepTags(isAsleep) });
  const namespaceArn = services.some(isInternal)
    ? scope.add("compute/namespace", HttpNamespace, { name: common.prefix }).arn
    : undefined;
  const clients = services.filter(({ service }) => Object.keys(service.volumes).length > 0);
  const volumesOf =
    clients.length > 0
      ? volumes(scope, { network: net, settings: stack.storage, clients })
      : () => ({ mounts: [], grants: {}, peers: [], ready: [] });
  const calls = {
    // Stacks that share this one may need any of them.
    exec: stack.shareable || services.some(({ service }) => service.type !== "job" && service.service.enableExec),
    volumes: stack.shareable || clients.length > 0,
    parameters: services.some(({ service }) => readsFrom(service, "ssm")),
    queues: stack.shareable || services.some(({ service }) => service.type === "worker" && service.queue !== undefined),
  };
  const isolated = stack.network.nat === "none" && stack.network.tasks === "private";
  const wayOut = privateEndpoints(scope, {
    network: net,
    services: [...(isolated ? neededEndpoints(calls) : []), ...(stack.network.endpoints ?? [])],
    clients: [...services.map(({ group }) => group.groupId), ...(sharing ? [sharing] : [])],
    isAsleep,
  });
  const resources =
    stack.resources?.(scope.child("resources"), {
      name: stack.name,
      environment: stack.environment,
      region: stack.region,
      network: settled(net),
      cluster: ecs,
      tasks: Object.fromEntries(services.map(({ service, group }) => [service.name, group])),
    }) ?? {};

  const held = facts.runsFrom ?? {};
  const repositoryOf = repositoriesOf(scope, services, stack, names, held);
  const { secret, rules, targets, serving } = runServices(scope, services, {
    stack,
    network: net,
    cluster: ecs,
    front: base?.front ?? own,
    sharing: base?.sharing ?? [],
    namespaceArn,
    wayOut,
    volumesOf,
    repositoryOf,
    heldOf: ({ name }) => (held[name] === undefined ? undefined : names(held[name]).repository),
    resources,
    activity,
    released: facts.released,
    secrets: facts.secrets,
    replicas: facts.replicas,
  });
  const byHost = stack.services.some((service) => service.type === "web" && service.hosts.length > 0);
  const served = certificateOf?.edge && { names: stack.domains, certificateArn: certificateOf.edge, rules, byHost };
  const distribution =
    own && secret && stack.edge && hasCdn
      ? cdn(scope, {
          names: common,
          balancer: own.balancer,
          secret,
          settings: stack.edge,
          domain: served,
          ...logged?.cdn,
          webAclArn:
            stack.edge.firewall && firewall(scope, { names: common, settings: stack.edge.firewall, ...stack.logs }),
          failover: facts.failover,
          meanwhile: facts.movesBalancer ? [own.balancer.ready, own.balancer.listener, ...rules, ...serving] : [],
        })
      : undefined;
  const reached =
    own && opened
      ? openBalancer(scope, {
          ...own,
          groupId: opened,
          rules,
          allowFrom: stack.balancer.allowFrom,
          domains: stack.domains,
          meanwhile: facts.movesBalancer ? serving : [],
        })
      : distribution;
  if (distribution) logged?.ofCdn(distribution.distributionId);
  if (stack.budget) budget(scope, stack, stack.budget);
  if (domain && reached) aliases(scope, domain, reached);
  const built = services.filter(({ service }) => repositoryOf(service) !== undefined);
  if (stack.security) securityServices(scope, stack.security, built.length > 0 ? common.prefix : undefined);
  if (stack.alarms) {
    const watched = {
      services: services.map((one) => ({ ...one, targets: targets.get(one.service.name) })),
      balancer: own?.balancer.fullName,
      distribution: distribution?.distributionId,
    };
    if (stack.alarms.dashboard) dashboard(scope, watched);
    const { topicArn } = alarms(scope, {
      ...watched,
      settings: stack.alarms,
      // Whether another stack's cluster has them is that stack's to say.
      containerInsights: base === undefined && stack.cluster.containerInsights,
    });
    notices(scope, {
      settings: stack.alarms,
      topicArn,
      names: common,
      environment: stack.environment,
      pipeline: built.length > 0,
      approval: stack.delivery.approval.enabled,
      services,
    });
  }
  if (built.length > 0)
    pipeline(scope, {
      names: common,
      settings: stack.delivery,
      logs: stack.logs,
      build: {
        ...(isPlain(stack)
          ? plainBuild(stack, common)
          : imagesBuild(built.toSorted((one, other) => (one.service.name < other.service.name ? -1 : 1)))),
        architecture: built[0]?.service.architecture ?? "x86_64",
      },
      services: built.flatMap((one) => (isJob(one) ? [] : [one.names])),
      repositories: built.flatMap(({ service }) => repositoryOf(service)?.name ?? []),
      scans: built.filter(({ service }) => isPlain(stack) || service.build !== undefined).map(scanOf),
      before: built.flatMap(beforeOf),
      warm: built.flatMap(warmOf),
      after: built.flatMap((one) => (isJob(one) ? [stepOf(one, one.names.updateAction, one.names.taskFamily)] : [])),
    });
  demandPatched(stack, graph);
  return { graph, outputs };
}

/** The build of a source with its own buildspec, which gets the names that it builds for. */
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

/** The build of all images that the services of a stack build, each for those services that run it; the order of the file is no matter. */
const imagesBuild = (built: readonly Placed[]) => ({
  buildspec: buildspecOf(
    built.flatMap(({ service: { name, build, architecture }, names }) =>
      build
        ? [
            {
              name,
              repository: names.repository,
              ...build,
              architecture,
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
