// The autoscaler moves the desired count and the pipeline the task definition, so the count only has to lie within its bounds;
// deleting a service drains it first, for as long as its tasks take to stop, and its name stays taken meanwhile.
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  ListServicesCommand,
  UpdateServiceCommand,
  type DeploymentConfiguration,
  type LoadBalancer,
  type NetworkConfiguration,
  type UpdateServiceCommandInput,
} from "@aws-sdk/client-ecs";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws, AwsKind } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { absent } from "../errors.ts";
import { ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { ownerOf, tagListLower, tagsFrom, type Tags } from "../tags.ts";
import { isSteady, whyStuck } from "./rollout.ts";
import { changeTags, clusterNames, describedService, nameIn } from "./shared.ts";

export interface ServiceSpec {
  name: string;
  /** The cluster's name. */
  cluster: string;
  /** The ARN of the revision that runs. */
  taskDefinition: string;
  subnetIds: readonly string[];
  groupIds: readonly string[];
  targetGroupArn: string;
  containerName: string;
  containerPort: number;
  /** Any count within the bounds will do; `initial` is what the service starts with, also after it stood at zero. */
  count: { min: number; max: number; initial: number };
  deployment: { minHealthyPercent: number; maxPercent: number; circuitBreaker: boolean };
  /** Seconds. */
  healthCheckGracePeriod: number;
  enableExec: boolean;
  tags: Tags;
}

export interface ServiceAttrs {
  name: string;
  arn: string;
  /** The cluster's name. */
  cluster: string;
}

const GONE = ["ServiceNotFoundException", "ServiceNotActiveException", "ClusterNotFoundException"];
const refusedWith = (says: string, budget = 120): NotYet => ({ code: "InvalidParameterException", says, budget });
const NOT_YET: readonly NotYet[] = [
  { code: "ClusterNotFoundException" },
  refusedWith("verify that the ECS service role being passed has the proper permissions"),
  refusedWith("does not have an associated load balancer"),
  refusedWith("Unable to assume the service linked role"),
  refusedWith("Unable to Start a service that is still Draining", 600),
];
const STILL_DEPLOYING = [refusedWith("cannot be stopped while deployments are active", 600)];

export const Service: AwsKind<ServiceSpec, ServiceAttrs> = {
  type: "ecs/service",
  tagged: true,
  immutable: ["name", "cluster"],
  unique: ["name", "cluster"],
  same: { count: (desired, observed) => wantedCount(desired, observed.initial) === observed.initial },
  usual: { ready: 75, gone: 60 },

  canonical: (spec) => ({ ...spec, subnetIds: spec.subnetIds.toSorted(), groupIds: spec.groupIds.toSorted() }),

  async observe(aws, look) {
    const [cluster, name] = look.knownId?.split("/") ?? [look.spec.cluster, look.spec.name];
    if (cluster === undefined || name === undefined) return undefined;
    const service = await describedService(aws, look.snapshot, cluster, name);
    const arn = service?.serviceArn;
    if (!service || arn === undefined) return undefined;
    const tags = tagsFrom(service.tags);
    const network = service.networkConfiguration?.awsvpcConfiguration;
    const target = service.loadBalancers?.[0];
    const rollout = service.deploymentConfiguration;
    const breaker = rollout?.deploymentCircuitBreaker;
    const live = service.desiredCount ?? 0;
    const draining = service.status === "DRAINING";
    return {
      id: `${cluster}/${name}`,
      attrs: { name, arn, cluster },
      spec: {
        name,
        cluster,
        taskDefinition: service.taskDefinition,
        subnetIds: network?.subnets?.toSorted(),
        groupIds: network?.securityGroups?.toSorted(),
        targetGroupArn: target?.targetGroupArn,
        containerName: target?.containerName,
        containerPort: target?.containerPort,
        // ECS knows the live count alone; the bounds are the autoscaler's.
        count: { min: live, max: live, ...look.spec.count, initial: live },
        deployment: {
          minHealthyPercent: rollout?.minimumHealthyPercent ?? 100,
          maxPercent: rollout?.maximumPercent ?? 200,
          circuitBreaker: (breaker?.enable && breaker.rollback) ?? false,
        },
        healthCheckGracePeriod: service.healthCheckGracePeriodSeconds ?? 0,
        enableExec: service.enableExecuteCommand ?? false,
        tags,
      },
      owner: ownerOf(tags),
      ready: isSteady(service),
      status: draining ? "draining" : `${service.runningCount ?? 0} of ${live} tasks run`,
      stuck: whyStuck(service),
      failed: draining ? "it is being deleted" : undefined,
    };
  },

  async owned(aws) {
    const snapshot = new Snapshot();
    const tagsOf = async (cluster: string, name: string) => {
      const service = await describedService(aws, snapshot, cluster, name);
      return service && tagsFrom(service.tags);
    };
    const candidates = (await clusterNames(aws)).map(async (cluster) =>
      (await serviceNames(aws, cluster)).map((name) => ({
        id: `${cluster}/${name}`,
        tags: () => tagsOf(cluster, name),
      })),
    );
    return ownedAmong(aws, (await Promise.all(candidates)).flat());
  },

  async create(aws, spec, making) {
    const { service } = await aws.ecs(
      new CreateServiceCommand({
        cluster: spec.cluster,
        serviceName: spec.name,
        clientToken: making.token,
        taskDefinition: spec.taskDefinition,
        desiredCount: spec.count.initial,
        launchType: "FARGATE",
        platformVersion: "LATEST",
        schedulingStrategy: "REPLICA",
        networkConfiguration: networkOf(spec),
        loadBalancers: targetsOf(spec),
        deploymentConfiguration: deploymentOf(spec),
        availabilityZoneRebalancing: rebalancingOf(spec),
        healthCheckGracePeriodSeconds: spec.healthCheckGracePeriod,
        enableExecuteCommand: spec.enableExec,
        enableECSManagedTags: true,
        propagateTags: "SERVICE",
        tags: tagListLower(spec.tags),
      }),
      // A repeat whose parameters ECS finds different, however little, is refused as "not idempotent": so it is looked at first.
      { once: true, notYet: NOT_YET },
    );
    const id = `${spec.cluster}/${spec.name}`;
    await making.created(id);
    return { id, attrs: { name: spec.name, arn: service?.serviceArn ?? "", cluster: spec.cluster } };
  },

  async update(aws, observed, spec, changed) {
    // What is left out stays as it is: so what somebody else has moved since is not moved back.
    const input: Omit<UpdateServiceCommandInput, "cluster" | "service"> = {
      ...(changed.has("taskDefinition") ? { taskDefinition: spec.taskDefinition } : {}),
      ...(changed.has("subnetIds") || changed.has("groupIds") ? { networkConfiguration: networkOf(spec) } : {}),
      ...(changed.has("targetGroupArn") || changed.has("containerName") || changed.has("containerPort")
        ? { loadBalancers: targetsOf(spec) }
        : {}),
      ...(changed.has("count") ? { desiredCount: wantedCount(spec.count, observed.spec.count?.initial ?? 0) } : {}),
      ...(changed.has("deployment")
        ? { deploymentConfiguration: deploymentOf(spec), availabilityZoneRebalancing: rebalancingOf(spec) }
        : {}),
      ...(changed.has("healthCheckGracePeriod") ? { healthCheckGracePeriodSeconds: spec.healthCheckGracePeriod } : {}),
      // Only tasks that start from now on can be entered, or no longer be.
      ...(changed.has("enableExec") ? { enableExecuteCommand: spec.enableExec, forceNewDeployment: true } : {}),
    };
    const { cluster, name, arn } = observed.attrs;
    if (Object.keys(input).length > 0) await aws.ecs(new UpdateServiceCommand({ cluster, service: name, ...input }));
    await changeTags(aws, arn, spec.tags, observed.spec.tags ?? {});
  },

  async delete(aws, { attrs: { cluster, name } }) {
    const scaled = aws.ecs(new UpdateServiceCommand({ cluster, service: name, desiredCount: 0 }));
    if (!(await absent(scaled, ...GONE))) return;
    const command = new DeleteServiceCommand({ cluster, service: name, force: true });
    await absent(aws.ecs(command, { notYet: STILL_DEPLOYING }), ...GONE);
  },
};

/** The services in a cluster; none where it is gone. Without a size a page has ten. */
async function serviceNames(aws: Aws, cluster: string): Promise<string[]> {
  const listing = everyPage(async (nextToken) => {
    const page = await aws.ecs(new ListServicesCommand({ cluster, maxResults: 100, nextToken }));
    return { items: page.serviceArns, next: page.nextToken };
  });
  return ((await absent(listing, "ClusterNotFoundException")) ?? []).map(nameIn);
}

/** The count to ask for where there are `live` tasks now: that very number where it will do. */
function wantedCount({ min, max, initial }: ServiceSpec["count"], live: number): number {
  // A service at zero waits for its first image, or sleeps: it starts as a new one does.
  if (live === 0) return min === 0 ? 0 : initial;
  return Math.min(Math.max(live, min), max);
}

const networkOf = ({ subnetIds, groupIds }: ServiceSpec): NetworkConfiguration => ({
  awsvpcConfiguration: { subnets: [...subnetIds], securityGroups: [...groupIds], assignPublicIp: "DISABLED" },
});

const targetsOf = ({ targetGroupArn, containerName, containerPort }: ServiceSpec): LoadBalancer[] => [
  { targetGroupArn, containerName, containerPort },
];

const deploymentOf = ({ deployment }: ServiceSpec): DeploymentConfiguration => ({
  minimumHealthyPercent: deployment.minHealthyPercent,
  maximumPercent: deployment.maxPercent,
  deploymentCircuitBreaker: { enable: deployment.circuitBreaker, rollback: deployment.circuitBreaker },
});

/** Tasks are moved between zones by starting the new one first, which takes room above the desired count. */
const rebalancingOf = ({ deployment }: ServiceSpec) => (deployment.maxPercent > 100 ? "ENABLED" : "DISABLED");
