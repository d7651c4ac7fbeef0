import { GetLogEventsCommand, type GetLogEventsCommandOutput } from "@aws-sdk/client-cloudwatch-logs";
import { StopPipelineExecutionCommand } from "@aws-sdk/client-codepipeline";
import { describe, expect, it } from "vitest";
import { findExecution } from "../../../src/release/executions.ts";
import { equal } from "../../../src/engine/equal.ts";
import { follow } from "../../../src/release/follow.ts";
import { NAMES } from "../../support/delivery.ts";
import { deliverable, running, SOURCE } from "../../support/release.ts";
import { altered, failing, followed, only, siteOf } from "./delivered.ts";

const approving = { onApproval: async () => "Approved" as const };
const REGISTRY = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app";

describe("following a release that goes live", () => {
  it("reports each stage once, the approval with its subject, the tasks as they change, and the end", async () => {
    const release = await deliverable();
    const { events, executionId, version, ...ended } = await followed(release, SOURCE, approving);
    expect(ended).toEqual({ ending: "live", why: undefined, revision: "ground:2" });
    expect(events[0]).toMatchObject({ event: "found", executionId });
    expect(events.at(-1)).toMatchObject({ event: "ended", ending: "live", why: undefined });
    expect(only(events, "stage").map(({ stage, status }) => `${stage} ${status}`)).toEqual([
      "Source Succeeded",
      "Build InProgress",
      "Build Succeeded",
      "Approval InProgress",
      "Approval Succeeded",
      "Deploy InProgress",
      "Deploy Succeeded",
    ]);

    const [image] = await release.images();
    const tag = `${version.slice(0, 7)}-1`;
    const [approval, ...others] = only(events, "approval");
    expect(others).toEqual([]);
    expect(approval?.subject).toEqual({
      executionId,
      message: "Shall it go live?",
      token: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      source: expect.objectContaining({ version }) as object,
      images: [{ uri: `${REGISTRY}@${image?.imageDigest}`, tag, digest: image?.imageDigest }],
      scans: [expect.objectContaining({ counts: {} }) as object],
      since: expect.any(Number) as number,
    });

    const looks = only(events, "tasks").map(({ rollouts, targets }) => ({
      tasks: rollouts.map(({ revision, running: up, pending, state }) => `${revision} ${up}+${pending} ${state}`),
      targets,
    }));
    // What is seen between these, such as targets that are registered before their tasks count as running, depends on the moment of a look.
    const seen = [
      { tasks: ["ground:2 0+2 IN_PROGRESS", "ground:1 2+0 COMPLETED"], targets: { healthy: 2 } },
      { tasks: ["ground:2 2+0 IN_PROGRESS", "ground:1 2+0 COMPLETED"], targets: { healthy: 2, initial: 2 } },
      { tasks: ["ground:2 2+0 IN_PROGRESS", "ground:1 2+0 COMPLETED"], targets: { draining: 2, healthy: 2 } },
      { tasks: ["ground:2 2+0 COMPLETED"], targets: { healthy: 2 } },
    ];
    const places = seen.map((one) => looks.findIndex((look) => equal(look, one)));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it("prints the events of the service in order, none twice and none from before the deployment", async () => {
    const release = await deliverable();
    const { events: earlier = [] } = (await running(release)).service ?? {};
    const { events } = await followed(release, SOURCE, approving);
    const { events: all = [] } = (await running(release)).service ?? {};
    const own = all.slice(0, all.length - earlier.length).toReversed();
    expect(earlier.length).toBeGreaterThan(0);
    expect(only(events, "service").map(({ message, at }) => [message, at])).toEqual(
      own.map(({ message, createdAt }) => [message, createdAt?.getTime()]),
    );
    expect(own.at(-1)?.message).toBe("(service ground) has reached a steady state.");
  });

  it("prints the build's log as it arrives, each line once, between the build's start and end", async () => {
    const release = await deliverable();
    const { events } = await followed(release, SOURCE, approving);
    expect(only(events, "log").map(({ line }) => line)).toEqual(await release.log());
    const places = events.map((event) =>
      event.event === "stage" && event.stage === "Build" ? event.status : event.event,
    );
    expect(places.indexOf("InProgress")).toBeLessThan(places.indexOf("log"));
    expect(places.lastIndexOf("log")).toBeLessThan(places.indexOf("Succeeded"));
  });

  it("polls at most every two seconds while it progresses and every five while it waits for approval", async () => {
    const release = await deliverable();
    const ref = siteOf(release.at);
    const executionId = await findExecution(ref, await release.upload(SOURCE));
    const from = release.at.calls.length;
    const following = follow(ref, executionId, () => {});
    await release.wait(360);
    const operations = release.at.calls.slice(from).map(({ operation }) => operation);
    const count = (name: string) => operations.filter((operation) => operation === name).length;
    // A minute of work, and five minutes in which nobody answers.
    expect(count("ListActionExecutions")).toBeGreaterThan(70);
    expect(count("ListActionExecutions")).toBeLessThan(160);
    // The actions tell that it goes on, but for the moments between two of them; and once a minute, whatever they tell.
    expect(count("GetPipelineExecution")).toBeLessThan(18);
    expect(count("GetPipelineExecution")).toBeGreaterThan(6);
    expect(count("GetPipelineState")).toBe(1);
    expect(count("DescribeServices")).toBe(0);
    await release.answer("Approved");
    expect(await following).toEqual({ ending: "live", why: undefined, revision: "ground:2" });
  });

  it("asks for targets and stopped tasks where the service tells of something new, and now and then", async () => {
    const release = await deliverable();
    // The second release replaces tasks: those stop while it is followed.
    for (const source of [SOURCE, { ...SOURCE, "more.txt": "more" }]) {
      const from = release.at.calls.length;
      const { ending, events } = await followed(release, source, approving);
      expect(ending).toBe("live");
      const operations = release.at.calls.slice(from).map(({ operation }) => operation);
      const count = (name: string) => operations.filter((operation) => operation === name).length;
      expect(count("DescribeServices")).toBeGreaterThan(20);
      expect(count("DescribeTargetHealth")).toBeLessThan(count("DescribeServices") / 2);
      expect(count("ListTasks")).toBeLessThan(count("DescribeServices") / 3);
      // Those of other deployments are looked at once.
      expect(count("DescribeTasks")).toBeLessThan(3);
      const tasks = only(events, "tasks");
      expect(tasks.flatMap(({ targets }) => Object.keys(targets))).toContain("initial");
      expect(tasks.at(-1)).toMatchObject({ targets: { healthy: 2 } });
    }
  });

  it("leaves the approval to others if it has no answer", async () => {
    const release = await deliverable();
    const asked: string[] = [];
    const answering = followed(release, SOURCE, {
      onApproval: async ({ executionId }) => {
        asked.push(executionId);
        return undefined;
      },
    });
    await release.wait(120);
    await release.answer("Approved", "from the console");
    const { ending, executionId } = await answering;
    expect(ending).toBe("live");
    expect(asked).toEqual([executionId]);
  });

  it("accepts an answer from elsewhere while its own prompt is open", async () => {
    const release = await deliverable();
    let reply: (answer: "Rejected") => void = () => {};
    const answering = followed(release, SOURCE, { onApproval: () => new Promise((resolve) => (reply = resolve)) });
    await release.wait(120);
    await release.answer("Approved");
    reply("Rejected");
    expect((await answering).ending).toBe("live");
  });

  it("ends with the error of the prompt", async () => {
    const release = await deliverable();
    const onApproval = () => Promise.reject(new Error("the terminal is gone"));
    await expect(followed(release, SOURCE, { onApproval })).rejects.toThrow("the terminal is gone");
  });

  it("reports all of a release that had ended before it was read", async () => {
    const release = await deliverable();
    const { events: first, executionId } = await followed(release, SOURCE, approving);
    const events: typeof first = [];
    const again = await follow(siteOf(release.at), executionId, (event) => events.push(event));
    expect(again).toEqual({ ending: "live", why: undefined, revision: "ground:2" });
    expect(only(events, "log")).toEqual(only(first, "log"));
    expect(only(events, "stage").map(({ stage, status }) => `${stage} ${status}`)).toEqual([
      "Source Succeeded",
      "Build Succeeded",
      "Approval Succeeded",
      "Deploy Succeeded",
    ]);
  });
});

describe("following a release that does not go live", () => {
  it("ends with the words of the build that failed, and with all of its log", async () => {
    const release = await deliverable();
    const { events, ending, why, revision } = await followed(release, failing("build-error"));
    expect(ending).toBe("failed");
    expect(why).toBe((await release.state())["Build"]?.action?.errorDetails?.message);
    expect(why).toMatch(/^Build terminated with state: FAILED\. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR/);
    expect(revision).toBeUndefined();
    expect(only(events, "log").map(({ line }) => line)).toEqual(await release.log());
  });

  it("waits for the last lines of a log, which come after the build has ended", async () => {
    const release = await deliverable();
    let built: number | undefined;
    const late = altered(siteOf(release.at), "logs", GetLogEventsCommand, (page: GetLogEventsCommandOutput) => {
      const { events = [], nextForwardToken = "" } = page;
      const end = events.findIndex(({ message }) => message?.includes("Entering phase POST_BUILD"));
      if (end >= 0) built ??= release.at.clock.now();
      // What CloudWatch has not got yet, it does not count as read either.
      if (built === undefined || end < 0 || release.at.clock.now() > built + 9_000) return page;
      const read = Number(nextForwardToken.slice(2)) - events.length + end;
      return { ...page, events: events.slice(0, end), nextForwardToken: `f/${read}` };
    });
    const { events } = await followed(release, failing("build-error"), {}, late);
    expect(only(events, "log").map(({ line }) => line)).toEqual(await release.log());
  });

  it.each([
    [
      "missing-image",
      new RegExp(`^CannotPullContainerError: .* failed to resolve ref ${REGISTRY}@sha256:\\w{64}: .*: not found$`),
    ],
    ["exits", /^Essential container in task exited \(app: exit code 1\)$/],
    ["unhealthy", /^Task failed ELB health checks in \(target-group arn:.*\) \(app: exit code 143\)$/],
  ])("is over at the third task that fails in the same way, for an image that is %s", async (what, words) => {
    const release = await deliverable();
    const { events, ending, why, revision } = await followed(release, failing(what), approving);
    expect({ ending, revision }).toEqual({ ending: "failed", revision: "ground:2" });
    expect(why).toMatch(words);
    expect(events.at(-1)).toMatchObject({ event: "ended", ending, why });
    // The pipeline itself has not noticed yet.
    expect((await release.runs())[0]?.status).toBe("InProgress");
  });

  it("ends with what the reviewer said", async () => {
    const release = await deliverable();
    const following = followed(release, SOURCE);
    await release.wait(90);
    await release.answer("Rejected", "not before the weekend");
    const { events, ...ended } = await following;
    expect(ended).toMatchObject({ ending: "rejected", why: "not before the weekend", revision: undefined });
    expect(only(events, "stage").at(-1)).toMatchObject({ stage: "Approval", status: "Failed" });
  });

  it("names who rejected it where they said nothing", async () => {
    const release = await deliverable();
    const ended = await followed(release, SOURCE, { onApproval: async () => "Rejected" });
    expect(ended).toMatchObject({ ending: "rejected", why: "Rejected by local." });
  });

  it("ends as superseded by the release that took its place", async () => {
    const release = await deliverable();
    const [versions, ref] = [[] as string[], siteOf(release.at)];
    versions.push(await release.upload({ ...SOURCE, n: "1" }));
    await release.wait(90);
    const second = followed(release, { ...SOURCE, n: "2" });
    await release.wait(90);
    const third = await findExecution(ref, await release.upload({ ...SOURCE, n: "3" }));
    const { ending, why } = await second;
    expect({ ending, why }).toEqual({
      ending: "superseded",
      why: `A newer execution took its place: ${third}.`,
    });
  });

  it("ends as stopped, with the reason that was given", async () => {
    const release = await deliverable();
    const following = followed(release, SOURCE);
    await release.wait(90);
    const { pipelineExecutionId } = (await release.runs())[0] ?? {};
    await release.at.aws.codePipeline(
      new StopPipelineExecutionCommand({
        pipelineName: NAMES.pipeline,
        pipelineExecutionId,
        abandon: true,
        reason: "enough",
      }),
    );
    const { ending, why, events } = await following;
    expect({ ending, why }).toEqual({ ending: "stopped", why: "enough" });
    expect(only(events, "stage").at(-1)).toMatchObject({ stage: "Approval", status: "Abandoned" });
  });

  it("ends with the signal, and leaves the release as it is", async () => {
    const release = await deliverable();
    const stop = new AbortController();
    const following = followed(release, SOURCE, { signal: stop.signal });
    void release.wait(90).then(() => stop.abort(new Error("Ctrl-C")));
    await expect(following).rejects.toThrow("Ctrl-C");
    expect((await release.runs())[0]?.status).toBe("InProgress");
    expect((await release.state())["Approval"]?.action?.status).toBe("InProgress");
  });

  it("does not begin where the signal came first", async () => {
    const release = await deliverable();
    const from = release.at.calls.length;
    const told: unknown[] = [];
    const signal = AbortSignal.abort(new Error("Ctrl-C"));
    await expect(follow(siteOf(release.at), "any", (event) => told.push(event), { signal })).rejects.toThrow("Ctrl-C");
    expect([told, release.at.calls.slice(from)]).toEqual([[], []]);
  });
});
