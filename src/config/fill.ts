import { defaultSubnets } from "./cidr.ts";
import { zonesOf } from "./regions.ts";
import { USUAL_COUNT } from "./schema-container.ts";
import { settingsSchema } from "./schema.ts";
import type { NetworkSettings, ScalingSettings, ServiceSettings, Stack } from "./stack.ts";
import type { StackConfig } from "./types.ts";

/**
 * The stack that a configuration means in an environment: the schema fills in what it leaves out, and this what follows from several
 * settings. The rules that tie settings together are checked on what comes out.
 */
export function fillDefaults(config: StackConfig, picked?: string): Stack {
  const settings = settingsSchema.parse(config);
  const environment = picked ?? settings.environment;
  return {
    ...settings,
    environment,
    stackName: `${settings.name}-${environment}`,
    network: network(settings),
    container: { ...settings.container, initProcess: settings.container.initProcess ?? settings.service.enableExec },
    ...counts(settings.service, settings.scaling),
  };
}

type Filled = ReturnType<typeof settingsSchema.parse>;

function network({ network: given, region }: Filled): NetworkSettings {
  const zones = given.zones ?? zonesOf(region).slice(0, 2);
  const subnets = defaultSubnets(given.cidr, zones.length);
  return {
    ...given,
    zones,
    zonesAreDefault: given.zones === undefined,
    // None when they do not fit: the check of the network says so.
    publicSubnets: given.publicSubnets ?? subnets?.public ?? [],
    privateSubnets: given.privateSubnets ?? subnets?.private ?? [],
  };
}

/** Each of the three numbers follows from the others where it is not given: as in Terraform, up to three times the tasks. */
function counts(
  service: Filled["service"],
  scaling: Filled["scaling"],
): { readonly service: ServiceSettings; readonly scaling: ScalingSettings } {
  const within = Math.min(Math.max(USUAL_COUNT, scaling.min ?? 0), scaling.max ?? Number.POSITIVE_INFINITY);
  const desiredCount = service.desiredCount ?? within;
  const min = scaling.min ?? desiredCount;
  const max = scaling.max ?? Math.max(1, desiredCount * 3);
  return { service: { ...service, desiredCount }, scaling: { ...scaling, min, max } };
}
