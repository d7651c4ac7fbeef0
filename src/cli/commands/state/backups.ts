import { answerJson } from "../../answers/answer.ts";
import { EXIT, type Exit } from "../../exit.ts";
import type { CommonFlags, CliContext } from "../../context.ts";
import { inState } from "./open.ts";

/** Lists the states that were kept from before the latest runs, the newest first. */
export const stateBackups = (flags: CommonFlags, context: CliContext): Promise<Exit> =>
  inState(flags, context, async ({ store, terminal }) => {
    const all = await store.backups();
    if (flags.json) answerJson(terminal, "backups", all);
    else if (all.length === 0) terminal.line(`There are no backups of ${store.where} yet.`);
    else {
      for (const { serial, when } of all) terminal.line(`  serial ${String(serial).padEnd(8)} kept ${when}`);
      terminal.line("state restore SERIAL brings one back.");
    }
    return EXIT.done;
  });
