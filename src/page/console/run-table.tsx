import { NOW } from "../../cli/compared-progress.ts";
import { duration } from "../../cli/words.ts";
import type { HistoryView } from "../data.ts";
import { timeOf } from "../words.ts";

interface RunTableProps {
  readonly runs: HistoryView["runs"];
  /** The number of the run that is shown. */
  readonly shown: number | undefined;
  /** The one beside it. */
  readonly other: number | typeof NOW | undefined;
  readonly hasProgress: boolean;
}

/** The runs of the history, each of which leads to itself alone and beside the one that is shown. */
export function RunTable({ runs, shown, other, hasProgress }: RunTableProps) {
  if (runs.length === 0) return <p>No run is recorded yet.</p>;
  return (
    <div class="scroll" role="region" aria-label="Runs, scrollable" tabIndex={0}>
      <table class={hasProgress ? "rows runs long" : "rows runs"}>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col">Outcome</th>
            <th scope="col" class="number">
              Took
            </th>
            <th scope="col" class="wide">
              Who
            </th>
            <th scope="col">Side by side</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.number} class={run.number === shown ? "current" : undefined}>
              <td>
                <a href={`/run/${run.number}`} data-soft aria-current={run.number === shown ? "true" : undefined}>
                  {run.number}
                </a>
              </td>
              <td class="when">{timeOf(run.when)}</td>
              <td class="verb">{run.verb}</td>
              <td class={run.outcome === "done" ? "outcome" : "outcome tone-delete"}>{run.outcome}</td>
              <td class="number">{run.seconds === undefined ? "unknown" : duration(run.seconds * 1_000)}</td>
              <td class="wide">{run.who}</td>
              <td class="beside">
                {run.number === shown ? (
                  <span class="soft">shown</span>
                ) : run.number === other ? (
                  <a href={`/run/${shown}`} data-soft>
                    {`without ${run.number}`}
                  </a>
                ) : (
                  <a href={`/run/${shown}?with=${run.number}`} data-soft>
                    {`with ${shown}`}
                  </a>
                )}
                {hasProgress && !(run.number === shown && other === NOW) ? (
                  <>
                    {", "}
                    <a href={`/run/${run.number}?with=${NOW}`} data-soft>
                      with the one in progress
                    </a>
                  </>
                ) : undefined}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
