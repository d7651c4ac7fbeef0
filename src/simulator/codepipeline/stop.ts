import type { Sim } from "../sim.ts";
import type { SimExecution } from "./records.ts";
import { currentActions } from "./run.ts";

/** Milliseconds until a stop is reached. */
const STOP = 2_000;

/**
 * Asks a run to stop: at once where it is to abandon what it does or does nothing, after its actions otherwise (CodePipeline user guide, "How
 * pipeline executions are stopped": "All in-progress action executions are allowed to complete", or all are abandoned).
 */
export function stop(sim: Sim, execution: SimExecution, abandon: boolean, reason: string): void {
  const actions = currentActions(execution);
  execution.status = "Stopping";
  execution.stop = { abandon, reason, ...(abandon || actions.length === 0 ? { at: sim.now + STOP } : {}) };
  execution.updatedAt = sim.now;
  if (!abandon) return;
  for (const action of actions) {
    action.status = "Abandoned";
    action.updatedAt = sim.now;
    delete action.dueAt;
  }
}
