import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DescribeServicesCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changedByHand } from "../support/by-hand.ts";
import { setEvents } from "../support/release.ts";
import { deployed, standReleased, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const GATE = { "delivery/scan-project": "create", "security/scan-role": "create" };

/** The task definition that a service of the stack runs. */
async function running(stage: Stage, service = "fairlead-app-dev-service"): Promise<string | undefined> {
  const command = new DescribeServicesCommand({ cluster: "fairlead-app-dev-cluster", services: [service] });
  return (await stage.world().aws.ecs(command)).services?.[0]?.taskDefinition;
}

describe("a stack whose images are scanned", () => {
  const stage = new Stage();
  afterAll(() => stage.remove());
  beforeAll(async () => {
    await standReleased(stage);
  }, 120_000);

  it("shows what the scan found beside what is approved, and deploys it all the same", async () => {
    writeService(stage, "# simulate: scan CRITICAL=1 MEDIUM=5 INFORMATIONAL=2", { "version.txt": "2" });
    const before = await running(stage);
    const { exit, lines } = await deployed(stage);
    expect(exit).toBe(0);
    const told = lines.join("\n");
    expect(told).toMatch(/scan {5}1 critical, 0 high, 5 medium, 0 low, 2 informational\n/);
    expect(told).toMatch(
      /for the findings: aws ecr describe-image-scan-findings --repository-name fairlead-app-dev --image-id imageDigest=sha256:[0-9a-f]{64} --region ap-northeast-1/,
    );
    expect(await running(stage)).not.toBe(before);
  });

  it("says where there is no result", async () => {
    writeService(stage, "# simulate: scan UNSUPPORTED_IMAGE", { "version.txt": "3" });
    const { exit, lines } = await deployed(stage);
    expect(exit).toBe(0);
    expect(lines.join("\n")).toMatch(/scan {5}no result: ECR reports UNSUPPORTED_IMAGE \(The operating system/);
  });

  it("creates the check with delivery.failOn, and changes the pipeline", async () => {
    stage.edit({ delivery: { failOn: "HIGH" } });
    expect(await stage.planned()).toEqual({
      ...GATE,
      "delivery/pipeline": "update",
      "security/pipeline-role": "update",
    });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it("mends the check where someone changed it", async () => {
    await changedByHand(stage, Object.keys(GATE));
    expect(await stage.planned()).toEqual({ "delivery/scan-project": "update", "security/scan-role": "update" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it("stops a release with such findings before anyone is asked, also where nobody follows it", async () => {
    const before = await running(stage);
    writeService(stage, "# simulate: scan HIGH=2 LOW=9", { "version.txt": "4" });
    const { json, exit, lines } = await deployed(stage);
    expect(exit).toBe(1);
    expect(json.release).toMatchObject({ ending: "failed", finding: { cause: "image-findings" } });
    expect(json.release.finding?.what).toContain(
      "findings that delivery.failOn HIGH does not let pass: 0 critical, 2 high.",
    );
    expect(json.release.finding?.fix).toMatch(
      /describe-image-scan-findings --repository-name fairlead-app-dev --image-id imageDigest=sha256:[0-9a-f]{64}/,
    );
    expect(lines.join("\n")).not.toContain("Approval:");
    expect(await running(stage)).toBe(before);

    writeService(stage, "# simulate: scan HIGH=1", { "version.txt": "5" });
    expect((await deployed(stage, { detach: true })).exit).toBe(0);
    await stage.meddle((_aws, clock) => clock.sleep(900_000));
    const { lines: told } = await stage.type("releases");
    expect(told.join("\n")).toMatch(/failed/i);
    expect(await running(stage)).toBe(before);
  });

  it("lets findings below it pass", async () => {
    const before = await running(stage);
    writeService(stage, "# simulate: scan MEDIUM=12 LOW=1", { "version.txt": "6" });
    const { exit, lines } = await deployed(stage);
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain("web: image scan: 0 critical, 0 high, 12 medium, 1 low.");
    expect(lines.join("\n")).toMatch(/scan {5}0 critical, 0 high, 12 medium, 1 low/);
    expect(await running(stage)).not.toBe(before);
  });

  it("stops a release without a result, and says what ECR reports", async () => {
    writeService(stage, "# simulate: scan UNSUPPORTED_IMAGE", { "version.txt": "7" });
    const { json, exit } = await deployed(stage);
    expect(exit).toBe(1);
    expect(json.release.finding?.cause).toBe("image-not-scanned");
    expect(json.release.finding?.what).toContain("has no result, ECR reports UNSUPPORTED_IMAGE.");
    expect(json.release.finding?.fix).toContain("let Amazon Inspector scan (security: { enhancedScanning: true })");
    expect(json.release.finding?.fix).not.toContain("start-image-scan");
  });

  it("refuses the check where images are not scanned", async () => {
    stage.edit({ delivery: { failOn: "HIGH" }, registry: { scanOnPush: false } });
    const { exit, lines } = await stage.type("plan");
    expect(exit).not.toBe(0);
    expect(lines.join("\n")).toContain(
      'delivery.failOn: "HIGH" needs image scans, and registry.scanOnPush is false; allowed: with registry.scanOnPush true, or security.enhancedScanning true',
    );
  });

  it("removes the check with the setting, and leaves nothing behind", async () => {
    stage.edit({});
    expect(await stage.planned()).toEqual({
      "delivery/scan-project": "delete",
      "security/scan-role": "delete",
      "delivery/pipeline": "update",
      "security/pipeline-role": "update",
    });
    expect((await stage.run("reconcile")).exit).toBe(0);
    stage.edit({ delivery: { failOn: "LOW" } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    const { exit, lines } = await stage.say("teardown");
    expect(lines.at(-1)).toMatch(/^Receipt: no resources of fairlead-app-dev are left/);
    expect(exit).toBe(0);
  });
});

describe("a stack of several services whose images are checked", () => {
  const stage = new Stage({
    delivery: { failOn: "CRITICAL" },
    services: { web: {}, api: { path: "/api/*" }, mailer: { type: "worker", imageOf: "api" } },
  });
  afterAll(() => stage.remove());
  const change = (folder: string, line: string) => {
    const path = join(stage.directory, "service", folder, "Dockerfile");
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `FROM public.ecr.aws/docker/library/node:22\n${line}\n`);
  };

  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
    change("web", "# simulate: scan HIGH=3");
    change("api", "# simulate: scan LOW=1");
  }, 120_000);

  it("checks each image once, also one that is not built again", async () => {
    const { exit, lines } = await stage.type("deploy", "--approve");
    expect(exit).toBe(0);
    const told = lines.join("\n");
    expect(told).toContain("api: image scan: 0 critical, 0 high, 0 medium, 1 low.");
    expect(told).toContain("web: image scan: 0 critical, 3 high, 0 medium, 0 low.");
    expect(told).not.toContain("mailer: image scan");
    expect(told).toMatch(/scan {5}fairlead-app-dev-api: 0 critical, 0 high, 0 medium, 1 low/);
  });

  it("deploys no service where one image has such findings, and names it", async () => {
    const before = await running(stage);
    change("web", "# simulate: scan HIGH=4");
    change("api", "# simulate: scan CRITICAL=1");
    const { exit, lines } = await stage.type("deploy", "--approve");
    expect(exit).toBe(1);
    expect(lines.join("\n")).toContain("The image of api has findings that delivery.failOn CRITICAL does not let pass");
    expect(await running(stage)).toBe(before);
  });
});
