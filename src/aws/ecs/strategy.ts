/** How tasks are distributed: at least `base` on this provider, and a share of the rest in proportion to its weight. */
export interface CapacityProvider {
  readonly capacityProvider: string;
  readonly base?: number;
  readonly weight?: number;
}

/**
 * A strategy in canonical form: ECS fills in a base and a weight of zero (botocore ecs, CapacityProviderStrategyItem), and the order of
 * its items has no meaning.
 */
export const strategyOf = (
  items: readonly {
    readonly capacityProvider?: string | undefined;
    readonly base?: number | undefined;
    readonly weight?: number | undefined;
  }[],
): CapacityProvider[] =>
  items
    .map(({ capacityProvider = "", base = 0, weight = 0 }) => ({ capacityProvider, base, weight }))
    .toSorted((one, other) => (one.capacityProvider < other.capacityProvider ? -1 : 1));
