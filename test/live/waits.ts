import { answeredAt, isRead, nameOf, nounOf, type Call } from "./log.ts";
import { roleOf } from "./role.ts";

/** Something that was asked again and again until it was otherwise. */
export interface Wait {
  readonly step: string;
  /** `ec2.DescribeNatGateways`. */
  readonly operation: string;
  /** The role of what was asked for, and which of several with the same role it was. */
  readonly role: string;
  /** The call before that is about the same thing; left out where the step made none. */
  readonly since: string | undefined;
  /** What it was at first and in the end: `pending`, `InvalidVpcID.NotFound`, `empty list`. */
  readonly from: string;
  readonly to: string;
  /** Milliseconds from that call, or from the first answer, to the first answer that was as the last one. */
  readonly ms: number;
}

/** How the same call was answered at one time. */
interface Phase {
  readonly at: number;
  readonly words: ReadonlyMap<string, string>;
}

/** Longer than this many milliseconds nobody waits from one question to the next: those are two looks, and no wait. */
const BETWEEN = 60_000;

/** Every wait in the calls, in the order in which they began. */
export function waitsIn(calls: readonly Call[]): Wait[] {
  const series = new Map<string, Call[]>();
  for (const call of calls)
    if (isRead(call.operation)) {
      const key = `${call.command}\n${nameOf(call)}\n${JSON.stringify(call.input)}`;
      series.set(key, [...(series.get(key) ?? []), call]);
    }
  const seen = new Map<string, number>();
  return [...series.values()].flatMap((asked) => {
    const wait = waitIn(asked, calls);
    if (!wait) return [];
    const key = `${wait.step}\n${wait.operation}\n${wait.role}`;
    const number = (seen.get(key) ?? 0) + 1;
    seen.set(key, number);
    return [{ ...wait, role: `${wait.role}#${number}` }];
  });
}

/** The wait that a call which was sent again and again in one command came to, if it was one. */
function waitIn(all: readonly Call[], calls: readonly Call[]): Wait | undefined {
  const [one] = all;
  const last = all.at(-1);
  if (!one || !last) return undefined;
  // What was asked before the thing was made, or changed, is no part of the wait for it.
  const maker = calls.findLast(
    (call) =>
      call.command === one.command &&
      call.service === one.service &&
      !isRead(call.operation) &&
      call.error === undefined &&
      nounOf(call.operation) === nounOf(one.operation) &&
      answeredAt(call) <= answeredAt(last),
  );
  const asked = maker ? all.filter((call) => answeredAt(call) >= answeredAt(maker)) : all;
  const [first] = asked;
  if (!first || asked.length < (maker ? 2 : 3)) return undefined;
  const phases = asked.map(phaseOf);
  const changed = changes(phases);
  const label = ({ words }: Phase) =>
    changed.map((path) => words.get(path) ?? (path === "" ? "answered" : "absent")).join(", ");
  const labels = phases.map(label);
  const [from = "", to = ""] = [labels[0], labels.at(-1)];
  const before = labels.findLastIndex((other) => other !== to);
  const [waited, reached] = [phases[before], phases[before + 1]];
  if (!waited || !reached || from === to || reached.at - waited.at > BETWEEN) return undefined;
  const since = maker?.operation;
  const ms = reached.at - answeredAt(maker ?? first);
  return { step: first.step, operation: nameOf(first), role: roleOf(first.input), since, from, to, ms };
}

function phaseOf(call: Call): Phase {
  const words = new Map<string, string>();
  if (call.error !== undefined) words.set("", call.error);
  for (const [path, types] of Object.entries(call.answer ?? {})) {
    const told = types.filter((type) => type.startsWith("=")).map((type) => type.slice(1));
    if (told.length > 0) words.set(path, told.join("|"));
    else if (types.includes("list") || types.includes("empty list")) words.set(path, types.join("|"));
  }
  return { at: answeredAt(call), words };
}

/** The members that were not always the same, the outermost alone; an error is one of them and stands for all. */
function changes(phases: readonly Phase[]): string[] {
  const paths = [...new Set(phases.flatMap(({ words }) => [...words.keys()]))];
  const changed = paths.filter((path) => new Set(phases.map(({ words }) => words.get(path))).size > 1);
  if (changed.includes("")) return [""];
  return changed.filter((path) => !changed.some((other) => other !== path && path.startsWith(other))).slice(0, 2);
}

/**
 * The wait on the other side that is the same: in the same step, for the same role, as the same one of several; or else one for the same
 * end, where the roles tell ids that nothing is known of.
 */
export function counterpart(wait: Wait, others: readonly Wait[]): Wait | undefined {
  const same = others.filter((one) => one.step === wait.step && one.operation === wait.operation);
  return same.find(({ role }) => role === wait.role) ?? same.find(({ to }) => to === wait.to);
}
