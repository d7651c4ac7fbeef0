// IPv4 CIDR blocks for subnets: whether two overlap, and a free one of the same size.

interface Range {
  readonly from: number;
  readonly size: number;
}

const rangeOf = (cidr: string): Range | undefined => {
  const [, a, b, c, d, bits] = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr)?.map(Number) ?? [];
  if (a === undefined || b === undefined || c === undefined || d === undefined || bits === undefined) return undefined;
  return { from: ((a * 256 + b) * 256 + c) * 256 + d, size: 2 ** (32 - bits) };
};

const meet = (one: Range, other: Range) => one.from < other.from + other.size && other.from < one.from + one.size;

/** Whether two CIDR blocks overlap. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [rangeOf(one), rangeOf(other)];
  return a !== undefined && b !== undefined && meet(a, b);
}

/** Up to `count` CIDR blocks as large as `like` in the same /16 that overlap none of `taken`. */
export function freeRanges(like: string, taken: readonly string[], count: number): string[] {
  const own = rangeOf(like);
  if (!own) return [];
  const ranges = taken.flatMap((cidr) => rangeOf(cidr) ?? []);
  const block = own.from - (own.from % 65_536);
  const bits = 32 - Math.log2(own.size);
  const free: string[] = [];
  for (let from = block; from + own.size <= block + 65_536 && free.length < count; from += own.size)
    // The first block of a range is easily mistaken for the VPC's own.
    if (from !== block && !ranges.some((range) => meet({ from, size: own.size }, range)))
      free.push(`${[24, 16, 8, 0].map((shift) => Math.floor(from / 2 ** shift) % 256).join(".")}/${bits}`);
  return free;
}
