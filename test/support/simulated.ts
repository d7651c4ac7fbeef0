import { senders, type CallRecord } from "../../src/aws/clients.ts";
import type { Aws } from "../../src/aws/aws.ts";
import { VirtualClock } from "../../src/engine/clock.ts";
import { simulator, type SimulatorOptions } from "../../src/simulator/simulator.ts";
import { TIMING } from "../../src/simulator/timing.ts";
import { DEMO } from "./identities.ts";
import { World } from "../../src/simulator/world.ts";

/** A simulated AWS in memory, and a way to speak to it. */
export interface Simulated {
  readonly aws: Aws;
  readonly clock: VirtualClock;
  readonly world: World;
  /** Every attempt of every call, in order. */
  readonly calls: CallRecord[];
}

/** A fresh one, the same each time for the same `seed`. */
export function simulated(seed = 1, intercept?: SimulatorOptions["intercept"]): Simulated {
  const world = World.empty(seed);
  const clock = new VirtualClock(world.data.now);
  const account = "123456789012";
  const region = "ap-northeast-1";
  const calls: CallRecord[] = [];
  const plugin = simulator({ world, clock, account, region, ...(intercept ? { intercept } : {}) });
  const services = senders({
    region,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    plugin,
    latency: TIMING.call * 1000,
    retrying: { clock, random: () => world.random() },
    called: (record) => calls.push(record),
  });
  return {
    aws: { account, region, partition: "aws", stack: "demo-test", owner: DEMO, ...services },
    clock,
    world,
    calls,
  };
}
