import { parseState } from "../../state/parse.ts";
import type { State, StateStore } from "../../state/state.ts";
import { apply, type Applied } from "../../src/engine/apply.ts";
import type { ApplyContext } from "../../src/engine/apply-context.ts";
import { VirtualClock } from "../../src/clock.ts";
import type { RunEvent } from "../../src/engine/events.ts";
import { clash, factsOf, isSecretAttribute } from "../../src/engine/fields.ts";
import type { Graph } from "../../src/engine/graph.ts";
import { Journal } from "../../src/engine/journal.ts";
import { NO_FACTS, type ToyAttrs, type ToySpec } from "./toy-spec.ts";
import type { AnyKind, Fields, Observed, ResourceKind } from "../../src/engine/resource-kind.ts";
import type { World } from "../../src/engine/observe.ts";
import { observeRecorded } from "../../src/engine/observe-recorded.ts";
import { Snapshot } from "../../src/engine/snapshot.ts";
import { planReconcile, planTeardown, type PlanOptions } from "../../src/engine/plan.ts";

export type ToyKind = ResourceKind<ToySpec, ToyAttrs, Toys>;
type Field = keyof ToySpec;

interface Switches extends Partial<Omit<ToyKind, "type" | "fields" | "observe" | "create" | "update" | "delete">> {
  /** What is to be known of some of the fields. */
  readonly fields?: Partial<Fields<ToySpec>>;
  /** Fields that a second call of the create sets. */
  readonly later?: readonly Field[];
  /** It has to be disabled, and to settle, before it can be deleted; it can only be made from what is ready. */
  readonly disables?: boolean;
  readonly needsReady?: boolean;
}

/** One thing that exists in the toy provider. */
export interface ToyRecord {
  readonly id: string;
  readonly type: string;
  readonly key: string;
  owner: string | undefined;
  spec: ToySpec;
  version: number;
  enabled: boolean;
  visibleAt: number;
  readyAt: number;
  goneAt?: number;
  failed?: string;
  stuck?: string;
}

/** A call to the provider, or a write of the state. */
interface ToyCall {
  readonly verb: "list" | "create" | "configure" | "update" | "disable" | "delete" | "write";
  /** A type for `list`, a resource's id for `create` (a record's once it was carried out), a record's id for the others. */
  readonly subject: string;
  readonly token?: string;
  readonly fields?: readonly string[];
  readonly at: number;
}

type Hook = (call: ToyCall) => void | Promise<void>;
const nothing = () => {};

/** A provider in memory; the clock is its own. */
export class Toys {
  readonly clock = new VirtualClock(0);
  readonly kinds = new Map<string, AnyKind<Toys>>();
  readonly records = new Map<string, ToyRecord>();
  /** Every call that was carried out, whether or not its answer arrived. */
  readonly calls: ToyCall[] = [];
  /** Run before a call is carried out, and after it was; what they throw is the call's answer. */
  before: Hook = nothing;
  after: Hook = nothing;
  /** How long each call takes, and how long a new record stays out of the lists, in milliseconds. */
  latency = 0;
  lag = 0;
  #dead = false;
  #tokens = 0;
  readonly #made: Record<string, number> = {};

  /** What the calls other than reads and writes of the state did, in order: `create a#1`, `update a#1 note`. */
  get log(): string[] {
    const changes = this.calls.filter(({ verb }) => !["list", "write"].includes(verb));
    return changes.map(({ verb, subject, fields }) => [verb, subject, ...(fields ?? [])].join(" "));
  }

  /** The ids of the records that exist and are not on their way out. */
  get ids(): string[] {
    return [...this.records.values()].flatMap(({ id, goneAt }) => (goneAt === undefined ? [id] : [])).toSorted();
  }

  record(id: string): ToyRecord {
    return this.records.get(id) ?? fail(`NotFound: ${id}`);
  }

  nextToken = () => `token-${++this.#tokens}`;

  /** From here on nothing is answered and nothing is written. */
  die(): never {
    this.#dead = true;
    throw new Error("The process died.");
  }

  /** A new process: nothing fails any more. */
  revive() {
    this.#dead = false;
    this.before = this.after = nothing;
  }

  async call<T>(verb: ToyCall["verb"], subject: string, work: () => T, more: Partial<ToyCall> = {}): Promise<T> {
    const call = { verb, subject, ...more, at: this.clock.now() };
    if (this.latency > 0 && verb !== "write") await this.clock.sleep(this.latency);
    if (!this.#dead) await this.before(call);
    if (this.#dead) this.die();
    const answer = work();
    this.calls.push({ ...call, ...(verb === "create" ? { subject: (answer as { id: string }).id } : {}) });
    await this.after(call);
    if (this.#dead) this.die();
    return answer;
  }

  /** Makes a record without a call, as somebody else would. `owner`: `<stack>/<id>`. */
  plant(type: string, owner: string | undefined, spec: ToySpec, more: Partial<ToyRecord> = {}): ToyRecord {
    const name = owner === undefined ? "foreign" : idIn(owner);
    const now = this.clock.now();
    const id = `${name}#${(this.#made[name] = (this.#made[name] ?? 0) + 1)}`;
    const record = { id, type, key: "", owner, spec, version: 1, enabled: true, visibleAt: now, readyAt: now, ...more };
    this.records.set(id, record);
    return record;
  }

  /** What exists by now: what is on its way out comes last. */
  existing(): ToyRecord[] {
    const now = this.clock.now();
    for (const [id, { goneAt }] of this.records) if (goneAt !== undefined && goneAt <= now) this.records.delete(id);
    return [...this.records.values()].toSorted(
      (a, b) => Number(a.goneAt !== undefined) - Number(b.goneAt !== undefined),
    );
  }

  /** Refuses what the provider would refuse of a record with this spec. */
  check(kind: ToyKind, spec: ToySpec, needsReady: boolean, self?: ToyRecord) {
    const others = this.existing().filter((record) => record !== self);
    for (const id of spec.uses ?? []) {
      const used = this.record(id);
      if (used.goneAt !== undefined) fail(`NotFound: ${id}`);
      if (needsReady && used.readyAt > this.clock.now()) fail(`NotReady: ${id}`);
    }
    const same = others.find((other) => other.type === kind.type && clash(kind, { ...other.spec }, { ...spec }));
    if (same) fail(`AlreadyExists: ${same.id}`);
  }

  /** Makes a kind whose resources live here. */
  kind(
    type: string,
    { fields, later = [], disables = false, needsReady = false, ...switches }: Switches = {},
  ): ToyKind {
    const after = (seconds = 0) => this.clock.now() + seconds * 1000;
    const attrsOf = ({ id, version, key }: ToyRecord): ToyAttrs => ({
      id,
      address: `${id}/v${version}`,
      ...(isSecretAttribute(kind, "key") ? { key } : {}),
    });
    const seen = (record: ToyRecord): Observed<ToySpec, ToyAttrs> => {
      const { id, owner, failed, stuck, goneAt } = record;
      const ready = record.readyAt <= this.clock.now() && goneAt === undefined;
      const status = goneAt !== undefined ? "deleting" : ready ? "available" : "pending";
      const spec = pick(record.spec, (field) => !factsOf(kind, field).writeOnly);
      return { id, owner, failed, stuck, ready, status, spec, attrs: attrsOf(record) };
    };
    const list = () => this.existing().filter((one) => one.type === type && one.visibleAt <= this.clock.now());
    const kind: ToyKind = {
      type,
      ...switches,
      fields: { ...NO_FACTS, ...fields },
      observe: async (_toys, { knownId, owner, excludeIds, brief, snapshot }) => {
        const all = await snapshot.once(type, () => this.call("list", type, () => list().map(seen)));
        const known = all.find(({ id }) => id === knownId);
        const found = known ?? all.find((one) => one.owner === owner && !excludeIds.includes(one.id));
        return found && brief ? { ...found, owner: undefined, spec: {} } : found;
      },
      create: async (_toys, spec, making) => {
        const make = () => {
          this.check(kind, spec, needsReady);
          const times = { visibleAt: this.clock.now() + this.lag, readyAt: after(kind.timing?.ready) };
          const first = pick(spec, (field) => !later.includes(field));
          return this.plant(type, making.owner, first, { key: making.secret, ...times });
        };
        const record = await this.call("create", idIn(making.owner), make, { token: making.token });
        await making.created(record.id);
        if (later.length > 0) await this.call("configure", record.id, () => (record.spec = spec));
        return { id: record.id, attrs: attrsOf(record) };
      },
      update: async (_toys, { id }, spec, changed) => {
        const change = () => {
          const record = this.record(id);
          this.check(kind, spec, needsReady, record);
          const refused = [...changed].find(
            (field) => factsOf(kind, field).immutable && record.spec[field] !== undefined,
          );
          if (refused) fail(`${refused} of ${id} cannot be changed.`);
          const kept = pick(record.spec, (field) => !changed.has(field));
          record.spec = { ...kept, ...pick(spec, (field) => changed.has(field)) };
          if (kind.attrs?.address?.changesWith?.some((field) => changed.has(field))) record.version += 1;
          record.readyAt = after(kind.timing?.ready);
          return attrsOf(record);
        };
        const { address } = await this.call("update", id, change, { fields: [...changed] });
        return kind.attrs?.address?.changesWith ? { address } : undefined;
      },
      delete: async (_toys, { id }) => {
        const found = this.records.get(id);
        if (disables && found?.enabled) {
          const off = { enabled: false, readyAt: after(kind.timing?.ready) };
          await this.call("disable", id, () => Object.assign(found, off));
          return "again";
        }
        if (disables && found && found.readyAt > this.clock.now()) return "again";
        return this.call("delete", id, () => {
          const user = this.existing().find(({ spec }) => spec.uses?.includes(id));
          if (user) fail(`InUse: ${id} by ${user.id}`);
          if (found) found.goneAt ??= after(kind.timing?.gone);
          this.existing();
        });
      },
    };
    this.kinds.set(type, kind);
    return kind;
  }
}

const EMPTY: State = { version: 1, serial: 0, stack: "demo", target: "t", account: "1", region: "r", resources: {} };

/** A state in memory, kept as text as a file keeps it; its writes die with the provider. */
export class ToyStore implements Pick<StateStore, "where" | "read" | "write" | "lock"> {
  readonly where = "memory";
  readonly history: State[] = [];
  text: string | undefined;
  readonly #toys: Toys;

  constructor(toys: Toys) {
    this.#toys = toys;
  }
  read = async () => (this.text === undefined ? undefined : parseState(this.text, this.where));
  async write(state: State) {
    const text = JSON.stringify(state);
    await new Promise((resolve) => setImmediate(resolve));
    await this.#toys.call("write", this.where, () => {
      this.history.push(parseState(text, this.where));
      this.text = Object.keys(state.resources).length === 0 ? undefined : text;
    });
  }
  lock = async () => async () => {};
  state = async (): Promise<State> => (await this.read()) ?? EMPTY;
}

/** What a plan of the stack `demo` is made with. */
export function worldOf(toys: Toys): World<Toys> {
  const idOf = (mark: string) => (mark.startsWith("demo/") ? mark.slice(5) : undefined);
  return { owner: { of: (id) => `demo/${id}`, idOf }, services: toys, kindOf: (type) => toys.kinds.get(type) };
}

/** Observes and plans, and changes nothing. */
export async function planned(toys: Toys, graph: Graph<Toys>, store: ToyStore, teardown = false, by: PlanOptions = {}) {
  const state = await store.state();
  const reading = { adopt: by.adopt, clock: toys.clock, snapshot: new Snapshot() };
  const { seen } = await observeRecorded(worldOf(toys), graph, state, reading);
  return (teardown ? planTeardown : planReconcile)(worldOf(toys), graph, state, seen, by);
}

interface Running extends Pick<ApplyContext<Toys>, "stop">, PlanOptions {
  readonly noWait?: boolean;
  readonly teardown?: boolean;
  readonly limit?: number;
}

/** One whole run, as a command does it: from the stored state to the outcomes; `ends`: how every task ended, by its key. */
export async function run(
  toys: Toys,
  graph: Graph<Toys>,
  store: ToyStore,
  { teardown, stop, noWait = false, limit = 12, ...options }: Running = {},
) {
  const plan = await planned(toys, graph, store, teardown, options);
  if (plan.problems.length > 0) throw new Error(plan.problems.join("\n"));
  const events: RunEvent[] = [];
  const { clock, nextToken: token } = toys;
  const journal = new Journal(store, clock, await store.state());
  const tell = (event: RunEvent) => void events.push(event);
  const how = { journal, clock, tell, stop, noWait, limit };
  const ctx = { ...worldOf(toys), token, secret: () => "s3cr3t".padEnd(40, "x"), ...how };
  // Toys are all in the graph or in the state: an inventory would find nothing more.
  const applied: Applied<Toys> = await apply(ctx, { ...plan, accounted: true });
  const ends = Object.fromEntries([...applied.outcomes].map(([key, { state }]) => [key, state]));
  return { plan, applied, events, ends };
}
const fail = (why: string): never => {
  throw new Error(why);
};
const idIn = (owner: string) => owner.slice(owner.indexOf("/") + 1);
const pick = (spec: ToySpec, wanted: (field: Field) => boolean): ToySpec =>
  Object.fromEntries(Object.entries(spec).filter(([field]) => wanted(field as Field)));
