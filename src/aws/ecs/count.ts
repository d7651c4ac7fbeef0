/** The initial count, also after the service was at zero; any other count within the bounds is accepted. Zero before the first release. */
export interface TaskCount {
  desired: number;
  min?: number;
  max?: number;
}

/** The desired count when there are `live` tasks now: the same number if it is within the bounds. */
export function countWithin({ desired, min = 0, max = Number.POSITIVE_INFINITY }: TaskCount, live: number): number {
  // A service at zero is unreleased or scaled to zero: it starts like a new one.
  if (live === 0) return min === 0 ? 0 : desired;
  return Math.min(Math.max(live, min), max);
}
