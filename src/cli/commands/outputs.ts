import { answerJson, answerLine } from "../answers/answer.ts";
import { topology } from "../../../reconcilers/topology.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Stack } from "../../config/stack.ts";
import type { StateStore } from "../../../state/state.ts";
import { paste } from "../paste.ts";
import { EXIT, RunError, UsageError, type Exit } from "../exit.ts";
import { outputsOf } from "../outputs-of.ts";
import { onShared } from "../sharing.ts";
import type { Connection } from "../connection.ts";
import { inStore } from "../in-store.ts";
import { printable } from "../terminal.ts";
import { readStack } from "../session.ts";
import type { CommonFlags, CliContext } from "../context.ts";

/** Prints the outputs of the last run, all of them or the one called `name`. Asks nothing of AWS but for a state that lies in S3, and for what a
 * shared stack owns. */
export async function outputs(name: string | undefined, flags: CommonFlags, context: CliContext): Promise<Exit> {
  const stack = await readStack(flags, context);
  return inStore(flags, stack, context, undefined, (store, connection) =>
    print(name, flags, stack, store, context, connection),
  );
}

async function print(
  name: string | undefined,
  flags: CommonFlags,
  stack: Stack,
  store: StateStore,
  { terminal }: CliContext,
  connection: () => Promise<Connection>,
): Promise<Exit> {
  const state = await store.read();
  if (!state || state.target !== flags.target)
    throw new RunError(
      `Nothing is known of ${stack.stackName} on the target ${flags.target}: there is no state ${store.where}. To create the stack, or to find everything again where only the file was lost: ${paste(flags, "reconcile")}`,
    );
  // Which resources there are depends on the file alone; the facts change settings, not outputs.
  const facts = { account: state.account, partition: "aws", originFacingPrefixList: "", released: {} };
  // What belongs to a shared stack is not in the state of this one.
  const { stack: whole, shared } = stack.shared
    ? await onShared(stack, (await connection()).aws, new Snapshot())
    : { stack };
  const known = outputsOf(topology(whole, { ...facts, shared }).outputs, state);
  if (name === undefined) {
    if (flags.json) answerJson(terminal, "allOutputs", known);
    else
      for (const [key, value] of Object.entries(known))
        terminal.answer(printable(`${key} = ${typeof value === "string" ? value : value.join(", ")}`));
    return EXIT.done;
  }
  const value = known[name];
  if (value === undefined)
    throw new UsageError(`There is no output ${name}. There are: ${Object.keys(known).join(", ") || "none yet"}.`);
  if (flags.json) answerLine(terminal, "oneOutput", value);
  else terminal.answer(printable(typeof value === "string" ? value : value.join("\n")));
  return EXIT.done;
}
