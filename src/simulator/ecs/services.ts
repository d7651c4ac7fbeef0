import type {
  CreateServiceCommandInput,
  CreateServiceCommandOutput,
  DeleteServiceCommandInput,
  DescribeServicesCommandInput,
  DescribeServicesCommandOutput,
  ListServicesCommandInput,
  ListServicesCommandOutput,
  UpdateServiceCommandInput,
  UpdateServiceCommandOutput,
} from "@aws-sdk/client-ecs";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { lowerTagList, tagsOfInput } from "../tagging.ts";
import { stopsIn } from "./draining.ts";
import {
  freeSlot,
  clusterOf,
  formerServices,
  isGone,
  PAGES,
  serviceKey,
  serviceOf,
  services,
  shortName,
  taskDefinitionOf,
  type SimService,
} from "./records.ts";
import { isUnderWay } from "./releases.ts";
import { present } from "./present.ts";
import { addDeployment, advance, tell } from "./rollout.ts";
import { releaseArn } from "./service-deployments.ts";
import {
  checkConnection,
  checkGrace,
  checkTargets,
  configurationOf,
  platformOf,
  SETTINGS,
  settingsOf,
} from "./service-settings.ts";

function answerOf(sim: Sim, record: SimService, include: readonly string[] = []) {
  const service = present(sim, record);
  const { settings } = service;
  const gone = isGone(sim, service);
  const alive = service.tasks.filter(({ stoppedAt }) => stoppedAt === undefined && !gone);
  const running = alive.filter(({ runningAt }) => runningAt !== undefined);
  const release = service.releases?.find(isUnderWay);
  const { serviceConnectConfiguration, ...told } = settings;
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: sim.arn("ecs", `cluster/${service.cluster}`),
    status: gone ? "INACTIVE" : service.status,
    desiredCount: service.desiredCount,
    runningCount: running.length,
    pendingCount: alive.length - running.length,
    schedulingStrategy: "REPLICA" as const,
    taskDefinition: service.taskDefinition,
    createdAt: new Date(service.createdAt),
    createdBy: `arn:${sim.partition}:iam::${sim.account}:role/operator`,
    roleArn: `arn:${sim.partition}:iam::${sim.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
    // What ECS fills in by itself, as DescribeServices answers it in the AWS CLI's reference.
    loadBalancers: [],
    serviceRegistries: [],
    placementConstraints: [],
    placementStrategy: [],
    deploymentController: { type: "ECS" as const },
    enableECSManagedTags: false,
    propagateTags: "NONE" as const,
    enableExecuteCommand: false,
    platformVersion: "LATEST",
    ...told,
    ...platformOf(settings),
    deploymentConfiguration: configurationOf(settings),
    ...(release ? { currentServiceDeployment: releaseArn(sim, service, release.id) } : {}),
    deployments: service.deployments.map((deployment) => {
      const own = alive.filter(({ deploymentId }) => deploymentId === deployment.id);
      const ready = own.filter(({ runningAt }) => runningAt !== undefined);
      return {
        id: deployment.id,
        status: deployment.status,
        taskDefinition: deployment.taskDefinition,
        desiredCount: deployment.status === "PRIMARY" ? service.desiredCount : 0,
        runningCount: ready.length,
        pendingCount: own.length - ready.length,
        failedTasks: deployment.failedTasks,
        createdAt: new Date(deployment.createdAt),
        updatedAt: new Date(service.steppedAt),
        rolloutState: deployment.rolloutState,
        rolloutStateReason: deployment.reason,
        ...platformOf(settings),
        platformVersion: settings.platformVersion === "1.3.0" ? "1.3.0" : "1.4.0",
        ...(serviceConnectConfiguration ? { serviceConnectConfiguration } : {}),
      };
    }),
    events: service.events.map(({ id, at, message }) => ({ id, createdAt: new Date(at), message })),
    ...(include.includes("TAGS") ? { tags: lowerTagList(service.tags) } : {}),
  };
}

export const serviceOperations = {
  CreateService(input: CreateServiceCommandInput, sim): Answer<CreateServiceCommandOutput> {
    const { cluster, serviceName, clientToken, taskDefinition, desiredCount, tags, ...rest } = input;
    onlyKnown("CreateService", rest, "launchType", "schedulingStrategy", ...SETTINGS);
    const home = clusterOf(sim, cluster);
    const { name: clusterName } = home;
    const name = shortName(serviceName);
    if (!/^[\w-]{1,255}$/.test(name)) refuse("InvalidParameterException", "Invalid service name.");
    if (rest.launchType !== undefined && (rest.capacityProviderStrategy ?? []).length > 0)
      refuse(
        "InvalidParameterException",
        "Specifying both a launch type and capacity provider strategy is not supported.",
      );
    const key = serviceKey(clusterName, name);
    const before = services(sim)[key];
    if (before && !isGone(sim, before)) {
      if (before.status === "DRAINING")
        refuse("InvalidParameterException", "Unable to Start a service that is still Draining.");
      if (clientToken === undefined || before.clientToken !== clientToken)
        refuse("InvalidParameterException", "Creation of service was not idempotent.");
      return { service: answerOf(sim, before, ["TAGS"]) };
    }
    const definition = taskDefinitionOf(sim, taskDefinition);
    if (!definition.active) refuse("ClientException", "TaskDefinition is inactive");
    const settings = settingsOf(sim, { availabilityZoneRebalancing: "ENABLED", ...rest }, home);
    checkTargets(settings, definition);
    checkGrace(settings, settings.healthCheckGracePeriodSeconds);
    checkConnection(sim, settings, sim.arn("ecs", `service/${clusterName}/${name}`));
    const service: SimService = {
      name,
      arn: sim.arn("ecs", `service/${clusterName}/${name}`),
      cluster: clusterName,
      status: "ACTIVE",
      desiredCount: desiredCount ?? 0,
      taskDefinition: definition.arn,
      deployments: [],
      tasks: [],
      events: [],
      settings,
      clientToken,
      createdAt: sim.now,
      steppedAt: sim.now,
      ids: 0,
      slot: freeSlot(sim),
      tags: tagsOfInput(tags, "InvalidParameterException"),
    };
    addDeployment(sim, service, definition.arn, sim.now);
    services(sim)[key] = service;
    return { service: answerOf(sim, service, ["TAGS"]) };
  },

  DescribeServices(input: DescribeServicesCommandInput, sim): Answer<DescribeServicesCommandOutput> {
    const { name: cluster } = clusterOf(sim, input.cluster);
    // "You may specify up to 10 services to describe in a single operation" (botocore ecs, DescribeServices.services).
    if ((input.services ?? []).length > 10)
      refuse("InvalidParameterException", "Services cannot have more than 10 elements.");
    const asked = (input.services ?? []).map((name) => {
      const key = serviceKey(cluster, name);
      return { name, found: services(sim)[key] ?? formerServices(sim)[key] };
    });
    return {
      services: asked.flatMap(({ found }) => (found ? [answerOf(sim, found, input.include)] : [])),
      failures: asked
        .filter(({ found }) => !found)
        .map(({ name }) => ({ arn: sim.arn("ecs", `service/${cluster}/${shortName(name)}`), reason: "MISSING" })),
    };
  },

  ListServices(input: ListServicesCommandInput, sim): Answer<ListServicesCommandOutput> {
    onlyKnown("ListServices", input, "cluster", "maxResults", "nextToken");
    const { name } = clusterOf(sim, input.cluster);
    // botocore ecs, DeleteService: one that is DRAINING "is no longer visible in the console or in the ListServices API operation".
    const own = Object.values(services(sim)).filter(({ cluster, status }) => cluster === name && status === "ACTIVE");
    const asked = { token: input.nextToken, size: input.maxResults };
    const { page, next } = pageOf(own, asked, { ...PAGES, usual: 10, most: 100 });
    return { serviceArns: page.map(({ arn }) => arn), nextToken: next };
  },

  UpdateService(input: UpdateServiceCommandInput, sim): Answer<UpdateServiceCommandOutput> {
    const { cluster, service: name, taskDefinition, desiredCount, forceNewDeployment, ...rest } = input;
    onlyKnown("UpdateService", rest, ...SETTINGS);
    const service = advance(sim, serviceOf(sim, cluster, name));
    if (service.status !== "ACTIVE") refuse("ServiceNotActiveException", "Service was not ACTIVE.");
    const settings = settingsOf(sim, rest, clusterOf(sim, cluster));
    const definition = taskDefinitionOf(sim, taskDefinition ?? service.taskDefinition);
    const moved = definition.arn !== service.taskDefinition;
    const strategyBefore = JSON.stringify(service.settings.capacityProviderStrategy ?? []);
    if (JSON.stringify(settings.capacityProviderStrategy ?? JSON.parse(strategyBefore)) !== strategyBefore)
      if (!forceNewDeployment)
        refuse(
          "InvalidParameterException",
          "When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.",
        );
    const rolls =
      forceNewDeployment === true ||
      moved ||
      settings.networkConfiguration !== undefined ||
      settings.loadBalancers !== undefined ||
      settings.serviceConnectConfiguration !== undefined ||
      (settings.platformVersion !== undefined && settings.platformVersion !== service.settings.platformVersion);
    // It keeps running, and scaling, a revision that was deregistered; but nothing deploys it again.
    if ((rolls || taskDefinition !== undefined) && !definition.active)
      refuse("ClientException", "TaskDefinition is inactive");
    checkTargets({ ...service.settings, ...settings }, definition);
    checkGrace({ ...service.settings, ...settings }, settings.healthCheckGracePeriodSeconds);
    checkConnection(sim, settings, service.arn);
    const deploymentConfiguration = {
      ...service.settings.deploymentConfiguration,
      ...settings.deploymentConfiguration,
    };
    Object.assign(service.settings, settings, { deploymentConfiguration });
    service.taskDefinition = definition.arn;
    if (desiredCount !== undefined && desiredCount !== service.desiredCount) {
      service.desiredCount = desiredCount;
      const primary = service.deployments[0];
      if (primary && primary.rolloutState === "COMPLETED") {
        primary.rolloutState = "IN_PROGRESS";
        primary.createdAt = sim.now;
      }
    }
    if (rolls) addDeployment(sim, service, service.taskDefinition, sim.now);
    return { service: answerOf(sim, service, ["TAGS"]) };
  },

  DeleteService(input: DeleteServiceCommandInput, sim) {
    const service = advance(sim, serviceOf(sim, input.cluster, input.service));
    if (service.desiredCount > 0 && !input.force)
      refuse("InvalidParameterException", "The service cannot be stopped while it is scaled above 0.");
    if (service.status === "ACTIVE") {
      const alive = service.tasks.some(({ stoppedAt }) => stoppedAt === undefined);
      service.status = "DRAINING";
      service.desiredCount = 0;
      service.goneAt = sim.in(alive ? stopsIn(sim, service) : 2);
      tell(service, sim.now, "has begun draining connections on tasks.");
    }
    return { service: answerOf(sim, service) };
  },
} satisfies Operations;

/** Takes services whose deletion is through out of what counts as existing; ECS shows them as INACTIVE for a while. */
export function sweepServices(sim: Sim): void {
  for (const [key, service] of Object.entries(services(sim))) {
    if (!isGone(sim, service)) continue;
    delete services(sim)[key];
    formerServices(sim)[key] = service;
  }
}
