import { describe, expect, it } from "vitest";
import { retrying } from "../../../src/aws/call.ts";
import { VirtualClock } from "../../../src/clock.ts";
import { awsError } from "../../support/failing.ts";

const throttled = awsError("Throttling", "Rate exceeded");
const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
const inUse = awsError("DependencyViolation", "The vpc has dependencies and cannot be deleted.");

describe("a retried call that checks what blocks it", () => {
  const looking = (look: () => Promise<string | void>, failures: number, budget = 600) => {
    const clock = new VirtualClock(0);
    const looks: number[] = [];
    const waits: number[] = [];
    let sent = 0;
    const send = async () => {
      sent += 1;
      if (sent <= failures) throw inUse;
      return "answer";
    };
    const obstructions: string[] = [];
    const meanwhile = (waited: number) => {
      expect(waited).toBe(clock.now());
      looks.push(clock.now());
      return look();
    };
    const notYet = [{ code: "DependencyViolation", budget, meanwhile }];
    const retried = (_name: string, _why: string, ms: number) => waits.push(ms);
    const obstructed = (_name: string, by: string) => obstructions.push(by);
    const around = { clock, random: () => 0.999, retried, obstructed };
    const outcome = retrying("ec2.DeleteVpc", send, { notYet }, around);
    return { outcome, looks, waits, obstructions, sent: () => sent };
  };

  it("checks before the first wait, and then at most every ten seconds", async () => {
    const call = looking(async () => {}, 12);
    expect(await call.outcome).toBe("answer");
    expect(call.looks[0]).toBe(0);
    const between = call.looks.slice(1).map((at, index) => at - (call.looks[index] ?? 0));
    expect(between.length).toBeGreaterThan(1);
    expect(Math.min(...between)).toBeGreaterThanOrEqual(10_000);
    // A wait is never longer than five seconds.
    expect(Math.max(...between)).toBeLessThan(15_000);
  });

  it("reports what it found, once, and keeps waiting", async () => {
    const found = ["A keeps it", "A keeps it", "B keeps it"];
    const call = looking(async () => found.shift(), 12);
    expect(await call.outcome).toBe("answer");
    expect(call.looks.length).toBeGreaterThan(2);
    expect(call.obstructions).toEqual(["A keeps it", "B keeps it"]);
  });

  it("does not check if AWS succeeds at once, or returns another error", async () => {
    const answers = [throttled];
    const send = async () => {
      const [failure] = answers.splice(0, 1);
      if (failure) throw failure;
      return "answer";
    };
    const notYet = [{ code: "Other", meanwhile: () => Promise.reject(reset) }];
    const other = retrying("ec2.DeleteVpc", send, { notYet }, { clock: new VirtualClock(0), random: () => 0.5 });
    expect([await looking(() => Promise.reject(reset), 0).outcome, await other]).toEqual(["answer", "answer"]);
  });

  it("fails with the reason of the check, without a wait, if that throws: at first or later", async () => {
    const reason = new TypeError("Somebody else's.");
    const first = looking(() => Promise.reject(reason), 100);
    await expect(first.outcome).rejects.toBe(reason);
    expect([first.sent(), first.waits]).toEqual([1, []]);
    const answers = [Promise.resolve(), Promise.resolve()];
    const later = looking(() => answers.pop() ?? Promise.reject(reason), 100);
    await expect(later.outcome).rejects.toBe(reason);
    expect([later.looks.length, later.sent()]).toEqual([3, later.waits.length + 1]);
  });

  it("throws AWS's own words, and stops checking, once its time is used up", async () => {
    const call = looking(async () => {}, 100, 0);
    await expect(call.outcome).rejects.toBe(inUse);
    expect([call.sent(), call.looks]).toEqual([1, []]);
  });
});
