import { answerJson } from "../../answers/answer.ts";
import { staleServices } from "../../../release/stale-secrets.ts";
import { EXIT, type Exit } from "../../exit.ts";
import { recordedExit } from "../../recorded.ts";
import { restartServices } from "../../secret-restart.ts";
import { refsFor, type ServiceFlag } from "../../services.ts";
import { headline } from "../../headline.ts";
import { effortOf, identityOf, inChangingSession, type Session } from "../../session.ts";
import { staleText } from "../../stored-secrets.ts";
import type { CommonFlags, CliContext } from "../../context.ts";

export type SecretRestartFlags = CommonFlags & ServiceFlag;

/** Replaces tasks that started before a secret that they read was changed. */
export const secretRestart = (flags: SecretRestartFlags, context: CliContext): Promise<Exit> =>
  inChangingSession(flags, context, { verb: "secret restart" }, (session) =>
    recordedExit(session, "secret restart", () => run(flags, session)),
  );

async function run(flags: SecretRestartFlags, session: Session): Promise<Exit> {
  const { clock, facts, snapshot, terminal } = session;
  const stale = await staleServices(refsFor(session, flags), snapshot, facts.secrets);
  terminal.line(`${headline(session)}:`);
  for (const one of stale) terminal.line(staleText(one, clock.now()));
  if (stale.length === 0) terminal.line("All tasks started after their secrets were last changed.");
  const { exit, restarted } =
    stale.length === 0
      ? { exit: EXIT.done, restarted: [] }
      : await restartServices(
          session,
          stale.map(({ ref }) => ref),
        );
  if (flags.json) answerJson(terminal, "secretRestart", { ...identityOf(session), restarted, ...effortOf(session) });
  return exit;
}
