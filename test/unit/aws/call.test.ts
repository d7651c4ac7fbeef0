import { describe, expect, it } from "vitest";
import { retrying, type CallOptions } from "../../../src/aws/call.ts";
import { VirtualClock } from "../../../src/clock.ts";
import { UncertainAnswer } from "../../../src/engine/resource-kind.ts";
import { awsError } from "../../support/failing.ts";

const throttled = awsError("Throttling", "Rate exceeded");
const broken = awsError("InternalError", "injected", 500);
const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:443"), { code: "ECONNREFUSED" });
const inUse = awsError("DependencyViolation", "The vpc has dependencies and cannot be deleted.");

/** Sends a call that fails with `failures` one after the other, the last of them for ever, or answers once they are used up. */
function calling(
  failures: readonly Error[],
  options: CallOptions = {},
  around: { random?: number; last?: "answer" } = {},
) {
  const clock = new VirtualClock(0);
  const told: { name: string; why: string; ms: number }[] = [];
  let sent = 0;
  const send = async () => {
    const failure = failures[sent] ?? (around.last === "answer" ? undefined : failures.at(-1));
    sent += 1;
    if (failure) throw failure;
    return "answer";
  };
  const outcome = retrying("ec2.DeleteVpc", send, options, {
    clock,
    random: () => around.random ?? 0.5,
    retried: (name, why, ms) => told.push({ name, why, ms }),
  });
  return { outcome, clock, told, waits: () => told.map(({ ms }) => ms), sent: () => sent };
}

const answering = (failures: readonly Error[], options?: CallOptions, random = 0.5) =>
  calling(failures, options, { random, last: "answer" });

const total = (waits: readonly number[]) => waits.reduce((sum, ms) => sum + ms, 0);

describe("a call that is answered or refused", () => {
  it("is sent once where AWS answers", async () => {
    const call = answering([]);
    expect(await call.outcome).toBe("answer");
    expect([call.sent(), call.told, call.clock.now()]).toEqual([1, [], 0]);
  });

  it("throws what AWS refuses at once, as it came", async () => {
    const denied = awsError("UnauthorizedOperation", "You are not authorized to perform: ec2:DeleteVpc", 403);
    for (const options of [{}, { once: true }, { notYet: [{ code: "DependencyViolation" }] }] as const) {
      const call = calling([denied], options);
      await expect(call.outcome).rejects.toBe(denied);
      expect([call.sent(), call.told, call.clock.now()]).toEqual([1, [], 0]);
    }
  });

  it("takes no refusal for a lost answer because its message quotes one", async () => {
    const quoting = awsError("InvalidParameterValue", "Invalid description: socket hang up ECONNRESET");
    const call = calling([quoting], { once: true });
    await expect(call.outcome).rejects.toBe(quoting);
    expect(call.sent()).toBe(1);
  });
});

describe("a call that AWS throttles or answers with a 5xx", () => {
  it("waits with full jitter below a ceiling that doubles up to 20 s", async () => {
    const ceilings = [200, 400, 800, 1600, 3200, 6400, 12_800, ...Array.from({ length: 6 }, () => 20_000)];
    for (const failure of [throttled, broken])
      for (const random of [0, 0.25, 0.999]) {
        const call = calling([failure], {}, { random });
        await expect(call.outcome).rejects.toBe(failure);
        expect(call.waits()).toEqual(ceilings.map((ceiling) => ceiling * random));
        expect(call.clock.now()).toBeCloseTo(total(call.waits()), 3);
      }
  });

  it("draws each wait anew", async () => {
    const draws = [0.1, 0.9, 0.2];
    const waits: number[] = [];
    let sent = 0;
    const send = async () => {
      sent += 1;
      if (sent <= 3) throw throttled;
    };
    await retrying(
      "ec2.DeleteVpc",
      send,
      {},
      {
        clock: new VirtualClock(0),
        random: () => draws.shift() ?? 0,
        retried: (_name, _why, ms) => waits.push(ms),
      },
    );
    expect(waits).toEqual([0.1 * 200, 0.9 * 400, 0.2 * 800]);
  });

  it("gives up with AWS's own error after 14 attempts, and answers at the fourteenth", async () => {
    const failing = calling([throttled]);
    await expect(failing.outcome).rejects.toBe(throttled);
    expect(failing.sent()).toBe(14);
    const late = answering(Array.from({ length: 13 }, () => broken));
    expect(await late.outcome).toBe("answer");
    expect(late.sent()).toBe(14);
  });

  it("reports each wait before it: which call, why, and for how long", async () => {
    const call = answering([throttled, broken]);
    await call.outcome;
    expect(call.told).toEqual([
      { name: "ec2.DeleteVpc", why: "Throttling: Rate exceeded", ms: 100 },
      { name: "ec2.DeleteVpc", why: "InternalError: injected", ms: 200 },
    ]);
  });

  it("is sent three times at most where nothing listens", async () => {
    const call = calling([refused], { once: true });
    await expect(call.outcome).rejects.toBe(refused);
    expect(call.sent()).toBe(3);
  });
});

describe("a call that makes something", () => {
  it("is never repeated after a 5xx or a broken connection", async () => {
    for (const lost of [broken, reset, awsError("ServiceUnavailable", "injected", 503)]) {
      const call = calling([lost], { once: true });
      const error: unknown = await call.outcome.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UncertainAnswer);
      expect(error).toMatchObject({ message: `ec2.DeleteVpc: ${lost.message}`, cause: lost });
      expect([call.sent(), call.told, call.clock.now()]).toEqual([1, [], 0]);
    }
  });

  it("is repeated where AWS certainly did nothing: throttled, unreachable, or not yet", async () => {
    for (const failure of [throttled, awsError("RequestLimitExceeded", "slow", 503), refused, inUse]) {
      const call = answering([failure], { once: true, notYet: [{ code: "DependencyViolation" }] });
      expect(await call.outcome).toBe("answer");
      expect(call.sent()).toBe(2);
    }
  });

  it("stays uncertain where the answer is lost at a later attempt", async () => {
    const call = calling([throttled, broken], { once: true });
    await expect(call.outcome).rejects.toBeInstanceOf(UncertainAnswer);
    expect(call.sent()).toBe(2);
  });
});

describe("a call that is answered with not yet", () => {
  it("is asked again at waits between half and all of a ceiling that grows to 5 s", async () => {
    const ceilings = [750, 1125, 1687.5, 2531.25, 3796.875, 5000, 5000];
    for (const [random, share] of [
      [0, 0.5],
      [0.5, 0.75],
      [0.999, 0.9995],
    ] as const) {
      const failures = ceilings.map(() => inUse);
      const call = answering(failures, { notYet: [{ code: "DependencyViolation" }] }, random);
      expect(await call.outcome).toBe("answer");
      call.waits().forEach((ms, index) => expect(ms).toBeCloseTo((ceilings[index] ?? 0) * share, 6));
      expect(call.sent()).toBe(8);
    }
  });

  it("retries for its own time limit, or for two minutes, and then throws AWS's own words", async () => {
    for (const [budget, seconds] of [
      [undefined, 120],
      [10, 10],
      [600, 600],
    ] as const) {
      const notYet = [{ code: "DependencyViolation", ...(budget === undefined ? {} : { budget }) }];
      // The first answer takes just less than the budget, then all of it.
      for (const [ms, attempts] of [
        [seconds * 1_000 - 1, 2],
        [seconds * 1_000, 1],
      ] as const) {
        const clock = new VirtualClock(0);
        let sent = 0;
        const send = async () => {
          sent += 1;
          await clock.sleep(ms);
          throw inUse;
        };
        await expect(retrying("ec2.DeleteVpc", send, { notYet }, { clock, random: () => 0.5 })).rejects.toBe(inUse);
        expect([seconds, sent]).toEqual([seconds, attempts]);
      }
    }
  });

  it.each([throttled, broken])(
    "is repeated after $message, however long it was answered with that",
    async (failure) => {
      const failures = [...Array.from({ length: 100 }, () => inUse), ...Array.from({ length: 13 }, () => failure)];
      const call = answering(failures, { notYet: [{ code: "DependencyViolation", budget: 600 }] });
      expect(await call.outcome).toBe("answer");
      expect(call.sent()).toBe(114);
      // Of what fails in a row, the waits grow as in any other call.
      expect(call.waits().slice(100, 103)).toEqual([100, 200, 400]);
    },
  );

  it("knows the answer by its code, with or without its suffix, and by the words that it says", async () => {
    const answer = awsError("InvalidParameterException", "Unable to assume the service linked role.");
    const matching = [
      { code: "InvalidParameterException" },
      { code: "InvalidParameter" },
      { code: "InvalidParameter", says: "service linked role" },
    ];
    for (const notYet of matching) {
      const call = answering([answer], { notYet: [{ code: "Other" }, notYet] });
      expect(await call.outcome).toBe("answer");
    }
    for (const notYet of [
      { code: "InvalidParameterException", says: "another role" },
      { code: "InvalidParameterValue" },
    ])
      await expect(answering([answer], { notYet: [notYet] }).outcome).rejects.toBe(answer);
  });

  it("goes before every other verdict: a 5xx that means not yet is neither counted nor uncertain", async () => {
    const call = answering(
      Array.from({ length: 20 }, () => broken),
      { once: true, notYet: [{ code: "InternalError" }] },
    );
    expect(await call.outcome).toBe("answer");
    expect(call.sent()).toBe(21);
  });
});

describe("a call of a run that is stopped", () => {
  it("ends its wait with the reason and is not sent again", async () => {
    const stopping = new AbortController();
    const reason = new Error("stopped");
    let sent = 0;
    const outcome = retrying(
      "ec2.DeleteVpc",
      async () => {
        sent += 1;
        throw throttled;
      },
      {},
      { clock: new VirtualClock(0), random: () => 0.5, signal: stopping.signal, retried: () => stopping.abort(reason) },
    );
    await expect(outcome).rejects.toBe(reason);
    expect(sent).toBe(1);
  });

  it("is not sent at all where the run was stopped before", async () => {
    const reason = new Error("stopped");
    let sent = 0;
    const send = async () => void (sent += 1);
    const around = { clock: new VirtualClock(0), random: () => 0.5, signal: AbortSignal.abort(reason) };
    await expect(retrying("ec2.DeleteVpc", send, {}, around)).rejects.toBe(reason);
    expect(sent).toBe(0);
  });
});
