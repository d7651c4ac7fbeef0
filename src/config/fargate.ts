import type { FargateCpu } from "./types.ts";
import { list } from "./show.ts";

interface Sizes {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** Memory in MiB that Fargate supports with each number of CPU units: the table "task size" of the ECS developer guide. */
const memoryOf: Readonly<Record<Exclude<FargateCpu, 256>, Sizes>> = {
  512: { from: 1024, to: 4096, step: 1024 },
  1024: { from: 2048, to: 8192, step: 1024 },
  2048: { from: 4096, to: 16_384, step: 1024 },
  4096: { from: 8192, to: 30_720, step: 1024 },
  8192: { from: 16_384, to: 61_440, step: 4096 },
  16384: { from: 32_768, to: 122_880, step: 8192 },
};

/** CPU units that Fargate supports. */
export const fargateCpus = [256, 512, 1024, 2048, 4096, 8192, 16384] as const satisfies readonly FargateCpu[];

/** Memory sizes in MiB that Fargate supports with these CPU units. */
export function memorySizes(cpu: FargateCpu): number[] {
  // Only the smallest task has sizes that are not evenly spaced.
  if (cpu === 256) return [512, 1024, 2048];
  const { from, to, step } = memoryOf[cpu];
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);
}

/** The same sizes in words, as a range if a list would be long. */
export function memorySizesInWords(cpu: FargateCpu): string {
  const sizes = memorySizes(cpu);
  if (cpu === 256 || sizes.length <= 8) return list(sizes);
  const { from, to, step } = memoryOf[cpu];
  return `${from} to ${to} in steps of ${step}`;
}
