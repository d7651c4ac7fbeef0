import type { Answer } from "../../cli/answers/answer.ts";
import { count } from "../../cli/words.ts";
import { Sentence } from "../parts.tsx";
import { Answered } from "./shell.tsx";
import type { View } from "./view.ts";

type Detail = Answer<"oneRelease">;

/** How many lines of a build's log are shown at first, how many times as many the next time, and how many at most. */
const [FIRST, MORE, MOST] = [20, 10, 9_999];

/** How many lines the address asks for. */
export function linesIn(view: View): number {
  const asked = view.query("log") ?? "";
  return /^[1-9]\d{0,3}$/.test(asked) ? Number(asked) : FIRST;
}

/** The question about a release. */
export const questionAbout = (executionId: string, lines = FIRST): string => `release ${executionId} ${lines}`;

/** What there is to know of one release beside the list: its tasks, why it failed, and its build's log. */
export function ReleaseDetail({ executionId, view }: { readonly executionId: string; readonly view: View }) {
  const lines = linesIn(view);
  const asked = view.known(questionAbout(executionId, lines));
  // While more lines are asked for, those that are known stay.
  const known = asked.answer === undefined && !asked.failure ? view.known(questionAbout(executionId)) : asked;
  const detail = known.answer as Detail | undefined;
  const id = executionId.slice(0, 8);
  return (
    <Answered of={`release ${id}`} asked={known} command={view.command("releases", id)}>
      {detail ? (
        <>
          <Autopsy detail={detail} command={view.command("releases", id)} />
          <Rollout detail={detail} />
          <BuildLog detail={detail} executionId={executionId} lines={lines} />
        </>
      ) : undefined}
    </Answered>
  );
}

function Autopsy({ detail: { finding, release }, command }: AutopsyProps) {
  if (!finding) return null;
  return (
    <>
      <section class="alert">
        <h4>{release.ending === "rejected" ? "Why it was rejected" : "Why it failed"}</h4>
        <p>
          <Sentence text={finding.what} />
        </p>
        <p>
          <Sentence text={withCode(finding.fix)} />
        </p>
        <p class="soft">
          In a terminal: <code>{command}</code>
        </p>
      </section>
      {finding.evidence.length > 0 ? (
        <>
          <h4>What AWS says</h4>
          <pre class="log" tabIndex={0} aria-label="What AWS says">
            {finding.evidence.join("\n")}
          </pre>
        </>
      ) : undefined}
    </>
  );
}

interface AutopsyProps {
  readonly detail: Detail;
  /** What tells the same in a terminal. */
  readonly command: string;
}

/** A sentence with the command at its end marked as one; the middle one of two ends with its sentence. */
const withCode = (text: string): string =>
  text.replaceAll(/(?<=: )((?:npx |npm |node |docker |aws ).+?)(?=\. [A-Z]|\.?$)/g, "`$1`");

/** ECS's words for a rollout. */
const STATES: Readonly<Record<string, string>> = {
  IN_PROGRESS: "in progress",
  COMPLETED: "complete",
  FAILED: "failed",
};

function Rollout({ detail: { rollout } }: { readonly detail: Detail }) {
  return (
    <>
      {rollout.map(({ service, rollouts, targets }) => (
        <section key={service} aria-label={`Tasks of ${service}`}>
          <h4>{`Tasks of ${service}`}</h4>
          <div class="scroll" role="region" aria-label={`Tasks of ${service}, scrollable`} tabIndex={0}>
            <table class="rows tasks">
              <thead>
                <tr>
                  <th scope="col">Revision</th>
                  <th scope="col">Rollout</th>
                  {["Running", "Desired", "Pending", "Failed"].map((what) => (
                    <th key={what} scope="col" class="number">
                      {what}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rollouts.map(({ revision, running, desired, pending, failed, state }, index) => (
                  <tr key={revision}>
                    <td>
                      {revision}{" "}
                      {areTwo(rollouts) ? <span class="soft">{index === 0 ? "new" : "old"}</span> : undefined}
                    </td>
                    <td class="state">{STATES[state] ?? state}</td>
                    <td class="number" data-of="running">
                      {running}
                    </td>
                    <td class="number" data-of="desired">
                      {desired}
                    </td>
                    <td class="number" data-of="pending">
                      {pending}
                    </td>
                    <td class={failed > 0 ? "number tone-delete" : "number"} data-of="failed">
                      {failed}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {Object.keys(targets).length > 0 ? (
            <p>
              {"Targets of the load balancer: "}
              {Object.entries(targets)
                .map(([state, number]) => `${number} ${state}`)
                .join(", ")}
            </p>
          ) : undefined}
        </section>
      ))}
    </>
  );
}

/** Whether a rollout replaces one revision with another; while one is rolled back, both are of the revision before. */
const areTwo = (rollouts: readonly { readonly revision: string }[]): boolean =>
  new Set(rollouts.map(({ revision }) => revision)).size > 1;

function BuildLog({ detail: { build }, executionId, lines }: BuildLogProps) {
  if (!build) return null;
  const { lines: shown, hasMore, status } = build;
  const next = Math.min(MOST, lines * MORE);
  const query = new URLSearchParams({ release: executionId, log: String(next) });
  return (
    <section aria-label="Log of the build" id="log">
      <h4>
        {"Log of the build"}
        {status === undefined ? undefined : <span class="soft">{` ${status.toLowerCase().replaceAll("_", " ")}`}</span>}
      </h4>
      {shown.length === 0 ? (
        <p class="soft">It has no lines yet.</p>
      ) : (
        <>
          {hasMore && next > lines ? (
            <p>
              <a href={`/releases?${query.toString()}`} data-soft>{`Show the last ${next} lines`}</a>
            </p>
          ) : undefined}
          <pre class="log" tabIndex={0} aria-label={`The last ${count(shown.length, "line")} of the build`}>
            {shown.map(({ text }) => text).join("\n")}
          </pre>
        </>
      )}
    </section>
  );
}

interface BuildLogProps {
  readonly detail: Detail;
  readonly executionId: string;
  readonly lines: number;
}

/** How many files and commits are named. */
const NAMED = 12;

/** What a release that waits changes against what runs: what whoever approves it has to know. */
export function Changes({ executionId, view }: { readonly executionId: string; readonly view: View }) {
  const asked = view.known(questionAbout(executionId));
  const detail = asked.answer as Detail | undefined;
  const { pending } = detail ?? {};
  return (
    <Answered of="what it changes" asked={asked} command={view.command("releases", executionId.slice(0, 8))}>
      {pending ? <Compared pending={pending} /> : undefined}
    </Answered>
  );
}

function Compared({ pending: { message, images, scans, runs } }: { readonly pending: NonNullable<Detail["pending"]> }) {
  return (
    <>
      {message === "" ? undefined : <p>{message}</p>}
      <dl class="pairs">
        <dt>New image</dt>
        <dd class="mono">{images.join(", ") || "not known"}</dd>
        <dt>Runs now</dt>
        <dd class="mono">{runs === null ? "nothing that was released yet" : runs.images.join(", ") || "not known"}</dd>
        {runs?.executionId === undefined ? undefined : (
          <>
            <dt>Of release</dt>
            <dd>{runs.executionId.slice(0, 8)}</dd>
          </>
        )}
        {scans.map(({ image, counts, why }) => (
          <Scan key={image} counts={counts} why={why} />
        ))}
      </dl>
      <Named title="Files that differ" none="No file differs: the source is the same." items={runs?.files} />
      <Named title="Commits since" none="No commit since." items={runs?.commits} />
    </>
  );
}

function Scan({ counts, why = "no result" }: Pick<NonNullable<Detail["pending"]>["scans"][number], "counts" | "why">) {
  const found = Object.entries(counts ?? {}).filter(([, number]) => number > 0);
  const text = counts === undefined ? why : found.map(([word, number]) => `${number} ${word.toLowerCase()}`).join(", ");
  return (
    <>
      <dt>Scan</dt>
      <dd>{text || "no findings"}</dd>
    </>
  );
}

function Named({ title, none, items }: NamedProps) {
  if (items === undefined) return null;
  if (items.length === 0) return <p>{none}</p>;
  return (
    <>
      <h3>{`${title}: ${items.length}`}</h3>
      <ul>
        {items.slice(0, NAMED).map((item) => (
          <li key={item}>
            <Sentence text={item} />
          </li>
        ))}
        {items.length > NAMED ? <li>{`and ${items.length - NAMED} more`}</li> : undefined}
      </ul>
    </>
  );
}

interface NamedProps {
  readonly title: string;
  readonly none: string;
  readonly items: readonly string[] | undefined;
}
