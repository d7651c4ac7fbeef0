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

interface Window extends Bounds {
  readonly from: string;
  readonly until: string;
  readonly timezone: string;
}

/** When the limits of a service change, and what they are from then on. */
export interface LimitChange {
  readonly window: string;
  readonly edge: "start" | "end";
  readonly schedule: string;
  readonly timezone: string;
  readonly bounds: Bounds;
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

/** Whether its limits let a service have no task at one time and some at another, rather than none at all in a window. */
export function mayIdle({ min, max, schedule }: ScalingLimits): boolean {
  const bounds = [{ min, max }, ...Object.values(schedule).map((window) => ({ min, max, ...window }))];
  return bounds.some((one) => one.min === 0 && one.max > 0);
}

/** What each window changes: it sets its own limits where it starts, and the usual ones again where it ends. */
export function limitChanges({
  min,
  max,
  schedule,
}: ScalingLimits & { readonly schedule: Readonly<Record<string, Window>> }): LimitChange[] {
  return Object.entries(schedule).flatMap(([window, { from, until, timezone, ...bounds }]): LimitChange[] => {
    const usual = { ...("min" in bounds ? { min } : {}), ...("max" in bounds ? { max } : {}) };
    return [
      { window, edge: "start", schedule: from, timezone, bounds },
      { window, edge: "end", schedule: until, timezone, bounds: usual },
    ];
  });
}
