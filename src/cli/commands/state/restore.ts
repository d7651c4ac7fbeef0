import { answerJson } from "../../answers/answer.ts";
import { agreed } from "../../confirm.ts";
import { EXIT, UsageError, type Exit } from "../../exit.ts";
import { recorded, type Ended } from "../../recorded.ts";
import { inChangingSession, type Session } from "../../session.ts";
import { belongs, locationOf } from "../../state-location.ts";
import { paste } from "../../paste.ts";
import type { CommonFlags, CliContext } from "../../context.ts";
import { count } from "../../words.ts";

export interface RestoreFlags extends CommonFlags {
  readonly yes?: boolean;
}

/** Puts a state that was kept in the place of the present one, which is kept in turn. AWS is not touched. */
export const stateRestore = (serial: number, flags: RestoreFlags, context: CliContext): Promise<Exit> =>
  inChangingSession(flags, context, { verb: "state restore", locks: true }, (session) =>
    recorded(session, "state restore", () => restore(serial, flags, session)),
  );

async function restore(serial: number, flags: RestoreFlags, session: Session): Promise<Ended> {
  const { yes, json } = flags;
  const { store, terminal } = session;
  const [kept, backups] = [await store.readBackup(serial), await store.backups()];
  if (!kept)
    throw new UsageError(
      `There is no backup ${serial} of ${store.where}. Backups: ${backups.map((one) => one.serial).join(", ") || "none yet"}. No changes were made.`,
    );
  belongs(kept, locationOf(session), `backup ${serial} of ${store.where}`);
  // Not even a damaged state keeps a good one from coming back.
  const present = await store.read().catch(() => undefined);
  const resources = Object.keys(kept.resources).length;
  terminal.line(
    `Backup ${serial} has ${count(resources, "resource")}; the current state has ${count(Object.keys(present?.resources ?? {}).length, "resource")}.`,
  );
  if (!(await agreed(session, "Replace the current state with it? Nothing on AWS changes.", yes))) {
    terminal.line("No changes were made.");
    return { exit: EXIT.failed, outcome: "declined" };
  }
  const highest = Math.max(present?.serial ?? 0, backups[0]?.serial ?? 0, kept.serial);
  // What was created since then is not in it.
  await store.replace({ ...kept, serial: highest + 1, incomplete: true });
  terminal.line(`Restored. To compare it with AWS: ${paste(flags, "plan")}`);
  if (json) answerJson(terminal, "stateRestore", { restored: serial, serial: highest + 1, resources });
  return { exit: EXIT.done, outcome: "done" };
}
