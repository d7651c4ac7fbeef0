import { hostname } from "node:os";
import type { Holder, Run, State } from "../../state/state.ts";

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
