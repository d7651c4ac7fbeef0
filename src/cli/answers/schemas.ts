// Every answer of `--json` and every line of `--jsonl`. What commands answer is typed by it, docs/answers.schema.json is generated from it.
import * as z from "zod";
import { failure, text } from "./common.ts";
import * as others from "./others.ts";
import * as releases from "./releases.ts";
import * as runs from "./runs.ts";

/** The shapes of answers, by the names that commands call them. */
export const SHAPES = { ...runs, ...releases, ...others };

/** What a command answers. */
interface CommandAnswer {
  /** One of these. */
  readonly shapes: readonly z.ZodType[];
  /** Of a stack in two regions, it answers for each. */
  readonly regions?: true;
}

const one = (...shapes: z.ZodType[]): CommandAnswer => ({ shapes });
const perRegion = (...shapes: z.ZodType[]): CommandAnswer => ({ shapes, regions: true });

/** Every command, by its words, and what it answers. */
export const COMMANDS: Readonly<Record<string, CommandAnswer>> = {
  init: one(others.init),
  plan: perRegion(runs.plan),
  reconcile: perRegion(runs.reconcile),
  sleep: perRegion(runs.reconcile),
  wake: perRegion(runs.reconcile),
  failover: one(runs.failover),
  teardown: perRegion(runs.teardown),
  status: perRegion(runs.status),
  outputs: one(runs.allOutputs, runs.oneOutput),
  history: one(runs.pastRuns, runs.pastRun, runs.comparedRuns, runs.comparedProgress),
  graph: one(others.picture),
  console: one(others.console),
  policy: one(others.policies, others.role),
  deploy: perRegion(releases.release, releases.detached),
  approve: one(releases.release, releases.answered),
  reject: one(releases.answered),
  releases: one(releases.releases, releases.oneRelease),
  "release stop": one(releases.stopped),
  rollback: one(releases.release),
  doctor: one(releases.doctor),
  logs: one(releases.logs, releases.requests),
  "logs --jsonl": one(releases.logLine, releases.request),
  task: one(releases.taskEvent),
  "job run": one(releases.taskEvent),
  exec: one(releases.exec),
  "secret set": one(others.secretSet),
  "secret list": one(others.secretList),
  "secret rm": one(others.secretRm),
  "secret restart": one(others.secretRestart),
  "state show": one(others.state, others.resource),
  "state rm": one(others.stateRm),
  "state unlock": one(others.stateUnlock),
  "state backups": one(others.backups),
  "state restore": one(others.stateRestore),
  "state init": one(others.stateInit),
  "state migrate": one(others.stateMigrate),
  completion: one(others.script, others.names),
};

/** Why a command failed. */
export const FAILED = z.object(failure);

/** All that a command can print: an answer, that of each region, or why it failed. */
export const answerOf = ({ shapes, regions }: CommandAnswer): z.ZodType => {
  const inRegion = z.object({ region: text, ...failure });
  return z.union([
    ...shapes,
    ...(regions ? [z.object({ regions: z.array(z.union([...shapes, inRegion])) })] : []),
    FAILED,
  ]);
};
