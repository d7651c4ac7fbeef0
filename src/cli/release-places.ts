import type { Holder } from "../aws/ecs/released.ts";
import { MAIN_SERVICE, type Names } from "../config/naming.ts";
import type { Service } from "../config/stack.ts";
import { idIn } from "../release/service-ref.ts";
import type { ResourceState } from "../../state/state.ts";

type Resources = Readonly<Record<string, Pick<ResourceState, "id" | "type" | "spec">>>;

/**
 * Which service an image was built for, by its repository: one that stands and that no service of the file is built into any more. `undefined`
 * where there can be none. A state that lacks a service was lost, or is not complete yet: then the names of repositories tell, of the
 * account and region of `registry`.
 */
export function holderOf(
  resources: Resources,
  services: readonly Service[],
  { registry, namesFor }: { readonly registry: string; readonly namesFor: (service: string) => Names },
): Holder | undefined {
  const left = repositoriesLeft(resources, services);
  const isWhole = services.every(({ name, type }) => resources[placeIn(name, type)]?.id !== undefined);
  if (isWhole && Object.keys(left).length === 0) return undefined;
  const building = new Set(services.filter(({ build }) => build !== undefined).map(({ name }) => name));
  const main = namesFor(MAIN_SERVICE).repository;
  return (uri) => {
    const repository = uri.startsWith(`${registry}/`) ? uri.slice(registry.length + 1) : undefined;
    const recorded = Object.entries(left).find(([, name]) => name === repository)?.[0];
    if (recorded !== undefined || isWhole || repository === undefined) return recorded;
    const service = repository === main ? MAIN_SERVICE : repository.slice(main.length + 1);
    return namesFor(service).repository === repository && !building.has(service) ? service : undefined;
  };
}

/** The id of what runs a service. */
const placeIn = (service: string, type: Service["type"]): string =>
  idIn({ service }, type === "job" ? "compute/schedule" : "compute/service");

/** The repositories that stand and that no service of the file is built into any more: their names, by the services that were. */
function repositoriesLeft(resources: Resources, services: readonly Service[]): Readonly<Record<string, string>> {
  const building = new Set(services.filter(({ build }) => build !== undefined).map(({ name }) => name));
  const left = Object.entries(resources).flatMap(([id, { type, spec }]) => {
    const [, service = MAIN_SERVICE] = /^(?:([^/]+)\/)?registry\/repository$/.exec(id) ?? [undefined, ""];
    const { name } = spec;
    if (type !== "ecr/repository" || service === "" || building.has(service) || typeof name !== "string") return [];
    return [[service, name] as const];
  });
  return Object.fromEntries(left);
}

/** Where a release of a service is looked for; `undefined` where the config names its image, which needs no release. */
export const placesOf = ({ image, container }: Service, names: Names): Names | undefined =>
  image === undefined && container.image === undefined ? names : undefined;
