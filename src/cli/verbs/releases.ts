import { releases as history, type Release } from "../../release/history.ts";
import { serviceOf, revisionIn } from "../../release/revision.ts";
import { EXIT, type Exit } from "../exit.ts";
import { headline, identityOf, inSession, type Session } from "../session.ts";
import { sourceText } from "../release-text.ts";
import type { CommonFlags, Surroundings } from "../surroundings.ts";
import { paint } from "../terminal.ts";
import { tellWaiting, waitingIn } from "../waiting.ts";

export interface ReleasesFlags extends CommonFlags {
  /** How many, the latest first. */
  readonly limit: number;
}

/** Lists the latest releases and where each came from. */
export const releases = (flags: ReleasesFlags, surroundings: Surroundings): Promise<Exit> =>
  inSession(flags, surroundings, (session) => show(flags, session));

async function show(flags: ReleasesFlags, session: Session): Promise<Exit> {
  const { terminal } = session;
  const [found, service, waiting] = await Promise.all([
    history(session, flags.limit),
    serviceOf(session),
    waitingIn(session),
  ]);
  const running = service && revisionIn(service.taskDefinition);
  if (flags.json) {
    terminal.answer(
      JSON.stringify(
        { ...identityOf(session), running: running ?? null, releases: found, ...waiting.report },
        undefined,
        2,
      ),
    );
    return EXIT.done;
  }
  terminal.line(`${headline(session)}:`);
  if (found.length === 0) terminal.line("No releases yet: deploy makes the first.");
  for (const release of found) for (const line of releaseLines(release, running)) terminal.line(line);
  tellWaiting(session, waiting);
  return EXIT.done;
}

const SIGNS: Readonly<Record<string, string>> = {
  live: paint.green("✓"),
  running: "…",
  superseded: "·",
  stopped: "·",
  "no-source": "·",
};

function releaseLines(release: Release, running: string | undefined): string[] {
  const { executionId, startedAt, ending, why, revision, image, source, approval, build } = release;
  const now = revision !== undefined && revision === running ? paint.bold(" (runs now)") : "";
  const head = `${SIGNS[ending] ?? paint.red("✗")} ${new Date(startedAt).toISOString()}  ${executionId}  ${ending === "no-source" ? "no source" : ending}`;
  return [
    `${head}${revision === undefined ? "" : `  ${revision}`}${now}`,
    ...(why === undefined ? [] : [`    why      ${why}`]),
    ...(source === undefined ? [] : [`    source   ${sourceText(source)}`]),
    ...(build === undefined ? [] : [`    build    ${build}`]),
    ...(image === undefined
      ? []
      : [`    image    ${image.uri}${image.digest === undefined ? "" : ` (${image.digest})`}`]),
    ...(approval === undefined
      ? []
      : [`    approval ${approval.by}${approval.summary === "" ? "" : `: ${approval.summary}`}`]),
  ];
}
