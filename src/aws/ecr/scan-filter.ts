// A filter is an entry of the registry's one scanning configuration, which other stacks and people write as well. It has no owner tags: it is
// found by its text, which begins with the stack's name.
import type { ScanFrequency } from "@aws-sdk/client-ecr";
import type { Aws } from "../aws.ts";
import { defineKind } from "../define-kind.ts";
import { readScanning, withFilters, writeScanning, type Filters } from "./registry-scanning.ts";

export interface ScanFilterSpec {
  /** The account's registry, once it scans in the enhanced way. */
  registryId: string;
  /** What repositories are called, such as `shop-prod*`. */
  filter: string;
  frequency: ScanFrequency;
}

export interface ScanFilterAttrs {
  filter: string;
}

/** How often a configuration is written again where someone else replaced it meanwhile. */
const TRIES = 3;

export const ScanFilter = defineKind<ScanFilterSpec, ScanFilterAttrs>({
  type: "ecr/scan-filter",
  fields: {
    registryId: { immutable: true, unique: true },
    filter: { immutable: true, unique: true },
    frequency: {},
  },
  traits: { ownerless: true },

  async observe(aws, look) {
    const filter = look.knownId ?? look.spec.filter;
    if (filter === undefined || look.excludeIds.includes(filter)) return undefined;
    const { type, filters } = await readScanning(aws);
    const frequency = frequencyOf(filters, filter);
    if (type !== "ENHANCED" || frequency === undefined) return undefined;
    return {
      id: filter,
      attrs: { filter },
      spec: { registryId: aws.account, filter, frequency },
      owner: look.owner,
      ready: true,
    };
  },

  async create(aws, spec, making) {
    await put(aws, spec);
    await making.created(spec.filter);
    return { id: spec.filter, attrs: { filter: spec.filter } };
  },

  async update(aws, _observed, spec) {
    await put(aws, spec);
  },

  async delete(aws, { id }) {
    const { type, filters } = await readScanning(aws);
    if (frequencyOf(filters, id) !== undefined) await writeScanning(aws, { type, filters: without(filters, id) });
  },
});

/** Adds the filter to what the registry has, and makes sure that it is there: someone else may have written what they had read before. */
async function put(aws: Aws, { filter, frequency }: ScanFilterSpec): Promise<void> {
  for (let tries = 1; tries <= TRIES; tries++) {
    const { type, filters } = await readScanning(aws);
    if (type !== "ENHANCED")
      throw new Error(
        `The filter ${filter} cannot be added: the registry was switched to ${type} scanning meanwhile. Run again to turn enhanced scanning on.`,
      );
    const others = without(filters, filter);
    await writeScanning(aws, {
      type,
      filters: withFilters(others, frequency, [...(others.get(frequency) ?? []), filter]),
    });
    if (frequencyOf((await readScanning(aws)).filters, filter) === frequency) return;
  }
  throw new Error(
    `The filter ${filter} is not in the registry's scanning configuration although it was written ${TRIES} times: something else replaces it. Run again once that has ended.`,
  );
}

const frequencyOf = (filters: Filters, filter: string): ScanFrequency | undefined =>
  [...filters].find(([, made]) => made.includes(filter))?.[0];

const without = (filters: Filters, filter: string): Filters =>
  new Map([...filters].map(([frequency, made]) => [frequency, made.filter((one) => one !== filter)] as const));
