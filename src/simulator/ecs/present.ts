import { copyOf } from "../copy.ts";
import type { Sim } from "../sim.ts";
import type { SimService } from "./records.ts";
import { advance } from "./rollout.ts";

/** The last look at a service, and how often the world had changed by then. */
const looks = new WeakMap<SimService, { readonly changes: number; readonly at: number; readonly seen: SimService }>();

/**
 * A look at the service as it is now that leaves the world as it is. While the world is only read it goes on where the last look ended: a
 * wait of an hour with a look every second would otherwise start from the last change each time.
 */
export function present(sim: Sim, service: SimService): SimService {
  const { changes, isRead } = sim.world;
  if (!isRead) return advance(sim, copyOf(service));
  const last = looks.get(service);
  if (last?.changes === changes && last.at <= sim.now) {
    looks.set(service, { ...last, at: sim.now });
    return advance(sim, last.seen);
  }
  const seen = advance(sim, copyOf(service));
  looks.set(service, { changes, at: sim.now, seen });
  return seen;
}
