import { duration } from "../cli/words.ts";
import { anchorOf, type RunData } from "./data.ts";
import { Alert, Bar, Facts, Folded, Picture, Sign } from "./parts.tsx";
import { pastTimeline } from "./timeline-data.ts";
import { Timeline } from "./timeline.tsx";
import { timeOf } from "./words.ts";

/** Everything of a run of the history. */
export function RunPage({ data }: { readonly data: RunData }) {
  return (
    <>
      <header class="page">
        <h1>{`Run ${data.run.number} of ${data.stack}: ${data.run.verb}`}</h1>
      </header>
      <main>
        <RunSection data={data} />
      </main>
    </>
  );
}

const OUTCOMES: Readonly<Record<string, string>> = {
  done: "done",
  partly: "partially done",
  failed: "failed",
  declined: "declined at the question",
  died: "died",
};

/** What a run came to, and each of its actions. */
export function RunSection({ data: { run, picture, stack } }: { readonly data: RunData }) {
  const { verb, when, who, target, outcome, seconds, error, summary, actions, release } = run;
  const numbers = Object.entries(summary).filter(([, times]) => times > 0);
  const calls = Object.entries(run.calls).toSorted(([, a], [, b]) => b - a);
  const total = calls.reduce((sum, [, times]) => sum + times, 0);
  const timeline = pastTimeline(run);
  return (
    <section aria-label={`Run ${run.number}`}>
      <p class="soft">{`${verb} by ${who}, ${timeOf(when)}, on ${target === "aws" ? "AWS" : "the built-in simulated AWS"}`}</p>
      <Facts
        facts={[
          { what: "Outcome", value: OUTCOMES[outcome] ?? outcome },
          { what: "Resources", value: numbers.map(([word, times]) => `${times} ${word}`).join(", ") || "none" },
          { what: "Took", value: seconds === undefined ? "unknown" : duration(seconds * 1000) },
          { what: "API calls", value: String(total) },
          ...(release === undefined ? [] : [{ what: "Release", value: release }]),
        ]}
      />
      <Alert title={outcome === "done" ? "Note" : "Why it ended so"} lines={error === undefined ? [] : [error]} />
      {picture === undefined ? undefined : (
        <>
          <Picture svg={picture} of={stack} />
          <p class="soft">The picture is of the stack as its config is now.</p>
        </>
      )}
      {timeline === undefined ? undefined : (
        <>
          <h2>Timeline</h2>
          <Timeline timeline={timeline} anchor />
        </>
      )}
      {timeline === undefined ? <ActionTable actions={actions} /> : undefined}
      {calls.length > 0 ? (
        <Folded title={`API calls: ${total}`}>
          <table>
            <tbody>
              {calls.map(([name, times]) => (
                <tr key={name}>
                  <td class="mono">{name}</td>
                  <td class="number">{times}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Folded>
      ) : undefined}
    </section>
  );
}

/** The actions of a run whose times are not recorded. */
function ActionTable({ actions }: Pick<RunData["run"], "actions">) {
  const longest = Math.max(1, ...actions.map(({ ms }) => ms));
  return (
    <>
      <h2>Actions</h2>
      {actions.length === 0 ? <p>There are none.</p> : undefined}
      {actions.length > 0 ? (
        <table>
          <thead>
            <tr>
              <th scope="col">Action</th>
              <th scope="col">Resource</th>
              <th scope="col">Outcome</th>
              <th scope="col" class="number">
                Time
              </th>
              <td class="wide" />
            </tr>
          </thead>
          <tbody>
            {actions.map(({ id, type, action, outcome: end, ms, error: why }) => (
              <tr key={`${id} ${action}`} id={anchorOf("", id)}>
                <td>
                  <Sign action={action} />
                </td>
                <td>
                  <strong>{id}</strong> <span class="soft">{type}</span>
                </td>
                <td>
                  <span class={end === "failed" ? "tone-delete" : undefined}>{end}</span>
                  {why === undefined ? undefined : <div>{why}</div>}
                </td>
                <td class="number">{duration(ms)}</td>
                <td class="wide">
                  <Bar part={ms / longest} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : undefined}
    </>
  );
}
