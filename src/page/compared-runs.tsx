import { signedDuration, signedNumber } from "../cli/compared-runs.ts";
import { duration } from "../cli/words.ts";
import type { ComparisonData } from "./data.ts";
import { Facts, Folded } from "./parts.tsx";
import { timeOf } from "./words.ts";

type Comparison = ComparisonData["comparison"];
type Compared = Comparison["actions"][number];

/** What differs by a smaller part of the longest action than this is folded away. */
const SHARE = 0.01;

/** Everything of two runs side by side. */
export function ComparisonPage({ data }: { readonly data: ComparisonData }) {
  const { first, second } = data.comparison;
  return (
    <>
      <header class="page">
        <h1>{`Runs ${first.number} and ${second.number} of ${data.stack}`}</h1>
      </header>
      <main>
        <RunComparison comparison={data.comparison} />
      </main>
    </>
  );
}

/** Two runs side by side: for each action how long it took in both. */
export function RunComparison({ comparison }: { readonly comparison: Comparison }) {
  const { first, second, difference, actions, calls } = comparison;
  const longest = Math.max(1, ...actions.flatMap((one) => [one.first?.ms ?? 0, one.second?.ms ?? 0]));
  const both = actions.filter((one) => one.first && one.second);
  const isShown = ({ difference: by = 0 }: Compared) => Math.abs(by) >= longest * SHARE;
  const onlyFirst = actions.filter((one) => one.second === undefined);
  const onlySecond = actions.filter((one) => one.first === undefined);
  const lanes = (rows: readonly Compared[]) => <Pairs rows={rows} longest={longest} comparison={comparison} />;
  const some = both.filter(isShown);
  const rest = both.filter((one) => !isShown(one));
  return (
    <section aria-label={`Runs ${first.number} and ${second.number}`} class="timeline">
      {[first, second].map(({ number, verb, who, when, outcome }) => (
        <p key={number} class="soft">{`Run ${number}: ${verb} by ${who}, ${timeOf(when)}: ${outcome}`}</p>
      ))}
      <Facts
        facts={[
          ...[first, second].map(({ number, seconds }) => ({
            what: `Run ${number} took`,
            value: seconds === undefined ? "unknown" : duration(seconds * 1000),
          })),
          { what: "Difference", value: difference === undefined ? "unknown" : signedDuration(difference * 1000) },
          {
            what: "API calls",
            value: `${first.calls} and ${second.calls}`,
            more: signedNumber(second.calls - first.calls),
          },
        ]}
      />
      <h2>What took longer or less time</h2>
      {some.length === 0 ? <p>Nothing that both did took much longer in one of them.</p> : lanes(some)}
      {rest.length > 0 ? (
        <Folded title={`${rest.length} more, which differ by less than ${duration(longest * SHARE)}`}>
          {lanes(rest)}
        </Folded>
      ) : undefined}
      {[
        { run: first, rows: onlyFirst },
        { run: second, rows: onlySecond },
      ].map(({ run, rows }) =>
        rows.length === 0 ? undefined : (
          <section key={run.number}>
            <h2>{`Only in run ${run.number}: ${rows.length}`}</h2>
            {rows.length > 12 ? <Folded title="Show them">{lanes(rows)}</Folded> : lanes(rows)}
          </section>
        ),
      )}
      <h2>API calls</h2>
      <Folded title={`${first.calls} in run ${first.number}, ${second.calls} in run ${second.number}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Call</th>
              <th scope="col" class="number">{`Run ${first.number}`}</th>
              <th scope="col" class="number">{`Run ${second.number}`}</th>
              <th scope="col" class="number">
                Difference
              </th>
            </tr>
          </thead>
          <tbody>
            {calls.map((call) => (
              <tr key={call.call}>
                <td class="mono">{call.call}</td>
                <td class="number">{call.first}</td>
                <td class="number">{call.second}</td>
                <td class="number">{signedNumber(call.second - call.first)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Folded>
    </section>
  );
}

function Pairs(props: {
  readonly rows: readonly Compared[];
  readonly longest: number;
  readonly comparison: Comparison;
}) {
  const { rows, longest, comparison } = props;
  return (
    <ol class="lanes">
      {rows.map((row) => (
        <li key={row.id} class="lane pair">
          <span class="who">
            <strong>{row.id}</strong>
          </span>
          <span class="both">
            <Half part={row.first} run={comparison.first.number} longest={longest} />
            <Half part={row.second} run={comparison.second.number} longest={longest} />
          </span>
          <span class="took">{row.difference === undefined ? "" : signedDuration(row.difference)}</span>
        </li>
      ))}
    </ol>
  );
}

/** One of the two bars, and what it shows in words. */
function Half({ part, run, longest }: { part: Compared["first"]; run: number; longest: number }) {
  if (part === undefined) return null;
  const { action, outcome, ms } = part;
  const isBad = outcome === "failed" || outcome === "stopped";
  return (
    <HalfBar
      name={String(run)}
      tone={isBad ? "broken" : undefined}
      part={ms / longest}
      text={`${action}${outcome === "done" ? "" : ` ${outcome}`}, ${duration(ms)}`}
    />
  );
}

/** A bar with the run that it is of before it, and words after it. */
export function HalfBar({ name, tone, part, text }: HalfBarProps) {
  return (
    <span class={tone === undefined ? "half" : `half ${tone}`}>
      <span class="soft">{name}</span>
      <svg class="bars" width="100%" height="12" aria-hidden="true">
        {part === undefined ? undefined : (
          <>
            <rect class="call" y="2" width={`${Math.round(part * 10_000) / 100}%`} height="8" rx="1" />
            <rect class="call" y="2" width="2" height="8" />
          </>
        )}
      </svg>
      <span>{text}</span>
    </span>
  );
}

interface HalfBarProps {
  readonly name: string;
  readonly tone?: "broken" | "going" | undefined;
  /** Of the longest action, from 0 to 1; missing of one that has not begun. */
  readonly part: number | undefined;
  readonly text: string;
}
