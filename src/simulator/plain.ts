import { refuse } from "./errors.ts";
import { pageOf, type Cut } from "./pages.ts";
import { visible, type Lagging, type Sim } from "./sim.ts";
import { tagsOfInput, withoutTags, withTags, type SimTags } from "./tagging.ts";

/** An error of AWS: its code in the JavaScript SDK, its message, and the HTTP status if that is not 400. */
export type Refusal = readonly [code: string, message: string, status?: number];

/** What the record of every plain resource has; a kind adds its fields to it. */
export interface PlainRecord extends Lagging {
  arn: string;
  tags?: SimTags;
  /** From when calls reach it; at once if left out. */
  usableAt?: number;
  /** Until when it is being created; it is ready at once if left out. */
  readyAt?: number;
  /** The idempotency token of its create call. */
  token?: string | undefined;
  /** When it was deleted, and until when calls still reach it. */
  deletedAt?: number;
  goneAt?: number;
}

/** Fields of a record that come from the row. */
type Common = Exclude<keyof PlainRecord, "token">;

/** What a create call says of any resource, in the words of the table. */
export interface PlainCreate {
  /** The key in the table: a name that the caller chose, or a new id (see `sameAs`). */
  readonly key: string;
  readonly tags?: SimTagList | undefined;
}

/** Tags as one of AWS's three forms: a list with upper-case or lower-case members, or a map. */
export type SimTagList = NonNullable<Parameters<typeof tagsOfInput>[0]> | Readonly<Record<string, string>>;

/** One kind of plain resource as a row: what AWS does with it beyond keeping its fields. */
export interface PlainKind<R extends PlainRecord, Said> {
  /** Its records: `sqs.queues`. What was deleted and still answers is in `~sqs.queues`. */
  readonly table: string;
  /** All regions share it. */
  readonly isGlobal?: boolean;
  readonly arn: (sim: Sim, key: string, said: Said) => string;
  /** Names that AWS takes, where the caller chooses them, and the refusal of others. */
  readonly names?: { readonly rule: RegExp; readonly refusal: Refusal };
  /** Refuses what else AWS refuses of a create. */
  readonly check?: (sim: Sim, said: Said, key: string) => void;
  /** The idempotency token in a create call: a second call with the same one answers what the first one made, whatever else it says. */
  readonly tokenOf?: (said: Said) => string | undefined;
  /** Fields of a new record, with AWS's defaults. */
  readonly made: (sim: Sim, said: Said, key: string) => Omit<R, Common>;
  /** Whether a create is a second one of this resource, where keys are ids; by the key if left out. */
  readonly sameAs?: (before: R, said: Said) => boolean;
  /** What a second create does (without the same token): answers the first one's record, or refuses. Left out where there is no second one. */
  readonly again?: (before: R, said: Said, sim: Sim) => R;
  readonly missing: (key: string, sim: Sim) => Refusal;
  /** Calls take its ARN as well as its key. */
  readonly takesArn?: boolean;
  /** The refusal of an ARN that is unknown to the tag calls; as `missing` if left out. */
  readonly missingArn?: (arn: string, sim: Sim) => Refusal;
  /**
   * Seconds from the create until calls reach it ("ready": not before it is), lists show it (about) and it is ready (about), and from its
   * deletion until nothing shows it: at most (`deleted`: it is deleted at once, and word of that takes its time), or about (`deleting`: it is
   * in that state until then).
   */
  readonly lag?: {
    readonly usable?: number | "ready";
    readonly list?: number;
    readonly ready?: number;
    readonly deleted?: number;
    readonly deleting?: number;
  };
  /** The refusal of a second delete in the state `deleting`; it changes nothing if left out. */
  readonly deletingAgain?: Refusal;
  /** Seconds from its deletion until its name can be used again, and the refusal until then. */
  readonly nameTaken?: { readonly seconds: number; readonly refusal: Refusal };
  readonly tags?: {
    readonly code: string;
    /** The code of the 51st tag. */
    readonly limitCode?: string;
    /** Keys that differ only in case are one key (as of IAM roles; moto, iam/exceptions.py, DuplicateTags, has the words). */
    readonly anyCase?: boolean;
  };
  /** How lists are cut into pages; `sorted`: by ARN. */
  readonly pages?: Cut & { readonly sorted?: boolean };
  /** Refuses a delete: what uses the resource has to go first. */
  readonly inUse?: (sim: Sim, record: R) => void;
}

/** The operations of one kind on its records; an operation of AWS puts its input and output in their words. */
export interface Plain<R extends PlainRecord, Said> {
  /** The records of what exists. */
  readonly records: (sim: Sim) => Record<string, R>;
  readonly create: (sim: Sim, call: PlainCreate, said: Said) => R;
  /** What has this key by now, also for a while after its deletion, or AWS's refusal. */
  readonly find: (sim: Sim, key: string | undefined) => R;
  readonly byArn: (sim: Sim, arn: string | undefined) => R;
  /** What lists show by now, deleted resources among it for a while. */
  readonly shown: (sim: Sim) => R[];
  readonly list: (sim: Sim, page: PageAsked, fits?: (record: R) => boolean) => { page: R[]; next: string | undefined };
  readonly delete: (sim: Sim, key: string | undefined) => R;
  readonly tagsOf: (sim: Sim, arn: string | undefined) => SimTags;
  readonly tag: (sim: Sim, arn: string | undefined, tags: SimTagList | undefined) => object;
  readonly untag: (sim: Sim, arn: string | undefined, keys: readonly string[] | undefined) => object;
}

type PageAsked = Parameters<typeof pageOf>[1];

/** Whether what a create call began is done. */
export const isReady = (sim: Sim, { readyAt = 0 }: PlainRecord): boolean => readyAt <= sim.now;

export const stateOf = (sim: Sim, record: PlainRecord) =>
  record.goneAt === undefined
    ? isReady(sim, record)
      ? ("available" as const)
      : ("creating" as const)
    : ("deleting" as const);

/** `again` of a kind whose names are taken once. */
export const refusedAgain =
  (...[code, message, status]: Refusal) =>
  (): never =>
    refuse(code, message, status);

/** Makes the operations of a plain kind from its row. */
export function plain<R extends PlainRecord, Said>(kind: PlainKind<R, Said>): Plain<R, Said> {
  const {
    table,
    names,
    lag = {},
    tags: { code = "ValidationException", limitCode = code, anyCase } = {},
    pages,
  } = kind;
  const tableOf = (sim: Sim, name: string) => (kind.isGlobal ? sim.global<R>(name) : sim.table<R>(name));
  const { sorted, ...cut }: NonNullable<typeof pages> = pages ?? { usual: 100, code };
  const records = (sim: Sim) => tableOf(sim, table);
  const former = (sim: Sim) => tableOf(sim, `~${table}`);
  const { deleted, deleting } = lag;
  const lingers = deleted !== undefined || deleting !== undefined;
  const stillThere = (sim: Sim): Record<string, R> =>
    lingers ? Object.fromEntries(Object.entries(former(sim)).filter(([, { goneAt = 0 }]) => goneAt > sim.now)) : {};
  const usable = (sim: Sim, { usableAt = 0 }: R) => usableAt <= sim.now;
  const nameIsTaken = (sim: Sim, { deletedAt = 0 }: R) => deletedAt + (kind.nameTaken?.seconds ?? 0) * 1_000 > sim.now;

  const tagged = (list: SimTagList = []): SimTags => {
    const tags = tagsOfInput(
      Array.isArray(list) ? list : Object.entries(list).map(([Key, Value]) => ({ Key, Value })),
      code,
    );
    if (anyCase && new Set(Object.keys(tags).map((key) => key.toLowerCase())).size < Object.keys(tags).length)
      refuse(code, "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    return tags;
  };
  /** The tags without some keys, in any spelling that is the same to AWS. */
  const without = (tags: SimTags, keys: readonly string[] = []): SimTags => {
    const spelled = (key: string) => (anyCase ? key.toLowerCase() : key);
    const wanted = new Set(keys.map(spelled));
    return withoutTags(
      tags,
      Object.keys(tags).filter((key) => wanted.has(spelled(key))),
    );
  };
  const merged = (now: SimTags, more: SimTags): SimTags =>
    withTags(anyCase ? without(now, Object.keys(more)) : now, more, limitCode);

  const there = (sim: Sim): Record<string, R> => ({ ...stillThere(sim), ...records(sim) });
  const keyOf = (sim: Sim, given = "") =>
    (kind.takesArn && Object.entries(there(sim)).find(([, { arn }]) => arn === given)?.[0]) || given;
  const find = (sim: Sim, given?: string): R => {
    const key = keyOf(sim, given);
    const found = records(sim)[key] ?? stillThere(sim)[key];
    return found && usable(sim, found) ? found : refuse(...kind.missing(key, sim));
  };
  const byArn = (sim: Sim, arn = ""): R =>
    Object.values(there(sim)).find((one) => one.arn === arn && usable(sim, one)) ??
    refuse(...(kind.missingArn?.(arn, sim) ?? kind.missing(arn, sim)));
  const shown = (sim: Sim) =>
    [...Object.values(stillThere(sim)), ...visible(records(sim), sim)].filter((one) => usable(sim, one));
  /** What a create call is a second one of. */
  const first = (sim: Sim, key: string, said: Said): R | undefined => {
    const { sameAs } = kind;
    if (!sameAs) return records(sim)[key];
    return Object.values(deleting === undefined ? records(sim) : there(sim)).find((one) => sameAs(one, said));
  };
  const leave = (sim: Sim, key: string, record: R) => {
    const kept = former(sim);
    for (const [other, one] of Object.entries(kept))
      if ((one.goneAt ?? 0) <= sim.now && !nameIsTaken(sim, one)) delete kept[other];
    record.deletedAt = sim.now;
    record.goneAt = sim.in(deleting ?? sim.world.random() * (deleted ?? 0));
    kept[key] = record;
  };

  return {
    records,
    find,
    byArn,
    shown,
    create(sim, { key, tags }, said) {
      if (names && !names.rule.test(key)) refuse(...names.refusal);
      const before = first(sim, key, said);
      const token = kind.tokenOf?.(said);
      if (before && token !== undefined && before.token === token) return before;
      kind.check?.(sim, said, key);
      if (before) return kind.again?.(before, said, sim) ?? before;
      const last = lingers ? former(sim)[key] : undefined;
      if (last && kind.nameTaken && nameIsTaken(sim, last)) refuse(...kind.nameTaken.refusal);
      const readyAt = lag.ready === undefined ? undefined : sim.in(lag.ready);
      const usableAt = typeof lag.usable === "number" ? sim.now + lag.usable * 1_000 : lag.usable && readyAt;
      const record = {
        ...kind.made(sim, said, key),
        arn: kind.arn(sim, key, said),
        ...(token === undefined ? {} : { token }),
        ...(kind.tags ? { tags: merged({}, tagged(tags)) } : {}),
        ...(usableAt === undefined ? {} : { usableAt }),
        ...(readyAt === undefined ? {} : { readyAt }),
        ...(lag.list === undefined ? {} : { visibleAt: sim.in(lag.list) }),
      } as R;
      if (last) delete former(sim)[key];
      return (records(sim)[key] = record);
    },
    list(sim, asked, fits = () => true) {
      const found = shown(sim).filter(fits);
      return pageOf(sorted ? found.toSorted((one, other) => (one.arn < other.arn ? -1 : 1)) : found, asked, cut);
    },
    delete(sim, given) {
      const key = keyOf(sim, given);
      const leaving = deleting === undefined ? undefined : stillThere(sim)[key];
      if (leaving) return kind.deletingAgain ? refuse(...kind.deletingAgain) : leaving;
      const record = records(sim)[key];
      if (!record || !usable(sim, record)) return refuse(...kind.missing(key, sim));
      kind.inUse?.(sim, record);
      if (lingers) leave(sim, key, record);
      delete records(sim)[key];
      return record;
    },
    tagsOf: (sim, arn) => byArn(sim, arn).tags ?? {},
    tag(sim, arn, tags) {
      const record = byArn(sim, arn);
      record.tags = merged(record.tags ?? {}, tagged(tags));
      return {};
    },
    untag(sim, arn, keys) {
      const record = byArn(sim, arn);
      record.tags = without(record.tags ?? {}, keys);
      return {};
    },
  };
}
