import { answerJson } from "../answers/answer.ts";
import { releases as history, type Release } from "../../release/history.ts";
import { NoSuchRelease } from "../../release/rollback.ts";
import { releaseDetail, type Asked, type ReleaseDetail } from "../../release/release-detail.ts";
import type { ServiceRef } from "../../release/service-ref.ts";
import { serviceOf, revisionIn } from "../../release/revision.ts";
import { refsFor, type ServiceFlag } from "../services.ts";
import { EXIT, UsageError, type Exit } from "../exit.ts";
import { headline } from "../headline.ts";
import { identityOf, inSession, type Session } from "../session.ts";
import { printFinding, sourceText, tasksText, whyText } from "../release-text.ts";
import { findingOf } from "../release-end.ts";
import { comparisonLines } from "../comparison-text.ts";
import { paste } from "../paste.ts";
import type { CommonFlags, CliContext } from "../context.ts";
import { paint } from "../terminal.ts";
import { tellWaiting, waitingIn } from "../waiting.ts";

export interface ReleasesFlags extends CommonFlags, ServiceFlag {
  /** How many, the latest first. */
  readonly limit: number;
  /** How many of the last lines of a build's log, of one release. */
  readonly lines?: number;
}

/** Lists the latest releases and where each came from, or tells everything of the one whose id is or begins with `wanted`. */
export async function releases(wanted: string | undefined, flags: ReleasesFlags, context: CliContext): Promise<Exit> {
  if (wanted === undefined && flags.lines !== undefined)
    throw new UsageError(`--lines is for one release: ${paste(flags, "releases", "RELEASE")} --lines ${flags.lines}`);
  return inSession(flags, context, (session) =>
    wanted === undefined ? show(flags, session) : showOne(wanted, flags, session),
  );
}

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

/** How many lines of a build's log are shown where nobody asks for more. */
const LINES = 20;

async function showOne(wanted: string, flags: ReleasesFlags, session: Session): Promise<Exit> {
  const { terminal, directory } = session;
  const refs = refsFor(session, flags);
  const { lines = LINES } = flags;
  const [found, waiting] = await Promise.all([
    detailOf(refs, session, { wanted, lines, directory }),
    waitingIn(session),
  ]);
  const { release, rollout, approval, build, about } = found;
  const { executionId, ending, revision } = release;
  const cause = (await causesOf(session, [release])).get(executionId);
  const isRolledBack = waiting.report.waits.some(
    (one) => one.executionId === executionId && one.rollback !== undefined,
  );
  const hasFailed = ending === "failed" || ending === "rejected" || isRolledBack;
  const why = { executionId, ...(revision === undefined ? {} : { taskDefinition: revision }) };
  const finding = hasFailed ? await findingOf(session, why, about) : undefined;
  if (flags.json) {
    const { subject, runs = null } = approval ?? {};
    const { message = "", since = 0, images = [], scans = [] } = subject ?? {};
    answerJson(terminal, "oneRelease", {
      ...identityOf(session),
      release: { ...release, cause },
      rollout,
      pending: subject ? { message, since, images: images.map(({ uri }) => uri), scans, runs } : null,
      finding: finding ?? null,
      build: build
        ? { ...build, lines: build.lines.map(({ at, text }) => ({ at: new Date(at).toISOString(), text })) }
        : null,
      ...waiting.report,
    });
    return EXIT.done;
  }
  terminal.line(`${headline(session)}:`);
  for (const line of releaseLines({ ...release, cause, isRolledBack }, undefined)) terminal.line(line);
  for (const line of serviceLines(release, [], [])) terminal.line(line);
  for (const { service, ...tasks } of rollout)
    terminal.line(`    ${refs.length > 1 ? `${service} ` : ""}${tasksText(tasks)}`);
  if (approval) for (const line of comparisonLines(approval.runs)) terminal.line(line);
  if (finding) printFinding(terminal, finding);
  if (build && build.lines.length > 0) {
    terminal.line();
    terminal.line(paint.bold(`The last ${build.lines.length} lines of build ${build.id}`));
    for (const { text } of build.lines) terminal.line(`  ${text}`);
    if (build.hasMore)
      terminal.line(`For more of it: ${paste(flags, "releases", executionId)} --lines ${Math.min(MOST, lines * MORE)}`);
  }
  tellWaiting(session, waiting);
  return EXIT.done;
}

/** How many times as many lines are proposed, and how many there can be. */
const [MORE, MOST] = [10, 9_999];

async function detailOf(refs: readonly ServiceRef[], session: Session, asked: Asked): Promise<ReleaseDetail> {
  try {
    return await releaseDetail(refs[0] ?? session, refs, asked);
  } catch (error) {
    if (!(error instanceof NoSuchRelease)) throw error;
    throw new UsageError(`${error.message} To list them: ${paste(session.flags, "releases")}`, { cause: error });
  }
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
