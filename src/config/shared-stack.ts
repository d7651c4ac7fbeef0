import { alternatives } from "./services.ts";
import type { Service, Stack, WebService } from "./stack.ts";
import type { EnvironmentConfig, StackConfig } from "./types.ts";

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

/** The resources of a shareable stack that other stacks use. Its certificates are replaced while others serve. */
const USED =
  /^(network\/|balancer\/(load-balancer|https?-listener)$|edge\/(?!certificate$)|compute\/(cluster|endpoint)|security\/(sharing|balancer|https|open)-)/;

/** Its other resources that a stack on it has none of. */
const ITS_OWN = /^(balancer\/((https-)?no-route|certificate)$|edge\/certificate$|dns\/)/;

/** Whether other stacks use the resource of a shareable stack. */
export const isUsedByOthers = (id: string): boolean => USED.test(id);

/** Whether a stack that runs on a shared one has no resource with this id, because it belongs to the shared one. */
export const belongsToShared = (id: string): boolean => isUsedByOthers(id) || ITS_OWN.test(id);

/**
 * What an environment inherits of the settings at the top level. One that runs on a shared stack, often that of another environment of
 * the same file, does not inherit what only concerns the shared one: `shareable`, the priorities of rules on a listener of its own, and
 * patches of resources that it does not have.
 */
export function inheritedBy(override: EnvironmentConfig, base: StackConfig): StackConfig {
  if (override.shared === undefined) return base;
  const { shareable: _, patch = {}, services, ...rest } = base;
  return {
    ...rest,
    patch: Object.fromEntries(Object.entries(patch).filter(([id]) => !belongsToShared(id))),
    ...(services && { services: withoutPriorities(services) }),
  };
}

type Services = NonNullable<StackConfig["services"]>;

function withoutPriorities(services: Services): Services {
  return Object.fromEntries(
    Object.entries(services).map(([name, service]) => {
      if (!("priority" in service)) return [name, service];
      const { priority: _, ...rest } = service;
      return [name, rest];
    }),
  );
}
