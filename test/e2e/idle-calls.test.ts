import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { standReleased } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

/** What nothing to do costs, outside us-east-1: there one call of the tagging API answers for both regions. */
const MOST = { plan: 75, reconcile: 75, status: 73 } as const;

/** What is read of each of several resources by a call of its own, because the service has no call that takes several. */
const EACH_ALONE = /^(iam\.|s3\.Get|logs\.ListTagsForResource$|ec2\.DescribeVpcAttribute$)/;

let stage: Stage | undefined;
afterAll(() => stage?.remove());

/** The operations that a command sent, with their inputs. */
async function sent(at: Stage, ...words: string[]): Promise<{ readonly name: string; readonly input: string }[]> {
  const { exit, lines } = await at.type(...words, "--log", "calls.jsonl");
  expect(lines.join("\n")).not.toMatch(/to (create|update|replace|delete)/);
  expect(exit).toBe(0);
  const log = readFileSync(join(at.directory, "calls.jsonl"), "utf8").trimEnd().split("\n");
  return log.map((line) => {
    const { service, operation, input } = JSON.parse(line) as { service: string; operation: string; input: unknown };
    return { name: `${service}.${operation}`, input: JSON.stringify(input) };
  });
}

describe.each([
  ["waits for its first release", false],
  ["was released", true],
])("a stack that %s, with nothing to do", (_what, released) => {
  beforeAll(async () => {
    stage?.remove();
    stage = new Stage();
    if (released) await standReleased(stage);
    else expect((await stage.run("reconcile")).exit).toBe(0);
  });

  it.each([
    ["plan", ["plan", "--check"]],
    ["reconcile", ["reconcile", "--yes"]],
    ["status", ["status"]],
  ] as const)("takes no more calls than it must for %s, and asks nothing twice", async (verb, words) => {
    if (!stage) throw new Error("no stack stands");
    const calls = await sent(stage, ...words);
    expect(calls.length).toBeLessThanOrEqual(MOST[verb]);
    const asked = calls.map(({ name, input }) => `${name} ${input}`);
    expect(asked.filter((call, at) => asked.indexOf(call) !== at)).toEqual([]);
    const names = calls.map(({ name }) => name).filter((name) => !EACH_ALONE.test(name));
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});
