import {
  GetPipelineExecutionCommand,
  ListActionExecutionsCommand,
  StopPipelineExecutionCommand,
  type GetPipelineExecutionCommandOutput,
  type ListActionExecutionsCommandOutput,
} from "@aws-sdk/client-codepipeline";
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  UpdateServiceCommand,
  type DescribeServicesCommandOutput,
  type DescribeTasksCommandOutput,
  type ServiceEvent,
} from "@aws-sdk/client-ecs";
import { describe, expect, it } from "vitest";
import { findExecution } from "../../../src/release/executions.ts";
import { follow } from "../../../src/release/follow.ts";
import type { ServiceRef } from "../../../src/release/service-ref.ts";
import { NAMES } from "../../support/delivery.ts";
import { deliverable, running, SOURCE, type Release } from "../../support/release.ts";
import { altered, failing, followed, only, siteOf } from "./delivered.ts";

const approving = { onApproval: async () => "Approved" as const };

/** The site where the pipeline calls a success what is deployed, from `seconds` after the first look at the deployment. */
function succeeding(release: Release, seconds: number): ServiceRef {
  const { clock } = release.at;
  let since: number | undefined;
  const watched = altered(
    siteOf(release.at),
    "ecs",
    DescribeServicesCommand,
    (answer: DescribeServicesCommandOutput) => {
      since ??= clock.now();
      return answer;
    },
  );
  return altered(
    watched,
    "codePipeline",
    GetPipelineExecutionCommand,
    (answer: GetPipelineExecutionCommandOutput): GetPipelineExecutionCommandOutput =>
      since !== undefined && clock.now() >= since + seconds * 1000
        ? { ...answer, pipelineExecution: { ...answer.pipelineExecution, status: "Succeeded" } }
        : answer,
  );
}

/** The site where tasks stop for reasons of which no two are alike. */
const variously = (ref: ServiceRef) => {
  let stopped = 0;
  const words = "abcdefghijklmnopqrstuvwxyz";
  return altered(ref, "ecs", DescribeTasksCommand, ({ tasks = [], ...answer }: DescribeTasksCommandOutput) => ({
    ...answer,
    tasks: tasks.map((task) => ({ ...task, stoppedReason: `Reason ${words[stopped++]}` })),
  }));
};

/** The site where the service tells more events in the time of the release. */
function eventful(release: Release, messages: readonly string[]): ServiceRef {
  const more: ServiceEvent[] = [];
  return altered(
    siteOf(release.at),
    "ecs",
    DescribeServicesCommand,
    ({ services: [service] = [], ...answer }: DescribeServicesCommandOutput) => {
      const message = messages[more.length];
      if (message !== undefined)
        more.unshift({ id: `more-${more.length}`, createdAt: new Date(release.at.clock.now()), message });
      return { ...answer, services: [{ ...service, events: [...more, ...(service?.events ?? [])] }] };
    },
  );
}

describe("a release that the pipeline calls a success", () => {
  it("has failed where ECS went back to an earlier revision meanwhile", async () => {
    const release = await deliverable();
    // Every task fails for another reason, so that only the roll-back itself tells.
    const ref = variously(succeeding(release, 32));
    const { ending, why, revision } = await followed(release, failing("missing-image"), approving, ref);
    expect({ ending, revision }).toEqual({ ending: "failed", revision: "ground:2" });
    expect(why).toMatch(/^ECS deployment circuit breaker: rolling back to deploymentId ecs-svc\/\d+\.$/);
  });

  it("is watched until ECS is through with it, and fails where it does not come through", async () => {
    const release = await deliverable();
    const { ending, why } = await followed(release, failing("exits"), approving, succeeding(release, 5));
    expect({ ending, why }).toEqual({ ending: "failed", why: "Essential container in task exited (app: exit code 1)" });
    expect((await running(release)).revision).toBe(1);
  });

  it("is live when ECS calls it completed, not before", async () => {
    const release = await deliverable();
    const { ending, events } = await followed(release, SOURCE, approving, succeeding(release, 5));
    expect(ending).toBe("live");
    expect(only(events, "tasks").at(-1)?.rollouts).toEqual([
      { revision: "ground:2", running: 2, pending: 0, desired: 2, failed: 0, state: "COMPLETED" },
    ]);
  });

  it("is live at last where ECS never says so, as it does without a circuit breaker", async () => {
    const release = await deliverable();
    const endless = altered(
      siteOf(release.at),
      "ecs",
      DescribeServicesCommand,
      ({ services: [service] = [], ...answer }: DescribeServicesCommandOutput) => ({
        ...answer,
        services: [
          {
            ...service,
            deployments: service?.deployments?.map((one) => ({ ...one, rolloutState: "IN_PROGRESS" as const })) ?? [],
          },
        ],
      }),
    );
    const { ending, events } = await followed(release, SOURCE, approving, endless);
    expect(ending).toBe("live");
    const deployed = only(events, "stage").at(-1);
    expect((events.at(-1)?.at ?? 0) - (deployed?.at ?? 0)).toBeGreaterThan(600_000);
  });

  it("has failed if the service runs something else at a later check", async () => {
    const release = await deliverable();
    const { executionId } = await followed(release, SOURCE, approving);
    await release.at.aws.ecs(
      new UpdateServiceCommand({ cluster: NAMES.cluster, service: NAMES.service, taskDefinition: "ground:1" }),
    );
    await release.wait(300);
    expect(await follow(siteOf(release.at), executionId, () => {})).toEqual({
      ending: "failed",
      why: "The service runs ground:1, not ground:2.",
      revision: "ground:2",
    });
  });
});

describe("a deployment that fails", () => {
  it("is over when ECS rolls back, however long the pipeline keeps waiting", async () => {
    const release = await deliverable();
    const ref = variously(siteOf(release.at));
    const { ending, why } = await followed(release, failing("missing-image"), approving, ref);
    expect(ending).toBe("failed");
    expect(why).toMatch(/^ECS deployment circuit breaker: rolling back to deploymentId ecs-svc\/\d+\.$/);
    expect((await release.runs())[0]?.status).toBe("InProgress");
  });

  const noPlace = (id: string) =>
    `(service ground) was unable to place a task. Reason: Capacity is unavailable at this time. RequestID: ${id}`;

  it("is over at the third event that says the same, whatever ids it names", async () => {
    const release = await deliverable();
    const ids = ["6f1c2a34-0000-4000-8000-00000000aaaa", "0b5e9d10-1111-4111-8111-bbbbbbbbbbbb", "deadbeef01234567"];
    const { ending, why, events } = await followed(release, SOURCE, approving, eventful(release, ids.map(noPlace)));
    expect({ ending, why }).toEqual({ ending: "failed", why: noPlace("deadbeef01234567") });
    expect(only(events, "service").map(({ message }) => message)).toContain(noPlace(ids[0] ?? ""));
  });

  it.each([
    ["twice only", [noPlace("11111111"), noPlace("22222222")]],
    [
      "of tasks by their names",
      ["1", "2", "3"].map((n) => `(service ground) (task ${n}) failed container health checks.`),
    ],
    [
      "of a deployment as a whole",
      ["1", "2", "3"].map(() => "(service ground) (deployment ecs-svc/1) deployment failed: tasks failed to start."),
    ],
    ["that is no failure", ["1", "2", "3"].map(() => "(service ground) operations are being throttled on elb.")],
  ])("goes on where events tell of trouble %s", async (_what, messages) => {
    const release = await deliverable();
    const { ending, events } = await followed(release, SOURCE, approving, eventful(release, messages));
    expect(ending).toBe("live");
    const told = only(events, "service").map(({ message }) => message);
    expect(told.filter((message) => messages.includes(message))).toHaveLength(messages.length);
  });

  it("is not to be seen in tasks of the revision before it that stop meanwhile", async () => {
    const release = await deliverable();
    // Whatever stops is said to be of an earlier deployment.
    const ref = altered(
      siteOf(release.at),
      "ecs",
      DescribeTasksCommand,
      ({ tasks = [], ...answer }: DescribeTasksCommandOutput) => ({
        ...answer,
        tasks: tasks.map((task) => ({ ...task, startedBy: "ecs-svc/1", stoppedReason: "OutOfMemoryError" })),
      }),
    );
    const { why } = await followed(release, failing("missing-image"), approving, ref);
    expect(why).toMatch(/^ECS deployment circuit breaker/);
  });
});

describe("following an execution whose actions are listed as they were", () => {
  it("comes to its end within a minute, whatever that list still says", async () => {
    const release = await deliverable();
    const { clock } = release.at;
    const listing = (answer: ListActionExecutionsCommandOutput): ListActionExecutionsCommandOutput => ({
      ...answer,
      actionExecutionDetails: answer.actionExecutionDetails?.map((one) =>
        one.status === "Abandoned" ? { ...one, status: "InProgress" as const } : one,
      ),
    });
    const ref = altered(siteOf(release.at), "codePipeline", ListActionExecutionsCommand, listing);
    const pipelineExecutionId = await findExecution(ref, await release.upload(SOURCE));
    const ends: number[] = [];
    const following = follow(ref, pipelineExecutionId, (event) => event.event === "ended" && ends.push(event.at));
    await release.wait(20);
    const stoppedAt = clock.now();
    await release.at.aws.codePipeline(
      new StopPipelineExecutionCommand({
        pipelineName: NAMES.pipeline,
        pipelineExecutionId,
        abandon: true,
        reason: "no",
      }),
    );
    await release.wait(120);
    expect(ends).toHaveLength(1);
    expect((ends[0] ?? 0) - stoppedAt).toBeLessThan(65_000);
    expect((await following).ending).toBe("stopped");
  });
});
