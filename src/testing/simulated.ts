import type { AnyAwsKind, Aws } from "../aws/aws.ts";
import { senders, type CallRecord } from "../aws/clients.ts";
import { VirtualClock } from "../clock.ts";
import { combined } from "../simulator/handlers.ts";
import { simulator, type SimulatorOptions } from "../simulator/simulator.ts";
import { TIMING } from "../simulator/timing.ts";
import { World } from "../simulator/world.ts";

/** A simulated AWS in memory, and a way to send commands to it. */
export interface Simulated {
  /** As a resource kind gets it; the stack is `demo` in the environment `test`. */
  readonly aws: Aws;
  /** `sleep` returns at once, and the simulated AWS is that many milliseconds older. */
  readonly clock: VirtualClock;
  /** All that exists. */
  readonly world: World;
  /** Every attempt of every call, in order. */
  readonly calls: CallRecord[];
}

/** How a simulated AWS differs from the usual one. */
export interface SimulatedOptions {
  /** Determines ids and delays: the same for the same seed. */
  readonly seed?: number;
  /** Kinds whose handlers it has too. */
  readonly kinds?: readonly AnyAwsKind[];
  /** Called before and after every operation; what it throws is the response. */
  readonly intercept?: SimulatorOptions["intercept"];
}

/** A new, empty simulated AWS. */
export function simulatedAws({ seed = 1, kinds = [], intercept }: SimulatedOptions = {}): Simulated {
  const world = World.empty(seed);
  const clock = new VirtualClock(world.data.now);
  const account = "123456789012";
  const region = "ap-northeast-1";
  const calls: CallRecord[] = [];
  const handlers = combined(kinds);
  const plugin = simulator({ world, clock, account, region, handlers, ...(intercept ? { intercept } : {}) });
  const services = senders({
    region,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    plugin,
    latency: TIMING.call * 1000,
    retrying: { clock, random: () => world.random() },
    called: (record) => void calls.push(record),
  });
  const owner = { name: "demo", environment: "test", region };
  return { aws: { account, region, partition: "aws", stack: "demo-test", owner, ...services }, clock, world, calls };
}
