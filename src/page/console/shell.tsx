import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Known } from "../../console/answers.ts";
import type { DeclaredView, HistoryView, RegionView } from "../data.ts";
import { GoingLine } from "./going.tsx";
import { Alert, Sentence } from "../parts.tsx";
import { ago } from "./ago.ts";
import type { View } from "./view.ts";

/** The pages, in the order of the navigation. */
export const PAGES = [
  { path: "/", title: "Stack" },
  { path: "/plan", title: "Plan" },
  { path: "/run", title: "Run" },
  { path: "/releases", title: "Releases" },
  { path: "/health", title: "Health" },
  { path: "/cost", title: "Cost" },
] as const;

/** A page as it is sent. */
export interface Page {
  /** Which entry of the navigation it belongs to. */
  readonly path: (typeof PAGES)[number]["path"];
  readonly title: string;
  /** The questions that it shows the answers of. */
  readonly needs: readonly string[];
  readonly body: ComponentChildren;
}

/** A page as a document. Its parts are replaced by themselves where a script runs; without one it is loaded again while something is asked. */
export function consoleDocument(page: Page, view: View): string {
  const asks = page.needs.some((key) => view.known(key).isAsking) || view.acts.some(({ state }) => state === "running");
  const html = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${page.title} · ${nameOf(view)}`}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/console.css" />
        <script src="/console.js" defer />
        {asks ? (
          <noscript>
            <meta http-equiv="refresh" content="2" />
          </noscript>
        ) : undefined}
      </head>
      <body data-needs={page.needs.join(",")}>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <Head page={page} view={view} />
        <main id="main" tabIndex={-1}>
          <h1 class="unseen">{page.title}</h1>
          {page.body}
        </main>
      </body>
    </html>
  );
  return `<!doctype html>\n${renderToString(html)}\n`;
}

const nameOf = (view: View): string =>
  regionViews(view)[0]?.stack.name ?? declaredOf(view)?.recorded[0]?.name ?? "Fairlead";

/** What is known of the stack, region by region. */
export const regionViews = (view: View): readonly RegionView[] =>
  (view.known("stack").answer as readonly RegionView[] | undefined) ?? [];

/** What is known of the stack without AWS. */
export const declaredOf = (view: View): DeclaredView | undefined =>
  view.known("declared").answer as DeclaredView | undefined;

/** Whether nothing of a stack exists. */
export const isAbsent = ({ stack }: RegionView): boolean =>
  stack.resources.length > 0 && stack.resources.every(({ action }) => action === "create");

/** That nothing of a stack exists, and what creates it. */
export function Absent({ one: { stack }, view }: { readonly one: RegionView; readonly view: View }) {
  return (
    <Alert
      title={`${stack.name} does not exist in ${stack.region}`}
      lines={[`Nothing of it is on AWS or in the state. To create it: \`${view.command("reconcile")}\``]}
      isWarning
    />
  );
}

/** What is known of the runs. */
export const historyOf = (view: View): HistoryView =>
  (view.known("history").answer as HistoryView | undefined) ?? { runs: [] };

function Head({ page, view }: { readonly page: Page; readonly view: View }) {
  const views = regionViews(view);
  const asked = page.needs.map((key) => view.known(key));
  const oldest = Math.min(...asked.flatMap(({ at }) => at ?? []));
  const isAsking = asked.some((one) => one.isAsking);
  return (
    <header class="page console">
      <div class="where" data-part="where">
        <strong>{nameOf(view)}</strong>{" "}
        <span class="soft">
          {views.length > 0
            ? views.map(({ stack }) => stack.headline.replace(/^.*? on /, "on ")).join("; ")
            : view.target === "aws"
              ? "on AWS"
              : "on the built-in simulated AWS"}
        </span>
      </div>
      <nav aria-label="Pages">
        {PAGES.map(({ path, title }) => (
          <a key={path} href={path} data-soft aria-current={path === page.path ? "page" : undefined}>
            {title}
          </a>
        ))}
      </nav>
      <form method="post" action="/refresh" class="fresh" data-part="fresh">
        <input type="hidden" name="back" value={page.path} />
        <span class="soft" role="status">
          {isAsking ? "Asking…" : <Age at={oldest} now={view.now} />}
          {view.interval === undefined ? undefined : `, every ${view.interval} s while a page is open`}
        </span>{" "}
        <button type="submit">Refresh</button>
      </form>
      <div class="acts" data-part="now" role="status">
        <GoingLine run={historyOf(view).progress} />
      </div>
      <Acts view={view} />
    </header>
  );
}

/** How old something is; a script keeps it right. */
export function Age({ at, now }: { readonly at: number; readonly now: number }) {
  if (!Number.isFinite(at)) return null;
  return (
    <time dateTime={new Date(at).toISOString()} data-ago>
      {ago((now - at) / 1_000)}
    </time>
  );
}

/** What was done from here: the command, and what it came to. */
function Acts({ view: { acts } }: { readonly view: View }) {
  const [last] = acts;
  return (
    <div class="acts" data-part="acts" role="status">
      {last ? (
        <p class={last.state === "failed" ? "tone-delete" : undefined}>
          <code>{last.command}</code>{" "}
          {last.state === "running"
            ? `is running${last.said === "" ? "" : `: ${last.said}`}`
            : last.state === "done"
              ? "is done."
              : "failed: "}
          {last.state === "failed" ? <Sentence text={last.said} /> : undefined}
        </p>
      ) : undefined}
    </div>
  );
}

/** What is known of a question, or why it is not. */
export function Answered({ of, asked, command, children }: AnsweredProps) {
  return (
    <>
      {asked.failure ? <Failed what={of} asked={asked} command={command} /> : undefined}
      {asked.answer === undefined ? (
        asked.failure ? undefined : (
          <p class="soft asking">{`Asking for ${of}…`}</p>
        )
      ) : (
        children
      )}
    </>
  );
}

interface AnsweredProps {
  /** What it is, in the middle of a sentence. */
  readonly of: string;
  readonly asked: Known;
  readonly command: string;
  readonly children: ComponentChildren;
}

function Failed({ what, asked, command }: { readonly what: string; readonly asked: Known; readonly command: string }) {
  const { failure, answer } = asked;
  if (!failure) return null;
  return (
    <Alert
      title={answer === undefined ? `There is no answer about ${what}` : `There is no newer answer about ${what}`}
      lines={[
        failure.message,
        ...(failure.problems ?? []).map(
          ({ path, message, place }) => `${place === undefined ? "" : `${place} `}${path}: ${message}`,
        ),
        ...(failure.advice === undefined ? [] : [failure.advice]),
        `To ask in a terminal: \`${command}\``,
      ]}
    />
  );
}
