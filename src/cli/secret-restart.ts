import { followRestart, restart } from "../release/restart.ts";
import type { ServiceRef } from "../release/service-ref.ts";
import { serviceName } from "../release/service-ref.ts";
import { EXIT, type Exit } from "./exit.ts";
import { tellEnd } from "./release-end.ts";
import { paste } from "./paste.ts";
import { ReleaseProgress } from "./release-progress.ts";
import type { Session } from "./session.ts";

/** What became of the tasks of a service that were to be replaced. */
export interface Restarted {
  readonly service: string;
  readonly ending: string;
}

/** Replaces the tasks of services, all at the same time, and follows one after the other until the new ones run. */
export async function restartServices(
  session: Session,
  refs: readonly ServiceRef[],
): Promise<{ readonly exit: Exit; readonly restarted: readonly Restarted[] }> {
  const { terminal, flags, stop, hold } = session;
  const begun = await hold.changing(() => Promise.all(refs.map((ref) => restart(ref))));
  const restarted: Restarted[] = [];
  let exit: Exit = EXIT.done;
  for (const one of begun) {
    if (!one) continue;
    const service = serviceName(one.ref);
    terminal.line(`Replacing the tasks of ${service}:`);
    try {
      const progress = new ReleaseProgress(terminal, flags, () => session.clock.now(), one.startedAt);
      const end = await followRestart(one, progress.tell, stop).finally(() => progress.pause());
      const ended = await tellEnd(session, end, { json: false, startedAt: one.startedAt, ref: one.ref });
      restarted.push({ service, ending: end.ending });
      if (ended.exit !== EXIT.done) exit = ended.exit;
    } catch (error) {
      if (!stop.aborted) throw error;
      terminal.line(`ECS continues to replace them. To see its progress: ${paste(flags, "status")}`);
      return { exit: EXIT.failed, restarted };
    }
  }
  return { exit, restarted };
}
