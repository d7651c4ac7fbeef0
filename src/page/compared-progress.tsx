import {
  currentText,
  isGoing,
  isToCome,
  pastText,
  type ComparedProgress,
  type ProgressPair,
} from "../cli/compared-progress.ts";
import { signedDuration } from "../cli/compared-runs.ts";
import { aboutSeconds, duration } from "../cli/words.ts";
import { HalfBar } from "./compared-runs.tsx";
import type { ProgressComparisonData } from "./data.ts";
import { Facts, Folded } from "./parts.tsx";
import { timeOf } from "./words.ts";

/** What differs by a smaller part of the longest action than this is folded away, and so is a list of more rows than these. */
const [SHARE, FEW] = [0.01, 12];

/** Everything of a run of the history beside the one in progress. */
export function ProgressComparisonPage({ data }: { readonly data: ProgressComparisonData }) {
  return (
    <>
      <header class="page">
        <h1>{`Run ${data.comparison.past.number} of ${data.stack}, and the one in progress`}</h1>
      </header>
      <main>
        <ProgressComparison comparison={data.comparison} />
      </main>
    </>
  );
}

/** A run of the history beside the one in progress: how far each was, and for each action how long it took, or takes so far. */
export function ProgressComparison({ comparison }: { readonly comparison: ComparedProgress }) {
  const { past, current, pastThen: then, actions } = comparison;
  const { isAlive, verb, who, since, seconds, secondsLeft, done, all, calls } = current;
  const onlyPast = actions.filter((one) => !one.current);
  const longest = longestOf(actions.filter((one) => one.current));
  const isOver = (one: ProgressPair) =>
    one.past !== undefined && one.current !== undefined && !isGoing(one) && !isToCome(one);
  const differs = ({ difference = 0 }: ProgressPair) => Math.abs(difference) >= longest * SHARE;
  const over = actions.filter(isOver);
  const alike = over.filter((one) => !differs(one));
  const coming = actions.filter(isToCome);
  const going = actions.filter(isGoing);
  const onlyNow = actions.filter((one) => !one.past && one.current && !isGoing(one) && !isToCome(one));
  const lanes = (rows: readonly ProgressPair[]) => (
    // What only the other run did would make the bars of all that both do small.
    <Pairs rows={rows} longest={rows === onlyPast ? longestOf(rows) : longest} number={past.number} />
  );
  return (
    <section aria-label={`Run ${past.number} and the run in progress`} class="timeline">
      <p class="soft">{`Run ${past.number}: ${past.verb} by ${past.who}, ${timeOf(past.when)}: ${past.outcome}`}</p>
      <p class="soft">{`Now: ${verb} by ${who}, since ${timeOf(since)}: ${isAlive ? "in progress" : "has died"}`}</p>
      <Facts
        facts={[
          {
            what: isAlive ? "So far" : "Until it died",
            value: duration(seconds * 1000),
            more: past.seconds === undefined ? undefined : `run ${past.number} took ${duration(past.seconds * 1000)}`,
          },
          {
            what: "Done",
            value: `${done} of ${all}`,
            more: then ? `run ${past.number} had done ${then.done} of ${then.all} by then` : undefined,
          },
          {
            what: "Left",
            value:
              secondsLeft > 0 ? aboutSeconds(secondsLeft) : isAlive ? "nothing that is usually waited for" : "unknown",
            more: then ? `run ${past.number} needed ${duration(then.secondsLeft * 1000)} more from there` : undefined,
          },
          { what: "API calls", value: String(calls), more: `run ${past.number} made ${past.calls}` },
        ]}
      />
      <h2>{isAlive ? "In progress" : "In progress when it died"}</h2>
      {going.length === 0 ? <p>Nothing at this moment.</p> : lanes(going)}
      <h2>What took longer or less time</h2>
      {over.some(differs) ? (
        lanes(over.filter(differs))
      ) : (
        <p>Nothing that both have done took much longer in one of them.</p>
      )}
      {alike.length > 0 ? (
        <Folded title={`${alike.length} more, which differ by less than ${duration(longest * SHARE)}`}>
          {lanes(alike)}
        </Folded>
      ) : undefined}
      {[
        { title: isAlive ? "Still to come" : "Not begun", rows: coming },
        { title: "Only in the run in progress", rows: onlyNow },
        { title: `Only in run ${past.number}`, rows: onlyPast },
      ].map(({ title, rows }) =>
        rows.length === 0 ? undefined : (
          <section key={title}>
            <h2>{`${title}: ${rows.length}`}</h2>
            {rows.length > FEW ? <Folded title={`Show them: ${title}`}>{lanes(rows)}</Folded> : lanes(rows)}
          </section>
        ),
      )}
    </section>
  );
}

const longestOf = (pairs: readonly ProgressPair[]): number =>
  Math.max(1, ...pairs.flatMap((one) => [one.past?.ms ?? 0, one.current?.ms ?? 0]));

function Pairs(props: { readonly rows: readonly ProgressPair[]; readonly longest: number; readonly number: number }) {
  const { rows, longest, number } = props;
  return (
    <ol class="lanes">
      {rows.map((row) => {
        const { id, past, current, difference } = row;
        const isBad = current?.state === "failed" || current?.state === "stopped";
        return (
          <li key={`${id} ${current?.action ?? ""}`} class="lane pair">
            <span class="who">
              <strong>{id}</strong>
            </span>
            <span class="both">
              {past ? (
                <HalfBar
                  name={String(number)}
                  tone={past.outcome === "failed" || past.outcome === "stopped" ? "broken" : undefined}
                  part={past.ms / longest}
                  text={pastText(past)}
                />
              ) : undefined}
              {current ? (
                <HalfBar
                  name="now"
                  tone={isBad ? "broken" : isGoing(row) ? "going" : undefined}
                  part={current.ms === undefined ? undefined : current.ms / longest}
                  text={currentText(current)}
                />
              ) : undefined}
            </span>
            <span class="took">{difference === undefined || difference === 0 ? "" : signedDuration(difference)}</span>
          </li>
        );
      })}
    </ol>
  );
}
