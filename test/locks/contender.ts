// One side of the pairs, a process of its own. It is told on its input where to contend and as what, says that it is ready, begins
// the moment it is told to go, and says when it has had its turn. What it does inside the lock it writes into a log that all share.
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setImmediate as turn, setTimeout as pause } from "node:timers/promises";
import { isAlive } from "../../state/file-lock.ts";
import { LockedError, StateError, type Died, type Holder, type State, type StateStore } from "../../state/state.ts";
import type { Death, Place, Task } from "./task.ts";

/** How many milliseconds it waits before it asks for the lock again; to ask in S3 takes five calls, which the holder waits behind. */
const PAUSE = 5;
const PAUSE_SHARED = 40;

const say = (what: "ready" | "done") => void process.stdout.write(`${what}\n`);

async function open(place: Place): Promise<StateStore> {
  if ("path" in place) return (await import("../../state/file-store.ts")).fileStore(place.path);
  // Only those who contend in S3 wait for the SDK.
  return (await import("./in-s3.ts")).inS3(place);
}

/** A turn: `false` where another came in between, so that nothing of it counts and it is to be had again. */
async function contend(store: StateStore, { name, log, shared, dies, turns }: Task): Promise<boolean> {
  const note = (text: string) => appendFileSync(log, `${text}\n`);
  const dieAfter = (what: Death) => {
    if (dies !== what) return;
    note(`dies ${process.pid} ${name}`);
    process.kill(process.pid, "SIGKILL");
  };
  /** Dies of it while it is under way, or at the latest when it is done. */
  const doing = async <T>(what: Death, work: () => Promise<T>): Promise<T> => {
    if (dies === what) void dieSoon(what);
    const done = await work();
    dieAfter(what);
    return done;
  };
  const dieSoon = async (what: Death) => {
    for (let n = 0; n < turns; n++) await turn();
    dieAfter(what);
  };
  /** As a run does that takes over the lock of one that died. */
  const died = async ({ verb }: Holder) => note(`after ${process.pid} ${verb}`);
  const unlock = await doing("taking", () => take(store, name, shared, died));
  const holder = await store.holder();
  note(`enter ${process.pid} ${holder?.token}`);
  if (holder?.pid !== process.pid) note(`wrong ${holder?.pid}`);
  dieAfter("inside");
  let written = false;
  try {
    const state = withName(await store.read(), name);
    await doing("writing", () => store.write(state));
    note(`wrote ${name} ${state.serial}`);
    dieAfter("written");
    const number = await doing("recording", () => store.record(runOf(name)));
    note(`recorded ${name} ${number}`);
    dieAfter("recorded");
    written = true;
  } catch (error) {
    // A write of one that is dead may arrive after its lock was taken away: it comes first then, or it is refused.
    if (!(error instanceof StateError)) throw error;
    note(`refused ${name}`);
  }
  note(`leave ${process.pid}`);
  await doing("leaving", unlock);
  return written;
}

async function take(store: StateStore, name: string, shared: boolean, died: Died): Promise<() => Promise<void>> {
  for (;;)
    try {
      return await store.lock(name, died);
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      // In a test nobody waits ten minutes: the lock of a process that is gone is taken away as its user would.
      if (shared && error.holder && !isAlive(error.holder)) await store.unlock(error.holder.token);
      else await pause(shared ? PAUSE_SHARED : PAUSE);
    }
}

const withName = (state: State | undefined, name: string): State => ({
  version: 1,
  stack: "ring",
  target: "aws",
  account: "123456789012",
  region: "ap-northeast-1",
  serial: (state?.serial ?? 0) + 1,
  resources: {
    ...state?.resources,
    [name]: { type: "toy", status: "created", id: name, token: name, spec: {}, attrs: { by: process.pid }, needs: [] },
  },
});

const runOf = (verb: string) => ({
  when: new Date().toISOString(),
  who: `${process.pid}`,
  verb,
  target: "aws",
  outcome: "done" as const,
  summary: {},
  actions: [],
  calls: {},
  seconds: 0,
});

let next: { task: Task; store: StateStore } | undefined;
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== "go") {
    const task = JSON.parse(line) as Task;
    next = { task, store: await open(task.place) };
    say("ready");
  } else if (next) {
    while (!(await contend(next.store, next.task)));
    say("done");
  }
}
