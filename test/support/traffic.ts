import { join } from "node:path";
// Before what is run: it breaks into the calls.
import { calm, scene } from "./scene.ts";
import { VirtualClock } from "../../src/clock.ts";
import { records } from "../../src/simulator/route53/records.ts";
import { isRead, type Sim } from "../../src/simulator/sim.ts";
import { simOf } from "../../src/simulator/simulator.ts";
import { World } from "../../src/simulator/world.ts";
import { brokenAt } from "./request-path.ts";
import type { Stage } from "./stage.ts";

/** What a run asks while it waits for tasks, gateways and endpoints: moments between the changes. */
const POLLS = ["DescribeServices", "DescribeNatGateways", "DescribeVpcEndpoints"];

/** For how long resolvers keep what a name server answered: the TTL of an alias is that of its target, 60 seconds. */
const KEPT = 60_000;

/** What users of a domain have for its address, with what their resolvers keep; nothing without a domain in Route 53. */
class Users {
  readonly #until = new Map<string, number>();
  #answered: readonly string[] = [];

  names(sim: Sim): string[] {
    const aliases = Object.values(records(sim)).filter(({ alias, type }) => alias && type === "A");
    // Until a change has reached the name servers, they answer as before.
    const isOnItsWay = aliases.some(({ since }) => since > sim.now);
    const now = aliases.flatMap(({ alias }) => alias?.DNSName?.toLowerCase().replace(/\.$/, "") ?? []);
    const answered = isOnItsWay && this.#answered.length > 0 ? [...this.#answered, ...now] : now;
    for (const name of answered) this.#until.set(name, sim.now + KEPT);
    if (!isOnItsWay) this.#answered = now;
    return [...this.#until].flatMap(([name, until]) => (until > sim.now ? [name] : []));
  }
}

/** Reconciles, and looks at every change and every poll whether a request from CloudFront to a task would be answered. */
export async function watched(stage: Stage) {
  const [account, region] = ["123456789012", "ap-northeast-1"];
  const broken: string[] = [];
  const users = new Users();
  let looks = 0;
  scene.intercept = (_table, moment, { operation }) => {
    if (moment !== "after" || (isRead(operation) && !POLLS.includes(operation))) return;
    // As it is on disk: the run's own world is out of reach, and is written after every change.
    const world = World.open(join(stage.directory, ".fairlead", "local", "world.json"), false);
    looks++;
    const sim = simOf({ world, clock: new VirtualClock(world.data.now), account, region });
    const why = brokenAt(sim, users.names(sim));
    if (why !== undefined) broken.push(`${new Date(world.data.now).toISOString()} after ${operation}: ${why}`);
  };
  const run = await stage.run("reconcile");
  calm();
  return { exit: run.exit, looks, broken };
}
