import { resolveStack } from "../../src/config/resolve.ts";
import type { StackConfig } from "../../src/index.ts";

/** What a config makes of one service, as far as the walks judge it. */
export interface Wanted {
  /** How many tasks it asks for, and how many its scaling may hold at least; 0 of a job. */
  readonly desired: number;
  readonly most: number;
  /** Whether the config names its image, which is not built then. */
  readonly named: boolean;
  readonly isJob: boolean;
  /** A request that comes to it; `undefined` where users reach it in no way, or by a host name. */
  readonly request: string | undefined;
}

const known = new WeakMap<StackConfig, ReadonlyMap<string, Wanted>>();

/** The services of a config by name. Asked at every call, so it is worked out once. */
export function wantedOf(config: StackConfig): ReadonlyMap<string, Wanted> {
  const before = known.get(config);
  if (before) return before;
  const found = new Map(
    resolveStack(config).services.map((one): [string, Wanted] => {
      const named = one.image !== undefined || one.container.image !== undefined;
      if (one.type === "job") return [one.name, { desired: 0, most: 0, named, isJob: true, request: undefined }];
      const { desiredCount: desired } = one.service;
      const [path] = one.type === "web" && one.hosts.length === 0 ? one.paths : [];
      const request = path?.replaceAll(/[*?]/g, "x");
      return [one.name, { desired, most: Math.max(desired, one.scaling.min), named, isJob: false, request }];
    }),
  );
  known.set(config, found);
  return found;
}

/** The requests that both configs have the same service for, by that service: whatever leads from one to the other must not cost one. */
export const requestsOf = (before: StackConfig, next: StackConfig): ReadonlyMap<string, string> =>
  new Map(
    [...wantedOf(next)].flatMap(([name, { request, most }]) => {
      const stood = wantedOf(before).get(name);
      const stays = request !== undefined && stood?.request === request && most > 0 && stood.desired > 0;
      return stays ? [[name, request] as const] : [];
    }),
  );
