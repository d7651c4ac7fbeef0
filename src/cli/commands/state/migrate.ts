import { answerJson } from "../../answers/answer.ts";
import type { Run, StateStore } from "../../../../state/state.ts";
import { agreed } from "../../confirm.ts";
import { EXIT, RunError, UsageError, type Exit } from "../../exit.ts";
import { rememberDeath } from "../../remember.ts";
import { belongs } from "../../state-location.ts";
import { isShared, localStore, s3StoreAt } from "../../stores.ts";
import type { CommonFlags, CliContext } from "../../context.ts";
import { count } from "../../words.ts";
import { inState, type Opened } from "./open.ts";

export interface MigrateFlags extends CommonFlags {
  readonly yes?: boolean;
  /** Where the state is now, where that is not the local file: `s3://bucket/prefix`. */
  readonly from?: string;
}

/** How many runs of the history go along. */
const RUNS = 200;

/** Moves the state and its history to where the file says that they are kept. */
export const stateMigrate = (flags: MigrateFlags, context: CliContext): Promise<Exit> =>
  inState(flags, context, (opened) => migrate(flags, opened), { verb: "state migrate", locks: true });

async function migrate(flags: MigrateFlags, opened: Opened): Promise<Exit> {
  const { store: to, terminal, stack } = opened;
  if (flags.target === "local") throw new UsageError("The state of the simulated AWS is always a local file.");
  const from = await source(flags, opened);
  if (from.where === to.where) throw new UsageError(`The state is already in ${to.where}. No changes were made.`);
  const died = rememberDeath({ store: from, terminal }, flags.target, "state migrate");
  const unlock = await from.lock("state migrate", died);
  try {
    const state = await from.read();
    if (!state) throw new RunError(`There is no state ${from.where} to move. No changes were made.`);
    const { account, region } = (await opened.connection()).aws;
    const { stackName, name, environment } = stack;
    belongs(state, { stack: stackName, name, environment, target: flags.target, account, region }, from.where);
    const there = await to.read();
    if (there)
      throw new RunError(
        `There is a state ${to.where} already, with ${count(Object.keys(there.resources).length, "resource")}: it is not overwritten. No changes were made.`,
      );
    const resources = Object.keys(state.resources).length;
    terminal.line(`${from.where} -> ${to.where}: ${count(resources, "resource")}`);
    if (!(await agreed({ terminal, target: flags.target }, "Move it?", flags.yes))) {
      terminal.line("No changes were made.");
      return EXIT.failed;
    }
    const [last] = await to.backups();
    await to.write({ ...state, serial: Math.max(state.serial, last?.serial ?? 0) + 1 });
    const runs = (await from.runs(RUNS)).toReversed();
    for (const { number: _number, ...run } of runs) await to.record(run satisfies Omit<Run, "number">);
    // Last, and kept as a backup: whatever stops this, there is a state.
    await from.write({ ...state, serial: state.serial + 1, resources: {} });
    terminal.line(`Moved. A copy is kept in the backups of ${from.where}.`);
    if (flags.json)
      answerJson(terminal, "stateMigrate", { from: from.where, to: to.where, resources, runs: runs.length });
    return EXIT.done;
  } finally {
    await unlock();
  }
}

async function source(flags: MigrateFlags, { stateDirectory, stack, connection }: Opened): Promise<StateStore> {
  if (flags.from === undefined) {
    if (!isShared(stack, flags.target))
      throw new UsageError(
        "The config keeps the state in a local file: name its current location with --from s3://BUCKET/PREFIX. No changes were made.",
      );
    return localStore(stateDirectory, stack, flags.target);
  }
  const [, bucket = "", prefix = ""] = /^s3:\/\/([^/]+)\/(.+?)\/?$/.exec(flags.from) ?? [];
  if (bucket === "") throw new UsageError(`--from ${flags.from}: expected s3://BUCKET/PREFIX. No changes were made.`);
  return s3StoreAt(stack, (await connection()).aws, bucket, prefix);
}
