// npm run test:live: the whole life of a stack in the user's own account. HELP in options.ts says the rest.
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import manifest from "../../package.json" with { type: "json" };
import { identity } from "../../src/aws/sts/identity.ts";
import { sdkRegion } from "../../src/cli/remote.ts";
import { duration } from "../../src/cli/words.ts";
import type { StackConfig } from "../../src/index.ts";
import { namesOf } from "../../src/config/naming.ts";
import { resolveStack } from "../../src/config/resolve.ts";
import { compare } from "./compare.ts";
import { costOf } from "./cost.ts";
import { leftovers, type Leftovers } from "./leftovers.ts";
import { runLife, runStep, type StepRecord, type Telling } from "./life.ts";
import { HELP, optionsFrom, Refused, type Options } from "./options.ts";
import { reportOf, type Side } from "./report.ts";
import { shapesOf } from "./shape.ts";
import { LiveTarget, Stopped } from "./live-target.ts";
import { plan, type Life, type Planned } from "./steps.ts";
import { waitsIn } from "./waits.ts";

// As in bin/fairlead.mjs.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

const say = (text = "") => void process.stderr.write(`${text}\n`);

const telling: Telling = {
  began: ({ name, title }) => say(`… ${name}: ${title}`),
  ended: ({ name, outcome, why, ms }) => {
    const sign = { done: "✓", skipped: "·", failed: "✗", stopped: "✗" }[outcome];
    say(`${sign} ${name}: ${outcome} in ${duration(ms)}${why === undefined ? "" : `: ${why}`}`);
  },
};

const stackOf = (name: string, region: string): StackConfig => ({
  name,
  // Whether it is a region is the config's own rule.
  region: region as NonNullable<StackConfig["region"]>,
  network: { nat: "single" },
});

/** The life on one target, made ready and not begun. */
function lifeOn(target: LiveTarget, config: StackConfig, account: string): Life {
  target.edit(config);
  const names = namesOf(resolveStack(config, undefined, undefined), account);
  return {
    target,
    names,
    config,
    delivers: target.target === "local" || process.env["AWS_ENDPOINT_URL"] === undefined,
  };
}

const sideOf = (steps: readonly StepRecord[], { calls, chains }: LiveTarget): Side => ({
  steps,
  calls: [...calls],
  chains: [...chains],
  waits: waitsIn(calls),
});
const totalOf = (steps: readonly StepRecord[]) => steps.reduce((sum, { ms }) => sum + ms, 0);
const failedIn = (steps: readonly StepRecord[]) =>
  steps.find(({ outcome }) => outcome === "failed" || outcome === "stopped");

/** What ends the life early: its time, or a signal. Once it is being torn down, only the third signal more ends that. */
function stopping(pasted: () => string) {
  const [first, last] = [new AbortController(), new AbortController()];
  // Every call in flight listens to them, and Node takes more than ten for a leak.
  setMaxListeners(0, first.signal, last.signal);
  let signals = 0;
  const end = (why: string) => {
    if (!first.signal.aborted) {
      say(`\nStopping: ${why}. The running command finishes what it has started; then the stack is torn down.`);
      return first.abort(new Error(why));
    }
    signals++;
    if (signals < 3)
      return say(
        `The teardown continues, because existing resources cost money. To abort it, interrupt ${3 - signals} more times.`,
      );
    say(`Teardown aborted. Existing resources cost money until they are deleted. To delete them:\n  ${pasted()}`);
    return process.exit(130);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => end(`${signal} was received`));
  // Whatever goes wrong here, what was created is torn down again.
  process.on("uncaughtException", (error) => end(`this program failed: ${error.stack}`));
  return { stop: first.signal, last: last.signal, end };
}

/** Throws if there is no terminal to ask for confirmation. */
function checkAsks({ yes }: Options): void {
  if (!yes && (!process.stdin.isTTY || process.env["CI"] !== undefined))
    throw new Refused("There is no terminal to ask for confirmation: run again with --yes. No changes were made.");
}

async function confirmed({ yes }: Options, name: string, stop: AbortSignal, end: (why: string) => void) {
  if (yes) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  terminal.on("SIGINT", () => end("Ctrl-C was pressed"));
  const typed = await terminal.question(`Type ${name} to continue: `, { signal: stop }).catch(() => "");
  terminal.close();
  return typed.trim() === name;
}

function commitOf(): string | undefined {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return undefined;
  }
}

/** Where the report goes: what is there already stays. */
function reportPath({ out, date }: Options): string {
  mkdirSync(out, { recursive: true });
  for (let number = 1; ; number++) {
    const path = join(out, `${date}${number === 1 ? "" : `-${number}`}.md`);
    if (!existsSync(path)) return path;
  }
}

async function main(options: Options): Promise<number> {
  checkAsks(options);
  const region = await sdkRegion();
  if (region === undefined) throw new Refused("No region is set: AWS_REGION=eu-central-1, or that of a profile.");
  const seed = options.seed === undefined ? randomBytes(8) : options.seed;
  const name = `live-${createHash("sha256").update(seed).digest("hex").slice(0, 6)}`;
  const directory = options.keep ?? mkdtempSync(join(tmpdir(), "fairlead-live-"));
  const made = join(directory, "aws");
  const pasted = () => `cd ${made} && AWS_REGION=${region} node ${resolve("bin/fairlead.mjs")} teardown --target aws`;
  const { stop, last, end } = stopping(pasted);
  const config = stackOf(name, region);
  const service = resolve(options.service);

  /** The same life on the simulator; throws if it fails there. */
  async function rehearsed(): Promise<Side> {
    say("Rehearsal on the simulator; this does not access AWS.");
    const rehearsal = new LiveTarget("local", join(directory, "local"), region ?? "", service, stop);
    const there = lifeOn(rehearsal, config, "123456789012");
    const steps = [await runStep(plan(planned), there, telling), ...(await runLife(there, telling, last))];
    const failed = failedIn(steps);
    if (failed) throw new Refused(`${failed.name} failed on the simulator. No changes were made. ${failed.why}`);
    return sideOf(steps, rehearsal);
  }

  const planned: Planned = { resources: 0, monthly: { from: 0, to: 0 } };
  const simulated = options.rehearsal ? await rehearsed() : undefined;

  say("Reading from AWS; this changes nothing.");
  const target = new LiveTarget("aws", made, region, service, stop);
  target.begin("plan");
  const { account } = await target.byHand((services) => identity(services, region));
  const life = lifeOn(target, config, account);
  const first = await runStep(plan(planned), life, telling);
  if (first.outcome !== "done") throw new Refused(`${first.why}\nNo changes were made.`);
  const times = { expected: simulated ? totalOf(simulated.steps) : options.limit, most: options.limit };
  const cost = costOf(planned.monthly, region, times);
  say();
  say(`Account ${account}, region ${region}${life.delivers ? "" : `, at ${process.env["AWS_ENDPOINT_URL"]}`}.`);
  say(
    `The stack ${name} will be created there (${planned.resources} resources at first), released, changed and deleted.`,
  );
  const takes = simulated
    ? `takes about ${duration(times.expected)} (as long as on the simulator), and`
    : "may take an hour, and";
  say(`It ${takes} is torn down after ${duration(options.limit)} at the latest.`);
  say(
    `It costs about $${cost.expected.toFixed(2)}, at most $${cost.most.toFixed(2)} (AWS's list prices), if nothing is left.`,
  );
  say(`If this program is killed, tear the stack down with: ${pasted()}`);
  if (!(await confirmed(options, name, stop, end)) || stop.aborted) throw new Refused("No changes were made.");

  const timer = setTimeout(() => end(`the time limit of ${duration(options.limit)} was reached`), options.limit);
  const steps = [first, ...(await runLife(life, telling, last).finally(() => clearTimeout(timer)))];
  // The calls from here on are not part of the life, so they are not compared.
  const lived = sideOf(steps, target);
  target.begin("leftovers");
  const rest = await target.byHand((services) => leftovers(services, name, life.names));

  const path = reportPath(options);
  const text = reportOf({
    date: options.date,
    version: manifest.version,
    commit: commitOf(),
    region,
    isAws: life.delivers,
    cost,
    aws: lived,
    simulated: simulated ?? { steps: [], calls: [], waits: [], chains: [] },
    comparison: simulated && compare(shapesOf(lived.calls), shapesOf(simulated.calls)),
    leftovers: rest,
  });
  writeFileSync(path, text);
  say();
  say(`Report: ${path}`);
  return tellEnd(steps, rest, { directory, keep: options.keep !== undefined, pasted });
}

function tellEnd(
  steps: readonly StepRecord[],
  { left, unread }: Leftovers,
  { directory, keep, pasted }: { directory: string; keep: boolean; pasted: () => string },
): number {
  const clean = left.length === 0 && unread.length === 0;
  for (const { what, id } of left) say(`Left: ${what} ${id}`);
  for (const { what, error } of unread) say(`Could not check whether any ${what} is left: ${error}`);
  if (clean) say("No resources of the stack are left.");
  else say(`Some resources are left, and they cost money. To continue the teardown:\n  ${pasted()}`);
  const failed = failedIn(steps);
  if (failed) say(`${failed.name} ${failed.outcome === "failed" ? "failed" : "was stopped"}: ${failed.why}`);
  if (clean && !failed && !keep) rmSync(directory, { recursive: true, force: true });
  else say(`Files, calls and output of each command: ${directory}`);
  return clean && !failed ? 0 : 1;
}

try {
  if (process.argv.includes("--help")) process.stdout.write(HELP);
  else process.exitCode = await main(optionsFrom(process.argv.slice(2), new Date().toISOString().slice(0, 10)));
} catch (error) {
  // Once something exists, nothing is thrown: the steps have the errors, and the teardown has run.
  if (error instanceof Stopped) say(`${error.message}. No changes were made.`);
  else say(error instanceof Refused ? error.message : String((error as Error).stack));
  process.exitCode = error instanceof Refused ? 2 : 1;
}
