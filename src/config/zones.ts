import { ConfigError } from "./errors.ts";
import { list, show } from "./show.ts";
import type { OwnNetwork, Stack } from "./stack.ts";
import { zonesOf } from "./regions.ts";

/** The zones that the account may use: all of them, and those that tasks run in. Sorted by name. */
export interface AccountZones {
  readonly all: readonly string[];
  readonly fargate: readonly string[];
}

/**
 * The stack in zones that the account has. Zones that the file names are checked; the others are those that the network is in already
 * (`standing`, each at its place: neither a new zone of AWS's nor one that is down may move a subnet), or else the first ones of the
 * account that have Fargate. Throws `ConfigError` where the account has not what is asked for.
 */
export function inZones(stack: Stack, account: AccountZones, standing: readonly (string | undefined)[] = []): Stack {
  const { region, network } = stack;
  // The zones of subnets that exist are no choice.
  if (network.vpc !== undefined) return stack;
  if (!network.zonesAreDefault) {
    // A zone that is down is not among the available ones. Where the network is in it, there is no reason to refuse every run.
    const had = new Set([...account.all, ...standing]);
    const wrong = network.zones.flatMap((zone, index) => (had.has(zone) ? [] : [{ zone, index }]));
    if (wrong.length === 0)
      return { ...stack, network: { ...network, publicZones: publicZones(network, account, standing) } };
    throw new ConfigError(
      wrong.map(({ zone, index }) => ({
        path: `network.zones[${index}]`,
        message: `${show(zone)} is not an availability zone of this account in ${region}; allowed: ${list(account.all)}`,
      })),
    );
  }
  const count = network.zones.length;
  const known = zonesOf(region);
  const rank = (zone: string) => (known.includes(zone) ? known.indexOf(zone) : known.length);
  const places = Array.from({ length: count }, (_, index) => standing[index]);
  const fresh = account.fargate.filter((zone) => !places.includes(zone)).toSorted((a, b) => rank(a) - rank(b));
  const zones = places.map((zone) => zone ?? fresh.shift()).filter((zone) => zone !== undefined);
  if (zones.length < count)
    throw new ConfigError([
      {
        path: "region",
        message: `${show(region)} has ${zones.length} zones with Fargate in this account, but the stack needs ${count}; allowed: another region`,
      },
    ]);
  return { ...stack, network: { ...network, zones, publicZones: zones } };
}

/** Zones, and another one of `others` if there is only one: "You must specify subnets from at least two Availability Zones" (ELB API reference, CreateLoadBalancer). */
export function withSecond(zones: readonly string[], others: readonly (string | undefined)[]): readonly string[] {
  const second = zones.length === 1 ? others.find((zone) => zone !== undefined && !zones.includes(zone)) : undefined;
  return second === undefined ? zones : [...zones, second];
}

/** The zones of the public subnets: a second one that is only for the load balancer stays where it is. */
function publicZones(
  { zones, publicZones: filled }: OwnNetwork,
  account: AccountZones,
  standing: readonly (string | undefined)[],
) {
  if (filled.length === zones.length) return zones;
  const both = withSecond(zones, [standing[1], ...account.fargate, ...account.all]);
  if (both.length === filled.length) return both;
  const message = `${show(zones)} is the only zone that is available in this account, and a load balancer needs two; allowed: another region, or a stack without public services`;
  throw new ConfigError([{ path: "network.zones", message }]);
}
