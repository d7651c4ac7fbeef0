import { alternatives } from "./services.ts";
import type { Service, Stack, WebService } from "./stack.ts";

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
  const publics = stack.services.filter(isPublic);
  const standing = new Map(
    publics.flatMap(({ name, priority }) => {
      const place = own[name];
      const suits = place !== undefined && !taken.has(place) && alternatives(priority).includes(place);
      return suits ? [[name, place] as const] : [];
    }),
  );
  const used = new Set([...taken, ...standing.values()]);
  const services = stack.services.map((service) => {
    if (!isPublic(service)) return service;
    const free = () => alternatives(service.priority).find((place) => !used.has(place)) ?? service.priority;
    const priority = standing.get(service.name) ?? free();
    used.add(priority);
    return { ...service, priority };
  });
  return { ...stack, network, services };
}

/** Whether a service is behind the load balancer. */
export const isPublic = (service: Service): service is WebService => service.type === "web" && !service.internal;
