import { answerJson } from "../answers/answer.ts";
import { realClock } from "../../clock.ts";
import type { Aws } from "../../aws/aws.ts";
import { limitsEver } from "../../config/counts.ts";
import { hasChanges, isDrift, type Action } from "../../engine/action.ts";
import { planReconcile } from "../../engine/plan.ts";
import { revisionIn } from "../../release/revision.ts";
import { idIn, isJob, serviceName, type ServiceRef } from "../../release/service-ref.ts";
import { alarmLines, alarmStatus } from "../alarm-status.ts";
import { metricLines, recentMetrics } from "../metric-status.ts";
import { areSeveral, refsFor, type ServiceFlag } from "../services.ts";
import { EXIT, UsageError, type Exit } from "../exit.ts";
import { LockedError } from "../../../state/state.ts";
import { progressIn, progressLine } from "../progress-text.ts";
import { inEachRegion } from "../regions.ts";
import { headline } from "../headline.ts";
import { effortOf, identityOf, look, inChangingSession, inObservingSession, type Session } from "../session.ts";
import { untilReady, type Waited } from "../until-ready.ts";
import { untilUnlocked } from "../until-unlocked.ts";
import { Snapshot } from "../../engine/snapshot.ts";
import { asleepNotes } from "../activity.ts";
import { paste } from "../paste.ts";
import type { CommonFlags, CliContext } from "../context.ts";
import { paint } from "../terminal.ts";
import { tellWaiting, waitingIfStanding } from "../waiting.ts";
import { count, layerOf, nameOf } from "../words.ts";

/** How one layer is. */
interface LayerStatus {
  readonly layer: string;
  readonly resources: number;
  readonly ready: number;
  /** Names of what does not exist, of what exists and is not ready yet, of what AWS says failed. */
  readonly missing: readonly string[];
  readonly waiting: readonly string[];
  /** Names of what was changed or deleted outside Fairlead, and of what the file wants otherwise. */
  readonly drift: readonly string[];
  readonly changes: readonly string[];
}

export interface StatusFlags extends CommonFlags, ServiceFlag {
  readonly metrics?: boolean;
  /** First wait until nothing is in progress, for at most `timeout` milliseconds. */
  readonly wait?: boolean;
  readonly timeout?: number;
}

/** Tells how each layer is, whether AWS has drifted, and what runs. Changes nothing. */
export async function status(flags: StatusFlags, context: CliContext): Promise<Exit> {
  if (flags.timeout !== undefined && !flags.wait)
    throw new UsageError(
      `--timeout is how long --wait waits at most: ${paste(flags, "status", "--wait")} --timeout 10m`,
    );
  return inEachRegion({ flags, context, verb: "status", order: "primaryFirst", stops: false }, (own, inRegion) =>
    // The simulated time that a wait takes passes for later commands too: it changes the simulated world.
    own.wait
      ? onceUnlocked(own, inRegion)
      : inObservingSession(own, inRegion, "resources", (session) => show(own, session)),
  );
}

/** Waits for the run in another terminal, if there is one, and then for what AWS is still busy with. */
async function onceUnlocked(flags: StatusFlags, context: CliContext): Promise<Exit> {
  const purpose = { verb: "status", looks: true, observes: "resources" } as const;
  for (;;) {
    if (!(await untilUnlocked(flags, context, flags.timeout))) return EXIT.failed;
    try {
      return await inChangingSession(flags, context, purpose, (session) => waitAndShow(flags, session));
    } catch (error) {
      // Another run was faster. On AWS it takes no lock.
      if (!(error instanceof LockedError)) throw error;
    }
  }
}

async function waitAndShow(flags: StatusFlags, session: Session): Promise<Exit> {
  const waited = await untilReady(session, flags.timeout);
  const exit = await show(flags, { ...session, snapshot: new Snapshot() }, waited);
  return waited.inProgress.length > 0 || waited.stopped ? EXIT.failed : exit;
}

async function show(flags: StatusFlags, session: Session, waited?: Waited): Promise<Exit> {
  const { terminal } = session;
  const refs = refsFor(session, flags);
  const { state, seen } = await look(session);
  const plan = planReconcile(session.world, session.topology.graph, state, seen);
  const layers = new Set(plan.actions.map(({ id }) => layerOf(id)));
  const found = [...layers].map((layer) =>
    layerStatus(
      layer,
      plan.actions.filter(({ id }) => layerOf(id) === layer),
    ),
  );
  const services = refs.flatMap((ref) => serviceStatus(plan.actions, session, ref) ?? []);
  const jobs = refs.flatMap((ref) => jobStatus(plan.actions, session, ref) ?? []);
  const [waiting, alarms, metrics, progress] = await Promise.all([
    waitingIfStanding(session, plan),
    alarmStatus(session, plan.actions),
    flags.metrics ? recentMetrics(session, refs, plan.actions) : undefined,
    progressIn(session.store),
  ]);
  if (flags.json) {
    const told = areSeveral(session) ? { services } : { service: services[0] };
    const ofJobs = jobs.length > 0 ? { jobs } : {};
    const answer = {
      ...identityOf(session),
      ...(waited && { waited }),
      layers: found,
      ...told,
      ...ofJobs,
      ...alarms,
      ...(metrics ? { metrics } : {}),
      ...(progress.length > 0 ? { progress } : {}),
      ...waiting.report,
      ...effortOf(session),
    };
    answerJson(terminal, "status", answer);
    return EXIT.done;
  }
  terminal.line(`${headline(session)}:`);
  for (const one of progress)
    terminal.line(
      `${one.isAlive ? paint.yellow("…") : paint.red("✗")} ${progressLine(one, realClock.now(), (name, ...words) => paste(session.flags, name, ...words))}`,
    );
  for (const note of asleepNotes(session)) terminal.line(note);
  for (const layer of found) terminal.line(layerLine(layer));
  if (progress.length === 0 && found.every(({ resources, missing }) => missing.length === resources))
    terminal.line(`Nothing of the stack exists. To create it: ${paste(session.flags, "reconcile")}`);
  else if (progress.length === 0 && hasChanges(plan))
    terminal.line(`To see what a reconcile would change: ${paste(session.flags, "plan")}`);
  const wantedOf = (name: string | undefined) =>
    refs.find((ref) => name === undefined || serviceName(ref) === name)?.stack.service.desiredCount;
  const isReleasing = (waiting.report.working ?? []).length + waiting.report.waits.length > 0;
  if (services.length + jobs.length > 0) terminal.line();
  for (const service of services) {
    const name = service.service === undefined ? "" : ` ${service.service}`;
    terminal.line(`Service${name}: ${service.status}, revision ${service.taskDefinition}, image ${service.image}`);
    if (service.waitsForFirstRelease)
      terminal.line(
        `It stays at zero tasks until the first release is deployed.${isReleasing ? "" : ` To deploy it: ${paste(session.flags, "deploy")}`}`,
      );
    if (service.waitsForReconcile)
      terminal.line(
        `It was released but is set to zero tasks. To scale it to ${wantedOf(service.service)}: ${paste(session.flags, "reconcile")}`,
      );
  }
  for (const { job, enabled, schedule, timezone, taskDefinition, image, waitsForFirstRelease } of jobs) {
    const is = enabled ? "enabled" : "disabled";
    terminal.line(`Job ${job}: ${is}, ${schedule} (${timezone}), revision ${taskDefinition}, image ${image}`);
    if (waitsForFirstRelease)
      terminal.line("Its schedule is disabled until the first release: there is no image to run yet.");
  }
  for (const line of alarms ? alarmLines(alarms, session.flags) : []) terminal.line(line);
  for (const line of metrics ? metricLines(metrics) : []) terminal.line(line);
  tellWaiting(session, waiting);
  return EXIT.done;
}

function layerStatus(layer: string, actions: readonly Action<Aws>[]): LayerStatus {
  const names = (wanted: (action: Action<Aws>) => boolean) => actions.filter(wanted).map(({ id }) => nameOf(id));
  return {
    layer,
    resources: actions.length,
    ready: actions.filter(({ observed }) => observed?.ready).length,
    missing: names(({ observed }) => observed === undefined),
    waiting: names(({ observed }) => observed?.ready === false),
    drift: names((action) => isDrift(action) && action.observed !== undefined),
    changes: names((action) => action.action !== "noop" && action.action !== "create" && !isDrift(action)),
  };
}

function layerLine({ layer, resources, ready, missing, waiting, drift, changes }: LayerStatus): string {
  const notes = [
    missing.length > 0 ? `missing: ${missing.join(", ")}` : "",
    waiting.length > 0 ? `not ready yet: ${waiting.join(", ")}` : "",
    drift.length > 0 ? paint.yellow(`drift: ${drift.join(", ")}`) : "",
    changes.length > 0 ? `to change: ${changes.join(", ")}` : "",
  ].filter((note) => note !== "");
  const sign = notes.length === 0 ? paint.green("✓") : paint.yellow("!");
  return `${sign} ${layer.padEnd(14)} ${ready} of ${count(resources, "resource")} ready${notes.length === 0 ? "" : `; ${notes.join("; ")}`}`;
}

/** A job: when it runs, the newest revision and its image. */
function jobStatus(actions: readonly Action<Aws>[], session: Session, ref: ServiceRef) {
  const observed = (id: string) => actions.find((action) => action.id === idIn(ref, id))?.observed;
  const schedule = isJob(ref) ? observed("compute/schedule") : undefined;
  if (!schedule) return undefined;
  const definition = observed("compute/task-definition");
  return {
    job: serviceName(ref),
    enabled: schedule.spec["enabled"] === true,
    schedule: textOf(schedule.spec["expression"]),
    timezone: textOf(schedule.spec["timezone"]),
    taskDefinition: revisionIn(textOf(definition?.attrs["arn"])),
    image: textOf(definition?.spec["image"]),
    waitsForFirstRelease: !(session.facts.released[serviceName(ref)] ?? false),
  };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "unknown");

/** The live count, which is where a service is scaled to. */
const isAtZero = (wanted: unknown): boolean => (wanted as { desired?: unknown } | undefined)?.desired === 0;

/** What runs: ECS's own word, the revision and its image. */
function serviceStatus(actions: readonly Action<Aws>[], session: Session, ref: ServiceRef) {
  const { stack } = ref;
  const released = session.facts.released[serviceName(ref)] ?? false;
  const observed = (id: string) => actions.find((action) => action.id === idIn(ref, id))?.observed;
  const service = observed("compute/service");
  if (!service) return undefined;
  const taskDefinition = textOf(service.spec["taskDefinition"]);
  return {
    ...(areSeveral(session) ? { service: serviceName(ref) } : {}),
    status: service.status ?? "unknown",
    ready: service.ready,
    taskDefinition: revisionIn(taskDefinition),
    image: textOf(observed("compute/task-definition")?.spec["image"]),
    waitsForFirstRelease: !released,
    waitsForReconcile: released && limitsEver(stack.scaling).min > 0 && isAtZero(service.spec["count"]),
  };
}
