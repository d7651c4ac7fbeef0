import { NOW } from "../../cli/compared-progress.ts";
import { ProgressComparison } from "../compared-progress.tsx";
import { RunComparison } from "../compared-runs.tsx";
import type { ComparisonData, HistoryView, ProgressComparisonData, RunData } from "../data.ts";
import { RunSection } from "../run.tsx";
import { timeOf } from "../words.ts";
import { Going } from "./going.tsx";
import { RunTable } from "./run-table.tsx";
import { Answered, historyOf, type Page } from "./shell.tsx";
import type { View } from "./view.ts";

/** The run with that number, or else the last one, beside another one or the one in progress if that is asked for, and the list of all. */
export function runPage(view: View, number?: number): Page {
  const history = view.known("history");
  const { runs, progress } = historyOf(view);
  const shown = number ?? runs[0]?.number;
  const asked = otherIn(view);
  const isBesideNow = asked === NOW && progress !== undefined;
  // The run that was in progress is over: it is the last one now.
  const other = asked === NOW ? (isBesideNow ? undefined : runs[0]?.number) : asked;
  const compared = shown === undefined || other === undefined || other === shown ? undefined : inOrder(shown, other);
  const key =
    shown === undefined
      ? undefined
      : isBesideNow
        ? `now ${shown}`
        : compared
          ? `runs ${compared.join(" ")}`
          : `run ${shown}`;
  return {
    path: "/run",
    title: "Run",
    needs: ["history", ...(key === undefined ? [] : [key])],
    body: (
      <>
        <div data-part="going">
          {progress && !isBesideNow ? (
            <>
              <Going run={progress} view={view} />
              <Beside runs={runs} verb={progress.verb} />
            </>
          ) : undefined}
        </div>
        <div data-part="run">
          {key === undefined || shown === undefined ? undefined : isBesideNow ? (
            <Answered
              of={`run ${shown} and the one in progress`}
              asked={view.known(key)}
              command={view.command("history", String(shown), NOW)}
            >
              <BesideNow
                comparison={view.known(key).answer as ProgressComparisonData["comparison"] | undefined}
                number={shown}
              />
            </Answered>
          ) : compared ? (
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
            <RunTable
              runs={runs}
              shown={shown}
              other={isBesideNow ? NOW : other}
              hasProgress={progress !== undefined}
            />
          </Answered>
        </div>
      </>
    ),
  };
}

/** The run that the address asks to see beside the other one. */
function otherIn(view: View): number | typeof NOW | undefined {
  const asked = view.query("with") ?? "";
  if (asked === NOW) return NOW;
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

/** Leads from the run in progress to itself beside the last one of the same command that was done. */
function Beside({ runs, verb }: { readonly runs: HistoryView["runs"]; readonly verb: string }) {
  const like = runs.filter((run) => run.verb === verb && run.actions.length > 0);
  const before = like.find(({ outcome }) => outcome === "done") ?? like[0] ?? runs[0];
  if (!before) return null;
  return (
    <p class="buttons">
      <a class="button" href={`/run/${before.number}?with=${NOW}`} data-soft>
        {`Beside run ${before.number}: ${before.verb}, ${timeOf(before.when)}`}
      </a>
    </p>
  );
}

function BesideNow({ comparison, number }: BesideNowProps) {
  if (!comparison) return null;
  return (
    <>
      <h2>{`Run ${number} and the run in progress side by side`}</h2>
      <p class="buttons">
        <a class="button" href={`/run/${number}`} data-soft>{`Run ${number} alone`}</a>
      </p>
      <ProgressComparison comparison={comparison} />
    </>
  );
}

interface BesideNowProps {
  readonly comparison: ProgressComparisonData["comparison"] | undefined;
  readonly number: number;
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
