import { describe, expect, it } from "vitest";
import { certainly } from "../../../src/aws/after-loss.ts";
import { retrying } from "../../../src/aws/call.ts";
import { VirtualClock } from "../../../src/clock.ts";
import { UncertainAnswer } from "../../../src/engine/resource-kind.ts";
import { awsError } from "../../support/failing.ts";

const lost = awsError("InternalError", "injected", 500);
const throttled = awsError("Throttling", "Rate exceeded");

/** A call that fails with `failures`, one after the other, and then is answered. */
async function calling(failures: readonly Error[]): Promise<string> {
  const left = [...failures];
  const send = async () => {
    const failure = left.shift();
    if (failure) throw failure;
    return "answer";
  };
  const notYet = [{ code: "DependencyViolation" }];
  return retrying("ec2.CreateVpc", send, { notYet }, { clock: new VirtualClock(0), random: () => 0.5 });
}

/** What the work of a kind ends with whose call fails so. */
const outcome = (failures: readonly Error[], told: (error: unknown) => unknown = (error) => error) =>
  certainly(() =>
    calling(failures).catch((error: unknown) => {
      throw told(error);
    }),
  ).catch((error: unknown) => error);

describe("the refusal of a call", () => {
  it("is what it is where all attempts before it were answered", async () => {
    const refusal = awsError("ResourceExistsException", "There is one.");
    expect(await outcome([refusal])).toBe(refusal);
    expect(await outcome([throttled, awsError("DependencyViolation", "not yet"), refusal])).toBe(refusal);
  });

  it("is uncertain where an earlier attempt was not, also in other words", async () => {
    const refusal = awsError("ResourceExistsException", "There is one.");
    const found = await outcome([lost, throttled, refusal]);
    expect(found).toBeInstanceOf(UncertainAnswer);
    expect(found).toMatchObject({ message: "There is one.", cause: refusal });
    const other = awsError("ResourceExistsException", "There is one.");
    const explained = await outcome([lost, other], (cause) => new Error("Delete it there.", { cause }));
    expect(explained).toBeInstanceOf(UncertainAnswer);
    expect(explained).toMatchObject({ message: "Delete it there." });
  });

  it("is no other call's", async () => {
    const refusal = awsError("ResourceExistsException", "There is one.");
    expect(await outcome([lost])).toBe("answer");
    expect(await outcome([refusal])).toBe(refusal);
  });

  it("leaves an outcome that is uncertain already as it is", async () => {
    const unsure = new UncertainAnswer("ec2.CreateVpc: injected", { cause: lost });
    expect(await certainly(() => Promise.reject(unsure)).catch((error: unknown) => error)).toBe(unsure);
  });
});
