import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DescribeServicesCommand, DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { GetScheduleCommand } from "@aws-sdk/client-scheduler";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { setEvents } from "../support/release.ts";
import { Stage } from "../support/stage.ts";

const PREFIX = "fairlead-app-dev";
const BASE = "FROM public.ecr.aws/docker/library/node:22\nCOPY . .\n";

const services = {
  web: { release: { before: ["npm", "run", "migrate"] } },
  report: { type: "job", schedule: "cron(0 2 * * ? *)" },
} as const satisfies StackConfig["services"];

/** Writes what an image is built from; `script`: what becomes of the migration in it. */
function change(stage: Stage, folder: string, text: string, script = ""): void {
  for (const [name, content] of Object.entries({ Dockerfile: `${BASE}${script}`, "main.js": text })) {
    const path = join(stage.directory, folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

async function imageOf(stage: Stage, taskDefinition: string): Promise<string> {
  const command = new DescribeTaskDefinitionCommand({ taskDefinition });
  const { taskDefinition: found } = await stage.world().aws.ecs(command);
  return found?.containerDefinitions?.[0]?.image ?? "";
}

async function webImage(stage: Stage): Promise<string> {
  const { services: [web] = [] } = await stage
    .world()
    .aws.ecs(new DescribeServicesCommand({ cluster: `${PREFIX}-cluster`, services: [`${PREFIX}-service`] }));
  return imageOf(stage, web?.taskDefinition ?? "");
}

describe("a stack with a migration before traffic moves and a job", () => {
  const stage = new Stage({ services });
  afterAll(() => stage.remove());
  const schedule = () => stage.world().aws.scheduler(new GetScheduleCommand({ Name: `${PREFIX}-report` }));

  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
    change(stage, "service/web", "1");
    change(stage, "service/report", "1");
  }, 120_000);

  it("waits for its first release with the schedule disabled", async () => {
    expect(await schedule()).toMatchObject({ State: "DISABLED" });
    const { lines } = await stage.type("status");
    expect(lines).toContain("Its schedule is disabled until the first release: there is no image to run yet.");
  });

  it("runs the migration in the new image, then deploys, then gives the job its image and enables its schedule", async () => {
    const { exit, lines } = await stage.type("deploy", "--approve");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toMatch(/web: the command before the release ended with exit code 0\./);
    expect(await imageOf(stage, `${PREFIX}-report`)).toMatch(/\/fairlead-app-dev-report@sha256:/);
    expect(await imageOf(stage, `${PREFIX}-before_release`)).toBe(await webImage(stage));
    expect(await schedule()).toMatchObject({ State: "ENABLED" });
    expect(await stage.planned()).toEqual({});
  });

  it("keeps the owner marks on the revisions that it registers", async () => {
    for (const family of [`${PREFIX}-report`, `${PREFIX}-before_release`]) {
      const command = new DescribeTaskDefinitionCommand({ taskDefinition: family, include: ["TAGS"] });
      const { tags = [] } = await stage.world().aws.ecs(command);
      expect(tags.map(({ key }) => key)).toContain("fairlead:stack");
    }
  });

  it("runs the migration again with the next release, and leaves the job alone whose image is the same", async () => {
    const before = await imageOf(stage, `${PREFIX}-report`);
    change(stage, "service/web", "2");
    const { exit, lines } = await stage.type("deploy", "--approve");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toMatch(/web: the command before the release ended with exit code 0\./);
    expect(await imageOf(stage, `${PREFIX}-report`)).toBe(before);
    expect(await stage.planned()).toEqual({});
  });

  it("deploys nothing where the migration fails, and says why", async () => {
    const [web, report] = [await webImage(stage), await imageOf(stage, `${PREFIX}-report`)];
    const failing = { run: "npm run migrate", exit: 3, seconds: 700, lines: ["relation users exists already"] };
    change(stage, "service/web", "3", `# simulate: command ${JSON.stringify(failing)}\n`);
    change(stage, "service/report", "3");
    const { exit, lines } = await stage.type("deploy", "--approve");
    expect(exit).toBe(1);
    const told = lines.join("\n");
    expect(told).toContain(
      "The command before the release of web (npm run migrate) ended with exit code 3. Nothing was deployed",
    );
    expect(told).toContain("relation users exists already");
    expect(told).toContain("fairlead logs --service web --since 1h");
    expect(told).not.toContain("Update-report");
    expect([await webImage(stage), await imageOf(stage, `${PREFIX}-report`)]).toEqual([web, report]);
    expect(await stage.planned()).toEqual({});
  });

  it("rolls a job back to the image of an earlier release, and runs no migration for it", async () => {
    const before = await imageOf(stage, `${PREFIX}-report`);
    change(stage, "service/web", "4");
    expect((await stage.type("deploy", "--approve")).exit).toBe(0);
    expect(await imageOf(stage, `${PREFIX}-report`)).not.toBe(before);
    const { exit, lines } = await stage.type("rollback", "--service", "report", "--yes");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain(`to the image of ${PREFIX}-report:`);
    expect(await imageOf(stage, `${PREFIX}-report`)).toBe(before);
    expect(await stage.planned()).toEqual({});
  });

  it("tells of releases of jobs beside those of services", async () => {
    const { exit, lines } = await stage.type("releases");
    expect(exit).toBe(0);
    expect(lines).toContainEqual(expect.stringMatching(/^ {4}report +fairlead-app-dev-report:\d+/));
  });

  it("leaves nothing behind", async () => {
    const { exit, lines } = await stage.say("teardown");
    expect(lines.at(-1)).toMatch(/^Receipt: no resources of fairlead-app-dev are left/);
    expect(exit).toBe(0);
  });
});
