import { CreateLogStreamCommand, PutLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { expect, it } from "vitest";
import { followLog, logLines } from "../../../src/release/logs.ts";
import { deliverable } from "../../support/release.ts";
import { siteOf } from "./delivered.ts";

it("tells each line once as it comes, also one that comes late, until it is stopped", async () => {
  const { at } = await deliverable();
  const site = siteOf(at);
  const place = { logGroupName: site.names.buildLogGroup, logStreamName: "build/one" };
  await at.aws.logs(new CreateLogStreamCommand(place));
  const write = (message: string, timestamp: number) =>
    at.aws.logs(new PutLogEventsCommand({ ...place, logEvents: [{ message: `${message}\n`, timestamp }] }));
  const since = at.clock.now();
  await write("first", since);
  const told: string[] = [];
  const controller = new AbortController();
  const following = followLog(
    site,
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
  expect((await logLines(site, { of: "build", since: 0, filter: "second" })).map(({ text }) => text)).toEqual([
    "second",
  ]);
});

it("has no lines where there is no log group", async () => {
  const { at } = await deliverable();
  const site = siteOf(at);
  const names = { ...site.names, applicationLogGroup: "/ecs/nowhere" };
  expect(await logLines({ ...site, names }, { of: "application", since: 0 })).toEqual([]);
});
