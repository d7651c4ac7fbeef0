import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { CreateLogStreamCommand, PutLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Stage } from "../support/stage.ts";

const BUCKET = "fairlead-app-dev-access-123456789012-ap-northeast-1";
const MINUTE = 60_000;

/** A record of CloudFront, as its deliveries in JSON have it. */
const cdn = (at: number, path: string, status: string, more: object = {}) =>
  JSON.stringify({
    date: new Date(at).toISOString().slice(0, 10),
    time: new Date(at).toISOString().slice(11, 19),
    "x-edge-location": "NRT57-P2",
    "sc-bytes": "913",
    "c-ip": "203.0.113.9",
    "cs-method": "GET",
    "cs(Host)": "d111111abcdef8.cloudfront.net",
    "cs-uri-stem": path,
    "sc-status": status,
    "x-edge-result-type": "Miss",
    "x-host-header": "shop.example.com",
    "time-taken": "0.042",
    ...more,
  });

/** The example of the ELB user guide ("Access log entries"), at another time and for this stack's target group. */
const balancer = (at: number, request: string, status: string) =>
  `http ${new Date(at).toISOString()} app/fairlead-app-dev/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.000 0.051 0.001 ${status} ${status} 34 366 "${request} HTTP/1.1" "curl/7.46.0" - - arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/fairlead-app-dev/73e2d6bc24d8a067 "Root=1-58337262-36d228ad5d99923122bbe354" "-" "-" 0 ${new Date(at).toISOString()} "forward" "-" "-" "10.0.0.1:80" "${status}" "-" "-" TID_1234abcd5678ef90`;

const hourOf = (at: number) => new Date(at).toISOString().slice(0, 13).replace("T", "-");
const cdnKey = (at: number, id: string) => `AWSLogs/123456789012/CloudFront/E1ABCDEF.${hourOf(at)}.${id}.gz`;
const balancerKey = (at: number) => {
  const [day, time] = new Date(at).toISOString().split("T") as [string, string];
  const end = `${day.replaceAll("-", "")}T${time.slice(0, 5).replace(":", "")}Z`;
  return `AWSLogs/123456789012/elasticloadbalancing/ap-northeast-1/${day.replaceAll("-", "/")}/123456789012_elasticloadbalancing_ap-northeast-1_app.fairlead-app-dev.50dc6c495c0c9188_${end}_10.0.0.5_4zdmzhgw.log.gz`;
};

describe("logs --access", () => {
  let stage: Stage;
  let now = 0;
  beforeAll(async () => {
    stage = new Stage();
    await stage.run("reconcile");
  });
  afterAll(() => stage.remove());

  const read = (...flags: string[]) => stage.type("logs", "--access", ...flags);
  const json = async (...flags: string[]) =>
    (await read("--jsonl", ...flags)).answer
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it("says what to do if the stack keeps no access logs", async () => {
    const { exit, lines } = await read();
    expect(exit).toBe(2);
    expect(lines.join("\n")).toContain(
      "The stack keeps no access logs. Add accessLogs: {} to the config and apply it: npx fairlead reconcile.",
    );
  });

  it("says what to do if they are not set up yet", async () => {
    stage.edit({ accessLogs: { balancer: true } });
    const { exit, lines } = await read();
    expect(exit).toBe(1);
    expect(lines.join("\n")).toContain(`There are no access logs yet: bucket ${BUCKET} does not exist.`);
  });

  it("says how late they are if there is none", async () => {
    await stage.run("reconcile");
    const { exit, lines } = await read();
    expect(exit).toBe(0);
    expect(lines).toEqual([
      expect.stringContaining(
        "No requests found. To look further back: --since 24h. CloudFront delivers access logs within",
      ),
    ]);
  });

  it("prints the requests of both logs in columns, oldest first", async () => {
    await stage.meddle(async ({ s3 }, clock) => {
      now = clock.now();
      const put = (Key: string, ...lines: string[]) =>
        s3(new PutObjectCommand({ Bucket: BUCKET, Key, Body: gzipSync(`${lines.join("\n")}\n`) }));
      const [recent, old] = [now - 30 * MINUTE, now - 26 * 60 * MINUTE];
      await put(cdnKey(recent, "a1"), cdn(recent, "/", "200"), cdn(recent + 2_000, "/api/orders", "502"));
      await put(cdnKey(old, "b2"), cdn(old, "/old", "200"), "no record");
      await put(balancerKey(recent), balancer(recent + 1_000, "GET http://shop.example.com:80/api/carts?id=7", "404"));
      await put(balancerKey(old), balancer(old, "GET http://shop.example.com:80/old", "200"));
    });
    const { exit, lines } = await read();
    expect(exit).toBe(0);
    const time = (ms: number) => new Date(Math.floor((now - 30 * MINUTE + ms) / 1_000) * 1_000).toISOString();
    expect(lines.slice(0, 3).map((line) => line.slice(24))).toEqual([
      "  cdn       200  GET  0.042 s  913 B  203.0.113.9     /",
      "  balancer  404  GET  0.052 s  366 B  192.168.131.39  /api/carts",
      "  cdn       502  GET  0.042 s  913 B  203.0.113.9     /api/orders",
    ]);
    expect(lines[0]).toContain(time(0));
    expect(lines.at(-1)).toContain("The load balancer delivers access logs every five minutes.");
  });

  it("filters by status, path, log, service and time", async () => {
    const paths = async (...flags: string[]) => (await json(...flags)).map(({ path }) => path);
    expect(await paths("--status", "5xx")).toEqual(["/api/orders"]);
    expect(await paths("--status", "404")).toEqual(["/api/carts"]);
    expect(await paths("--path", "/api/*")).toEqual(["/api/carts", "/api/orders"]);
    expect(await paths("--from", "cdn")).toEqual(["/", "/api/orders"]);
    expect(await paths("--from", "balancer", "--path", "/")).toEqual([]);
    expect(await paths("--service", "web")).toEqual(["/api/carts"]);
    expect(await paths("--since", "10m")).toEqual([]);
    expect(await paths("--since", "48h", "--path", "/old")).toEqual(["/old", "/old"]);
  });

  it("has all that was logged in JSON", async () => {
    expect(await json("--service", "web")).toEqual([
      {
        at: new Date(now - 30 * MINUTE + 1_000).toISOString(),
        from: "balancer",
        status: 404,
        method: "GET",
        host: "shop.example.com",
        path: "/api/carts",
        query: "id=7",
        seconds: 0.052,
        bytes: 366,
        client: "192.168.131.39",
        targetGroup: "fairlead-app-dev",
      },
    ]);
  });

  it("says how many lines could not be read", async () => {
    expect((await read("--since", "48h")).lines.at(-1)).toContain(
      "1 line of the access logs could not be read and is left out.",
    );
  });

  it("asks for what is kept of the time alone", async () => {
    const file = join(stage.directory, "calls.jsonl");
    await read("--from", "cdn", "--log", file);
    const calls = readFileSync(file, "utf8");
    expect(calls.split("\n").filter((line) => line.includes("GetObject"))).toEqual([
      expect.stringContaining(cdnKey(now - 30 * MINUTE, "a1")),
    ]);
  });

  it.each([
    [["--status", "5xx"], "--status is about access logs: add --access."],
    [["--access", "--status", "oops"], "--status oops: give an HTTP status, such as 404, or a class of them"],
    [["--access", "--from", "moon"], "--from moon: give cdn or balancer."],
    [["--access", "--follow"], "so there is nothing to follow: omit --follow."],
    [["--access", "--build"], "--access and --build are two logs"],
    [["--access", "--filter", "x"], "filter access logs with --status, --path and --from."],
    [["--access", "--service", "web", "--from", "cdn"], "omit --from, or give --from balancer."],
  ])("refuses %j", async (flags, words) => {
    const { exit, lines } = await stage.type("logs", ...flags);
    expect(exit).toBe(2);
    expect(lines.join("\n")).toContain(words);
  });

  it("reads CloudWatch Logs of us-east-1, where the CDN's go if asked", async () => {
    stage.edit({ accessLogs: { to: "cloudwatch" } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    await stage.meddle(async (aws, clock) => {
      const at = { logGroupName: "fairlead-app-dev-ap-northeast-1-cdn-access", logStreamName: "cdn" };
      const { logs } = aws.in("us-east-1");
      await logs(new CreateLogStreamCommand(at));
      const time = clock.now() - 20 * MINUTE;
      const logEvents = [{ timestamp: time, message: cdn(time, "/from-a-group", "200", { "cs-uri-query": "a=1" }) }];
      await logs(new PutLogEventsCommand({ ...at, logEvents }));
    });
    expect(await json()).toMatchObject([{ from: "cdn", path: "/from-a-group", query: "a=1" }]);
    expect(JSON.parse((await read("--json")).answer)).toMatchObject({
      env: "dev",
      requests: [{ from: "cdn", path: "/from-a-group", query: "a=1" }],
      unread: 0,
    });
    const { exit, lines } = await read("--from", "balancer");
    expect(exit).toBe(2);
    expect(lines.join("\n")).toContain("which the stack does not keep. Set accessLogs: { balancer: true }");
  });
});
