import { USUAL_COUNT } from "./schema-container.ts";

interface Counted {
  readonly desiredCount?: number;
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
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
