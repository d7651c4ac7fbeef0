import { describe, expect, it } from "vitest";
import { Rates } from "../../../src/aws/rates.ts";
import { VirtualClock } from "../../../src/clock.ts";

describe("what the distribution waits for", () => {
  const clock = new VirtualClock(0);
  const told: (readonly [string, number])[] = [];
  const rates = new Rates(clock, undefined, (call, ms) => told.push([call, ms]));

  it("goes before the target groups that wait, however late it comes, and is told its own wait", async () => {
    const gone: (readonly [string, number])[] = [];
    const call = async (at: number, operation: string) => {
      await clock.sleep(at);
      await rates.take("elb", operation);
      gone.push([operation, clock.now()]);
    };
    const groups = Array.from({ length: 24 }, () => call(0, "CreateTargetGroup"));
    await Promise.all([...groups, call(500, "CreateListener"), call(500, "CreateRule")]);
    expect(gone.slice(20)).toEqual([
      ["CreateTargetGroup", 334],
      ["CreateListener", 668],
      ["CreateRule", 1_002],
      ["CreateTargetGroup", 1_336],
      ["CreateTargetGroup", 1_670],
      ["CreateTargetGroup", 2_004],
    ]);
    // Waits of more than a second are told: behind the groups, those of the listener and the rule would be, too.
    expect(told).toEqual([
      ["elb.CreateTargetGroup", 1_002],
      ["elb.CreateTargetGroup", 1_336],
    ]);
  });
});
