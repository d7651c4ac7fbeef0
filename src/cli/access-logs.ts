import { answerJson, answerLine } from "./answers/answer.ts";
import { isPublic, serviceName } from "../release/service-ref.ts";
import { hasOwnCdn, primaryOf } from "../config/stack-regions.ts";
import { readAccessLogs, type AccessFound, type AccessQuery } from "../release/access-log/read.ts";
import type { AccessRecord, LoggedBy } from "../release/access-log/records.ts";
import { EXIT, RunError, UsageError, type Exit } from "./exit.ts";
import { paste } from "./paste.ts";
import { refFor } from "./services.ts";
import { effortOf, identityOf, type Session } from "./session.ts";
import { paint } from "./terminal.ts";
import { count } from "./words.ts";

/** The flags of `logs --access`. */
export interface AccessFlags {
  readonly access?: boolean;
  readonly status?: string;
  readonly path?: string;
  readonly from?: string;
  readonly service?: string;
}

/** The other flags of `logs`, as far as they do not go together with these. */
interface OtherFlags {
  readonly build?: boolean;
  readonly follow?: boolean;
  readonly filter?: string;
}

/** Access logs arrive late, so that the last hour often has none yet. */
export const ACCESS_SINCE = 3 * 3_600_000;

/** Throws `UsageError` for flags that do not go together. */
export function checkAccessFlags(flags: AccessFlags & OtherFlags): void {
  const { access, build, follow, filter, status, path, from } = flags;
  const only = Object.entries({ status, path, from }).find(([, value]) => value !== undefined)?.[0];
  if (!access && only !== undefined) throw new UsageError(`--${only} is about access logs: add --access.`);
  if (!access) return;
  if (build) throw new UsageError("--access and --build are two logs: give one of them.");
  if (filter !== undefined)
    throw new UsageError(
      "--filter is a pattern of CloudWatch Logs: filter access logs with --status, --path and --from.",
    );
  if (follow)
    throw new UsageError("Access logs arrive minutes to hours late, so there is nothing to follow: omit --follow.");
  if (status !== undefined && !/^[1-5](\d\d|xx)$/i.test(status))
    throw new UsageError(`--status ${status}: give an HTTP status, such as 404, or a class of them, such as 5xx.`);
  if (from !== undefined && !isSource(from)) throw new UsageError(`--from ${from}: give cdn or balancer.`);
}

const isSource = (from: string): from is LoggedBy => from === "cdn" || from === "balancer";

/** Prints the requests of the access logs that fit. */
export async function showAccessLogs(
  flags: AccessFlags & { readonly since: number; readonly json?: boolean; readonly jsonl?: boolean },
  session: Session,
): Promise<Exit> {
  const { aws, clock, names, terminal } = session;
  const settings = settingsOf(session);
  const hasCdn = hasOwnCdn(session.stack);
  const until = clock.now();
  const query: AccessQuery = {
    since: until - flags.since,
    until,
    status: flags.status,
    path: flags.path,
    ...sourceOf(flags, session, settings.balancer),
  };
  const found = await readAccessLogs({ aws, names, settings, hasCdn }, query);
  if (found.missing.length > 0)
    throw new RunError(
      `There are no access logs yet: ${found.missing.join(" and ")} does not exist. Create it: ${paste(session.flags, "reconcile")}`,
    );
  if (flags.jsonl) for (const record of found.records) answerLine(terminal, "request", jsonOf(record));
  else if (flags.json) {
    const { unread, records } = found;
    const answer = { ...identityOf(session), requests: records.map(jsonOf), unread, ...effortOf(session) };
    answerJson(terminal, "requests", answer);
  } else for (const line of aligned(found.records)) terminal.line(line, "output");
  for (const note of notes(found, { hasCdn, hasBalancer: settings.balancer }, flags.json ?? false))
    terminal.line(paint.dim(note));
  return EXIT.done;
}

/** The stack's settings; a sentence that says what to do if it has no access logs. */
function settingsOf({ stack, flags }: Session) {
  const { accessLogs, shared } = stack;
  const setting = !hasOwnCdn(stack) ? "accessLogs: { balancer: true }" : "accessLogs: {}";
  if (shared)
    throw new UsageError(
      `The requests of this stack are in the access logs of ${shared.name}/${shared.environment}, whose CDN and load balancer it shares: run the command with the config of that stack.`,
    );
  if (!accessLogs || (!hasOwnCdn(stack) && !accessLogs.balancer))
    throw new UsageError(
      `The stack keeps no access logs. Add ${setting} to the config and apply it: ${paste(flags, "reconcile")}. It can take up to 12 hours to begin, and earlier requests are not logged.`,
    );
  return accessLogs;
}

/** Which of the two logs is read: only the load balancer's says which service answered. */
function sourceOf(
  flags: AccessFlags,
  session: Session,
  hasBalancer: boolean,
): Pick<AccessQuery, "from" | "targetGroup"> {
  const from = flags.from !== undefined && isSource(flags.from) ? flags.from : undefined;
  const primary = primaryOf(session.stack);
  const needs = flags.service === undefined ? "--from balancer" : "--service";
  if ((from === "balancer" || flags.service !== undefined) && !hasBalancer)
    throw new UsageError(
      `${needs} is about the load balancer's access logs, which the stack does not keep. Set accessLogs: { balancer: true } in the config and apply it: ${paste(session.flags, "reconcile")}`,
    );
  if (from === "cdn" && !hasOwnCdn(session.stack))
    throw new UsageError(
      `--from cdn: the stack has no CDN${primary === undefined ? ", because edge is false" : ` in ${session.stack.region}: that in ${primary} sends it requests`}. Omit --from.`,
    );
  if (flags.service === undefined) return { from };
  if (from === "cdn")
    throw new UsageError("--service is about the load balancer's access logs: omit --from, or give --from balancer.");
  const ref = refFor(session, flags, "logs --access");
  if (!isPublic(ref))
    throw new UsageError(`${serviceName(ref)} gets no requests from the load balancer, so it has no access logs.`);
  return { from: "balancer", targetGroup: ref.names.targetGroup };
}

const jsonOf = ({ at, ...record }: AccessRecord) => ({ at: new Date(at).toISOString(), ...record });

/** One line for each request, in columns: time, status, method, latency, size, client, and the path, which can have any length. */
function aligned(records: readonly AccessRecord[]): string[] {
  const several = new Set(records.map(({ from }) => from)).size > 1;
  const rows = records.map((record) => [
    new Date(record.at).toISOString(),
    ...(several ? [record.from] : []),
    record.status === 0 ? "-" : String(record.status),
    record.method,
    record.seconds === undefined ? "-" : `${record.seconds.toFixed(3)} s`,
    record.bytes === undefined ? "-" : `${record.bytes} B`,
    record.client ?? "-",
    record.path,
  ]);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const numbers = several ? [4, 5] : [3, 4];
  return rows.map((row) =>
    row
      .map((cell, column) => {
        if (column === row.length - 1) return cell;
        return numbers.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
      })
      .join("  "),
  );
}

/** What else there is to know: how late the logs are, and what could not be read. */
function notes(
  { records, unread }: AccessFound,
  { hasCdn, hasBalancer }: { readonly hasCdn: boolean; readonly hasBalancer: boolean },
  json: boolean,
): string[] {
  // CloudFront developer guide, "Timing of log file delivery"; Elastic Load Balancing user guide, "Access log files".
  const late = [
    ...(hasCdn ? ["CloudFront delivers access logs within an hour, some up to a day later."] : []),
    ...(hasBalancer ? ["The load balancer delivers access logs every five minutes."] : []),
  ].join(" ");
  return [
    ...(json ? [] : [records.length === 0 ? `No requests found. To look further back: --since 24h. ${late}` : late]),
    ...(unread === 0
      ? []
      : [`${count(unread, "line")} of the access logs could not be read and ${unread === 1 ? "is" : "are"} left out.`]),
  ];
}
