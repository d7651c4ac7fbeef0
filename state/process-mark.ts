import { spawnSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";

/**
 * Distinguishes a process from an earlier or later one with the same id: `<boot>/<pid namespace>/<start>`, each part empty if the machine
 * does not provide it. On Linux from /proc (proc(5): field 22 of stat is the start in clock ticks after boot), elsewhere from ps.
 */
export type ProcessMark = string;

/** What is known of a process id on this machine. */
export interface Seen {
  /** It has exited and its parent has not reaped it: in a container whose first process does not reap, it stays forever. */
  readonly zombie: boolean;
  readonly mark: ProcessMark;
}

/** Looks up a process of this machine; `undefined` if there is none with that id, or nothing is known of it. */
export function lookAtProcess(pid: number): Seen | undefined {
  return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
}

/** The mark of this process; empty if the machine provides nothing. */
export const ownMark = (): ProcessMark => lookAtProcess(process.pid)?.mark ?? "";

/** Whether two marks certainly belong to two processes. A process in another namespace may have any id here, so nothing is certain. */
export function isOther(a: ProcessMark, b: ProcessMark): boolean {
  const [bootA = "", namespaceA = "", startA = ""] = a.split("/");
  const [bootB = "", namespaceB = "", startB = ""] = b.split("/");
  if (bootA !== "" && bootB !== "" && bootA !== bootB) return true;
  return namespaceA === namespaceB && startA !== "" && startB !== "" && startA !== startB;
}

/** Whether this process could see the one with `mark`: as far as is known, they share a process id namespace. */
export function isVisibleFromHere(mark: ProcessMark): boolean {
  const [, namespace = ""] = mark.split("/");
  return namespace === "" || namespace === (read(() => readlinkSync("/proc/self/ns/pid")) ?? namespace);
}

function fromProc(pid: number): Seen | undefined {
  const stat = read(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  if (stat === undefined) return undefined;
  // The name can contain anything and ends at the last parenthesis; the state is field 3 and the start is field 22.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const boot = read(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"))?.trim() ?? "";
  const namespace =
    read(() => readlinkSync(`/proc/${pid}/ns/pid`)) ?? read(() => readlinkSync("/proc/self/ns/pid")) ?? "";
  return { zombie: fields[0] === "Z" || fields[0] === "X", mark: `${boot}/${namespace}/${fields[19] ?? ""}` };
}

function fromPs(pid: number): Seen | undefined {
  const { status, stdout } = spawnSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { encoding: "utf8" });
  const [, state, start] = /^(\S+)\s+(.+)$/.exec((stdout ?? "").trim()) ?? [];
  if (status !== 0 || state === undefined) return undefined;
  return { zombie: state.startsWith("Z"), mark: `//${start}` };
}

function read(from: () => string): string | undefined {
  try {
    return from();
  } catch {
    return undefined;
  }
}
