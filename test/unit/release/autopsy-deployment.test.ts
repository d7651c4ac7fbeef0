import { CreateLogGroupCommand, CreateLogStreamCommand, PutLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { StopPipelineExecutionCommand } from "@aws-sdk/client-codepipeline";
import { ListTasksCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { describe, expect, it } from "vitest";
import { TaskDefinition } from "../../../src/aws/ecs/task-definition.ts";
import { autopsy } from "../../../src/release/autopsy.ts";
import { taskDefinitionSpec } from "../../contract/ground.ts";
import { made } from "../../contract/made.ts";
import { NAMES } from "../../support/delivery.ts";
import { deliverable, running, SOURCE, type Release } from "../../support/release.ts";
import { findingOn, REGISTRY, released, siteOn, withDockerfile } from "./autopsy-support.ts";

/** Writes what the newest stopped task's container would have written before it ended. */
async function wrote(release: Release, ...lines: string[]): Promise<string> {
  const { aws, clock } = release.at;
  const list = new ListTasksCommand({ cluster: NAMES.cluster, serviceName: NAMES.service, desiredStatus: "STOPPED" });
  const [arn = ""] = (await aws.ecs(list)).taskArns ?? [];
  const id = arn.slice(arn.lastIndexOf("/") + 1);
  const stream = { logGroupName: "/ecs/test", logStreamName: `app/app/${id}` };
  await aws.logs(new CreateLogGroupCommand({ logGroupName: "/ecs/test" }));
  await aws.logs(new CreateLogStreamCommand(stream));
  const logEvents = lines.map((message) => ({ timestamp: clock.now(), message }));
  await aws.logs(new PutLogEventsCommand({ ...stream, logEvents }));
  return id;
}

describe("the autopsy of an older deployment in the simulated AWS", () => {
  /** A release whose image does this, followed by one whose image does that. */
  async function two(first: string, second: string) {
    const release = await deliverable();
    await released(release, withDockerfile(first), 1_200);
    const executionId = (await release.runs())[0]?.pipelineExecutionId ?? "";
    const own = await autopsy(siteOn(release.at.aws, release.at.clock), { executionId });
    await released(release, withDockerfile(second), 1_200);
    return { release, own, after: await autopsy(siteOn(release.at.aws, release.at.clock), { executionId }) };
  }

  it("keeps to its own tasks, events and words after a later release failed in another way", async () => {
    const { release, own, after } = await two("# simulate: exits", "# simulate: missing-image");
    expect((await findingOn(release)).cause).toBe("image-missing");
    expect([after.cause, after.what, after.fix]).toEqual([own.cause, own.what, own.fix]);
    expect(after.evidence.join("\n")).not.toContain("CannotPullContainerError");
  });

  it("does not take what a later release that runs well shows for its own", async () => {
    const { own, after } = await two("# simulate: missing-image", "# simulate: good");
    expect([after.cause, after.what]).toEqual([own.cause, own.what]);
    expect(after.evidence.join("\n")).not.toMatch(/COMPLETED|steady state/);
  });

  it("says what CodePipeline says once ECS has forgotten its tasks, and nothing of a later release", async () => {
    const { release, after } = await two("# simulate: exits", "# simulate: exits");
    const forgetting = {
      ...release.at.aws,
      ecs: (async (command: object) => {
        const answer = await release.at.aws.ecs(command as ListTasksCommand);
        return command instanceof ListTasksCommand ? { ...answer, taskArns: [] } : answer;
      }) as typeof release.at.aws.ecs,
    };
    const executionId = (await release.runs())[1]?.pipelineExecutionId ?? "";
    const finding = await autopsy(siteOn(forgetting, release.at.clock), { executionId });
    expect(after.cause).toBe("container-exits");
    expect(finding.evidence[0]).toMatch(/^Deploy failed: JobFailed: Deployment ecs-svc\/\d+ failed/);
    expect(finding.evidence.join("\n")).not.toMatch(/completed|steady state/);
  });

  it("says nothing about the service for an execution that never reached its deployment", async () => {
    const release = await deliverable();
    await release.upload(SOURCE);
    await release.wait(90);
    const executionId = (await release.runs())[0]?.pipelineExecutionId ?? "";
    await release.at.aws.codePipeline(
      new StopPipelineExecutionCommand({ pipelineName: NAMES.pipeline, pipelineExecutionId: executionId }),
    );
    await release.answer("Approved");
    await released(release, withDockerfile("# simulate: exits"), 1_200);
    const finding = await autopsy(siteOn(release.at.aws, release.at.clock), { executionId });
    expect(finding).toMatchObject({
      cause: "unknown",
      what: "No action failed, and the release did not reach its deploy stage.",
      evidence: [],
    });
  });
});

describe("the autopsy of a deployment in the simulated AWS", () => {
  it.each([
    ["while ECS still tries", 60],
    ["after it has gone back", 1200],
  ])("names the image that is not there, %s", async (_when, seconds) => {
    const release = await deliverable();
    const image = await released(release, withDockerfile("# simulate: missing-image"), seconds);
    const finding = await findingOn(release);
    expect(finding).toMatchObject({
      cause: "image-missing",
      what: `The image ${image} does not exist, so no task can start.`,
      fix: "Repository app keeps the last 30 images. To build and push it again: npx fairlead deploy",
    });
    expect(finding.evidence.slice(0, 2)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^task [0-9a-f]{8}: CannotPullContainerError: .* failed to resolve ref ${image}: .*not found(?: \\(and \\d+ more like it\\))?$`,
        ),
      ),
      expect.stringMatching(
        `^ImageNotFoundException: The image with imageId \\{imageDigest:'${image.slice(image.indexOf("@") + 1)}', imageTag:'null'\\} does not exist`,
      ),
    ]);
  });

  it("joins the exit code with what the container wrote last", async () => {
    const release = await deliverable();
    await released(release, withDockerfile("# simulate: exits"), 1200);
    const id = await wrote(
      release,
      "node:internal/modules/cjs/loader:1143",
      "  throw err;",
      "Error: Cannot find module '/app/server.js'",
      "    at Module._resolveFilename (node:internal/modules/cjs/loader:1140:15)",
      "Node.js v20.19.0",
    );
    const before = release.at.calls.length;
    const finding = await findingOn(release);
    expect(finding).toMatchObject({
      cause: "container-exits",
      what: "The container app exits with code 1: Error: Cannot find module '/app/server.js'.",
      fix: expect.stringMatching(
        /^Fix the error and deploy again\. To reproduce it locally: aws ecr get-login-password .* \| docker login .* && docker run --rm -e PORT=5000 \S+$/,
      ) as string,
    });
    expect(finding.evidence.slice(0, 2)).toEqual([
      "Error: Cannot find module '/app/server.js'",
      `task ${id.slice(0, 8)}: Essential container in task exited; container app: exit code 1 (and 2 more like it)`,
    ]);
    expect(finding.evidence).toContainEqual(expect.stringMatching(/^Deploy failed: JobFailed: .*circuit breaker/));
    expect(finding.evidence).toContain("Node.js v20.19.0");
    expect(finding.evidence.length).toBeLessThanOrEqual(25);
    const asked = release.at.calls.slice(before).map(({ operation }) => operation);
    expect(asked.toSorted()).toEqual([
      "DescribeServices",
      "DescribeTargetHealth",
      "DescribeTaskDefinition",
      "DescribeTasks",
      "GetLogEvents",
      "ListActionExecutions",
      "ListPipelineExecutions",
      "ListTasks",
    ]);
  });

  it("names path, port and codes where the load balancer's health check fails", async () => {
    const release = await deliverable();
    await released(release, withDockerfile("# simulate: unhealthy"), 1200);
    const finding = await findingOn(release);
    expect(finding).toMatchObject({
      cause: "target-unhealthy",
      what: "The load balancer's health check (GET /health on port 5000) got 503 instead of 200.",
      fix: "Make the application return 200 for /health, or set container.healthCheckPath or balancer.healthCheck.matcher to what it returns. If it just needs longer than 60 s to start, raise service.healthCheckGracePeriod. For a change of the application: npx fairlead deploy. For one of the config: npx fairlead reconcile",
    });
    expect(finding.evidence[0]).toMatch(
      /^\(service ground\) \(port 5000\) is unhealthy in .* due to \(reason Health checks failed with these codes: \[503\]\)\.$/,
    );
    expect(finding.evidence[1]).toMatch(
      /^task [0-9a-f]{8}: Task failed ELB health checks in .*; container app: exit code 143 \(and 2 more like it\)$/,
    );
  });

  it("finds the revision by itself after a rollback, where no run is named", async () => {
    const release = await deliverable();
    const before = await running(release);
    const image = await released(release, withDockerfile("# simulate: exits"), 1200);
    const { aws, clock } = release.at;
    const ref = siteOn(aws, clock);
    const byItself = await autopsy(ref, {});
    expect(byItself.fix).toContain(image);
    expect(byItself).toMatchObject({
      cause: "container-exits",
      what: "The container app exits with code 1 and wrote nothing to its log.",
    });
    const revision = (before.revision ?? 0) + 1;
    expect(await autopsy(ref, { taskDefinition: `ground:${revision}` })).toEqual(byItself);
    // The one before it runs well.
    expect(await autopsy(ref, { taskDefinition: `ground:${revision - 1}` })).toMatchObject({
      cause: "unknown",
      what: "AWS reports no problems: 2 of 2 tasks of service ground are running.",
    });
  });

  it("knows a service that waits at zero tasks for its first image", async () => {
    const release = await deliverable();
    const { aws, clock } = release.at;
    const { arn: taskDefinition } = await made(release.at, TaskDefinition, {
      ...taskDefinitionSpec(release.at, "first"),
      image: `${REGISTRY}:latest`,
    });
    const { cluster, service } = NAMES;
    await aws.ecs(new UpdateServiceCommand({ cluster, service, taskDefinition, desiredCount: 0 }));
    await release.wait(120);
    const finding = await autopsy(siteOn(aws, clock), {});
    expect(finding).toMatchObject({
      cause: "waiting-for-first-release",
      what: "Service ground stays at zero tasks until the first release is approved and deployed.",
      fix: "Deploy the application: run npx fairlead deploy, or upload its source to s3://source-bucket/source.zip.",
    });
    expect(finding.evidence[0]).toMatch(
      /^ImageNotFoundException: The image with imageId \{imageDigest:'null', imageTag:'latest'\} does not exist/,
    );
  });
});
