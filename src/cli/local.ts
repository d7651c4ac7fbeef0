import { join } from "node:path";
import { senders } from "../aws/clients.ts";
import { VirtualClock } from "../clock.ts";
import type { Handlers } from "../simulator/handlers.ts";
import { simulator } from "../simulator/simulator.ts";
import { TIMING } from "../simulator/timing.ts";
import { World } from "../simulator/world.ts";
import { RunError } from "./exit.ts";
import { localCaller } from "./local-caller.ts";
import type { ClientHooks, Target } from "./target.ts";

/** The simulated AWS's only account: the one of AWS's documentation. */
const LOCAL_ACCOUNT = "123456789012";

/**
 * The AWS that is built in: it lives in a file below `directory`, on a clock that jumps over every wait. Its clients have made-up
 * credentials and never open a connection. What a command that only reads sees happen there is not kept: another may be writing.
 */
export function localTarget(
  directory: string,
  { region, called, retried, obstructed, held, guard, signal, stopping }: ClientHooks,
  writes: boolean,
  handlers: Handlers = {},
): Target {
  let world: World;
  try {
    world = World.open(join(directory, "world.json"), writes);
  } catch (error) {
    throw new RunError((error as Error).message, { cause: error });
  }
  // The simulated world goes on while nobody looks, and a run that waited may have come further than the machine's own clock.
  const clock = new VirtualClock(Math.max(world.data.now, Date.now()));
  const random = () => world.random();
  const caller = localCaller(directory);
  const services = senders({
    region,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    plugin: simulator({ world, clock, account: LOCAL_ACCOUNT, region, handlers, caller }),
    latency: TIMING.call * 1000,
    retrying: { clock, random, retried, obstructed, signal, stopping },
    called,
    held,
    guard,
  });
  const close = () => {
    world.data.now = Math.max(world.data.now, clock.now());
    world.save();
  };
  const reload = async () => {
    world.reload();
    // Another command's waits may have taken the world further than this clock.
    await clock.sleep(world.data.now - clock.now());
  };
  return { clock, random, hex: (length) => world.hex(length), services, endpoint: undefined, reload, close };
}
