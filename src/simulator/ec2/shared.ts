import type { Filter, Tag, TagSpecification } from "@aws-sdk/client-ec2";
import { refuse } from "../errors.ts";
import { visible, type Lagging, type Sim } from "../sim.ts";
import { TIMING } from "../timing.ts";

/** The tags that a create call brings along. */
export const tagsOf = (specifications: readonly TagSpecification[] = []): Tag[] =>
  specifications.flatMap(({ Tags = [] }) => Tags);

/** The first moment at which a list may show what is made now. */
export const visibleFrom = (sim: Sim) => sim.in(sim.world.random() * TIMING.listLag);

interface Deleted {
  table: string;
  record: Lagging;
  until: number;
}

const deleted = (sim: Sim) => sim.table<Deleted>("~ec2.deleted");

/**
 * Takes a record out of what exists. Lists keep showing it for a while (EC2 API reference, "Eventual consistency"; terraform-provider-aws
 * polls for up to five minutes until what it deleted is not told any more: ec2PropagationTimeout, vpcDeletedTimeout); whoever asks for it by
 * its id, or wants to do something with it, is refused at once.
 */
export function drop(sim: Sim, table: string, id: string): void {
  const records = sim.table<Lagging>(table);
  const record = records[id];
  if (!record) return;
  delete records[id];
  for (const [other, { until }] of Object.entries(deleted(sim))) if (until <= sim.now) delete deleted(sim)[other];
  deleted(sim)[id] = { table, record, until: sim.in(sim.world.random() * TIMING.deleteLag) };
}

/** The records of a table that a list shows by now, and those that it still shows. */
export const listed = <T extends Lagging>(sim: Sim, table: string): T[] => [
  ...visible(sim.table<T>(table), sim),
  ...Object.values(deleted(sim)).flatMap((one) =>
    one.table === table && one.until > sim.now && (one.record.visibleAt ?? 0) <= sim.now ? [one.record as T] : [],
  ),
];

/** Whether a record passes EC2's filters: `tag:KEY` and those that `fields` names; any other filter is refused loudly. */
export function passes(
  filters: readonly Filter[] = [],
  tags: readonly Tag[],
  fields: Readonly<Record<string, string | readonly string[] | undefined>>,
) {
  return filters.every(({ Name = "", Values = [] }) => {
    if (Name.startsWith("tag:"))
      return tags.some((tag) => tag.Key === Name.slice(4) && Values.some((wanted) => like(tag.Value ?? "", wanted)));
    if (!(Name in fields)) refuse("InvalidParameterValue", `The filter '${Name}' is invalid`);
    const found = fields[Name] ?? [];
    return (typeof found === "string" ? [found] : found).some((value) => Values.some((wanted) => like(value, wanted)));
  });
}

/** `*` in a filter's value matches anything. */
const like = (value: string, wanted: string) =>
  new RegExp(`^${wanted.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`).test(value);

interface Range {
  readonly first: number;
  readonly last: number;
  readonly bits: number;
}

/** Ranges are asked for at every packet that is followed, and there are few of them. */
const known = new Map<string, Range>();

/** The first and the last address of an IPv4 range as numbers; refuses what is none. */
export function rangeOf(cidr: string): Range {
  let range = known.get(cidr);
  if (!range) known.set(cidr, (range = parsed(cidr)));
  return range;
}

function parsed(cidr: string): Range {
  const [, address = "", length = ""] = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(cidr) ?? [];
  const octets = address.split(".").map(Number);
  const bits = Number(length);
  if (length === "" || bits > 32 || octets.some((octet) => octet > 255))
    refuse(
      "InvalidParameterValue",
      `Value (${cidr}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    );
  const number = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (32 - bits);
  const first = number - (number % size);
  return { first, last: first + size - 1, bits };
}

/** Whether `inner` lies within `outer`. */
export function within(inner: string, outer: string): boolean {
  const [one, other] = [rangeOf(inner), rangeOf(outer)];
  return one.first >= other.first && one.last <= other.last;
}

/** Whether two ranges share an address. */
export function overlap(one: string, other: string): boolean {
  const [left, right] = [rangeOf(one), rangeOf(other)];
  return left.first <= right.last && right.first <= left.last;
}

/** An address as it is written. */
export const dotted = (address: number) =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");

/** A new public address. */
export const publicAddress = (sim: Sim) =>
  `54.${Array.from({ length: 3 }, () => 1 + Math.floor(sim.world.random() * 254)).join(".")}`;

interface Answered {
  parameters: string;
  id: string;
  until: number;
}

/**
 * What a create with a client token comes to: the id that the same call made before, within a day, or the one that `make`
 * makes now. The same token with other parameters is refused.
 */
export function withToken(
  sim: Sim,
  operation: string,
  input: Readonly<{ ClientToken?: string | undefined }>,
  make: () => string,
): string {
  const { ClientToken: token, ...rest } = input;
  if (token === undefined) return make();
  if (token.length > 64) refuse("InvalidParameterValue", "The client token must have at most 64 ASCII characters.");
  const parameters = JSON.stringify(rest);
  const tokens = sim.table<Answered>("~ec2.tokens");
  const before = tokens[`${operation} ${token}`];
  if (before && before.until > sim.now) {
    if (before.parameters !== parameters)
      refuse(
        "IdempotentParameterMismatch",
        "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
      );
    return before.id;
  }
  const id = make();
  tokens[`${operation} ${token}`] = { parameters, id, until: sim.now + 86_400_000 };
  return id;
}
