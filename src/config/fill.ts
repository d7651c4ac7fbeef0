import { defaultSubnets } from "./cidr.ts";
import { zonesOf } from "./regions.ts";
import { counts } from "./counts.ts";
import { settingsSchema } from "./schema.ts";
import { servicesOf } from "./services.ts";
import { scheduledScaling, scheduledServices } from "./sleep-window.ts";
import { isPublic } from "./shared-stack.ts";
import type { NetworkSettings, Service, SharedStackName, Stack } from "./stack.ts";
import type { StackConfig } from "./types.ts";
import { withSecond } from "./zones.ts";

/** How many task definition revisions are kept where the config does not say. */
const KEPT_REVISIONS = 50;

/**
 * The stack that a config describes in an environment: the schema fills in defaults, and this function what is derived from several
 * settings. Rules between settings are checked on the result.
 */
export function fillDefaults(config: StackConfig, picked?: string): Stack {
  const settings = settingsSchema.parse(config);
  const environment = picked ?? settings.environment;
  const services = scheduledServices(servicesOf(config, `${settings.name}-${environment}`), settings);
  const { shared, domain = [], edge, ...own } = settings;
  return {
    ...own,
    ...(shared !== undefined && { shared: sharedStack(shared, environment) }),
    domains: typeof domain === "string" ? [domain] : domain,
    edge: edge === false ? undefined : edge,
    delivery: { ...settings.delivery, keepRevisions: keptRevisions(settings) },
    balancer: withIpv6(settings, config),
    environment,
    stackName: `${settings.name}-${environment}`,
    network: network(settings, settings.shareable || services.some(isPublic)),
    container: { ...settings.container, initProcess: settings.container.initProcess ?? settings.service.enableExec },
    ...counts(settings.service, scheduledScaling(settings.scaling, settings)),
    ...ofOnly(services, withIpv6(settings, config)),
    services,
  };
}

/** As many task definition revisions as images at least. */
const keptRevisions = ({ delivery, registry }: Filled): number =>
  delivery.keepRevisions ?? Math.max(KEPT_REVISIONS, registry.keepImages);

/** If the only service is a web service, the config's top-level groups describe it. */
function ofOnly(services: readonly Service[], balancer: Filled["balancer"]): Partial<Stack> {
  const [only, ...others] = services;
  if (only?.type !== "web" || others.length > 0) return {};
  const { container, taskPolicy, service, scaling, healthCheck, deregistrationDelay } = only;
  return {
    container,
    service: { ...service, taskPolicy },
    scaling,
    balancer: { ...balancer, healthCheck, deregistrationDelay },
  };
}

/** Whoever lets in everyone by default lets in everyone by IPv6 too where the load balancer has IPv6. */
const withIpv6 = ({ balancer, network: { ipv6, vpc } }: Filled, config: StackConfig): Filled["balancer"] =>
  ipv6 && vpc === undefined && config.balancer?.allowFrom === undefined
    ? { ...balancer, allowFrom: [...balancer.allowFrom, "::/0"] }
    : balancer;

type Filled = ReturnType<typeof settingsSchema.parse>;

/** `platform`, or `platform/prod`. */
function sharedStack(given: string, own: string): SharedStackName {
  const [name = given, environment = own] = given.split("/");
  return { name, environment };
}

function network({ network: { vpc, ...given }, region, shared }: Filled, hasBalancer: boolean): NetworkSettings {
  if (shared !== undefined) return { vpc: "", publicSubnets: [], privateSubnets: [] };
  if (vpc !== undefined)
    return { vpc, publicSubnets: given.publicSubnets ?? [], privateSubnets: given.privateSubnets ?? [] };
  const zones = given.zones ?? zonesOf(region).slice(0, 2);
  const publicZones = hasBalancer ? withSecond(zones, zonesOf(region)) : zones;
  const subnets = defaultSubnets(given.cidr, zones.length, publicZones.length);
  return {
    ...given,
    zones,
    zonesAreDefault: given.zones === undefined,
    publicZones,
    // Nothing if they do not fit: the check of the network reports it.
    publicSubnets: given.publicSubnets ?? subnets?.public ?? [],
    privateSubnets: given.privateSubnets ?? subnets?.private ?? [],
  };
}
