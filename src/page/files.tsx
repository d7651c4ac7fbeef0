// The pages as files that need nothing else.
import { ProgressComparisonPage } from "./compared-progress.tsx";
import { ComparisonPage } from "./compared-runs.tsx";
import type { ComparisonData, PlanData, ProgressComparisonData, RunData } from "./data.ts";
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

/** Two runs side by side as a file. */
export function comparisonFile(data: ComparisonData): string {
  const { first, second } = data.comparison;
  return documentOf(`Runs ${first.number} and ${second.number} of ${data.stack}`, <ComparisonPage data={data} />);
}

/** A run of the history beside the one in progress, as a file of this moment. */
export const progressFile = (data: ProgressComparisonData): string =>
  documentOf(
    `Run ${data.comparison.past.number} of ${data.stack} and the one in progress`,
    <ProgressComparisonPage data={data} />,
  );
