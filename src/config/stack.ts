import type {
  BuildComputeType,
  FargateCpu,
  LogRetentionDays,
  NatMode,
  PolicyStatement,
  PriceClass,
  Region,
} from "./config-layers.ts";

/**
 * The desired state of one stack in one environment: every default filled in, every rule checked. What each field means is
 * written once, in `config.ts` and `config-layers.ts`.
 */
export interface Stack {
  readonly name: string;
  readonly environment: string;
  /** `<name>-<environment>`: names the stack, its state file and its owner tag. */
  readonly stackName: string;
  readonly region: Region;
  readonly tags: Readonly<Record<string, string>>;
  readonly network: NetworkSettings;
  readonly registry: RegistrySettings;
  readonly container: ContainerSettings;
  readonly cluster: ClusterSettings;
  readonly service: ServiceSettings;
  readonly scaling: ScalingSettings;
  readonly balancer: BalancerSettings;
  readonly edge: EdgeSettings;
  readonly delivery: DeliverySettings;
  readonly logs: LogsSettings;
  readonly state: StateSettings;
  readonly protect: boolean;
}

/** Without `s3`, the state is a local file. */
interface StateSettings {
  readonly s3?: {
    /** Absent: `fairlead-state-<account>-<region>`, see `stateBucketOf`. */
    readonly bucket?: string;
    readonly prefix: string;
  };
}

/** `zones`, `publicSubnets` and `privateSubnets` are equally long: item n of each belongs to zone n. */
export interface NetworkSettings {
  readonly cidr: string;
  readonly zones: readonly string[];
  /** The file names no zones: those of the account take their place as soon as they are known, see `inZones`. */
  readonly zonesAreDefault: boolean;
  readonly publicSubnets: readonly string[];
  readonly privateSubnets: readonly string[];
  readonly nat: NatMode;
}

export interface RegistrySettings {
  readonly keepImages: number;
  readonly untaggedDays: number;
  readonly scanOnPush: boolean;
  readonly mutableTags: boolean;
}

export interface ContainerSettings {
  readonly port: number;
  readonly cpu: FargateCpu;
  readonly memory: number;
  readonly healthCheckPath: string;
  /** Absent: `latest` of the stack's own repository. */
  readonly image?: string;
  /** The user's own variables; `APP_ENV` and `PORT` are added by the compute layer. */
  readonly environment: Readonly<Record<string, string>>;
  /** Absent: the image's own command. */
  readonly command?: readonly string[];
  /** Absent: the load balancer's check alone. */
  readonly healthCheck?: {
    readonly command: readonly string[];
    readonly interval: number;
    readonly timeout: number;
    readonly retries: number;
    readonly startPeriod: number;
  };
  readonly readonlyRootFilesystem: boolean;
  readonly tmpSize: number;
  readonly initProcess: boolean;
  readonly user: string;
  readonly stopTimeout: number;
}

interface ClusterSettings {
  readonly containerInsights: boolean;
}

export interface ServiceSettings {
  readonly desiredCount: number;
  readonly minHealthyPercent: number;
  readonly maxPercent: number;
  readonly circuitBreaker: boolean;
  readonly healthCheckGracePeriod: number;
  readonly enableExec: boolean;
  readonly taskPolicy: readonly PolicyStatement[];
}

export interface ScalingSettings {
  readonly min: number;
  readonly max: number;
  readonly cpuTarget: number;
  readonly memoryTarget: number;
  readonly scaleInCooldown: number;
  readonly scaleOutCooldown: number;
}

export interface BalancerSettings {
  readonly deregistrationDelay: number;
  readonly idleTimeout: number;
  readonly healthCheck: {
    readonly interval: number;
    readonly timeout: number;
    readonly healthyThreshold: number;
    readonly unhealthyThreshold: number;
    readonly matcher: string;
  };
  readonly deletionProtection: boolean;
}

export interface EdgeSettings {
  readonly priceClass: PriceClass;
  readonly staticPath: string;
  readonly apiPath: string;
  /** Absent: the stack's name and region, see `namesOf`. */
  readonly comment?: string;
  readonly enabled: boolean;
}

export interface DeliverySettings {
  readonly sourceKey: string;
  readonly computeType: BuildComputeType;
  readonly buildImage: string;
  readonly buildTimeoutMinutes: number;
  readonly buildspec: string;
  readonly approval: { readonly enabled: boolean; readonly message: string };
  readonly artifactRetentionDays: number;
  readonly sourceRetentionDays: number;
}

export interface LogsSettings {
  readonly retentionDays: LogRetentionDays;
  readonly buildRetentionDays: LogRetentionDays;
}
