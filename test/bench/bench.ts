// npm run bench [-- RUNS], or npm run bench -- ROW [SIZE...] for one row alone (ROWS has their names): wall time, calls and peak memory of whole commands, on the local target and on the wire against moto, beside
// what Terraform took there; once in an account where others have 200 distributions and 100 stacks, whose calls must be those of an empty
// account (a page of a hundred distributions apart); what 200 releases and a day of watching come to, and a source of 1 GB; what 1, 5 and 20 services in one stack
// cost; and how near a stack with everything on comes to its critical path. The figures are the median of RUNS runs (3 when left out), each
// on a fresh world.
import { renameSync } from "node:fs";
import { join } from "node:path";
import { startMoto } from "../acceptance/world.ts";
import { project } from "../support/project.ts";
import { ALL_ON } from "../support/stacks.ts";
import { Stage } from "../support/stage.ts";
import { manyReleases, watchedDay } from "./growth.ts";
import { measure, median, type Measured } from "./measure.ts";
import { row, say } from "./print.ts";
import * as grows from "./rows.ts";
import { COMMANDS, costOf, totalOf, type Costs } from "./services.ts";
import { largeUpload } from "./upload.ts";
import { addNeighbours } from "./wire.ts";

/** Terraform 1.11.4 with provider aws 5.100.0 on the same topology (58 resources) and the same moto server: seconds and calls. */
const TERRAFORM = {
  apply: { wall: 121, calls: 264 },
  noop: { wall: 8.1, calls: 128 },
  destroy: { wall: 58, calls: 242 },
} as const;

/** What Fairlead promises: an apply and a teardown in a tenth of Terraform's time, a plan with nothing to do in a sixth. */
const LIMITS = {
  apply: { wall: TERRAFORM.apply.wall / 10, calls: 180 },
  noop: { wall: TERRAFORM.noop.wall / 6, calls: 76 },
  destroy: { wall: TERRAFORM.destroy.wall / 10, calls: Number.POSITIVE_INFINITY },
} as const;

/** What is run, what of Terraform's it is held against, and whether the state is out of the way meanwhile. */
const STEPS = [
  ["reconcile", "apply"],
  ["plan", "noop"],
  ["reconcile", "noop"],
  ["plan", "noop", "stateless"],
  ["teardown", "destroy"],
] as const;

/** A whole life of a stack; what each step took. */
async function life(env: Record<string, string>, target: string): Promise<Measured[]> {
  const stack = project();
  const measured: Measured[] = [];
  const state = join(stack.directory, ".fairlead", "fairlead-app-dev.json");
  for (const [verb, , stateless] of STEPS) {
    const yes = verb === "plan" ? [] : ["--yes"];
    if (stateless) renameSync(state, `${state}.kept`);
    measured.push(await measure(stack.directory, [verb, "--target", target, ...yes], env));
    if (stateless) renameSync(`${state}.kept`, state);
  }
  stack.remove();
  return measured;
}

/** What others have in the account, where it is not empty. */
const NEIGHBOURS = { distributions: 200, stacks: 100 } as const;

async function onTheWire(beside?: typeof NEIGHBOURS): Promise<Measured[]> {
  const moto = await startMoto({ judged: false });
  try {
    if (beside) await addNeighbours(moto.endpoint, beside.distributions, beside.stacks);
    return await life(moto.env, "aws");
  } finally {
    moto.stop();
  }
}

function table(title: string, lives: readonly Measured[][], { compared = false, alone = [] as Measured[][] } = {}) {
  say();
  row(
    title,
    "wall s",
    "calls",
    "peak MiB",
    ...(compared ? ["limit s", "limit calls", "Terraform s", "times faster"] : []),
    ...(alone.length > 0 ? ["calls alone"] : []),
  );
  const middle = (of: readonly Measured[][], index: number) => median(of.flatMap((one) => one[index] ?? []));
  for (const [index, [verb, against, stateless]] of STEPS.entries()) {
    const { wall, calls, memory } = middle(lives, index);
    const limit = LIMITS[against];
    const beside = [limit.wall.toFixed(2), Number.isFinite(limit.calls) ? limit.calls : "-", TERRAFORM[against].wall];
    const times = (TERRAFORM[against].wall / wall).toFixed(1);
    row(
      stateless ? `${verb}, state lost` : nameOf(verb, against),
      wall.toFixed(2),
      calls,
      memory,
      ...(compared ? [...beside, times] : []),
      ...(alone.length > 0 ? [middle(alone, index).calls] : []),
    );
  }
}

const nameOf = (verb: string, against: keyof typeof LIMITS) =>
  against === "noop" ? `${verb}, nothing to do` : against === "apply" ? `${verb}, from nothing` : verb;

/** How long things take to become ready in the slow world, in seconds. */
const READY = "alb=15,nat=10,cloudfront=19,service=6";

async function slowWorld() {
  const moto = await startMoto({ ready: READY, judged: false });
  const stack = project();
  try {
    // A fresh moto server loads each service's code at its first call; a plan calls them all.
    await measure(stack.directory, ["plan", "--target", "aws"], moto.env);
    const { wall, answer } = await measure(stack.directory, ["reconcile", "--target", "aws", "--yes"], moto.env);
    const { chain, seconds } = answer as typeof answer & { chain: { id: string; from: number; to: number }[] };
    say(`\nA world that takes its time (${READY}), reconcile from nothing: ${wall.toFixed(1)} s,`);
    say(`${seconds} s of them the run; the longest unavoidable wait is 19 s. The chain:`);
    for (const { id, from, to } of chain) row(`  ${id}`, `${((to - from) / 1000).toFixed(1)} s`);
  } finally {
    moto.stop();
    stack.remove();
  }
}

/** How much longer than its critical path a run may take. */
const OVER_CRITICAL_PATH = 1.1;

/** The stack with everything on, on the simulated AWS with its lags: what keeps it from being as fast as its critical path, if anything. */
async function everythingOn() {
  const stage = new Stage();
  ALL_ON.write(stage);
  say("\nA stack with everything on (local), and its critical path:");
  for (const verb of ["reconcile", "teardown"]) {
    const { answer } = await measure(stage.directory, [verb, "--target", "local", "--yes"]);
    const { chain, seconds } = answer as typeof answer & { chain: { from: number; to: number }[] };
    const path = chain.reduce((sum, { from, to }) => sum + to - from, 0) / 1000;
    row(`  ${verb}`, `${seconds} s`, `${path.toFixed(1)} s`, `${(seconds / path).toFixed(3)} times as long`);
    if (seconds > path * OVER_CRITICAL_PATH) throw new Error(`${verb} takes far longer than its critical path.`);
  }
  stage.remove();
}

/** Releases after which a stack is measured, and rounds of a day of `reconcile --watch 10m`. */
const RELEASES = [1, 100, 200] as const;
const ROUNDS = 144;
/** MiB that a process which watches for a day may have of the machine's memory. */
const DAY_LIMIT = 150;

/** Releases, after which a deploy and a rollback must not take longer. */
async function releases(...after: readonly number[]) {
  say();
  row("releases (local)", "deploy s", "list of all s", "rollback finds", "goal", "world MiB", "contents MiB");
  for (const { releases: all, deploy, list, back, world, contents } of await manyReleases(
    after.length > 0 ? after : RELEASES,
  ))
    row(`after ${all}`, deploy.toFixed(2), list.toFixed(2), back, 25, world.toFixed(2), contents.toFixed(2));
  say(
    "Then: a deploy grew from 0.5 to 2.2 s over 200 releases, and a rollback after them made 460 calls to find the release before.",
  );
}

/** A day of watching. */
async function day() {
  const { rounds, heap, rss, seconds } = await watchedDay(ROUNDS);
  say();
  row("watching (local)", "wall s", "heap MiB", "heap at end", "peak MiB", "limit MiB");
  const [first, last] = heap.map((mib) => mib.toFixed(1));
  row(`a day, ${rounds} rounds`, seconds.toFixed(1), first ?? "", last ?? "", rss.toFixed(0), DAY_LIMIT);
}

/** The bytes of a large source, and MiB that its deploy may take. */
const LARGE = 1_000_000_000;
const LARGE_LIMIT = 200;

async function largeSource() {
  const { wall, memory } = await largeUpload(LARGE);
  say();
  row("a source of 1 GB (moto)", "wall s", "peak MiB", "limit MiB");
  row("packed and uploaded", wall.toFixed(1), memory, LARGE_LIMIT);
}

/** How many services a stack has that is measured. */
const SERVICES = [1, 5, 20] as const;

/** What more services cost: seconds of the simulated clock, and calls; those of a plan by operation, where more services take more of them. */
async function severalServices() {
  const costs: Costs[] = [];
  for (const count of SERVICES) costs.push(await costOf(count));
  say();
  row("services in one stack (local)", ...SERVICES);
  row("resources", ...costs.map(({ plan }) => plan.resources));
  for (const verb of COMMANDS) {
    row(`${verb}, simulated s`, ...costs.map((cost) => cost[verb].seconds.toFixed(1)));
    row(`${verb}, calls`, ...costs.map((cost) => totalOf(cost[verb])));
  }
  const times = (operation: string) => costs.map(({ plan }) => plan.calls.get(operation) ?? 0);
  const operations = new Set(costs.flatMap(({ plan }) => [...plan.calls.keys()]));
  for (const operation of [...operations].toSorted())
    if (new Set(times(operation)).size > 1) row(`  ${operation}`, ...times(operation));
}

/** How often a life is measured. */
const RUNS = 3;

async function many(runs: number, one: () => Promise<Measured[]>): Promise<Measured[][]> {
  const lives: Measured[][] = [];
  for (let run = 0; run < runs; run++) lives.push(await one());
  return lives;
}

async function wire(runs = RUNS) {
  const alone = await many(runs, onTheWire);
  table("on the wire (moto)", alone, { compared: true });
  table("beside others (moto)", [await onTheWire(NEIGHBOURS)], { alone });
}

/** Every row by its name, in the order in which all of them run. Numbers after a name are its sizes, or how often it is measured. */
const ROWS: Readonly<Record<string, (...sizes: readonly number[]) => Promise<void>>> = {
  wire: (runs) => wire(runs),
  local: async (runs = RUNS) => table("local", await many(runs, () => life({}, "local"))),
  slow: slowWorld,
  everything: everythingOn,
  "round-trips": grows.roundTrips,
  neighbours: grows.neighbours,
  distributions: grows.distributions,
  "shared-state": grows.sharedState,
  releases,
  revisions: grows.revisions,
  day,
  watch: grows.watch,
  upload: largeSource,
  services: severalServices,
  stacks: grows.stacks,
};

const [first, ...rest] = process.argv.slice(2);
const sizes = rest.map(Number);
const named = first === undefined ? undefined : ROWS[first];
const runs = first === undefined || named ? RUNS : Number(first);
if (!(runs >= 1) || sizes.some((size) => !(size >= 0)))
  throw new Error(`Which row, or how often? A number of runs, 1 or more, or one of ${Object.keys(ROWS).join(", ")}.`);
// The first command after an edit builds the command line.
const warm = project();
await measure(warm.directory, ["plan"]);
warm.remove();
if (named) await named(...sizes);
else for (const [name, one] of Object.entries(ROWS)) await (name === "wire" || name === "local" ? one(runs) : one());
