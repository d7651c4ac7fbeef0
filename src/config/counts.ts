import { USUAL_COUNT } from "./schema-container.ts";

interface Counted {
  readonly desiredCount?: number;
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

interface ScalingLimits {
  readonly min: number;
  readonly max: number;
  readonly schedule: Readonly<Record<string, Bounds>>;
}

type With<T, K extends keyof T> = T & { readonly [Key in K]-?: NonNullable<T[Key]> };

/** Each of the three numbers is derived from the others if it is not set: as in Terraform, up to three times the tasks. */
export function counts<S extends Counted, B extends Bounds>(
  service: S,
  scaling: B,
): { service: With<S, "desiredCount">; scaling: With<B, "min" | "max"> } {
  const within = Math.min(Math.max(USUAL_COUNT, scaling.min ?? 0), scaling.max ?? Number.POSITIVE_INFINITY);
  const desiredCount = service.desiredCount ?? within;
  const min = scaling.min ?? desiredCount;
  const max = scaling.max ?? Math.max(1, desiredCount * 3);
  return { service: { ...service, desiredCount }, scaling: { ...scaling, min, max } };
}

/** The limits of a service at any time: the usual ones and those of its windows. */
export function limitsEver({ min, max, schedule }: ScalingLimits): { readonly min: number; readonly max: number } {
  const windows = Object.values(schedule);
  return {
    min: Math.min(min, ...windows.map((window) => window.min ?? min)),
    max: Math.max(max, ...windows.map((window) => window.max ?? max)),
  };
}
