import type { Comparison, Difference } from "./compare.ts";
import type { Cost } from "./cost.ts";
import type { Leftovers } from "./leftovers.ts";
import type { StepRecord } from "./life.ts";
import { isThrottle, nameOf, type Call } from "./log.ts";
import { withoutAccountData } from "./role.ts";
import type { Chain } from "./live-target.ts";
import { counterpart, type Wait } from "./waits.ts";

/** One side of the life. */
export interface Side {
  readonly steps: readonly StepRecord[];
  readonly calls: readonly Call[];
  readonly waits: readonly Wait[];
  readonly chains: readonly Chain[];
}

/** The contents of a report. */
export interface Findings {
  readonly date: string;
  readonly version: string;
  readonly commit: string | undefined;
  readonly region: string;
  /** Whether the run was on AWS itself. */
  readonly isAws: boolean;
  readonly cost: Cost;
  readonly aws: Side;
  readonly simulated: Side;
  /** Omitted without a rehearsal. */
  readonly comparison: Comparison | undefined;
  readonly leftovers: Leftovers;
}

/** Waits shorter than this many milliseconds are a call's own time. */
const WORTH_TELLING = 1_000;

/** The report as a document: the measurements, without any data of the account. */
export function reportOf(found: Findings): string {
  const parts = [
    head(found),
    steps(found),
    waitTables(found),
    pathsIn(found.aws),
    repeated(found.aws, found.simulated),
    ...(found.comparison ? [differences(found.comparison)] : []),
    callsBySteps(found),
    left(found.leftovers),
  ];
  return `${withoutAccountData(parts.join("\n\n"))}\n`;
}

function head({ date, version, commit, region, isAws, cost, aws }: Findings): string {
  const bad = aws.steps.find(({ outcome }) => outcome === "failed" || outcome === "stopped");
  const came = bad
    ? `It did not complete: **${bad.name}** ${bad.outcome === "failed" ? "failed" : "was stopped"}.`
    : "It completed.";
  const where = isAws ? "AWS" : "an emulation of AWS at another address (`AWS_ENDPOINT_URL`)";
  return [
    `# Live test on AWS, ${date}`,
    "",
    `Written by \`npm run test:live\`: Fairlead ${version}${commit === undefined ? "" : ` (${commit})`}, region ${region}, on ${where}. ${came}`,
    `Cost by AWS's list prices: about $${cost.expected.toFixed(2)} ($${cost.hourly.toFixed(3)} per hour while the stack exists).`,
    "Ids, account numbers, hosts and addresses are masked.",
  ].join("\n");
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

const table = (titles: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [
    `| ${titles.join(" | ")} |`,
    `| ${titles.map(() => "---").join(" | ")} |`,
    ...rows.map((cells) => `| ${cells.map((cell) => inCell(String(cell))).join(" | ")} |`),
  ].join("\n");

const inCell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", "<br>");

function steps({ aws, simulated }: Findings): string {
  const rows = aws.steps.map(({ name, title, outcome, why, ms }) => {
    const own = aws.calls.filter(({ step }) => step === name);
    const there = simulated.steps.find((one) => one.name === name);
    return [
      `**${name}**: ${title}`,
      why === undefined ? outcome : `${outcome}: ${why}`,
      seconds(ms),
      there ? seconds(there.ms) : "",
      own.length,
      simulated.calls.filter(({ step }) => step === name).length,
      own.filter(({ attempt }) => attempt > 1).length,
      own.filter(({ error }) => isThrottle(error)).length,
    ];
  });
  const titles = ["step", "outcome", "AWS", "simulator", "calls", "simulator's calls", "retried", "throttled"];
  return `## Steps\n\n${table(titles, rows)}`;
}

/** Waits of one step that differ only in what was requested: the longest one, and how many there were. */
function once(waits: readonly Wait[]): { readonly wait: Wait; readonly times: number }[] {
  const found = new Map<string, { wait: Wait; times: number }>();
  for (const wait of waits.toSorted((one, other) => other.ms - one.ms)) {
    const key = [wait.step, wait.operation, wait.from, wait.to].join("\n");
    const same = found.get(key);
    if (same) same.times++;
    else found.set(key, { wait, times: 1 });
  }
  return [...found.values()];
}

const timesOf = ({ ms }: Wait, times: number) =>
  times === 1 ? seconds(ms) : `${seconds(ms)}, the longest of ${times}`;

function waitTables({ aws, simulated }: Findings): string {
  const long = aws.waits.filter(({ ms }) => ms >= WORTH_TELLING).toSorted((one, other) => other.ms - one.ms);
  const rows = once(long).map(({ wait, times }) => {
    const there = counterpart(wait, simulated.waits);
    return [
      wait.step,
      wait.since === undefined ? wait.operation : `${wait.operation} after ${wait.since}`,
      `${wait.from} → ${wait.to}`,
      timesOf(wait, times),
      there ? `${seconds(there.ms)}${there.from === wait.from ? "" : ` (from ${there.from})`}` : "did not wait",
    ];
  });
  const unmet = simulated.waits.filter((wait) => wait.ms >= WORTH_TELLING && !counterpart(wait, aws.waits));
  const alone = once(unmet).map(({ wait, times }) => [
    wait.step,
    wait.operation,
    `${wait.from} → ${wait.to}`,
    timesOf(wait, times),
  ]);
  return [
    "## Waits",
    "",
    "What was polled until it changed: how long until the change was visible, or until its state was the final one.",
    "",
    rows.length === 0
      ? "None was longer than a second."
      : table(["step", "call", "from → to", "AWS", "simulator"], rows),
    ...(alone.length === 0
      ? []
      : ["", "Waits on the simulator only:", "", table(["step", "call", "from → to", "simulator"], alone)]),
  ].join("\n");
}

function pathsIn({ chains: all }: Side): string {
  const rows = all.flatMap(({ step, links }) => {
    const long = links.filter(({ from, to }) => to - from >= WORTH_TELLING);
    return long.length === 0
      ? []
      : [[step, long.map(({ id, action, from, to }) => `${action} ${id} ${seconds(to - from)}`).join(", ")]];
  });
  const none = "No action on a critical path took longer than a second.";
  return `## Critical paths\n\n${rows.length === 0 ? none : table(["step", "actions and their durations"], rows)}`;
}

function repeated({ calls: all }: Side, { calls: rehearsed }: Side): string {
  const keyOf = ({ step, error, ...call }: Call) =>
    `${step}\t${nameOf(call)}\t${error}${isThrottle(error) ? " (throttled)" : ""}`;
  const countsOf = (calls: readonly Call[]) => {
    const counts = new Map<string, number>();
    for (const call of calls) if (call.error !== undefined) counts.set(keyOf(call), (counts.get(keyOf(call)) ?? 0) + 1);
    return counts;
  };
  const there = countsOf(rehearsed);
  const rows = [...countsOf(all)].map(([key, times]) => [...key.split("\t"), times, there.get(key) ?? 0]);
  const none = "No call failed.";
  const titles = ["step", "call", "error", "times", "simulator"];
  return `## Errors\n\n${rows.length === 0 ? none : table(titles, rows)}`;
}

function differences({ differences: all, compared, onlyOnAws, onlyInSimulator }: Comparison): string {
  const listed = (title: string, names: readonly string[]) =>
    names.length === 0 ? [] : ["", `${title}: ${names.map((name) => `\`${name}\``).join(", ")}.`];
  const rows = all.map(({ operation, path, what, detail }: Difference) => [
    operation,
    path === undefined ? "" : `\`${path}\``,
    what,
    detail,
  ]);
  return [
    "## Responses that differed from the simulator's",
    "",
    `${compared} operations were called on both; ${rows.length === 0 ? "no response differed." : `${rows.length} differences:`}`,
    ...(rows.length === 0 ? [] : ["", table(["operation", "member", "difference", "what"], rows)]),
    ...listed("Called on AWS only", onlyOnAws),
    ...listed("Called on the simulator only", onlyInSimulator),
  ].join("\n");
}

function callsBySteps({ aws, simulated }: Findings): string {
  const names = [...new Set([...aws.calls, ...simulated.calls].map(nameOf))].toSorted();
  const rows = names.map((name) => {
    const own = aws.calls.filter((call) => nameOf(call) === name);
    const bySteps = new Map<string, number>();
    for (const { step } of own) bySteps.set(step, (bySteps.get(step) ?? 0) + 1);
    return [
      name,
      own.length,
      simulated.calls.filter((call) => nameOf(call) === name).length,
      [...bySteps].map(([step, times]) => `${step} ${times}`).join(", "),
    ];
  });
  return `## Calls\n\n${table(["operation", "AWS", "simulator", "in which steps"], rows)}`;
}

function left({ left: all, lagging, unread }: Leftovers): string {
  const lines = [
    all.length === 0 && unread.length === 0
      ? "No resources of the stack are left, by its tags and by its names."
      : `**Left: ${all.length}.** ${all.map(({ what, id }) => `${what} ${id}`).join(", ")}`,
    ...unread.map(({ what, error }) => `Could not check whether a ${what} is left: ${error}`),
    ...(lagging.length === 0
      ? []
      : [`The tagging API still listed ${lagging.length} resources that were no longer in the services' own lists.`]),
  ];
  return `## Leftovers\n\n${lines.join("\n\n")}`;
}
