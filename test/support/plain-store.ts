import type { Clock } from "../../src/clock.ts";
import type { ObjectStore } from "../../state/objects.ts";
import type { StateStore } from "../../state/state.ts";
import { storeIn } from "../../state/store.ts";
import { holderOf } from "./states.ts";

/** A store of the state `s.json`, with a lock that nobody else takes and nothing written of a run's progress. */
export const plainStore = (objects: ObjectStore, clock: Clock): StateStore =>
  storeIn({
    where: "here",
    objects,
    key: "s.json",
    backups: "backups/",
    outlived: false,
    hold: async () => ({ holder: holderOf("reconcile"), check: async () => {}, release: async () => {} }),
    clock,
    progress: () => ({
      put: async () => {},
      remove: async () => {},
      get: async () => undefined,
      every: 250,
      isQuick: true,
    }),
    holder: async () => undefined,
    unlock: async () => undefined,
    record: async () => 1,
    runs: async () => [],
  });
