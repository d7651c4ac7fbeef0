// A stack in two regions is two stacks of one config: a command for both does its work in one after the other.
import { resolve } from "node:path";
import { twoRegionsOf } from "../config/stack-regions.ts";
import type { DeclaredStack } from "../../reconcilers/topology.ts";
import type { CliContext, CommonFlags } from "./context.ts";
import { EXIT, UsageError, type Exit } from "./exit.ts";
import { answerOf } from "./failure.ts";
import { loadConfig } from "./load.ts";
import { paste } from "./paste.ts";
import { readStack, type Session } from "./session.ts";

/**
 * Which region comes first. What is created begins with the second one, so that the distribution finds both load balancers; what is deleted, released
 * or looked at begins with the first one.
 */
export type RegionOrder = "primaryFirst" | "primaryLast";

/** How a command goes on in the next region. */
export interface BothRegions<Flags extends CommonFlags> {
  readonly flags: Flags;
  readonly context: CliContext;
  /** The command's name, for the command that goes on. */
  readonly verb: string;
  readonly order: RegionOrder;
  /** Whether what it came to in one region keeps it from the next. A command that only looks goes on. */
  readonly stops: boolean;
  /** Whether it is only about the first region. */
  readonly first?: boolean;
}

/**
 * Does the work of a command in each region of the stack, or in that of `--region`. `--json` stays one object: with two regions,
 * `regions` has that of each.
 */
export async function inEachRegion<Flags extends CommonFlags>(
  { flags, context, verb, order, stops, first = false }: BothRegions<Flags>,
  work: (flags: Flags, context: CliContext) => Promise<Exit>,
): Promise<Exit> {
  if (flags.region !== undefined) return work(flags, context);
  const loaded = context.loaded ?? (await loadConfig(resolve(context.directory), flags.config));
  const resolved = await readStack(flags, { ...context, loaded });
  const two = twoRegionsOf(resolved);
  if (!two || first) return work(flags, { ...context, loaded, resolved });
  const regions = order === "primaryFirst" ? [two.primary, two.secondary] : [two.secondary, two.primary];
  // What is wrong in either of them is told before anything is done in the other.
  for (const region of regions) await readStack({ ...flags, region }, { ...context, loaded });
  const answers: unknown[] = [];
  const terminal = { ...context.terminal, answer: (text: string) => void answers.push(answerIn(text)) };
  const exits: Exit[] = [];
  try {
    for (const [index, region] of regions.entries()) {
      if (index > 0) terminal.line();
      const [next] = regions.slice(index + 1);
      const untouched = () => {
        if (next !== undefined && stops)
          terminal.line(
            `Nothing was done in ${next}. To do it there alone: ${paste({ ...flags, region: next }, verb)}`,
            "failure",
          );
      };
      const exit = await work({ ...flags, region }, { ...context, loaded, terminal }).catch((error: unknown) => {
        untouched();
        // The object that holds what the other region has answered is the only one, so it has the error too.
        if (flags.json && answers.length > 0) answers.push({ region, ...answerOf(error, { ...flags, region }) });
        throw error;
      });
      exits.push(exit);
      if (exit === EXIT.done || !stops) continue;
      untouched();
      break;
    }
  } finally {
    if (flags.json && answers.length > 0) context.terminal.answer(JSON.stringify({ regions: answers }, undefined, 2));
    else for (const answer of answers) context.terminal.answer(String(answer));
  }
  return exits.find((exit) => exit === EXIT.failed) ?? exits.find((exit) => exit !== EXIT.done) ?? EXIT.done;
}

/** The stack in each of its regions, the first one first, or in that of `--region`. */
export async function inItsRegions(
  stack: DeclaredStack,
  flags: CommonFlags,
  context: CliContext,
): Promise<DeclaredStack[]> {
  const two = flags.region === undefined ? twoRegionsOf(stack) : undefined;
  if (!two) return [stack];
  return Promise.all([two.primary, two.secondary].map((region) => readStack({ ...flags, region }, context)));
}

/** What a command answers in one region: JSON with `--json`, otherwise a text. */
function answerIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Refuses to create or release anything in a region that the config does not have: a misspelt one would be another stack. */
export function demandOwnRegion({ stack, flags }: Pick<Session, "stack" | "flags">): void {
  if (stack.leftBehind)
    throw new UsageError(
      `${stack.region} is not a region of ${stack.name} ${stack.environment} in the config, so nothing is created there. No changes were made. To delete what is there: ${paste(flags, "teardown")}`,
    );
}
