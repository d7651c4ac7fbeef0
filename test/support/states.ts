import { hostname } from "node:os";
import type { Holder, Progress, Run, State } from "../../state/state.ts";

/** A state of one stack with so many writes behind it; `named` are its resources. */
export const stateOf = (serial: number, ...named: readonly string[]): State => ({
  version: 1,
  stack: "demo",
  target: "aws",
  account: "123456789012",
  region: "ap-northeast-1",
  serial,
  resources: Object.fromEntries(
    named.map((id) => [id, { type: "toy", status: "created", id, token: "t", spec: {}, attrs: {}, needs: [] }]),
  ),
});

/** A run that is over and was not recorded yet. */
export const runOf = (verb: string): Omit<Run, "number"> => ({
  when: "2026-01-01T00:00:00.000Z",
  who: "ann@there",
  verb,
  target: "aws",
  outcome: "done",
  summary: { created: 1 },
  actions: [{ id: "a", type: "toy", action: "create", outcome: "created", ms: 5 }],
  calls: { "ec2.CreateVpc": 1 },
  seconds: 1.5,
});

/** What tells of earlier runs beside a state, backups and history: it stays when the state goes. */
export const KEPT = /\.backups(\/|$)|\.history\.jsonl$|(^|\/)\.gitignore$/;

/** No process has this number: it is above the kernel's limit. */
export const NOBODY = 2 ** 22 + 1;

/** Who holds a lock on this machine, and is dead. */
export const holderOf = (verb: string, more: Partial<Holder> = {}): Holder => ({
  who: "ann@there",
  pid: NOBODY,
  host: hostname(),
  verb,
  since: "2026-01-01T00:00:00.000Z",
  token: "t",
  ...more,
});

/** How far a run is that has done one of two actions. */
export const progressOf = (more: Partial<Progress> = {}): Progress => ({
  when: "2026-01-01T00:00:05.000Z",
  target: "aws",
  region: "ap-northeast-1",
  startedAt: "2026-01-01T00:00:10.000Z",
  updatedAt: "2026-01-01T00:00:40.000Z",
  elapsed: 30_000,
  clock: "real",
  done: 1,
  all: 2,
  secondsLeft: 170,
  calls: 12,
  retries: 0,
  actions: [
    { id: "network/vpc", type: "ec2/vpc", action: "create", state: "done", started: 0, ended: 900 },
    {
      id: "edge/distribution",
      type: "cloudfront/distribution",
      action: "create",
      state: "waiting",
      started: 900,
      waited: 2_000,
      waitsFor: "ready",
      status: "InProgress",
      usual: 200,
    },
  ],
  stages: [],
  ...more,
});
