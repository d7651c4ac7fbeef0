import { answerJson } from "../../answers/answer.ts";
import { agreed } from "../../confirm.ts";
import { EXIT, RunError, UsageError, type Exit } from "../../exit.ts";
import { inChangingSession, type Session } from "../../session.ts";
import { recorded, type Ended } from "../../recorded.ts";
import { paste } from "../../paste.ts";
import type { CommonFlags, CliContext } from "../../context.ts";
import { count } from "../../words.ts";

export interface RmFlags extends CommonFlags {
  readonly yes?: boolean;
}

/** Forgets resources: AWS is not touched. The next reconcile looks for them by their owner tags and names. */
export const stateRm = (ids: readonly string[], flags: RmFlags, context: CliContext): Promise<Exit> =>
  inChangingSession(flags, context, { verb: "state rm", locks: true }, (session) =>
    recorded(session, "state rm", () => forget(ids, flags, session)),
  );

async function forget(ids: readonly string[], flags: RmFlags, session: Session): Promise<Ended> {
  const { yes, json } = flags;
  const { store, terminal } = session;
  const state = await store.read();
  if (!state) throw new RunError(`There is no state ${store.where}.`);
  const unknown = ids.filter((id) => !(id in state.resources));
  if (unknown.length > 0)
    throw new UsageError(
      `There is no ${unknown.join(" and no ")} in the state ${store.where}. No changes were made. To list the resources: ${paste(flags, "state", "show")}`,
    );
  const forgotten = ids.map((id) => ({
    id,
    type: state.resources[id]?.type,
    existing: state.resources[id]?.id ?? null,
  }));
  for (const { id, type, existing } of forgotten) terminal.line(`  ${id}: ${type} ${existing ?? "(no id yet)"}`);
  const question = `Remove ${count(ids.length, "resource")} from the state? Nothing on AWS changes.`;
  if (!(await agreed(session, question, yes))) {
    terminal.line("No changes were made.");
    return { exit: EXIT.failed, outcome: "declined" };
  }
  const resources = Object.fromEntries(Object.entries(state.resources).filter(([id]) => !ids.includes(id)));
  await store.write({ ...state, serial: state.serial + 1, resources });
  terminal.line(`Removed. To undo: ${paste(flags, "state", "restore", String(state.serial))}`);
  if (json) answerJson(terminal, "stateRm", { forgotten, backup: state.serial });
  return { exit: EXIT.done, outcome: "done" };
}
