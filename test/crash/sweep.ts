import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { PLAIN, type Creatable } from "../support/stacks.ts";
import type { Aftermath, Crashes, Moment, Next, When } from "./driver.ts";

const WORDS: Readonly<Record<When, string>> = {
  "before call": "before it makes a call that changes something",
  "after call": "when a call was carried out and its answer did not come",
  "after write": "when it has just written its state",
};

/**
 * `CRASH_STEP=10 npm run test:crash` tries every tenth moment of each sort only, and `CRASH_SEED` says which of the ten; `CRASH_SHOP_STEP` is
 * the same for the larger stacks, which have up to three times as many.
 */
const stepOn = (stack: Creatable): number =>
  Number((stack === PLAIN ? undefined : process.env["CRASH_SHOP_STEP"]) ?? process.env["CRASH_STEP"] ?? 1);
const SEED = Number(process.env["CRASH_SEED"] ?? 0);

/** Which moments of each sort are tried, and which sorts. */
interface Sweep {
  readonly step?: number;
  readonly seed?: number;
  readonly moments?: readonly When[];
  /** Whether the command has ended with its last call, so that doing it again is another. */
  readonly endsWithCall?: boolean;
  /** What is done after the death, left out: the same command. It comes to what it comes to where nothing died before it. */
  readonly next?: Next;
  /** What of it is compared; left out: all. */
  readonly compared?: readonly (keyof Aftermath)[];
}

/**
 * Tests that the command, dead at every `step`th of its moments of each sort and run once more, comes to what an undisturbed run comes
 * to. The machine's clock stands still meanwhile: how far the simulated one gets is the same everywhere.
 */
export function diesEverywhere(
  stack: Creatable,
  begin: () => Promise<Crashes>,
  {
    step = stepOn(stack),
    seed = SEED,
    moments: whens = Object.keys(WORDS) as When[],
    endsWithCall = false,
    next,
    compared,
  }: Sweep = {},
): void {
  const only = (all: Aftermath) =>
    compared === undefined ? all : Object.fromEntries(compared.map((part) => [part, all[part]]));
  let crashes: Crashes;
  let undisturbed: Awaited<ReturnType<Crashes["undisturbed"]>>;
  let wanted: Aftermath;
  const attempts = new Map<string, number>();
  /** Whether the same was left behind within a second of this moment, and so was tried already. */
  const isNew = ({ states, world, at }: Moment) => {
    const left = JSON.stringify([states, world.tables]);
    const before = attempts.get(left);
    if (before !== undefined && Math.abs(before - at) < 1_000) return false;
    attempts.set(left, at);
    return true;
  };

  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 0, 1) });
    crashes = await begin();
    undisturbed = await crashes.undisturbed();
    wanted = next ? await crashes.instead(next) : undisturbed.end;
  }, 600_000);
  afterAll(() => {
    crashes.remove();
    vi.useRealTimers();
  });

  it("completes without interference", () => {
    expect(undisturbed.end).toMatchObject({ exit: 0, failed: [], planned: {} });
  });

  for (const when of whens)
    it(`is ended by the next run where it dies ${WORDS[when]}`, async () => {
      const moments = undisturbed.moments
        .filter((moment) => moment.when === when)
        .slice(0, when === "after call" && endsWithCall ? -1 : undefined)
        .map((moment, index) => ({ moment, number: index + 1 }));
      const first = seed % Math.min(step, moments.length);
      const chosen = moments.filter((_, index) => index >= first && (index - first) % step === 0);
      expect(chosen.length).toBeGreaterThan(0);
      const complaints: string[] = [];
      const sweep = expect.getState().currentTestName?.split(" > ")[0];
      let tried = 0;
      for (const { moment, number } of chosen) {
        if (!isNew(moment)) continue;
        tried += 1;
        const end = await crashes.after(moment, next);
        const found = differing(only(end), only(wanted)).map((what) => `${when} ${number}, ${moment.what}: ${what}`);
        // A whole sweep takes long: what it finds is told as it is found.
        if (found.length > 0) process.stderr.write(`${found.join("\n")}\n`);
        complaints.push(...found);
        if (tried % 20 === 0)
          process.stdout.write(`${sweep}: ${tried} runs, ${number} of ${moments.length} moments ${when}\n`);
      }
      process.stdout.write(`${sweep}: ${tried} runs for ${chosen.length} of ${moments.length} moments ${when}\n`);
      expect(complaints).toEqual([]);
    });
}

/**
 * Tests that the command, refused every call of one operation after the other as by a policy that lacks it, says so where it fails, and run once more
 * comes to what an undisturbed run comes to.
 */
export function isRefusedEverywhere(stack: Creatable, begin: () => Promise<Crashes>): void {
  const step = stepOn(stack);
  it("is ended by the next run where it may not do one thing", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 0, 1) });
    const crashes = await begin();
    try {
      const { end: wanted, operations } = await crashes.undisturbed();
      const complaints: string[] = [];
      for (const call of operations.filter((_, index) => index % step === SEED % Math.min(step, operations.length))) {
        const { first, end } = await crashes.refused(call);
        const found = differing(end, wanted).map((what) => `${call} refused: ${what}`);
        const [, operation = ""] = call.split(".");
        const told = [...first.failed, ...first.errors];
        if (first.exit !== 0 && !told.some((line) => line.includes(operation)))
          found.push(`${call} refused: it does not say that: ${told.join("; ")}`);
        if (found.length > 0) process.stderr.write(`${found.join("\n")}\n`);
        complaints.push(...found);
      }
      process.stdout.write(`${operations.length} operations, every ${step}. of them refused\n`);
      expect(complaints).toEqual([]);
    } finally {
      crashes.remove();
      vi.useRealTimers();
    }
  });
}

/** What is not as it should be, leaf by leaf. */
const differing = (end: unknown, wanted: unknown, path = "end"): string[] => {
  if (!isRecord(end) || !isRecord(wanted)) {
    const [is, should] = [JSON.stringify(end), JSON.stringify(wanted)];
    return is === should ? [] : [`${path} is ${is}, not ${should}`];
  }
  const names = new Set([...Object.keys(end), ...Object.keys(wanted)]);
  return [...names].flatMap((name) => differing(end[name], wanted[name], `${path}.${name}`));
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
