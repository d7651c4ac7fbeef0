import { DescribeServicesCommand, DescribeTaskDefinitionCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { approve, reject } from "../../src/cli/commands/approve.ts";
import { deploy } from "../../src/cli/commands/deploy.ts";
import { logs, type LogsFlags } from "../../src/cli/commands/logs.ts";
import { releases } from "../../src/cli/commands/releases.ts";
import { rollback } from "../../src/cli/commands/rollback.ts";
import { deployed, writeService, type DeployAnswer } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const SERVICE = { cluster: "fairlead-app-dev-cluster", service: "fairlead-app-dev-service" };

/** What the service runs. */
async function running(stage: Stage) {
  const { aws } = stage.world();
  const { services: [service] = [] } = await aws.ecs(
    new DescribeServicesCommand({ cluster: SERVICE.cluster, services: [SERVICE.service] }),
  );
  const { taskDefinition } = await aws.ecs(
    new DescribeTaskDefinitionCommand({ taskDefinition: service?.taskDefinition }),
  );
  return {
    revision: `${taskDefinition?.family}:${taskDefinition?.revision}`,
    image: taskDefinition?.containerDefinitions?.[0]?.image,
    cpu: taskDefinition?.cpu,
    tasks: service?.runningCount,
    desired: service?.desiredCount,
  };
}

describe("a stack that waits for its first release", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = new Stage();
    writeService(stage);
    expect((await stage.run("reconcile")).exit).toBe(0);
  });
  afterEach(() => stage.remove());

  it("waits at zero tasks, is scaled up by the release, and needs no changes afterwards", async () => {
    expect(await running(stage)).toMatchObject({ tasks: 0, desired: 0 });
    const { exit, json, lines } = await deployed(stage);
    expect(exit).toBe(0);
    expect(json.release).toMatchObject({ ending: "live", revision: "fairlead-app-dev:2", finding: null });
    expect(lines.join("\n")).toMatch(/Approval: Please review[^]*Deploy: succeeded[^]*Live in/);
    // Not the build's log, which ends well; the address, which is of no use to a browser here.
    expect(lines.join("\n")).not.toContain("[Container]");
    expect(lines.join("\n")).toMatch(/Application URL: https:.*\nIt is simulated: .*: docker run --rm -e PORT=5000 /);
    const now = await running(stage);
    expect(now).toMatchObject({ revision: "fairlead-app-dev:2", tasks: 2, desired: 2 });
    expect(now.image).toMatch(/\/fairlead-app-dev@sha256:[0-9a-f]{64}$/);
    expect(await stage.planned()).toEqual({});
    expect((await stage.run("reconcile")).json.summary).toMatchObject({ updated: 0, created: 0, unchanged: 42 });

    const listed = await stage.act((context) =>
      releases(undefined, { target: "local", limit: 10, json: true }, context),
    );
    const history = JSON.parse(listed.answer) as { running: string; releases: Record<string, unknown>[] };
    expect(history.running).toBe("fairlead-app-dev:2");
    expect(history.releases[0]).toMatchObject({
      executionId: json.release.executionId,
      ending: "live",
      revision: "fairlead-app-dev:2",
      approval: { by: "local" },
      image: { uri: now.image },
    });
  });

  it("follows the release and starts no second one if the same source is deployed before it has ended", async () => {
    const first = await deployed(stage, { detach: true });
    const second = await deployed(stage);
    expect(second.json.release).toMatchObject({ executionId: first.json.release.executionId, ending: "live" });
    expect(second.lines.join("\n")).toContain("The same source was already uploaded");
    // Once it has ended, the same source is a release like any other.
    const third = await deployed(stage);
    expect(third.json.release.executionId).not.toBe(first.json.release.executionId);
    writeService(stage, "", { "version.txt": "2" });
    expect((await deployed(stage, { detach: true })).lines.join("\n")).toContain("Uploaded sha256:");
  });

  it("has readable and filterable logs of tasks and builds", async () => {
    await deployed(stage);
    const read = async (flags: Partial<LogsFlags>) =>
      (await stage.act((context) => logs({ target: "local", since: 3_600_000, ...flags }, context))).lines;
    expect((await read({})).filter((line) => line.endsWith("Listening on port 5000."))).toHaveLength(2);
    expect(await read({ filter: "Listening" })).toHaveLength(2);
    expect(await read({ filter: "nowhere" })).toEqual(["No log lines found. To look further back: --since 24h"]);
    expect((await read({ build: true })).some((line) => line.includes("Running command docker push"))).toBe(true);
    const { answer } = await stage.type("logs", "--filter", "Listening", "--json");
    const { lines } = JSON.parse(answer) as { lines: readonly object[] };
    const at = expect.stringMatching(/^\d{4}-.*Z$/) as string;
    const line = { at, from: expect.stringMatching(/^\w+/) as string, text: "Listening on port 5000." };
    expect(lines).toEqual([line, line]);
    expect((await stage.type("logs", "--filter", "Listening", "--jsonl")).answer).toBe(
      lines.map((one) => `${JSON.stringify(one)}\n`).join(""),
    );
  });

  it("has no planned changes after twenty releases in a row", async () => {
    for (let number = 1; number <= 20; number++) {
      writeService(stage, "", { "version.txt": String(number) });
      expect((await deployed(stage)).json.release.ending).toBe("live");
    }
    expect(await running(stage)).toMatchObject({ revision: "fairlead-app-dev:21", tasks: 2 });
    expect(await stage.planned()).toEqual({});
  });

  it("keeps the released image when the CPU is changed after three releases", async () => {
    for (let number = 1; number <= 3; number++) {
      writeService(stage, "", { "version.txt": String(number) });
      await deployed(stage);
    }
    const before = await running(stage);
    stage.edit({ container: { cpu: 512, memory: 1024 } });
    expect(await stage.planned()).toEqual({ "compute/task-definition": "update", "compute/service": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await running(stage)).toEqual({ ...before, revision: "fairlead-app-dev:5", cpu: "512" });
    expect(await stage.planned()).toEqual({});
  });

  it("respects the autoscaler's count within its bounds", async () => {
    await deployed(stage);
    const { aws, world, clock } = stage.world();
    await aws.ecs(new UpdateServiceCommand({ ...SERVICE, desiredCount: 5 }));
    world.data.now = Math.max(world.data.now, clock.now());
    world.save();
    expect(await stage.planned()).toEqual({});
  });

  it("rolls back to an earlier release, and a reconcile keeps that", async () => {
    await deployed(stage);
    const first = await running(stage);
    writeService(stage, "", { "version.txt": "2" });
    await deployed(stage);
    const back = await stage.act((context) => rollback(undefined, { target: "local", yes: true, json: true }, context));
    expect(back.exit).toBe(0);
    expect(back.lines.join("\n")).toContain("Rolling back from fairlead-app-dev:3 to the image of fairlead-app-dev:2");
    expect(await running(stage)).toEqual(first);
    expect(await stage.planned()).toEqual({});
    const forth = await stage.act((context) => rollback("3", { target: "local", yes: true }, context));
    expect(forth.exit).toBe(0);
    expect((await running(stage)).revision).toBe("fairlead-app-dev:3");
    await expect(stage.act((context) => rollback("99", { target: "local", yes: true }, context))).rejects.toThrow(
      "There is no release 99 to roll back to. Deployed so far:",
    );
  });

  it("can be left at the approval and be approved or rejected by another command", async () => {
    const begun = await stage.act((context) => deploy("service", { target: "local" }, context));
    expect(begun.exit).toBe(0);
    expect(begun.lines.join("\n")).toMatch(
      /Waiting for approval\. From any terminal: npx fairlead approve, or npx fairlead reject --reason WHY/,
    );
    expect(begun.lines.join("\n")).toContain("    runs     nothing that was released yet\n");
    expect(begun.lines.at(-1)).toMatch(/To follow it again: npx fairlead deploy --attach [0-9a-f-]+$/);
    const approved = await stage.act((context) => approve(undefined, { target: "local", json: true }, context));
    expect(approved.exit).toBe(0);
    expect((JSON.parse(approved.answer) as DeployAnswer).release.ending).toBe("live");
    expect(await running(stage)).toMatchObject({ tasks: 2 });

    writeService(stage, "", { "version.txt": "2" });
    // The list of executions names a new one late: its id is what the deploy itself answered.
    const { executionId } = (await deployed(stage, { detach: true })).json.release;
    const asked = await stage.act((context) => deploy("service", { target: "local", attach: executionId }, context));
    expect(asked.lines.join("\n")).toMatch(
      / runs {5}\S+@sha256:\S+\n.* of release [\w-]+, .*\n.* changes {2}1 file: version\.txt\n/,
    );
    // One that was looked at earlier is not what waits now.
    await expect(stage.act((context) => approve("0a1b2c3d", { target: "local" }, context))).rejects.toThrow(
      `Release 0a1b2c3d does not wait for an approval; ${executionId} does. Nothing was approved.`,
    );
    // Nor is it one that a script has lost the id of.
    await expect(stage.act((context) => approve("", { target: "local" }, context))).rejects.toThrow(
      `Release "" does not wait for an approval; ${executionId} does.`,
    );
    const [short, reason] = [executionId.slice(0, 8), "not on a Friday"];
    const rejected = await stage.act((context) => reject(short, { target: "local", reason }, context));
    expect(rejected.exit).toBe(0);
    const end = await deployed(stage, { attach: executionId, approve: false });
    expect(end.exit).toBe(1);
    expect(end.json.release).toMatchObject({ ending: "rejected", why: "not on a Friday" });
    expect(end.json.release.finding).toMatchObject({ cause: "rejected" });
    await expect(stage.act((context) => approve(undefined, { target: "local" }, context))).rejects.toThrow(
      /No approval is pending in pipeline fairlead-app-dev-pipeline/,
    );
  });

  it("refuses a folder without a Dockerfile before anything is uploaded", async () => {
    rmSync(join(stage.directory, "service", "Dockerfile"));
    await expect(deployed(stage)).rejects.toMatchObject({
      name: "UsageError",
      message: expect.stringContaining("Dockerfile"),
    });
    expect(stage.world().world.table("s3.objects")).toEqual({});
  });
});

describe("a stack that does not exist", () => {
  it("accepts no release, and says what to do", async () => {
    const stage = new Stage();
    writeService(stage);
    await expect(deployed(stage)).rejects.toMatchObject({
      name: "RunError",
      message: expect.stringContaining("the stack is not deployed here. Run: npx fairlead reconcile"),
    });
    stage.remove();
  });
});
