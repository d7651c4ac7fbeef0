import { describe, expect, it } from "vitest";
import { Rates } from "../../../src/aws/rates.ts";
import { Shared } from "../../../src/aws/shared.ts";
import { VirtualClock } from "../../../src/clock.ts";

/** When so many calls of ECS have been sent, in milliseconds: twenty at once, and one a second more. */
async function sent(clock: VirtualClock, rates: readonly Rates[], calls: number): Promise<number> {
  const began = clock.now();
  await Promise.all(
    rates.flatMap((one) => Array.from({ length: calls }, () => one.take("ecs", "DeregisterTaskDefinition"))),
  );
  return clock.now() - began;
}

describe("what the runs of one process share", () => {
  it("are the rates of a region, of which a run alone has all", async () => {
    const clock = new VirtualClock(0);
    const apart = [new Rates(clock), new Rates(clock)];
    expect(await sent(clock, apart, 20)).toBe(0);
    const shared = new Shared();
    const together = ["eu-west-1", "eu-west-1"].map(
      (region) => new Rates(clock, undefined, undefined, shared.bucketsOf(region)),
    );
    expect(await sent(clock, together, 20)).toBe(20_000);
    const elsewhere = new Rates(clock, undefined, undefined, shared.bucketsOf("us-east-1"));
    expect(await sent(clock, [elsewhere], 20)).toBe(0);
  });
});
