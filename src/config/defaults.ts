import { defaultSubnets } from "./cidr.ts";
import type { StackConfig } from "./config.ts";
import { zonesOf } from "./regions.ts";
import type { ContainerSettings, EdgeSettings, NetworkSettings, ScalingSettings, Stack } from "./stack.ts";

/** The environment of a file that names none. */
export const DEFAULT_ENVIRONMENT = "dev";

/** Fills in what a configuration leaves out. The rules that tie settings together are checked on what comes out. */
export function fillDefaults(config: StackConfig, environment: string): Stack {
  const name = config.name ?? "fairlead-app";
  const count = taskCounts(config);
  const { service = {}, delivery = {}, logs = {}, state = {} } = config;
  return {
    name,
    environment,
    stackName: `${name}-${environment}`,
    region: regionOf(config),
    tags: config.tags ?? {},
    network: network(config),
    registry: { keepImages: 30, untaggedDays: 1, scanOnPush: true, mutableTags: true, ...config.registry },
    container: container(config),
    cluster: { containerInsights: true, ...config.cluster },
    service: {
      minHealthyPercent: 100,
      maxPercent: 200,
      circuitBreaker: true,
      healthCheckGracePeriod: 60,
      enableExec: false,
      taskPolicy: [],
      ...service,
      desiredCount: count.desired,
    },
    scaling: scaling(config, count),
    balancer: balancer(config),
    edge: edge(config.edge),
    delivery: {
      sourceKey: "source.zip",
      computeType: "BUILD_GENERAL1_MEDIUM",
      buildImage: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
      buildTimeoutMinutes: 30,
      buildspec: "buildspec.yml",
      artifactRetentionDays: 30,
      sourceRetentionDays: 30,
      ...delivery,
      approval: {
        enabled: true,
        message: "Please review the build output and approve deployment to ECS",
        ...delivery.approval,
      },
    },
    logs: { retentionDays: 30, buildRetentionDays: 30, ...logs },
    state: state.s3 === undefined ? {} : { s3: { prefix: "fairlead", ...state.s3 } },
    protect: config.protect ?? false,
  };
}

function regionOf(config: StackConfig): Stack["region"] {
  return config.region ?? "ap-northeast-1";
}

function network(config: StackConfig): NetworkSettings {
  const { cidr = "10.0.0.0/16", nat = "perZone", ...given } = config.network ?? {};
  const zones = given.zones ?? zonesOf(regionOf(config)).slice(0, 2);
  const subnets = defaultSubnets(cidr, zones.length);
  return {
    cidr,
    zones,
    zonesAreDefault: given.zones === undefined,
    // None when they do not fit: the check of the network says so.
    publicSubnets: given.publicSubnets ?? subnets?.public ?? [],
    privateSubnets: given.privateSubnets ?? subnets?.private ?? [],
    nat,
  };
}

function container({ container: given, service }: StackConfig): ContainerSettings {
  const { healthCheck, ...rest } = given ?? {};
  return {
    port: 5000,
    cpu: 256,
    memory: 512,
    healthCheckPath: "/health",
    environment: {},
    readonlyRootFilesystem: true,
    tmpSize: 64,
    initProcess: service?.enableExec ?? false,
    user: "1000",
    stopTimeout: 30,
    ...rest,
    ...(healthCheck ? { healthCheck: { interval: 30, timeout: 5, retries: 3, startPeriod: 60, ...healthCheck } } : {}),
  };
}

interface TaskCounts {
  readonly desired: number;
  readonly min: number;
  readonly max: number;
}

/** Each of the three numbers follows from the others where it is not given: as in Terraform, up to three times the tasks. */
function taskCounts({ service, scaling: bounds }: StackConfig): TaskCounts {
  const within = Math.min(Math.max(2, bounds?.min ?? 0), bounds?.max ?? Number.POSITIVE_INFINITY);
  const desired = service?.desiredCount ?? within;
  return { desired, min: bounds?.min ?? desired, max: bounds?.max ?? Math.max(1, desired * 3) };
}

function scaling(config: StackConfig, { min, max }: TaskCounts): ScalingSettings {
  return { cpuTarget: 70, memoryTarget: 80, scaleInCooldown: 300, scaleOutCooldown: 60, ...config.scaling, min, max };
}

function balancer({ balancer: given }: StackConfig): Stack["balancer"] {
  return {
    deregistrationDelay: 30,
    idleTimeout: 60,
    deletionProtection: false,
    ...given,
    healthCheck: {
      interval: 30,
      timeout: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
      matcher: "200",
      ...given?.healthCheck,
    },
  };
}

function edge(given: StackConfig["edge"]): EdgeSettings {
  return { priceClass: "PriceClass_100", staticPath: "/static/*", apiPath: "/api/*", enabled: true, ...given };
}
