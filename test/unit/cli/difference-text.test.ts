import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { differenceLines, type DifferenceStyle } from "../../../src/cli/difference-text.ts";
import { cut, widthOf } from "../../../src/cli/text-width.ts";

const OWN = { account: "123456789012", region: "eu-west-1" };
const lines = (path: string, old: unknown, wanted: unknown, style: DifferenceStyle = {}) =>
  differenceLines({ path, old, new: wanted, cause: "change", replaces: false }, { own: OWN, ...style }).map(
    stripVTControlCharacters,
  );

describe("a field that differs", () => {
  it("is one line where it fits", () => {
    expect(lines("cpu", 256, 512)).toEqual(["        cpu: 256 -> 512"]);
  });

  it("is two lines on a terminal that is too narrow for one, each as wide as that at most", () => {
    const [name, from, to] = lines("description", "a b ".repeat(10), "日".repeat(60), { columns: 60 });
    expect(name).toBe("        description:");
    expect(from).toBe(`          - "${"a b ".repeat(10)}"`);
    expect(to).toMatch(/^ {10}\+ "日+…$/);
    expect(widthOf(to ?? "")).toBeLessThanOrEqual(60);
    expect(widthOf(to ?? "")).toBeGreaterThan(57);
  });

  it("shows the items of a list that go and come", () => {
    const rule = (port: number) => ({ protocol: "tcp", port });
    expect(lines("ingress", [rule(80), rule(443)], [rule(443), rule(8080)])).toEqual([
      "        ingress:",
      '          - {"protocol":"tcp","port":80}',
      '          + {"protocol":"tcp","port":8080}',
      "            (1 unchanged)",
    ]);
  });

  it("tells that an item changed of which only the secret did", () => {
    const header = (HeaderValue: string) => ({ HeaderName: "X-Api-Key", HeaderValue });
    expect(lines("headers", [header("hunter2"), 1], [header("hunter3"), 2])).toEqual([
      "        headers:",
      '          - {"HeaderName":"X-Api-Key","HeaderValue":"(secret)"}',
      "          - 1",
      '          + {"HeaderName":"X-Api-Key","HeaderValue":"(secret)"}',
      "          + 2",
    ]);
  });

  it("shows a list in another order as a whole", () => {
    expect(lines("steps", [1, 2], [2, 1])).toEqual(["        steps: [1,2] -> [2,1]"]);
  });

  it("shows a policy as a unified diff, whether it is an object or a text", () => {
    const policy = (action: string) => ({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: action, Resource: "arn:aws:sqs:eu-west-1:123456789012:app-jobs" }],
    });
    const expected = [
      "        policy:",
      "          @@ -4,5 +4,5 @@",
      "               {",
      '                 "Effect": "Allow",',
      '          -      "Action": "sqs:SendMessage",',
      '          +      "Action": "sqs:ReceiveMessage",',
      '                 "Resource": "arn:…:sqs:app-jobs"',
      "               }",
    ];
    const [was, is] = [policy("sqs:SendMessage"), policy("sqs:ReceiveMessage")];
    expect(lines("policy", was, is)).toEqual(expected);
    expect(lines("policy", JSON.stringify(was), JSON.stringify(is, undefined, 4))).toEqual(expected);
  });

  it("shortens the ARNs of the own account and region alone", () => {
    const arn = (account: string, region: string) => `arn:aws:ecs:${region}:${account}:cluster/app`;
    expect(lines("cluster", arn("123456789012", "eu-west-1"), arn("123456789012", "eu-west-2"))).toEqual([
      '        cluster: "arn:…:ecs:cluster/app" -> "arn:aws:ecs:eu-west-2:123456789012:cluster/app"',
    ]);
    expect(lines("cluster", arn("210987654321", "eu-west-1"), undefined)[0]).toContain("210987654321");
  });

  it.each([
    ["a variable", "container.environment.DB_PASSWORD", "hunter2", "hunter3"],
    [
      "a header of a list",
      "headers",
      [{ HeaderName: "X-Api-Key", HeaderValue: "hunter2" }],
      [{ HeaderName: "X-Api-Key", HeaderValue: "hunter3", x: 1 }],
    ],
    [
      "a document",
      "document",
      JSON.stringify({ password: "hunter2", a: "x".repeat(120) }),
      JSON.stringify({ password: "hunter3", a: "y".repeat(120) }),
    ],
  ])("hides the secret in %s", (_what, path, old, wanted) => {
    const text = lines(path, old, wanted, { full: true }).join("\n");
    expect(text).toContain("(secret)");
    expect(text).not.toContain("hunter");
  });
});

describe("a text that is cut", () => {
  it.each([
    ["letters", "abcdef", 4, "abc…"],
    ["wide letters", "日本語だ", 5, "日本…"],
    ["an emoji of several parts", "👩‍👩‍👧 x yz", 4, "👩‍👩‍👧 …"],
    ["what fits", "日本", 4, "日本"],
    ["colours", "\u001b[31mabcdef\u001b[39m", 4, "\u001b[31mabc…\u001b[39m"],
  ])("%s", (_what, text, columns, expected) => {
    expect(cut(text, columns)).toBe(expected);
  });
});
