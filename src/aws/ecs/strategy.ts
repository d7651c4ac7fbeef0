/** How many of a service's tasks run where: at least `base` on it, and of the rest as many as its weight is of all weights. */
export interface CapacityProvider {
  readonly capacityProvider: string;
  readonly base?: number;
  readonly weight?: number;
}

/**
 * A strategy as it is compared: ECS fills in a base and a weight of nought (botocore ecs, CapacityProviderStrategyItem), and the order of
 * its items means nothing.
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
