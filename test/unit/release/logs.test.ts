import { CreateLogStreamCommand, FilterLogEventsCommand, PutLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { describe, expect, it } from "vitest";
import type { Clock } from "../../../src/clock.ts";
import { followLog, logLines } from "../../../src/release/logs.ts";
import { deliverable } from "../../support/release.ts";
import { altered, siteOf } from "./delivered.ts";

it("prints each line once as it arrives, including late ones, until it is stopped", async () => {
  const { at } = await deliverable();
  const ref = siteOf(at);
  const place = { logGroupName: ref.names.buildLogGroup, logStreamName: "build/one" };
  await at.aws.logs(new CreateLogStreamCommand(place));
  const write = (message: string, timestamp: number) =>
    at.aws.logs(new PutLogEventsCommand({ ...place, logEvents: [{ message: `${message}\n`, timestamp }] }));
  const since = at.clock.now();
  await write("first", since);
  const told: string[] = [];
  const controller = new AbortController();
  const following = followLog(
    ref,
    { of: "build", since },
    ({ text, from }) => told.push(`${from} ${text}`),
    controller.signal,
  );
  await at.clock.sleep(5_000);
  await write("second", at.clock.now());
  await at.clock.sleep(5_000);
  await write("late", at.clock.now() - 3_000);
  await at.clock.sleep(30_000);
  controller.abort(new Error("enough"));
  await following;
  expect(told).toEqual(["one first", "one second", "one late"]);
  expect((await logLines(ref, { of: "build", since: 0, filter: "second" })).map(({ text }) => text)).toEqual([
    "second",
  ]);
});

it("has no lines where there is no log group", async () => {
  const { at } = await deliverable();
  const ref = siteOf(at);
  const names = { ...ref.names, applicationLogGroup: "/ecs/nowhere" };
  expect(await logLines({ ...ref, names }, { of: "application", since: 0 })).toEqual([]);
});

describe.each([
  ["ten seconds ahead of", 10_000],
  ["four minutes ahead of", 240_000],
  ["a minute behind", -60_000],
])("a machine whose clock is %s AWS's", (_, off) => {
  it("loses no line and prints none twice", async () => {
    const { at } = await deliverable();
    const ref = { ...siteOf(at), clock: shifted(at.clock, off) };
    const place = { logGroupName: ref.names.buildLogGroup, logStreamName: "build/one" };
    await at.aws.logs(new CreateLogStreamCommand(place));
    const write = (message: string, timestamp: number) =>
      at.aws.logs(new PutLogEventsCommand({ ...place, logEvents: [{ message, timestamp }] }));
    const told: string[] = [];
    const stopped = new AbortController();
    const asked: number[] = [];
    const seen = altered(ref, "logs", FilterLogEventsCommand, (answer: object, { startTime }) => {
      asked.push(at.clock.now() - (startTime ?? 0));
      return answer;
    });
    const query = { of: "build", since: ref.clock.now() - 600_000 } as const;
    const following = followLog(seen, query, ({ text }) => told.push(text), stopped.signal);
    const written: string[] = [];
    for (let number = 1; number <= 20; number++) {
      await at.clock.sleep(1_700);
      // What a container writes comes up to five seconds late.
      await write(`line ${number}`, at.clock.now() - 5_000);
      written.push(`line ${number}`);
    }
    await at.clock.sleep(30_000);
    stopped.abort(new Error("enough"));
    await following;
    expect(told).toEqual(written);
    // What was read an hour ago is not read again and again.
    expect(asked.at(-1)).toBeLessThan(45_000);
  });
});

/** A clock that is wrong by so much. */
const shifted = (clock: Clock, off: number): Clock => ({
  now: () => clock.now() + off,
  sleep: (ms, signal) => clock.sleep(ms, signal),
  during: (work) => clock.during(work),
});
