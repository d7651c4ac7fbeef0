// The pages as files that need nothing else.
import type { PlanData, RunData } from "./data.ts";
import { documentOf } from "./document.tsx";
import { PlanPage } from "./plan.tsx";
import { RunPage } from "./run.tsx";

/** A plan as a file: that of each region. */
export function planFile(plans: readonly PlanData[]): string {
  const [first] = plans;
  const title = first ? `Plan of ${first.answer.stack} ${first.answer.env}` : "Plan";
  return documentOf(title, <PlanPage plans={plans} />);
}

/** A run of the history as a file. */
export const runFile = (data: RunData): string =>
  documentOf(`Run ${data.run.number} of ${data.stack}`, <RunPage data={data} />);
