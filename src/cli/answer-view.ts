import type { DeclaredView, HistoryView, RegionView, RunData } from "../page/data.ts";
import type { Terminal } from "./terminal.ts";

/** Prints what the console shows, which is between two processes of one build, and promised to nobody. */
export function answerView(
  terminal: Terminal,
  view: RunData | HistoryView | DeclaredView | readonly RegionView[],
): void {
  terminal.answer(JSON.stringify(view));
}
