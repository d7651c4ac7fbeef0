// CreateCluster returns the existing cluster of that name, so it can be retried; and a deleted
// cluster stays visible as INACTIVE.
import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClustersCommand,
  PutClusterCapacityProvidersCommand,
  UpdateClusterSettingsCommand,
  type Cluster as EcsCluster,
} from "@aws-sdk/client-ecs";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { absent } from "../errors.ts";
import { unlessHeld } from "../obstacles.ts";
import { ownedAmong } from "../owned.ts";
import { afterSlash, defineKind } from "../define-kind.ts";
import { tagListLower, tagsFrom, type Tags } from "../tags.ts";
import { heldCluster } from "./obstacles.ts";
import { changeTags, clusterNames } from "./shared.ts";

export interface ClusterSpec {
  name: string;
  containerInsights: boolean;
  /**
   * The capacity providers for its services, `FARGATE` and `FARGATE_SPOT`: missing ones are added, and none is removed. If omitted or empty,
   * the cluster is created with both, and an existing one is left unchanged.
   */
  capacityProviders?: readonly string[];
  tags: Tags;
}

export interface ClusterAttrs {
  name: string;
  arn: string;
}

const NOT_FOUND = "ClusterNotFoundException";
/** On an account that never used ECS, AWS creates ECS's service-linked role while the first cluster is created. */
const ROLE_NOT_SEEN: readonly NotYet[] = [
  { code: "InvalidParameterException", says: "Unable to assume the service linked role" },
];
/**
 * DeleteCluster's errors while something is still in the cluster: retried for ten minutes, as terraform-provider-aws does
 * (internal/service/ecs/cluster.go, clusterDeleteTimeout).
 */
const STILL_DRAINING: readonly NotYet[] = [
  { code: "ClusterContainsServicesException", budget: 600 },
  { code: "ClusterContainsTasksException", budget: 600 },
  { code: "ClusterContainsContainerInstancesException", budget: 600 },
  { code: "UpdateInProgressException", budget: 600 },
];

export const Cluster = defineKind<ClusterSpec, ClusterAttrs>({
  type: "ecs/cluster",
  fields: {
    name: { immutable: true, unique: true },
    containerInsights: {},
    capacityProviders: { same: (desired = [], observed = []) => desired.every((name) => observed.includes(name)) },
    tags: {},
  },
  traits: { markedAtOnce: true },
  timing: { gone: 2 },
  inventory: { idIn: afterSlash("ecs", "cluster") },

  // Those that are no longer wanted stay, so that leaving them out again is no change.
  canonical: (spec) => ({ ...spec, capacityProviders: spec.capacityProviders ?? [] }),

  async observe(aws, look) {
    const name = look.knownId ?? look.spec.name;
    if (name === undefined) return undefined;
    const cluster = await described(aws, look.snapshot, name);
    const arn = cluster?.clusterArn;
    if (!cluster || arn === undefined) return undefined;
    const tags = tagsFrom(cluster.tags);
    const insights = cluster.settings?.find((setting) => setting.name === "containerInsights")?.value;
    return {
      id: name,
      attrs: { name, arn },
      // `enhanced` includes `enabled`.
      spec: {
        name,
        containerInsights: insights === "enabled" || insights === "enhanced",
        capacityProviders: (cluster.capacityProviders ?? []).toSorted(),
        tags,
      },
      ready: cluster.status === "ACTIVE",
      status: cluster.status,
      failed: cluster.status === "FAILED" ? "AWS could not create what the cluster needs" : undefined,
      unmanaged: unmanagedIn(cluster),
    };
  },

  async list(aws) {
    const snapshot = new Snapshot();
    return ownedAmong(
      aws,
      (await clusterNames(aws)).map((id) => ({ id, tags: () => clusterTags(aws, snapshot, id) })),
    );
  },

  async create(aws, spec, making) {
    const { capacityProviders = [] } = spec;
    const { cluster } = await aws.ecs(
      new CreateClusterCommand({
        clusterName: spec.name,
        settings: [insightsOf(spec)],
        capacityProviders: [...(capacityProviders.length > 0 ? capacityProviders : FARGATE)],
        tags: tagListLower(spec.tags),
      }),
      { notYet: ROLE_NOT_SEEN },
    );
    await making.created(spec.name);
    return { id: spec.name, attrs: { name: spec.name, arn: cluster?.clusterArn ?? "" } };
  },

  async update(aws, observed, spec, changed) {
    if (changed.has("containerInsights"))
      await aws.ecs(new UpdateClusterSettingsCommand({ cluster: observed.id, settings: [insightsOf(spec)] }));
    if (changed.has("capacityProviders")) await addProviders(aws, observed.id, spec.capacityProviders ?? []);
    await changeTags(aws, observed.attrs.arn, spec.tags, observed.spec.tags ?? {});
  },

  async delete(aws, observed) {
    const notYet = unlessHeld(aws, heldCluster(aws, observed.id), STILL_DRAINING);
    const answer = await absent(aws.ecs(new DeleteClusterCommand({ cluster: observed.id }), { notYet }), NOT_FOUND);
    // Otherwise it is DEPROVISIONING: its capacity providers' resources go first (botocore ecs, Cluster.status).
    return answer === undefined || answer.cluster?.status === "INACTIVE" ? "gone" : undefined;
  },
});

/** Fargate's capacity providers: available in every account, to clusters that list them (botocore ecs, CreateCluster). */
const FARGATE = ["FARGATE", "FARGATE_SPOT"];

/** Another change of the providers is in progress (botocore ecs, UpdateInProgressException). */
const CROSSED: readonly NotYet[] = [{ code: "UpdateInProgressException", budget: 120 }];

/** Both lists are replaced completely: unmanaged entries are written again. */
async function addProviders(aws: Aws, cluster: string, wanted: readonly string[]) {
  const live = await described(aws, new Snapshot(), cluster);
  const capacityProviders = [...new Set([...(live?.capacityProviders ?? []), ...wanted])];
  const { defaultCapacityProviderStrategy = [] } = live ?? {};
  const command = new PutClusterCapacityProvidersCommand({
    cluster,
    capacityProviders,
    defaultCapacityProviderStrategy,
  });
  await aws.ecs(command, { notYet: CROSSED });
}

/** A cluster as ECS describes it, or `undefined` where it no longer exists. Concurrent callers share one call. */
async function described(aws: Aws, snapshot: Snapshot, name: string): Promise<EcsCluster | undefined> {
  const cluster = await snapshot.batch("ecs/cluster", name, 100, async (clusters) => {
    const answer = await aws.ecs(
      new DescribeClustersCommand({ clusters, include: ["TAGS", "SETTINGS", "CONFIGURATIONS"] }),
    );
    return new Map((answer.clusters ?? []).map((found) => [found.clusterName ?? "", found]));
  });
  return cluster?.status === "INACTIVE" ? undefined : cluster;
}

/** The tags of a cluster; `undefined` where it no longer exists. */
export async function clusterTags(aws: Aws, snapshot: Snapshot, name: string): Promise<Tags | undefined> {
  const cluster = await described(aws, snapshot, name);
  return cluster && tagsFrom(cluster.tags);
}

/** Settings of a cluster that Fairlead has no field for: they are kept, and a plan shows them. */
function unmanagedIn(cluster: EcsCluster): string[] {
  const {
    capacityProviders = [],
    defaultCapacityProviderStrategy = [],
    configuration,
    serviceConnectDefaults,
  } = cluster;
  const others = capacityProviders.filter((name) => !FARGATE.includes(name));
  const strategy = defaultCapacityProviderStrategy.map(({ capacityProvider }) => capacityProvider).join(", ");
  return [
    ...(others.length > 0 ? [`capacity providers ${others.join(", ")}`] : []),
    ...(strategy === "" ? [] : [`default capacity providers ${strategy}`]),
    ...(configuration && Object.keys(configuration).length > 0 ? ["execute command and storage configuration"] : []),
    ...(serviceConnectDefaults ? [`Service Connect namespace ${serviceConnectDefaults.namespace}`] : []),
  ];
}

const insightsOf = ({ containerInsights }: ClusterSpec) => ({
  name: "containerInsights" as const,
  value: containerInsights ? "enabled" : "disabled",
});
