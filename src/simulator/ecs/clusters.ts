import type {
  CreateClusterCommandInput,
  CreateClusterCommandOutput,
  DeleteClusterCommandInput,
  DescribeClustersCommandInput,
  DescribeClustersCommandOutput,
  ListClustersCommandInput,
  ListClustersCommandOutput,
  ListContainerInstancesCommandInput,
  ListContainerInstancesCommandOutput,
  PutClusterCapacityProvidersCommandInput,
  RegisterContainerInstanceCommandInput,
  RegisterContainerInstanceCommandOutput,
  UpdateClusterSettingsCommandInput,
} from "@aws-sdk/client-ecs";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { linger, lingering, type Lingering } from "../lingering.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { lowerTagList, tagsOfInput } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import { clusterOf, clusters, isGone, PAGES, services, shortName, type SimCluster } from "./records.ts";
import { present } from "./present.ts";
import { runningTasks } from "./standalone.ts";

const servicesIn = (sim: Sim, name: string) =>
  Object.values(services(sim)).filter((service) => service.cluster === name && !isGone(sim, service));

/**
 * Clusters that were deleted: they are described as INACTIVE, and not listed (botocore ecs, DeleteCluster: "Clusters with an INACTIVE status might
 * remain discoverable in your account for a period of time").
 */
const former = (sim: Sim) => sim.table<Lingering<SimCluster>>("~ecs.clusters");

function answerOf(sim: Sim, cluster: SimCluster, include: readonly string[] = [], status = "ACTIVE") {
  const own = servicesIn(sim, cluster.name).map((service) => present(sim, service));
  const running = own.flatMap(({ tasks }) =>
    tasks.filter(({ runningAt, stoppedAt }) => runningAt !== undefined && stoppedAt === undefined),
  );
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status,
    activeServicesCount: own.length,
    runningTasksCount: running.length + runningTasks(sim).filter((task) => task.cluster === cluster.name).length,
    capacityProviders: cluster.capacityProviders ?? [],
    defaultCapacityProviderStrategy: cluster.defaultStrategy ?? [],
    ...(include.includes("SETTINGS") ? { settings: cluster.settings } : {}),
    ...(include.includes("TAGS") ? { tags: lowerTagList(cluster.tags) } : {}),
  };
}

/** Of capacity providers, every account has Fargate's two; a strategy names those of its cluster. */
function checkProviders(wanted: readonly string[], strategy: readonly { capacityProvider?: string | undefined }[]) {
  for (const name of wanted)
    if (name !== "FARGATE" && name !== "FARGATE_SPOT")
      refuse("InvalidParameterException", `The specified capacity provider '${name}' was not found.`);
  for (const { capacityProvider = "" } of strategy)
    if (!wanted.includes(capacityProvider))
      refuse("InvalidParameterException", "The default strategy names a capacity provider that is not the cluster's.");
}

export const clusterOperations = {
  CreateCluster(input: CreateClusterCommandInput, sim): Answer<CreateClusterCommandOutput> {
    const name = input.clusterName ?? "default";
    if (!/^[\w-]{1,255}$/.test(name)) refuse("InvalidParameterException", "Invalid cluster name.");
    onlyKnown(
      "CreateCluster",
      input,
      "clusterName",
      "settings",
      "tags",
      "capacityProviders",
      "defaultCapacityProviderStrategy",
    );
    const { capacityProviders = [], defaultCapacityProviderStrategy: defaultStrategy = [] } = input;
    checkProviders(capacityProviders, defaultStrategy);
    const settings = (input.settings ?? []).map(({ value = "disabled" }) => ({
      name: "containerInsights" as const,
      value,
    }));
    // The cluster of that name is the answer, where there is one.
    const cluster = (clusters(sim)[name] ??= {
      name,
      arn: sim.arn("ecs", `cluster/${name}`),
      settings,
      capacityProviders: [...capacityProviders],
      defaultStrategy: [...defaultStrategy],
      tags: tagsOfInput(input.tags, "InvalidParameterException"),
    });
    return { cluster: answerOf(sim, cluster, ["SETTINGS", "TAGS"]) };
  },

  DescribeClusters(input: DescribeClustersCommandInput, sim): Answer<DescribeClustersCommandOutput> {
    const names = (input.clusters ?? ["default"]).map(shortName);
    // "A list of up to 100 cluster names" (botocore ecs, DescribeClusters.clusters).
    if (names.length > 100) refuse("InvalidParameterException", "Clusters cannot have more than 100 elements.");
    const inactive = lingering(sim, former(sim));
    return {
      clusters: names.flatMap((name) => {
        const cluster = clusters(sim)[name];
        if (cluster) return [answerOf(sim, cluster, input.include)];
        const gone = inactive[name];
        return gone ? [answerOf(sim, gone, input.include, "INACTIVE")] : [];
      }),
      failures: names
        .filter((name) => !(name in clusters(sim)) && !(name in inactive))
        .map((name) => ({ arn: sim.arn("ecs", `cluster/${name}`), reason: "MISSING" })),
    };
  },

  ListClusters(input: ListClustersCommandInput, sim): Answer<ListClustersCommandOutput> {
    onlyKnown("ListClusters", input, "maxResults", "nextToken");
    const arns = Object.values(clusters(sim)).map(({ arn }) => arn);
    const { page, next } = pageOf(arns, { token: input.nextToken, size: input.maxResults }, PAGES);
    return { clusterArns: page, nextToken: next };
  },

  ListContainerInstances(input: ListContainerInstancesCommandInput, sim): Answer<ListContainerInstancesCommandOutput> {
    onlyKnown("ListContainerInstances", input, "cluster", "maxResults", "nextToken");
    const { name, machines = [] } = clusterOf(sim, input.cluster);
    return { containerInstanceArns: machines.map((id) => sim.arn("ecs", `container-instance/${name}/${id}`)) };
  },

  /** As an agent on a machine of someone's does it. */
  RegisterContainerInstance(
    input: RegisterContainerInstanceCommandInput,
    sim,
  ): Answer<RegisterContainerInstanceCommandOutput> {
    const cluster = clusterOf(sim, input.cluster);
    const id = sim.world.hex(32);
    (cluster.machines ??= []).push(id);
    return {
      containerInstance: {
        containerInstanceArn: sim.arn("ecs", `container-instance/${cluster.name}/${id}`),
        status: "ACTIVE",
      },
    };
  },

  PutClusterCapacityProviders(input: PutClusterCapacityProvidersCommandInput, sim) {
    const cluster = clusterOf(sim, input.cluster);
    const wanted = input.capacityProviders ?? [];
    const strategy = input.defaultCapacityProviderStrategy ?? [];
    checkProviders(wanted, strategy);
    // Both lists are replaced; one that a service uses cannot go (botocore ecs, PutClusterCapacityProviders, ResourceInUseException).
    const used = servicesIn(sim, cluster.name).flatMap(({ settings }) => settings.capacityProviderStrategy ?? []);
    if (used.some(({ capacityProvider = "" }) => !wanted.includes(capacityProvider)))
      refuse("ResourceInUseException", "The specified capacity provider is in use and cannot be removed.");
    cluster.capacityProviders = [...wanted];
    cluster.defaultStrategy = [...strategy];
    return { cluster: answerOf(sim, cluster, ["SETTINGS"]) };
  },

  UpdateClusterSettings(input: UpdateClusterSettingsCommandInput, sim) {
    const cluster = clusterOf(sim, input.cluster);
    cluster.settings = (input.settings ?? []).map(({ value = "disabled" }) => ({ name: "containerInsights", value }));
    return { cluster: answerOf(sim, cluster, ["SETTINGS"]) };
  },

  DeleteCluster(input: DeleteClusterCommandInput, sim) {
    const cluster = clusterOf(sim, input.cluster);
    if (servicesIn(sim, cluster.name).length > 0)
      refuse("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.");
    if (runningTasks(sim).some((task) => task.cluster === cluster.name))
      refuse("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.");
    if (cluster.machines?.length)
      refuse(
        "ClusterContainsContainerInstancesException",
        "The Cluster cannot be deleted while Container Instances are active or draining.",
      );
    linger(sim, former(sim), cluster.name, cluster, TIMING.taggingDelete);
    delete clusters(sim)[cluster.name];
    return { cluster: answerOf(sim, cluster, [], "INACTIVE") };
  },
} satisfies Operations;
