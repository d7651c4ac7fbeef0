import { renderToString } from "preact-render-to-string";
import { describe, expect, it } from "vitest";
import type { Known } from "../../../src/console/answers.ts";
import { questionOf } from "../../../src/console/questions.ts";
import { consolePage } from "../../../src/page/console/pages.tsx";
import { comparedProgress } from "../../../src/cli/compared-progress.ts";
import type { Run, RunProgress } from "../../../state/state.ts";
import { holderOf, progressOf, runOf } from "../../support/states.ts";

const RUNS: readonly Run[] = [
  { ...runOf("deploy"), number: 3, actions: [] },
  { ...runOf("reconcile"), number: 2, outcome: "failed" },
  { ...runOf("reconcile"), number: 1 },
];
const GOING: RunProgress = { ...progressOf(), ...holderOf("reconcile"), of: "run", isAlive: true };

/** The page of the runs at an address, as far as `answers` are known. */
function shown(address: string, progress: RunProgress | undefined, answers: Readonly<Record<string, Known>> = {}) {
  const url = new URL(address, "http://127.0.0.1");
  const known: Readonly<Record<string, Known>> = {
    history: { answer: { runs: RUNS, ...(progress && { progress }) }, isAsking: false },
    ...answers,
  };
  const page = consolePage(url.pathname, {
    known: (key) => known[key] ?? { isAsking: true },
    command: (...words) => `npx fairlead ${words.join(" ")}`,
    target: "local",
    allowsActions: false,
    acts: [],
    now: 0,
    query: (name) => url.searchParams.get(name) ?? undefined,
  });
  const html = page ? renderToString(page.body as Parameters<typeof renderToString>[0]) : "";
  return { html, needs: page?.needs, said: html.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ") };
}

describe("the console's page of the runs", () => {
  it("leads from the run in progress to itself beside the last one of its command that was done", () => {
    const { html } = shown("/run", GOING);
    expect(html).toContain('href="/run/1?with=now"');
    expect(html).toContain("Beside run 1: reconcile");
    expect(shown("/run", undefined).html).not.toContain("with=now");
  });

  it("shows a run beside the one in progress, which it asks the command for", () => {
    const [run] = RUNS.slice(-1);
    const answer = comparedProgress(run ?? { ...runOf("reconcile"), number: 1 }, GOING);
    const { said, needs } = shown("/run/1?with=now", GOING, { "now 1": { answer, isAsking: false } });
    expect(needs).toEqual(["history", "now 1"]);
    expect(said).toContain("Run 1 and the run in progress side by side");
    expect(said).toContain("Only in the run in progress");
    expect(questionOf("now 1")).toEqual(["history", "1", "now"]);
    expect(shown("/run/1?with=now", GOING).said).toContain("Asking for run 1 and the one in progress…");
  });

  it("shows the same two side by side once it is over, and it alone beside itself", () => {
    expect(shown("/run/1?with=now", undefined).needs).toEqual(["history", "runs 1 3"]);
    expect(shown("/run/3?with=now", undefined).needs).toEqual(["history", "run 3"]);
    expect(shown("/run/1?with=later", undefined).needs).toEqual(["history", "run 1"]);
  });
});
