import { join } from "node:path";
// Before what is run: it breaks into the calls.
import { calm, scene } from "./scene.ts";
import { VirtualClock } from "../../src/clock.ts";
import { isRead } from "../../src/simulator/sim.ts";
import { simOf } from "../../src/simulator/simulator.ts";
import { World } from "../../src/simulator/world.ts";
import { brokenAt } from "./request-path.ts";
import type { Stage } from "./stage.ts";

/** What a run asks while it waits for tasks, gateways and endpoints: moments between the changes. */
const POLLS = ["DescribeServices", "DescribeNatGateways", "DescribeVpcEndpoints"];

/** Reconciles, and looks at every change and every poll whether a request from CloudFront to a task would be answered. */
export async function watched(stage: Stage) {
  const [account, region] = ["123456789012", "ap-northeast-1"];
  const broken: string[] = [];
  let looks = 0;
  scene.intercept = (_table, moment, { operation }) => {
    if (moment !== "after" || (isRead(operation) && !POLLS.includes(operation))) return;
    // As it is on disk: the run's own world is out of reach, and is written after every change.
    const world = World.open(join(stage.directory, ".fairlead", "local", "world.json"), false);
    looks++;
    const why = brokenAt(simOf({ world, clock: new VirtualClock(world.data.now), account, region }));
    if (why !== undefined) broken.push(`${new Date(world.data.now).toISOString()} after ${operation}: ${why}`);
  };
  const run = await stage.run("reconcile");
  calm();
  return { exit: run.exit, looks, broken };
}
