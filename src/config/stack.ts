import type * as z from "zod";

import type { settingsSchema } from "./schema.ts";

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
export interface Stack extends Omit<Settings, "network" | "container" | "service" | "scaling"> {
  /** `<name>-<environment>`: names the stack, its state file and its owner tag. */
  readonly stackName: string;
  readonly network: NetworkSettings;
  readonly container: ContainerSettings;
  readonly service: ServiceSettings;
  readonly scaling: ScalingSettings;
}

/** `zones`, `publicSubnets` and `privateSubnets` are equally long: item n of each belongs to zone n. */
export interface NetworkSettings extends Required<Settings["network"]> {
  /** The file names no zones: those of the account take their place as soon as they are known, see `inZones`. */
  readonly zonesAreDefault: boolean;
}

export type ContainerSettings = Settings["container"] & { readonly initProcess: boolean };

export type ServiceSettings = Settings["service"] & { readonly desiredCount: number };

export type ScalingSettings = Settings["scaling"] & { readonly min: number; readonly max: number };

export type RegistrySettings = Settings["registry"];
export type BalancerSettings = Settings["balancer"];
export type EdgeSettings = Settings["edge"];
export type DeliverySettings = Settings["delivery"];
export type LogsSettings = Settings["logs"];
