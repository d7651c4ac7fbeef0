import { answerJson } from "../../answers/answer.ts";
import type { ResourceState } from "../../../../state/state.ts";
import { EXIT, RunError, UsageError, type Exit } from "../../exit.ts";
import { paste } from "../../paste.ts";
import type { CommonFlags, CliContext } from "../../context.ts";
import { count } from "../../words.ts";
import { inState, type Opened } from "./open.ts";

/** Prints the recorded state: one line per resource, or all that is recorded of the one called `id`. */
export const stateShow = (id: string | undefined, flags: CommonFlags, context: CliContext): Promise<Exit> =>
  inState(flags, context, (opened) => show(id, flags, opened));

async function show(id: string | undefined, flags: CommonFlags, { store, terminal }: Opened): Promise<Exit> {
  const state = await store.read();
  if (!state)
    throw new RunError(
      `There is no state ${store.where}: no run has recorded a resource. To create the stack: ${paste(flags, "reconcile")}`,
    );
  if (id !== undefined) {
    const resource = state.resources[id];
    if (!resource)
      throw new UsageError(
        `There is no ${id} in the state ${store.where}. To list the resources: ${paste(flags, "state", "show")}`,
      );
    answerJson(terminal, "resource", resource);
    return EXIT.done;
  }
  if (flags.json) answerJson(terminal, "state", state);
  else {
    const { serial, target, account, region, resources } = state;
    terminal.line(`${store.where}, serial ${serial}: target ${target}, account ${account}, region ${region}`);
    for (const [name, resource] of Object.entries(resources)) terminal.line(lineOf(name, resource));
    terminal.line(`${count(Object.keys(resources).length, "resource")}.`);
  }
  return EXIT.done;
}

const lineOf = (name: string, { type, id, status, old = [] }: ResourceState) =>
  `  ${name.padEnd(32)} ${type.padEnd(34)} ${id ?? "(no id yet)"}${status === "created" ? "" : `, ${status}`}${old.length > 0 ? `, ${count(old.length, "previous generation")} to delete` : ""}`;
