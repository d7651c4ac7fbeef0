import type * as z from "zod";

import type { settingsSchema } from "./schema.ts";
import type { jobSchema, webSchema, workerSchema } from "./schema-services.ts";

type Deep<T> = T extends readonly (infer Item)[]
  ? readonly Deep<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Deep<T[Key]> }
    : T;

/** What each field means is written in the schema: `schema.ts` and what it imports. */
type Settings = Deep<z.output<typeof settingsSchema>>;

/**
 * The desired state of one stack in one environment: every default filled in, every rule checked. It is what the schema makes of a file,
 * and what follows from several settings together.
 */
export interface Stack extends Omit<
  Settings,
  "network" | "container" | "service" | "scaling" | "shared" | "domain" | "edge" | "delivery"
> {
  /** `<name>-<environment>`: names the stack, its state file and its owner tag. */
  readonly stackName: string;
  readonly network: NetworkSettings;
  /** The stack whose network, load balancer, CDN and cluster this one runs on, in the same account and region. */
  readonly shared?: SharedStackName;
  readonly delivery: DeliverySettings;
  readonly container: ContainerSettings;
  readonly service: ServiceSettings;
  readonly scaling: ScalingSettings;
  /** Not a setting: `--region` names a region that the config does not have, where the stack may have been before. */
  readonly leftBehind?: true;
  /** Not a setting: what `sleep` and `wake` want of it. If omitted: awake. */
  readonly activity?: Activity;
  /** The domain names of the application, the first one before all; empty if it has none. */
  readonly domains: readonly string[];
  /** The CDN; `undefined` if users reach the load balancer directly. */
  readonly edge: EdgeSettings | undefined;
  /** In the order of the file; without `services` one, called "web". */
  readonly services: readonly Service[];
}

/** What a stack wants of its tasks: to run; not to run, for now; or to run again after that. */
export type Activity = "awake" | "asleep" | "waking";

export interface SharedStackName {
  readonly name: string;
  readonly environment: string;
}

export type NetworkSettings = OwnNetwork | ExistingNetwork;

/**
 * A network that the stack creates. Item n of `privateSubnets` belongs to zone n of `zones`, and item n of `publicSubnets` to zone n of
 * `publicZones`.
 */
export interface OwnNetwork
  extends
    Required<Omit<Settings["network"], "vpc" | "flowLogs" | "acls">>,
    Pick<Settings["network"], "flowLogs" | "acls"> {
  readonly vpc?: undefined;
  /** The file names no zones: those of the account take their place as soon as they are known, see `inZones`. */
  readonly zonesAreDefault: boolean;
  /** The zones, and a second one if there is only one and a load balancer, which needs two. */
  readonly publicZones: readonly string[];
}

/** A network that exists already and is used as it is. That of a shared stack has no ids until it is found, see `onSharedStack`. */
export interface ExistingNetwork {
  readonly vpc: string;
  /** Ids. Empty where nothing of the stack is public. */
  readonly publicSubnets: readonly string[];
  /** Ids. */
  readonly privateSubnets: readonly string[];
  /** What these would say is AWS's to tell. */
  readonly cidr?: undefined;
  readonly zones?: undefined;
  readonly nat?: undefined;
  readonly tasks?: undefined;
  readonly endpoints?: undefined;
  readonly acls?: undefined;
  readonly ipv6?: undefined;
  readonly publicZones?: undefined;
  readonly flowLogs?: undefined;
}

export type ContainerSettings = Settings["container"] & { readonly initProcess: boolean };

export type ServiceSettings = Settings["service"] & { readonly desiredCount: number };

export type ScalingSettings = Settings["scaling"] & { readonly min: number; readonly max: number };

export type RegistrySettings = Settings["registry"];
export type BalancerSettings = Settings["balancer"];
export type EdgeSettings = Exclude<Settings["edge"], false>;
export type FirewallSettings = NonNullable<EdgeSettings["firewall"]>;
export type DeliverySettings = Settings["delivery"] & { readonly keepRevisions: number };
export type BudgetSettings = NonNullable<Settings["budget"]>;
export type AccessLogSettings = NonNullable<Settings["accessLogs"]>;
export type SecuritySettings = NonNullable<Settings["security"]>;
export type AlarmSettings = NonNullable<Settings["alarms"]>;
export type FlowLogSettings = NonNullable<Settings["network"]["flowLogs"]>;
export type LogsSettings = Settings["logs"];

type Web = Deep<z.output<typeof webSchema>>;
type Worker = Deep<z.output<typeof workerSchema>>;
type Job = Deep<z.output<typeof jobSchema>>;

/** What every service has, whatever its type. Where `image` and `imageOf` are absent, `build` is there: exactly one of the three is. */
export interface CommonService extends Omit<Job, "type" | "schedule" | "timezone" | "retries" | "maxAgeMinutes"> {
  readonly name: string;
  readonly container: ContainerSettings;
  readonly taskPolicy: ServiceSettings["taskPolicy"];
  readonly build?: BuildSettings;
}

export type BuildSettings = NonNullable<Job["build"]> & { readonly context: string };

/** What keeps the tasks of a web service or a worker running. */
interface Running {
  readonly service: Omit<ServiceSettings, "taskPolicy">;
  readonly release?: Web["release"] & {};
}

export interface WebService
  extends CommonService, Running, Pick<Web, "type" | "internal" | "healthCheck" | "deregistrationDelay"> {
  /** Empty where the service is internal: it has no rule then. */
  readonly paths: readonly string[];
  readonly hosts: readonly string[];
  readonly priority: number;
  readonly scaling: ScalingSettings & Pick<Web["scaling"], "requestsPerTarget">;
}

export interface WorkerService extends CommonService, Running, Pick<Worker, "type"> {
  readonly scaling: ScalingSettings & Pick<Worker["scaling"], "backlogPerTask">;
  readonly queue?: Exclude<Worker["queue"], true | undefined>;
}

export interface JobService
  extends CommonService, Pick<Job, "type" | "schedule" | "timezone" | "retries" | "maxAgeMinutes"> {}

export type Service = WebService | WorkerService | JobService;
