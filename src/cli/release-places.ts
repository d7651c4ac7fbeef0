import { MAIN_SERVICE, type Names } from "../config/naming.ts";
import type { Service } from "../config/stack.ts";
import type { ResourceState } from "../../state/state.ts";

/** The repositories that stand and that no service of the file is built into any more: their names, by the services that were. */
export function repositoriesLeft(
  resources: Readonly<Record<string, Pick<ResourceState, "type" | "spec">>>,
  services: readonly Service[],
): Readonly<Record<string, string>> {
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
