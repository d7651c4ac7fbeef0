/** The count to start with, also after the service stood at zero; any other within the bounds will do. Zero where it waits for its first image. */
export interface TaskCount {
  desired: number;
  min?: number;
  max?: number;
}

/** The count to ask for where there are `live` tasks now: that very number where it will do. */
export function countWithin({ desired, min = 0, max = Number.POSITIVE_INFINITY }: TaskCount, live: number): number {
  // A service at zero waits for its first image, or sleeps: it starts as a new one does.
  if (live === 0) return min === 0 ? 0 : desired;
  return Math.min(Math.max(live, min), max);
}
