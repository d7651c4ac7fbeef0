import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { manyServices } from "../support/many-services.ts";
import { standReleased } from "../support/service.ts";
import { TIMING } from "../../src/simulator/timing.ts";
import { Stage } from "../support/stage.ts";

/** What nothing to do costs, outside us-east-1: there one call of the tagging API answers for both regions. */
const MOST = { plan: 75, reconcile: 75, status: 73 } as const;

/** What is read of each of several resources by a call of its own, because the service has no call that takes several. */
const EACH_ALONE = /^(iam\.|s3\.Get|logs\.ListTagsForResource$|ec2\.DescribeVpcAttribute$)/;

let stage: Stage | undefined;
afterAll(() => stage?.remove());

/** The operations that a command with nothing to do sent, with their inputs. */
async function sent(at: Stage, ...words: string[]) {
  const { lines, calls } = await logged(at, ...words);
  expect(lines.join("\n")).not.toMatch(/to (create|update|replace|delete)/);
  return calls;
}

/** What a command printed, and the operations that it sent. */
async function logged(at: Stage, ...words: string[]) {
  rmSync(join(at.directory, "calls.jsonl"), { force: true });
  const { exit, lines } = await at.type(...words, "--log", "calls.jsonl");
  expect(exit).toBe(0);
  const log = readFileSync(join(at.directory, "calls.jsonl"), "utf8").trimEnd().split("\n");
  const calls = log.map((line) => {
    const { service, operation, region, input, at: when } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const where = region === "us-east-1" ? " in us-east-1" : "";
    return { name: `${String(service)}.${String(operation)}${where}`, input: JSON.stringify(input), when };
  });
  return { lines, calls };
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

it("asks for the inventory before what it observes has answered, so that a plan waits for both at once", async () => {
  const at = new Stage();
  const inventory = ["tagging.GetResources", "tagging.GetResources in us-east-1"];
  const asked = async () =>
    (await logged(at, "plan")).calls.filter(({ name }) =>
      /^(tagging|iam\.(GetRole$|ListRoles)|ecs\.DescribeTaskDefinition)/.test(name),
    );
  // Where nothing is recorded: also what bears the owner tags of earlier versions, and what the tagging API does not cover; all at one moment.
  const first = (await asked()).filter(({ name }) => name !== "ecs.DescribeTaskDefinition");
  const names = first.map(({ name }) => name).toSorted();
  expect([...new Set(names)]).toEqual(["iam.GetRole", "iam.ListRoles", ...inventory]);
  expect(names.filter((name) => name !== "iam.GetRole")).toEqual([
    "iam.ListRoles",
    ...[...inventory, ...inventory].toSorted(),
  ]);
  expect(new Set(first.map(({ when }) => when)).size).toBe(1);
  expect((await at.run("reconcile")).exit).toBe(0);
  // What is recorded is asked for beside it; the revision is that of the service, which has to answer first.
  const [last, ...before] = (await asked()).map(({ name }) => name).toReversed();
  expect(last).toBe("ecs.DescribeTaskDefinition");
  expect(before).toEqual(expect.arrayContaining([...inventory, "iam.GetRole"]));
  at.remove();
});

it("reads for a teardown whose everything is and what the tagging API does not tell, once, before it deletes", async () => {
  const at = new Stage();
  expect((await at.run("reconcile")).exit).toBe(0);
  const { calls } = await logged(at, "teardown", "--yes");
  const isRead = ({ name }: { readonly name: string }) => /\.(Describe|Get|List|BatchGet)/.test(name);
  const read = calls.slice(
    0,
    calls.findIndex((call) => !isRead(call)),
  );
  expect(read.length).toBeLessThanOrEqual(43);
  const asked = read.map(({ name, input }) => `${name} ${input}`);
  expect(asked.filter((call, index) => asked.indexOf(call) !== index)).toEqual([]);
  const inTags = ["s3.ListBuckets", "eventBridge.ListRules", "secretsManager.ListSecrets", "sqs.ListQueues"];
  expect(read.filter(({ name }) => inTags.includes(name))).toEqual([]);
  at.remove();
});

/** Seconds of the simulated clock that a call takes. */
const CALL = TIMING.call;

it.each([
  ["plan", [], 4],
  ["status", [], 3],
] as const)(
  "waits for AWS a few times only for %s, because what is recorded is asked for at once",
  async (verb, words, most) => {
    const at = new Stage();
    expect((await at.run("reconcile")).exit).toBe(0);
    await at.type(verb, ...words);
    const { json } = await at.run(verb, ...words);
    expect(json.seconds / CALL).toBeLessThanOrEqual(most);
    at.remove();
  },
);

/**
 * What AWS answers of one resource a call: roles and their policies, a repository's documents, a service's scaling policies, a target group's
 * attributes, the newest revision of a family, a queue, a schedule; and the tags of what the tagging API alone has for several, with a lag.
 */
const ONE_EACH =
  /^(iam\.(Get|List)|s3\.Get|sqs\.(GetQueueAttributes|ListQueueTags)$|ecr\.(GetRepositoryPolicy|GetLifecyclePolicy)$|autoScaling\.DescribeScalingPolicies$|elb\.DescribeTargetGroupAttributes$|ecs\.DescribeTaskDefinition$|ec2\.DescribeVpcAttribute$|\w+\.ListTagsForResource$)/;

/** How many of a kind a call takes, where twenty services have more of them. */
const SEVERAL: Readonly<Record<string, number>> = {
  // Ten services (ECS API Reference, DescribeServices).
  "ecs.DescribeServices": 2,
  // Twenty ARNs (Elastic Load Balancing API Reference, DescribeTags).
  "elb.DescribeTags": 2,
  // A hundred resources on a page (Resource Groups Tagging API Reference, GetResources).
  "tagging.GetResources": 2,
};

describe.each([
  [5, 150],
  [20, 405],
])("a stack of %i services with nothing to do", (count, most) => {
  const crowd = new Stage(manyServices(count));
  afterAll(() => crowd.remove());

  it("takes a call for all resources of a kind, wherever AWS has one", async () => {
    expect((await crowd.run("reconcile")).exit).toBe(0);
    const calls = await sent(crowd, "plan", "--check");
    expect(calls.length).toBeLessThanOrEqual(most);
    const asked = calls.map(({ name, input }) => `${name} ${input}`);
    expect(asked.filter((call, at) => asked.indexOf(call) !== at)).toEqual([]);
    const times = new Map<string, number>();
    for (const { name } of calls) if (!ONE_EACH.test(name)) times.set(name, (times.get(name) ?? 0) + 1);
    expect([...times].filter(([name, of]) => of > (SEVERAL[name] ?? 1))).toEqual([]);
  }, 120_000);
});
