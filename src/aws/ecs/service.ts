// The autoscaler changes the desired count and the pipeline the task definition, so the count only has to be within its bounds;
// deleting a service drains it first, for as long as its tasks take to stop, and its name stays in use until then.
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  ListServicesCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from "@aws-sdk/client-ecs";
import { Busy, type Updating } from "../../engine/resource-kind.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { absent } from "../errors.ts";
import { ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { afterSlash, defineKind } from "../define-kind.ts";
import { tagListLower, tagsFrom } from "../tags.ts";
import { countWithin } from "./count.ts";
import { drainsWithin } from "./drain.ts";
import { stillServing } from "./former-targets.ts";
import { onTopOf } from "./revisions.ts";
import { isSteady, tasksText, whyStuck } from "./rollout.ts";
import { connectionOf, connectIn } from "./service-connect.ts";
import { graceOf, networkOf, rebalancingOf, taskTagsOf } from "./service-input.ts";
import { strategyOf } from "./strategy.ts";
import { deploymentInput, deploymentSpec, rebalancing, unmanagedIn } from "./service-answer.ts";
import { changeTags, clusterNames, describedService, nameIn, refusedWith, UPDATE_NOT_YET } from "./shared.ts";
import type { ServiceSpec } from "./service-spec.ts";

export interface ServiceAttrs {
  name: string;
  arn: string;
  /** The cluster's name. */
  cluster: string;
}

const GONE = ["ServiceNotFoundException", "ServiceNotActiveException", "ClusterNotFoundException"];
const NOT_YET: readonly NotYet[] = [
  ...UPDATE_NOT_YET,
  { code: "ClusterNotFoundException" },
  // It drains for its target group's deregistration delay, an hour at most, and its tasks take up to two more minutes to stop.
  refusedWith("Unable to Start a service that is still Draining", 3_600 + 300),
];
/** For 20 minutes, as terraform-provider-aws does on the same error (internal/service/ecs/service.go, resourceServiceDelete). */
const STILL_DEPLOYING = refusedWith("cannot be stopped while deployments are active", 1_200);

export const Service = defineKind<ServiceSpec, ServiceAttrs>({
  type: "ecs/service",
  fields: {
    name: { immutable: true, unique: true },
    cluster: { immutable: true, unique: true },
    taskDefinition: {},
    subnetIds: {},
    groupIds: {},
    assignPublicIp: {},
    loadBalancers: {},
    count: { planned: (bounds, observed) => ({ desired: countWithin(bounds, observed.desired) }) },
    deployment: {},
    capacityProviders: {},
    platformVersion: {},
    zoneRebalancing: {},
    healthCheckGracePeriod: {},
    enableExec: {},
    serviceConnect: {},
    taskTags: {},
    tags: {},
  },
  // Its tasks are targets of the old load balancer until requests come through the new one.
  traits: { markedAtOnce: true, addsFirst: ["loadBalancers"] },
  timing: { ready: 75, gone: 60 },
  inventory: { idIn: afterSlash("ecs", "service") },

  canonical: (spec) => ({
    ...spec,
    subnetIds: spec.subnetIds.toSorted(),
    groupIds: spec.groupIds.toSorted(),
    deployment: deploymentSpec(spec.deployment),
    capacityProviders: strategyOf(spec.capacityProviders),
    healthCheckGracePeriod: spec.loadBalancers.length === 0 ? 0 : spec.healthCheckGracePeriod,
  }),

  async observe(aws, look) {
    const [cluster, name] = look.knownId?.split("/") ?? [look.spec.cluster, look.spec.name];
    if (cluster === undefined || name === undefined) return undefined;
    const service = await describedService(aws, look.snapshot, cluster, name);
    const arn = service?.serviceArn;
    if (!service || arn === undefined) return undefined;
    const tags = tagsFrom(service.tags);
    const network = service.networkConfiguration?.awsvpcConfiguration;
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
        assignPublicIp: network?.assignPublicIp === "ENABLED",
        loadBalancers: (service.loadBalancers ?? []).map(
          ({ targetGroupArn = "", containerName = "", containerPort = 0, ...more }) => ({
            targetGroupArn,
            containerName,
            containerPort,
            ...more,
          }),
        ),
        count: { desired: live },
        deployment: deploymentSpec(service.deploymentConfiguration ?? {}),
        capacityProviders: strategyOf(service.capacityProviderStrategy ?? []),
        platformVersion: service.platformVersion ?? "LATEST",
        zoneRebalancing: rebalancing(service) ?? look.spec.zoneRebalancing,
        healthCheckGracePeriod: service.loadBalancers?.length ? (service.healthCheckGracePeriodSeconds ?? 0) : 0,
        serviceConnect: connectIn(service),
        enableExec: service.enableExecuteCommand ?? false,
        taskTags: service.enableECSManagedTags !== false && (service.propagateTags ?? "SERVICE") === "SERVICE",
        tags,
      },
      ready: isSteady(service),
      within: isSteady(service) ? undefined : await drainsWithin(aws, service),
      status: draining ? "draining" : tasksText(service, live),
      stuck: whyStuck(service),
      failed: draining ? "it is being deleted" : undefined,
      // Where nothing is recorded of the service it may be the stack's own.
      unmanaged: unmanagedIn(service, look.knownId === undefined || look.spec.serviceConnect !== undefined),
    };
  },

  async list(aws) {
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
        desiredCount: spec.count.desired,
        ...(spec.capacityProviders.length > 0
          ? { capacityProviderStrategy: [...spec.capacityProviders] }
          : { launchType: "FARGATE" as const }),
        platformVersion: spec.platformVersion,
        schedulingStrategy: "REPLICA",
        networkConfiguration: networkOf(spec),
        loadBalancers: [...spec.loadBalancers],
        deploymentConfiguration: deploymentInput(spec.deployment),
        availabilityZoneRebalancing: rebalancingOf(spec),
        ...graceOf(spec),
        ...(spec.serviceConnect ? { serviceConnectConfiguration: connectionOf(spec.serviceConnect) } : {}),
        enableExecuteCommand: spec.enableExec,
        ...taskTagsOf(spec),
        tags: tagListLower(spec.tags),
      }),
      // ECS rejects a retry with slightly different parameters as "not idempotent": so the service is observed first.
      { once: true, notYet: NOT_YET },
    );
    const id = `${spec.cluster}/${spec.name}`;
    await making.created(id);
    return { id, attrs: { name: spec.name, arn: service?.serviceArn ?? "", cluster: spec.cluster } };
  },

  async update(aws, observed, spec, changed, updating) {
    const { cluster, name, arn } = observed.attrs;
    // The run may have waited since it observed, so it observes again right before replacing tasks.
    const current = startsDeployment(changed) ? await deployedNow(aws, observed) : undefined;
    // Omitted members keep their values, so concurrent changes to them are not reverted.
    const input: Omit<UpdateServiceCommandInput, "cluster" | "service"> = {
      ...(changed.has("taskDefinition")
        ? { taskDefinition: await revisionToRun(aws, observed, { current, wanted: spec.taskDefinition }, updating) }
        : {}),
      ...(changed.has("subnetIds") || changed.has("groupIds") || changed.has("assignPublicIp")
        ? { networkConfiguration: networkOf(spec) }
        : {}),
      ...(changed.has("loadBalancers")
        ? {
            loadBalancers: [
              ...spec.loadBalancers,
              ...(updating?.addOnly ? await stillServing(aws, observed.spec, spec) : []),
            ],
          }
        : {}),
      ...(changed.has("count") ? { desiredCount: spec.count.desired } : {}),
      ...(changed.has("deployment")
        ? { deploymentConfiguration: deploymentInput(spec.deployment, observed.spec.deployment) }
        : {}),
      ...(changed.has("zoneRebalancing") ? { availabilityZoneRebalancing: rebalancingOf(spec) } : {}),
      ...(changed.has("platformVersion") ? { platformVersion: spec.platformVersion } : {}),
      // An empty list switches back to the launch type; neither moves a running task (botocore ecs, UpdateService).
      ...(changed.has("capacityProviders")
        ? { capacityProviderStrategy: [...spec.capacityProviders], forceNewDeployment: true }
        : {}),
      ...(changed.has("healthCheckGracePeriod") ? graceOf(spec) : {}),
      ...(changed.has("serviceConnect") ? { serviceConnectConfiguration: connectionOf(spec.serviceConnect) } : {}),
      ...(changed.has("taskTags") ? taskTagsOf(spec) : {}),
      // This affects only tasks that start after the change.
      ...(changed.has("enableExec") ? { enableExecuteCommand: spec.enableExec, forceNewDeployment: true } : {}),
    };
    if (Object.keys(input).length > 0)
      await aws.ecs(new UpdateServiceCommand({ cluster, service: name, ...input }), { notYet: UPDATE_NOT_YET });
    await changeTags(aws, arn, spec.tags, observed.spec.tags ?? {});
  },

  async delete(aws, { attrs: { cluster, name } }) {
    // A service that is scaled to zero ends its deployments.
    const meanwhile = async () => {
      const scaled = new UpdateServiceCommand({ cluster, service: name, desiredCount: 0 });
      await absent(aws.ecs(scaled, { notYet: UPDATE_NOT_YET }), ...GONE);
    };
    // By force it need not be (ECS API Reference, DeleteService: force; terraform-provider-aws scales only without it).
    const command = new DeleteServiceCommand({ cluster, service: name, force: true });
    await absent(aws.ecs(command, { notYet: [{ ...STILL_DEPLOYING, meanwhile }] }), ...GONE);
  },
});

/** The services in a cluster; none if it does not exist. The default page size is ten. */
async function serviceNames(aws: Aws, cluster: string): Promise<string[]> {
  const listing = everyPage(async (nextToken) => {
    const page = await aws.ecs(new ListServicesCommand({ cluster, maxResults: 100, nextToken }));
    return { items: page.serviceArns, next: page.nextToken };
  });
  return ((await absent(listing, "ClusterNotFoundException")) ?? []).map(nameIn);
}

/** The fields whose change replaces tasks (botocore ecs, UpdateService: "This parameter triggers a new service deployment"). */
const REPLACE_TASKS: ReadonlySet<string> = new Set([
  "taskDefinition",
  "subnetIds",
  "groupIds",
  "assignPublicIp",
  "loadBalancers",
  "platformVersion",
  "capacityProviders",
  "enableExec",
  "serviceConnect",
]);

/** Whether an update of these fields starts a deployment, which ends one in progress. */
export const startsDeployment = (changed: Iterable<string>): boolean =>
  [...changed].some((field) => REPLACE_TASKS.has(field));

interface Before {
  readonly attrs: ServiceAttrs;
  readonly spec: { readonly taskDefinition?: string | undefined };
}

/**
 * The revision that the service runs now. If a deployment started during the run, an update would end that
 * deployment, and CodePipeline would mark the release as failed.
 */
async function deployedNow(aws: Aws, { attrs: { cluster, name }, spec }: Before): Promise<string | undefined> {
  const service = await describedService(aws, new Snapshot(), cluster, name);
  const primary = service?.deployments?.find(({ status }) => status === "PRIMARY");
  const current = service?.taskDefinition;
  const moved = current !== undefined && current !== spec.taskDefinition;
  if (service && moved && primary?.rolloutState === "IN_PROGRESS" && whyStuck(service) === undefined)
    throw new Busy(`A deployment of ${nameIn(current)} started during this run; the update waits for it to finish.`);
  return current;
}

/** The revision to deploy now: an image that the pipeline deployed in the meantime wins. */
async function revisionToRun(
  aws: Aws,
  { spec: { taskDefinition: base } }: Before,
  { current, wanted }: { current: string | undefined; wanted: string },
  updating: Updating | undefined,
): Promise<string> {
  if (base === undefined || current === undefined || current === base || current === wanted) return wanted;
  const { arn, note } = await onTopOf(aws, wanted, { base, current });
  updating?.note(note);
  return arn;
}
