import { answerJson } from "../answers/answer.ts";
import { releases as history, type Release } from "../../release/history.ts";
import { serviceOf, revisionIn } from "../../release/revision.ts";
import { refsFor, type ServiceFlag } from "../services.ts";
import { EXIT, type Exit } from "../exit.ts";
import { headline } from "../headline.ts";
import { identityOf, inSession, type Session } from "../session.ts";
import { sourceText, whyText } from "../release-text.ts";
import { paste } from "../paste.ts";
import type { CommonFlags, CliContext } from "../context.ts";
import { paint } from "../terminal.ts";
import { tellWaiting, waitingIn } from "../waiting.ts";

export interface ReleasesFlags extends CommonFlags, ServiceFlag {
  /** How many, the latest first. */
  readonly limit: number;
}

/** Lists the latest releases and where each came from. */
export const releases = (flags: ReleasesFlags, context: CliContext): Promise<Exit> =>
  inSession(flags, context, (session) => show(flags, session));

async function show(flags: ReleasesFlags, session: Session): Promise<Exit> {
  const { terminal } = session;
  const refs = refsFor(session, flags);
  const [listed, services, waiting] = await Promise.all([
    history(refs[0] ?? session, flags.limit, refs),
    Promise.all(refs.map(serviceOf)),
    waitingIn(session),
  ]);
  const causes = await causesOf(session, listed);
  const found = listed.map((one) => ({ ...one, cause: causes.get(one.executionId) }));
  const revisions = services.flatMap((service) => (service ? [revisionIn(service.taskDefinition)] : []));
  const running = refs.length > 1 ? undefined : revisions[0];
  if (flags.json) {
    answerJson(terminal, "releases", {
      ...identityOf(session),
      running: refs.length > 1 ? revisions : (running ?? null),
      releases: found,
      ...waiting.report,
    });
    return EXIT.done;
  }
  terminal.line(`${headline(session)}:`);
  const rolledBack = new Set(
    waiting.report.waits.flatMap(({ executionId, rollback }) => (rollback === undefined ? [] : executionId)),
  );
  if (found.length === 0) terminal.line(`No releases yet. To deploy the first one: ${paste(flags, "deploy")}`);
  for (const [at, release] of found.entries()) {
    for (const line of releaseLines({ ...release, isRolledBack: rolledBack.has(release.executionId) }, running))
      terminal.line(line);
    for (const line of serviceLines(release, found.slice(at + 1), revisions)) terminal.line(line);
  }
  tellWaiting(session, waiting);
  return EXIT.done;
}

/** Why releases failed, by the runs that followed them to their end: AWS keeps the status alone. */
async function causesOf({ store }: Session, found: readonly Release[]): Promise<ReadonlyMap<string, string>> {
  // CodePipeline ends later than whoever follows it knows.
  if (!found.some(({ ending }) => ending === "failed" || ending === "running")) return new Map();
  const runs = await store.runs(SEARCHED);
  return new Map(
    runs
      .toReversed()
      .flatMap(({ release, error }) => (release === undefined || error === undefined ? [] : [[release, error]])),
  );
}

/** How many of the last runs are searched for the causes of failed releases. */
const SEARCHED = 40;

/** Which services a release deployed, and whether with another image than the release before it. */
function serviceLines({ services = [] }: Release, earlier: readonly Release[], running: readonly string[]): string[] {
  const width = Math.max(...services.map(({ service }) => service.length));
  return services.map(({ service, revision = "", image }) => {
    const before = earlier.flatMap((one) => one.services?.find((other) => other.service === service) ?? [])[0];
    const isSame = image !== undefined && before?.image?.uri === image.uri;
    const now = running.includes(revision) ? paint.bold(" (running now)") : "";
    const what = image === undefined ? "image unknown" : `${isSame ? "same image" : "new image"} ${image.uri}`;
    return `    ${service.padEnd(width)}  ${revision}${now}, ${what}`;
  });
}

const SIGNS: Readonly<Record<string, string>> = {
  live: paint.green("✓"),
  running: "…",
  superseded: "·",
  stopped: "·",
  "no-source": "·",
};

/** Most are deployed by digest, and have it in the URI then. */
const imageText = ({ uri, digest }: NonNullable<Release["image"]>): string =>
  digest === undefined || uri.endsWith(digest) ? uri : `${uri} (${digest})`;

type Told = Release & {
  readonly cause: string | undefined;
  /** CodePipeline keeps it in progress until ECS has brought the tasks before it back. */
  readonly isRolledBack: boolean;
};

function releaseLines(release: Told, running: string | undefined): string[] {
  const { executionId, startedAt, ending, isRolledBack, why, cause, revision, image, source, approval, build } =
    release;
  const now = revision !== undefined && revision === running ? paint.bold(" (running now)") : "";
  const word = isRolledBack ? "rolling back" : ending === "no-source" ? "no source" : ending;
  const head = `${SIGNS[ending] ?? paint.red("✗")} ${new Date(startedAt).toISOString()}  ${executionId}  ${word}`;
  return [
    `${head}${revision === undefined ? "" : `  ${revision}`}${now}`,
    ...(why === undefined ? [] : [`    why      ${whyText(why)}`]),
    ...(cause === undefined ? [] : [`    cause    ${cause}`]),
    ...(source === undefined ? [] : [`    source   ${sourceText(source)}`]),
    ...(build === undefined ? [] : [`    build    ${build}`]),
    ...(image === undefined || release.services !== undefined ? [] : [`    image    ${imageText(image)}`]),
    ...(approval === undefined
      ? []
      : [`    approval ${approval.by}${approval.summary === "" ? "" : `: ${approval.summary}`}`]),
  ];
}
