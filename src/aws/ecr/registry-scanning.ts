// A registry has one scanning configuration for all repositories of an account and a region, and every write replaces the whole of it. There is no
// version to check against, so whoever writes it reads it right before, and reads it again afterwards.
import {
  GetRegistryScanningConfigurationCommand,
  PutRegistryScanningConfigurationCommand,
  type RegistryScanningRule,
  type ScanFrequency,
  type ScanType,
} from "@aws-sdk/client-ecr";
import type { Aws } from "../aws.ts";

/** botocore ecr, ScanningRepositoryFilterList: the most filters of a rule. A registry has at most one rule of each of two frequencies. */
export const MOST_FILTERS = 100;

/** Filters by the frequency of their rule, in AWS's order. */
export type Filters = ReadonlyMap<ScanFrequency, readonly string[]>;

/** What a registry scans. */
export interface RegistryScanning {
  readonly type: ScanType;
  readonly filters: Filters;
}

/** The registry's configuration; that of one which nobody configured is BASIC without filters (botocore ecr, PutRegistryScanningConfiguration). */
export async function readScanning(aws: Aws): Promise<RegistryScanning> {
  const { scanningConfiguration } = await aws.ecr(new GetRegistryScanningConfigurationCommand({}));
  const filters = new Map<ScanFrequency, readonly string[]>();
  for (const { scanFrequency, repositoryFilters = [] } of scanningConfiguration?.rules ?? [])
    if (scanFrequency)
      filters.set(scanFrequency, [
        ...(filters.get(scanFrequency) ?? []),
        ...repositoryFilters.map(({ filter = "" }) => filter),
      ]);
  return { type: scanningConfiguration?.scanType ?? "BASIC", filters };
}

/** Filters with these of one frequency in place of those that it had. */
export const withFilters = (filters: Filters, frequency: ScanFrequency, made: readonly string[]): Filters =>
  new Map([...filters, [frequency, made]]);

/** Replaces the registry's configuration. A rule without filters is left out, as the console does. */
export async function writeScanning(aws: Aws, { type, filters }: RegistryScanning): Promise<void> {
  for (const [frequency, { length }] of filters)
    if (length > MOST_FILTERS)
      throw new Error(
        `The registry's scanning configuration would have ${length} filters with the frequency ${frequency}, and AWS allows ${MOST_FILTERS}. No changes were made to it. Remove some, or use one with a wildcard, such as shop-*: see aws ecr get-registry-scanning-configuration.`,
      );
  const rules = [...filters].flatMap(([scanFrequency, made]): RegistryScanningRule[] =>
    made.length === 0
      ? []
      : [{ scanFrequency, repositoryFilters: made.map((filter) => ({ filter, filterType: "WILDCARD" })) }],
  );
  await aws.ecr(new PutRegistryScanningConfigurationCommand({ scanType: type, rules }));
}

/**
 * Whether a filter matches a repository: without a wildcard, every name that contains it; with wildcards, each stands for any number of
 * characters (ECR user guide, "Filters to choose which repositories are scanned").
 */
export function matches(filter: string, repository: string): boolean {
  if (!filter.includes("*")) return repository.includes(filter);
  const parts = filter.split("*").map((part) => part.replaceAll(/[.\-/]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`).test(repository);
}
