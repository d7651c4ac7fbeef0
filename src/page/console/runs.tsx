import { duration } from "../../cli/words.ts";
import { RunComparison } from "../compared-runs.tsx";
import type { ComparisonData, RunData } from "../data.ts";
import { RunSection } from "../run.tsx";
import { timeOf } from "../words.ts";
import { Going } from "./going.tsx";
import { Answered, historyOf, type Page } from "./shell.tsx";
import type { View } from "./view.ts";

/** The run with that number, or else the last one, and the list of all. */
export function runPage(view: View, number?: number): Page {
  const history = view.known("history");
  const { runs, progress } = historyOf(view);
  const shown = number ?? runs[0]?.number;
  const other = otherIn(view);
  const compared = shown === undefined || other === undefined || other === shown ? undefined : inOrder(shown, other);
  const key = shown === undefined ? undefined : compared ? `runs ${compared.join(" ")}` : `run ${shown}`;
  return {
    path: "/run",
    title: "Run",
    needs: ["history", ...(key === undefined ? [] : [key])],
    body: (
      <>
        <div data-part="going">{progress ? <Going run={progress} view={view} /> : undefined}</div>
        <div data-part="run">
          {key === undefined || shown === undefined ? undefined : compared ? (
            <Answered
              of={`the runs ${compared.join(" and ")}`}
              asked={view.known(key)}
              command={view.command("history", ...compared.map(String))}
            >
              <Compared
                comparison={view.known(key).answer as ComparisonData["comparison"] | undefined}
                numbers={compared}
              />
            </Answered>
          ) : (
            <Answered of={`run ${shown}`} asked={view.known(key)} command={view.command("history", String(shown))}>
              <Shown data={view.known(key).answer as RunData | undefined} />
            </Answered>
          )}
        </div>
        <div data-part="history">
          <h2>History</h2>
          <Answered of="the history" asked={history} command={view.command("history")}>
            {runs.length === 0 ? (
              <p>No run is recorded yet.</p>
            ) : (
              <div class="scroll" role="region" aria-label="Runs, scrollable" tabIndex={0}>
                <table>
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
                          <a
                            href={`/run/${run.number}`}
                            data-soft
                            aria-current={run.number === shown ? "true" : undefined}
                          >
                            {run.number}
                          </a>
                        </td>
                        <td>{timeOf(run.when)}</td>
                        <td>{run.verb}</td>
                        <td class={run.outcome === "done" ? undefined : "tone-delete"}>{run.outcome}</td>
                        <td class="number">{run.seconds === undefined ? "unknown" : duration(run.seconds * 1_000)}</td>
                        <td class="wide">{run.who}</td>
                        <td>
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
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </Answered>
        </div>
      </>
    ),
  };
}

/** The run that the address asks to see beside the other one. */
function otherIn(view: View): number | undefined {
  const asked = view.query("with") ?? "";
  return /^\d{1,15}$/.test(asked) ? Number(asked) : undefined;
}

/** Two runs, the earlier one first. */
const inOrder = (one: number, other: number): readonly [number, number] => (one < other ? [one, other] : [other, one]);

function Compared({ comparison, numbers: [first, second] }: ComparedProps) {
  if (!comparison) return null;
  return (
    <>
      <h2>{`Runs ${first} and ${second} side by side`}</h2>
      <p class="buttons">
        {[first, second].map((number) => (
          <a key={number} class="button" href={`/run/${number}`} data-soft>{`Run ${number} alone`}</a>
        ))}
      </p>
      <RunComparison comparison={comparison} />
    </>
  );
}

interface ComparedProps {
  readonly comparison: ComparisonData["comparison"] | undefined;
  readonly numbers: readonly [number, number];
}

function Shown({ data }: { readonly data: RunData | undefined }) {
  if (!data) return null;
  return (
    <>
      <h2>{`Run ${data.run.number}: ${data.run.verb}`}</h2>
      <RunSection data={data} />
    </>
  );
}
