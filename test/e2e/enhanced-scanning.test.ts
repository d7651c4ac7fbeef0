import {
  CreateRepositoryCommand,
  GetRegistryScanningConfigurationCommand,
  PutRegistryScanningConfigurationCommand,
  type RegistryScanningRule,
  type ScanFrequency,
} from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const ON = { delivery: { failOn: "HIGH" }, security: { enhancedScanning: true } } as const;
const OWN = "fairlead-app-dev*";
const rule = (scanFrequency: ScanFrequency, ...filters: readonly string[]): RegistryScanningRule => ({
  scanFrequency,
  repositoryFilters: filters.map((filter) => ({ filter, filterType: "WILDCARD" })),
});

describe("a stack with enhanced scanning, in an account whose registry others use", () => {
  const stage = new Stage({});
  afterAll(() => stage.remove());
  const registry = async () => {
    const { aws } = stage.world();
    return (await aws.ecr(new GetRegistryScanningConfigurationCommand({}))).scanningConfiguration;
  };

  beforeAll(async () => {
    await stage.run("plan");
    await stage.meddle(async (aws) => {
      const scanned = { imageScanningConfiguration: { scanOnPush: true } };
      await aws.ecr(new CreateRepositoryCommand({ repositoryName: "billing", ...scanned }));
      await aws.ecr(
        new PutRegistryScanningConfigurationCommand({ scanType: "BASIC", rules: [rule("SCAN_ON_PUSH", "team*")] }),
      );
    });
    stage.edit(ON);
    expect((await stage.run("reconcile")).exit).toBe(0);
  }, 120_000);

  it("turns it on with what was scanned before, and adds a filter of its own", async () => {
    expect(await stage.planned()).toEqual({});
    expect(await registry()).toEqual({
      scanType: "ENHANCED",
      rules: [rule("SCAN_ON_PUSH", "team*", "billing"), rule("CONTINUOUS_SCAN", OWN)],
    });
  });

  it("waits at a release for the first result, and stops it for its findings", async () => {
    writeService(stage, "# simulate: scan HIGH=1");
    const stopped = await deployed(stage);
    expect(stopped.exit).toBe(1);
    expect(stopped.json.release.finding?.what).toContain("does not let pass: 0 critical, 1 high.");
    writeService(stage, "# simulate: scan LOW=2");
    const { exit, lines } = await deployed(stage);
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain("web: image scan: 0 critical, 0 high, 0 medium, 2 low.");
    expect(lines.join("\n")).toMatch(/scan {5}0 critical, 0 high, 0 medium, 2 low/);
  });

  it("is mended where its filter was moved or taken away, and where the registry was switched back", async () => {
    const put = (scanType: "BASIC" | "ENHANCED", ...rules: RegistryScanningRule[]) =>
      stage.meddle((aws) => aws.ecr(new PutRegistryScanningConfigurationCommand({ scanType, rules })));
    await put("ENHANCED", rule("SCAN_ON_PUSH", "team*", OWN));
    expect(await stage.planned()).toMatchObject({ "registry/scan-filter": "update" });
    await put("ENHANCED", rule("SCAN_ON_PUSH", "team*"));
    expect(await stage.planned()).toMatchObject({ "registry/scan-filter": "create" });
    await put("BASIC", rule("SCAN_ON_PUSH", "team*"));
    expect(await stage.planned()).toMatchObject({
      "account/enhanced-scanning": "create",
      "registry/scan-filter": "create",
    });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect((await registry())?.rules).toEqual([rule("SCAN_ON_PUSH", "team*", "billing"), rule("CONTINUOUS_SCAN", OWN)]);
  });

  it("takes its filter away with the setting, and leaves the registry as it is for others", async () => {
    stage.edit({});
    const { lines } = await stage.type("plan");
    expect(lines.join("\n")).toMatch(
      /enhanced-scanning .*: stays on in this account, where others may rely on it; to turn it off for all repositories: aws ecr put-registry-scanning-configuration --scan-type BASIC --region ap-northeast-1/,
    );
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    const left = await registry();
    expect(left?.scanType).toBe("ENHANCED");
    expect(JSON.stringify(left)).not.toContain(OWN);
    expect(JSON.stringify(left)).toContain("team*");
  });

  it("takes it away at a teardown too", async () => {
    stage.edit(ON);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(JSON.stringify(await registry())).toContain(OWN);
    const { exit, lines } = await stage.say("teardown");
    expect(exit).toBe(0);
    expect(lines.at(-1)).toMatch(/^Receipt: no resources of fairlead-app-dev are left/);
    expect(JSON.stringify(await registry())).not.toContain(OWN);
    expect(await registry()).toMatchObject({ scanType: "ENHANCED" });
  });
});
