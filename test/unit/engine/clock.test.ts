import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { realClock, VirtualClock } from "../../../src/clock.ts";

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe("the virtual clock", () => {
  it("starts at the given time, and jumps to the next sleeper", async () => {
    const clock = new VirtualClock(1_000);
    expect(clock.now()).toBe(1_000);
    await clock.sleep(3_600_000);
    expect(clock.now()).toBe(3_601_000);
  });

  it("wakes sleepers in the order of their times, and of those at the same time the first to sleep", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 5 }), { maxLength: 12 }), async (times) => {
        const clock = new VirtualClock(0);
        const woken: (readonly [number, number, number])[] = [];
        await Promise.all(
          times.map(async (ms, index) => {
            await clock.sleep(ms);
            woken.push([ms, index, clock.now()]);
          }),
        );
        const order = times.map((ms, index) => [ms, index, ms] as const).toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
        expect(woken).toEqual(order);
      }),
    );
  });

  it("lets one who wakes sleep again before the next one wakes", async () => {
    const clock = new VirtualClock(0);
    const log: string[] = [];
    const sleeper = async (name: string, ...naps: number[]) => {
      for (const nap of naps) {
        await clock.sleep(nap);
        log.push(`${name} ${clock.now()}`);
      }
    };
    await Promise.all([sleeper("a", 10, 10, 10), sleeper("b", 15, 10)]);
    expect(log).toEqual(["a 10", "b 15", "a 20", "b 25", "a 30"]);
  });

  it("stops while work is in progress, and continues after it, even if that fails", async () => {
    const clock = new VirtualClock(0);
    let finish = () => {};
    const work = clock.during(() => new Promise<void>((_, reject) => (finish = () => reject(new Error("refused")))));
    const sleep = clock.sleep(10);
    await turns(20);
    expect(clock.now()).toBe(0);
    finish();
    await expect(work).rejects.toThrow("refused");
    await sleep;
    expect(clock.now()).toBe(10);
  });

  it("answers what the work answers", async () => {
    expect(await new VirtualClock(0).during(async () => "done")).toBe("done");
  });

  it("takes a sleep of less than nothing for none", async () => {
    const clock = new VirtualClock(5);
    await clock.sleep(-10);
    expect(clock.now()).toBe(5);
  });

  it("ends an aborted sleep at once with the signal's reason, and does not go there any more", async () => {
    const clock = new VirtualClock(0);
    const stop = new AbortController();
    const long = clock.sleep(1_000, stop.signal);
    const reason = new Error("stopped");
    stop.abort(reason);
    await expect(long).rejects.toBe(reason);
    await expect(clock.sleep(1_000, stop.signal)).rejects.toBe(reason);
    await clock.sleep(10);
    expect(clock.now()).toBe(10);
  });
});

describe("the real clock", () => {
  it("ends an aborted sleep at once with the signal's reason", async () => {
    const stop = new AbortController();
    const long = realClock.sleep(3_600_000, stop.signal);
    const reason = new Error("stopped");
    stop.abort(reason);
    await expect(long).rejects.toBe(reason);
    await expect(realClock.sleep(3_600_000, stop.signal)).rejects.toBe(reason);
  });

  it("sleeps, and does work as it is", async () => {
    await expect(realClock.sleep(0, new AbortController().signal)).resolves.toBeUndefined();
    expect(await realClock.during(async () => 7)).toBe(7);
  });
});
