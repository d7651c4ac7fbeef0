// What a person is told once a release has ended: where to see it, or what runs in its place.
import type { Followed } from "../release/follow.ts";
import { oldVersions, type OldVersion } from "../release/old-version.ts";
import { autopsy } from "../release/autopsy.ts";
import type { Finding } from "../release/finding.ts";
import { isPublic, serviceName, type ServiceRef } from "../release/service-ref.ts";
import { answerJson } from "./answers/answer.ts";
import { dockerRun } from "./docker-run.ts";
import { EXIT } from "./exit.ts";
import { outputsOf } from "./outputs-of.ts";
import { paste } from "./paste.ts";
import { endOf, type Ended } from "./recorded.ts";
import { printFinding, servicesText, withCommands } from "./release-text.ts";
import { effortOf, identityOf, type Session } from "./session.ts";
import { paint } from "./terminal.ts";
import { count, duration } from "./words.ts";

/** Tells the address of the application, if one of its services has one; the simulated one is of no use to a browser. */
async function tellAddress(session: Session, folder: string | undefined): Promise<void> {
  const { refs, store, topology } = session;
  const state = refs.some(isPublic) ? await store.read().catch(() => undefined) : undefined;
  const url = state && outputsOf(topology.outputs, state)["application_url"];
  if (typeof url === "string") printAddress(session, url, folder);
}

/** Prints the address of the application, and for the simulated one how to see the application instead. */
export function printAddress(session: Session, url: string, folder?: string): void {
  const { flags, target, terminal } = session;
  terminal.line(`Application URL: ${url}`, "result");
  if (target !== "local") return;
  const run = dockerRun(session, session.refs.find(isPublic), folder);
  terminal.line(
    `It is simulated: nothing answers there. To check the request path: ${paste(flags, "doctor")}${run === undefined ? "" : `. To run the image here: ${run}`}`,
  );
}

/** Tells what still runs where a release was not deployed, as it is now. */
export async function tellOldVersion(session: Session, { revision, services = [] }: Followed): Promise<void> {
  const failed = new Set([revision, ...services.map((one) => one.revision)].filter((one) => one !== undefined));
  let found: readonly OldVersion[];
  try {
    found = await oldVersions(session.refs, failed);
  } catch (error) {
    session.terminal.line(`Could not find out what runs now: ${(error as Error).message}`, "failure");
    return;
  }
  for (const one of found) session.terminal.line(oldVersionText(one, found.length > 1), "failure");
}

/** A service that failed, in words: that the old version serves is only said where it does. */
export function oldVersionText({ service, revision, tasks, healthy }: OldVersion, areSeveral = false): string {
  const whose = areSeveral ? ` of ${service}` : "";
  if (revision === undefined) return `No task of an earlier version${whose} is running.`;
  const running = `${count(tasks, "task")} of ${revision} ${tasks === 1 ? "is" : "are"} running`;
  if (healthy === 0) return `The old version${whose} has no healthy target, but ${running}.`;
  const targets = healthy === undefined ? "" : `, ${count(healthy, "target")} ${healthy === 1 ? "is" : "are"} healthy`;
  return `The old version${whose} still ${healthy === undefined ? "runs" : "serves"}: ${running}${targets}.`;
}

/** Tells how a release or a rollback ended; the exit code says it too. */
export async function tellEnd(
  session: Session,
  end: Followed,
  {
    executionId,
    json,
    startedAt,
    ref,
    folder,
  }: {
    executionId?: string;
    json: boolean | undefined;
    startedAt: number;
    ref?: ServiceRef;
    /** The folder that was released, if it was given. */
    folder?: string | undefined;
  },
): Promise<Ended> {
  const { terminal, clock } = session;
  const isLive = end.ending === "live";
  // A release that was stopped, or whose place a later one took, has not failed: why it ended is told already.
  const hasFailed = end.ending === "failed" || end.ending === "rejected";
  const failed = end.services?.find(({ ending }) => ending === "failed");
  const about = ref ?? session.refs.find((one) => serviceName(one) === failed?.service) ?? session.refs[0] ?? session;
  const revision = failed ? failed.revision : end.revision;
  const finding = !hasFailed
    ? undefined
    : await findingOf(
        session,
        {
          ...(executionId === undefined ? {} : { executionId }),
          ...(revision === undefined ? {} : { taskDefinition: revision }),
        },
        about,
        folder,
      );
  // A release that changes jobs alone deploys no service.
  const what = end.services?.length ? count(end.services.length, "service") : (end.revision ?? "the release");
  if (isLive) terminal.line(`${paint.green("Live")} in ${duration(clock.now() - startedAt)}: ${what}.`, "result");
  for (const line of servicesText(end.services ?? [])) terminal.line(line, isLive ? "result" : "failure");
  if (isLive && executionId !== undefined) await tellAddress(session, folder);
  if (hasFailed && executionId !== undefined) await tellOldVersion(session, end);
  if (!isLive && finding) {
    if (failed)
      terminal.line(
        `The service ${failed.service} failed${failed.why === undefined ? "." : `: ${failed.why}`}`,
        "failure",
      );
    printFinding(terminal, finding);
  }
  if (json) {
    const release = {
      executionId: executionId ?? null,
      ...end,
      why: end.why ?? null,
      revision: end.revision ?? null,
      finding: finding ?? null,
    };
    answerJson(terminal, "release", { ...identityOf(session), release, ...effortOf(session) });
  }
  const why = finding?.what ?? end.why;
  return {
    ...endOf(isLive ? EXIT.done : EXIT.failed),
    ...(isLive || why === undefined ? {} : { error: why }),
    ...(executionId === undefined ? {} : { release: executionId }),
  };
}

/** What a failure comes from; the failure is told even where the looking fails too. `folder`: what was released, if it was given. */
export async function findingOf(
  session: Session,
  about: Parameters<typeof autopsy>[1],
  ref: ServiceRef = session,
  folder?: string,
): Promise<Finding | undefined> {
  // No docker can pull from the simulated registry. What an earlier release was built from is not in the folder any more.
  const run = () => (about.executionId === undefined ? "" : (dockerRun(session, ref, folder) ?? ""));
  try {
    return withCommands(
      await autopsy(ref, session.target === "local" ? { ...about, run: run() } : about),
      session.flags,
    );
  } catch (error) {
    session.terminal.line(`Could not find out why it failed: ${(error as Error).message}`);
    return undefined;
  }
}
