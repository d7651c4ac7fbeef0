import { answerJson } from "../answers/answer.ts";
import { dirname, resolve } from "node:path";
import { hasCode } from "../../aws/errors.ts";
import { findExecution } from "../../release/executions.ts";
import { readSource, readSources, SourceError, type BuildContext, type SourceArchive } from "../../release/source.ts";
import { unfinishedUpload } from "../../release/unfinished-upload.ts";
import { uploadSource } from "../../release/upload.ts";
import { isPlain } from "../../config/services.ts";
import type { Stack } from "../../config/stack.ts";
import { demandAwake } from "../activity.ts";
import { EXIT, RunError, UsageError, type Exit } from "../exit.ts";
import { followToEnd, keepRunningBefore, leave, leaves } from "../following.ts";
import { pruneAfter } from "../old-revisions.ts";
import { tellEnd } from "../release-end.ts";
import { demandOwnRegion, inEachRegion } from "../regions.ts";
import { recordedExit, type Ended } from "../recorded.ts";
import { sourceText } from "../release-text.ts";
import { headline, headlinePart } from "../headline.ts";
import { effortOf, identityOf, inChangingSession, type Session } from "../session.ts";
import { paste } from "../paste.ts";
import type { Terminal } from "../terminal.ts";
import { stateDirectoryOf } from "../state-directory.ts";
import { count, duration, size } from "../words.ts";
import { sourceFolder } from "../source-folder.ts";
import type { CommonFlags, CliContext } from "../context.ts";
import { whoAmI } from "../../../state/holder.ts";

export interface DeployFlags extends CommonFlags {
  /** Approve in place. */
  readonly approve?: boolean;
  /** Return once the release has begun: either of the two flags. */
  readonly wait?: boolean;
  readonly detach?: boolean;
  /** Follow a release that was begun before, by its execution's id. */
  readonly attach?: string;
}

/**
 * Releases what is in `folder`: uploads it, and follows the pipeline until it is live or has failed. Left out, that is the folder of the one
 * service, or the config's own where `services` says what is built from which folder below it.
 */
export const deploy = (folder: string | undefined, flags: DeployFlags, context: CliContext): Promise<Exit> =>
  inEachRegion(
    { flags, context, verb: "deploy", order: "primaryFirst", stops: true, first: isOfOne(flags) },
    (own, inRegion) =>
      inChangingSession(own, inRegion, { verb: "deploy" }, (session) =>
        recordedExit(session, "deploy", () => run(folder, own, session)),
      ),
  );

/** A release that is not followed to its end does not go on in the second region, and the id of one is of a single region. */
const isOfOne = (flags: DeployFlags): boolean => leaves(flags) || flags.attach !== undefined;

async function run(folder: string | undefined, flags: DeployFlags, session: Session): Promise<Exit | Ended> {
  const { terminal, clock } = session;
  if (flags.attach !== undefined) return followed(session, flags.attach, flags, { folder });
  demandOwnRegion(session);
  demandAwake(session, "Nothing was uploaded.");
  const archive = await sourceIn(() => packed(folder, flags, session)).finally(() => terminal.draw([]));
  terminal.line(`${headline(session)}:`, headlinePart(session));
  const startedAt = clock.now();
  const { begun, version } = await session.hold
    .changing(async () => {
      // Before what runs is marked: a release that died before it did so has not ended.
      const earlier = await begunBefore(session, archive);
      await keepRunningBefore(session);
      return { begun: earlier !== undefined, version: earlier ?? (await upload(session, archive)) };
    })
    .finally(() => archive.content.close());
  const executionId = await findExecution(session, version, session.stop);
  if (leaves(flags)) {
    terminal.line(`The release ${begun ? "is in progress" : "has started"}.`);
    await leave(session, executionId);
    if (flags.json)
      answerJson(terminal, "detached", { ...identityOf(session), release: { executionId }, ...effortOf(session) });
    else terminal.answer(executionId);
    return EXIT.done;
  }
  return followed(session, executionId, flags, { startedAt, folder });
}

/** The archive of the source. */
function packed(folder: string | undefined, flags: DeployFlags, session: Session): Promise<SourceArchive> {
  const { stack, directory, terminal } = session;
  const places = {
    scratch: stateDirectoryOf(flags, directory),
    read: drawn(terminal, (bytes) => `${size(bytes)} packed`),
  };
  return isPlain(stack)
    ? readSource({ ...places, directory: sourceFolder(folder, flags, directory) }, stack.delivery.buildspec)
    : readSources({ ...places, directory: resolve(directory, folder ?? dirname(flags.config ?? "")) }, buildsIn(stack));
}

/** Draws how far something is, where that reads differently than before. */
function drawn(terminal: Terminal, text: (bytes: number) => string): (bytes: number) => void {
  let shown = "";
  return (bytes) => {
    const now = text(bytes);
    if (now !== shown) terminal.draw([now]);
    shown = now;
  };
}

/** What the pipeline builds of each service. */
const buildsIn = ({ services }: Stack): BuildContext[] =>
  services.flatMap(({ name, build }) => (build ? [{ service: name, ...build }] : []));

async function sourceIn(read: () => Promise<SourceArchive>): Promise<SourceArchive> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SourceError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** The version under which this very archive was uploaded, where what that began has not ended. */
function begunBefore(session: Session, archive: SourceArchive): Promise<string | undefined> {
  return inBucket(session, async () => {
    const begun = await unfinishedUpload(session, archive.digest, session.refs);
    if (begun !== undefined) session.terminal.line(`The same source was already uploaded, as version ${begun}.`);
    return begun;
  });
}

/** Uploads the archive; answers its version. */
function upload(session: Session, archive: SourceArchive): Promise<string> {
  return inBucket(session, async () => {
    const { terminal, clock } = session;
    const { content, files, bytes } = archive;
    terminal.line(`Packed ${count(files.length, "file")}, ${size(bytes)}, into ${size(content.size)}.`);
    const since = clock.now();
    const sent = drawn(
      terminal,
      (done) => `${size(done)} of ${size(content.size)} uploaded, ${duration(clock.now() - since)}`,
    );
    const source = await uploadSource(session, archive, whoAmI(), sent).finally(() => terminal.draw([]));
    terminal.line(`Uploaded ${sourceText(source)}.`);
    return source.version;
  });
}

/** Works with the bucket of the sources, which a stack that stands has. */
async function inBucket<T>(session: Session, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!hasCode(error, "NoSuchBucket")) throw error;
    throw new RunError(
      `There is no bucket ${session.names.sourceBucket}: the stack is not deployed here. Run: ${paste(session.flags, "reconcile")}`,
      { cause: error },
    );
  }
}

async function followed(
  session: Session,
  executionId: string,
  { approve = false, json }: DeployFlags,
  { startedAt = session.clock.now(), folder }: { readonly startedAt?: number; readonly folder: string | undefined },
): Promise<Exit | Ended> {
  const end = await followToEnd(session, executionId, approve);
  if (end) {
    const ended = await tellEnd(session, end, { executionId: end.executionId, json, startedAt, folder });
    await pruneAfter(session, end);
    return ended;
  }
  return session.stop.aborted ? EXIT.failed : EXIT.done;
}
