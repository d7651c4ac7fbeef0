import { sleeps } from "../aws/asleep.ts";
import type { Aws } from "../aws/aws.ts";
import { registryOf } from "../aws/ecr/registry.ts";
import { Subnet } from "../aws/ec2/subnet.ts";
import { availableZones, standingZones } from "../aws/ec2/zones.ts";
import { runsFrom } from "../aws/ecs/released.ts";
import { readFacts, type Facts } from "../aws/facts.ts";
import type { Names } from "../config/naming.ts";
import type { Stack } from "../config/stack.ts";
import type { AccountZones } from "../config/zones.ts";
import type { Snapshot } from "../engine/snapshot.ts";
import type { State } from "../../state/state.ts";
import { failoverOf } from "./failover-origin.ts";
import { hostedZones } from "./hosted-zones.ts";
import { holderOf, placesOf } from "./release-places.ts";
import { secretFacts } from "./replicas.ts";

/** What the facts of a stack are read with. */
interface Reading {
  readonly aws: Aws;
  readonly snapshot: Snapshot;
  readonly declared: Stack;
  readonly shared: Facts["shared"];
  /** The resources of the state. */
  readonly recorded: State["resources"] | undefined;
  readonly names: Names;
  readonly namesFor: (service: string) => Names;
}

/** All that AWS is asked about before it is known what is desired. */
interface StackFacts {
  readonly facts: Facts;
  readonly account: AccountZones;
  /** The zones of the network, as `standingZones` answers them. */
  readonly standing: readonly (string | undefined)[];
  readonly isSleeping: boolean;
}

/** Asks AWS at once for all that the desired state depends on. Changes nothing. */
export async function stackFacts(reading: Reading): Promise<StackFacts> {
  const { aws, snapshot, declared, shared, recorded, names, namesFor } = reading;
  const places = declared.services.map((service) => [service.name, placesOf(service, namesFor(service.name))] as const);
  const holder = holderOf(recorded ?? {}, declared.services, { registry: registryOf(aws), namesFor });
  const running = declared.services.filter(({ type }) => type !== "job");
  const zonesOfStack = async () => {
    if (declared.network.vpc !== undefined) return { standing: [], account: await zonesFor(declared, aws, []) };
    // Where no subnet is recorded, they are most probably still to be made, for which the zones have to be known.
    const isNew = Object.values(recorded ?? {}).every(({ type }) => type !== Subnet.type);
    const asked = isNew ? availableZones(aws) : undefined;
    const [standing] = await Promise.all([standingZones(aws, snapshot), asked]);
    return { standing, account: await zonesFor(declared, aws, standing, asked) };
  };
  const [read, held, { standing, account }, secrets, isSleeping, zones, failover] = await Promise.all([
    readFacts(aws, snapshot, declared, Object.fromEntries(places), recorded),
    runsFrom(aws, snapshot, Object.fromEntries(places), holder),
    zonesOfStack(),
    secretFacts(aws, snapshot, declared),
    sleeps(
      aws,
      snapshot,
      names.cluster,
      running.map(({ name }) => namesFor(name).service),
    ),
    hostedZones(declared, aws, snapshot),
    failoverOf(declared, aws, names, recorded?.["edge/distribution"]?.id),
  ]);
  const facts = { ...read, ...secrets, runsFrom: held, shared, zones, ...(failover && { failover }) };
  return { facts, account, standing, isSleeping };
}

/** The account's zones; where the network stands in all that are wanted, those, and nobody has to be asked. `asked`: it was already. */
async function zonesFor(
  { network }: Stack,
  aws: Aws,
  standing: readonly (string | undefined)[],
  asked?: Promise<AccountZones>,
): Promise<AccountZones> {
  const all = standing.filter((zone) => zone !== undefined);
  if (network.vpc !== undefined) return { all, fargate: [] };
  const stands = network.zonesAreDefault
    ? network.zones.every((_, index) => standing[index] !== undefined)
    : network.zones.every((zone) => all.includes(zone)) &&
      network.publicZones.every((_, index) => standing[index] !== undefined) &&
      (network.publicZones.length === network.zones.length || !network.zones.includes(standing[1] ?? ""));
  return stands ? { all, fargate: [] } : (asked ?? availableZones(aws));
}
