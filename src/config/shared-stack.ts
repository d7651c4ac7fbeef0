import { alternatives } from "./services.ts";
import type { Stack } from "./stack.ts";

/** What a stack takes over from the stack that it shares. */
export interface SharedPlaces {
  readonly network: {
    readonly vpc: string;
    readonly publicSubnets: readonly string[];
    readonly privateSubnets: readonly string[];
  };
  /** Priorities of the shared listener that rules of other stacks have. */
  readonly taken: ReadonlySet<number>;
  /** Priorities that this stack's own rules have there, by service. */
  readonly own: Readonly<Record<string, number>>;
}

/**
 * The stack on the network and the listener of the stack that it shares. A rule keeps its priority as long as that suits what it matches:
 * other stacks that come or go move none. A new rule gets the first free one among those that suit it.
 */
export function onSharedStack(stack: Stack, { network, taken, own }: SharedPlaces): Stack {
  const used = new Set(taken);
  const places = new Map<string, number>();
  const publics = stack.services.filter((service) => service.type === "web" && !service.internal);
  const kept = publics.filter((one) => one.type === "web" && alternatives(one.priority).includes(own[one.name] ?? 0));
  for (const { name } of kept) {
    const standing = own[name] ?? 0;
    if (used.has(standing)) continue;
    used.add(standing);
    places.set(name, standing);
  }
  const services = stack.services.map((service) => {
    if (service.type !== "web" || service.internal) return service;
    const standing = places.get(service.name);
    if (standing !== undefined) return { ...service, priority: standing };
    const priority = alternatives(service.priority).find((place) => !used.has(place)) ?? service.priority;
    used.add(priority);
    return { ...service, priority };
  });
  return { ...stack, network, services };
}
