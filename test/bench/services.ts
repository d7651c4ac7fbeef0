// What several services in one stack cost: calls by operation, and seconds of the simulated clock, which has AWS's latencies, lags and
// documented rates. What AWS answers of one resource a call grows with the services; the seconds must not.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { manyServices } from "../support/many-services.ts";
import { Stage, type Answer } from "../support/stage.ts";

/** The commands that are measured, in this order. */
export const COMMANDS = ["reconcile", "plan", "teardown"] as const;

type Command = (typeof COMMANDS)[number];

/** What a command came to. */
export interface Cost {
  readonly resources: number;
  /** Seconds of the simulated clock. */
  readonly seconds: number;
  /** Attempts of calls, by operation. */
  readonly calls: ReadonlyMap<string, number>;
}

export type Costs = Readonly<Record<Command, Cost>>;

/** The cost of each command for a stack of so many services, from nothing to nothing. */
export async function costOf(services: number): Promise<Costs> {
  const stage = new Stage(manyServices(services));
  try {
    const costs = {} as Record<Command, Cost>;
    for (const verb of COMMANDS) {
      const file = `${verb}.jsonl`;
      const yes = verb === "plan" ? [] : ["--yes"];
      const { exit, answer, lines } = await stage.type(verb, ...yes, "--json", "--log", file);
      if (exit !== 0) throw new Error(`${verb} ended with ${exit}: ${lines.join("\n")}`);
      const { actions, seconds } = JSON.parse(answer) as Answer;
      const calls = new Map<string, number>();
      for (const line of readFileSync(join(stage.directory, file), "utf8").trimEnd().split("\n")) {
        const { service, operation } = JSON.parse(line) as { service: string; operation: string };
        const name = `${service}.${operation}`;
        calls.set(name, (calls.get(name) ?? 0) + 1);
      }
      costs[verb] = { resources: actions.length, seconds, calls };
    }
    return costs;
  } finally {
    stage.remove();
  }
}

/** All calls of a command. */
export const totalOf = ({ calls }: Cost): number => [...calls.values()].reduce((sum, more) => sum + more, 0);
