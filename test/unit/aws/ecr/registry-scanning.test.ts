import {
  DescribeRepositoriesCommand,
  ECRClient,
  GetRegistryScanningConfigurationCommand,
  PutRegistryScanningConfigurationCommand,
  type RegistryScanningConfiguration,
  type ScanFrequency,
} from "@aws-sdk/client-ecr";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { EnhancedScanning } from "../../../../src/aws/ecr/enhanced-scanning.ts";
import { matches } from "../../../../src/aws/ecr/registry-scanning.ts";
import { ScanFilter, type ScanFilterSpec } from "../../../../src/aws/ecr/scan-filter.ts";
import { lookFor, making, mocked } from "../../../support/mocked.ts";

const ecr = mockClient(ECRClient);
let registry: RegistryScanningConfiguration;
beforeEach(() => {
  ecr.reset();
  ecr.on(GetRegistryScanningConfigurationCommand).callsFake(() => ({ scanningConfiguration: registry }));
  ecr.on(PutRegistryScanningConfigurationCommand).callsFake((input) => (registry = input));
});

const rule = (scanFrequency: ScanFrequency, ...filters: readonly string[]) => ({
  scanFrequency,
  repositoryFilters: filters.map((filter) => ({ filter, filterType: "WILDCARD" as const })),
});
const writes = () => ecr.commandCalls(PutRegistryScanningConfigurationCommand).map(({ args: [{ input }] }) => input);
const repositories = (...names: readonly string[]) =>
  ecr.on(DescribeRepositoriesCommand).resolves({
    repositories: names.map((repositoryName) => ({
      repositoryName,
      imageScanningConfiguration: { scanOnPush: !repositoryName.startsWith("quiet") },
    })),
  });
const on = { region: "ap-northeast-1" };
const spec: ScanFilterSpec = { registryId: "123456789012", filter: "shop-prod*", frequency: "CONTINUOUS_SCAN" };
const observed = { id: spec.filter, spec, attrs: { filter: spec.filter }, owner: undefined, ready: true };

describe("ecr/enhanced-scanning", () => {
  it("keeps scanned what basic scanning scans, by filters and by settings of repositories", async () => {
    registry = { scanType: "BASIC", rules: [rule("SCAN_ON_PUSH", "team*", "prod"), rule("MANUAL", "*")] };
    repositories("team/api", "old-prod-1", "billing", "quiet", "demo-test", "demo-test-api");
    expect(await EnhancedScanning.observe(mocked(), lookFor(on))).toBeUndefined();
    await EnhancedScanning.create(mocked(), on, making());
    expect(writes()).toEqual([{ scanType: "ENHANCED", rules: [rule("SCAN_ON_PUSH", "team*", "prod", "billing")] }]);
    const { stays } = (await EnhancedScanning.observe(mocked(), lookFor(on))) ?? {};
    expect(stays).toContain("aws ecr put-registry-scanning-configuration --scan-type BASIC --region ap-northeast-1");
  });

  it("is turned on in a registry that nobody configured, and left alone where another stack was faster", async () => {
    registry = { scanType: "BASIC", rules: [] };
    repositories();
    await EnhancedScanning.create(mocked(), on, making());
    await EnhancedScanning.create(mocked(), on, making());
    expect(writes()).toEqual([{ scanType: "ENHANCED", rules: [] }]);
  });

  it("is refused where it would end scans for which there is no room", async () => {
    registry = { scanType: "BASIC", rules: [rule("SCAN_ON_PUSH", "team*")] };
    repositories(...Array.from({ length: 100 }, (_, index) => `app-${index}`));
    await expect(EnhancedScanning.create(mocked(), on, making())).rejects.toThrow(
      "100 of this account scan on push by a setting of their own, and a registry has room for 100 filters",
    );
    expect(writes()).toEqual([]);
  });
});

describe("ecr/scan-filter", () => {
  it("is added to what others have, and only it is removed", async () => {
    const theirs = [rule("SCAN_ON_PUSH", "team*"), rule("CONTINUOUS_SCAN", "billing")];
    registry = { scanType: "ENHANCED", rules: theirs };
    expect(await ScanFilter.observe(mocked(), lookFor(spec))).toBeUndefined();
    await ScanFilter.create(mocked(), spec, making());
    expect(registry.rules).toEqual([rule("SCAN_ON_PUSH", "team*"), rule("CONTINUOUS_SCAN", "billing", "shop-prod*")]);
    expect(await ScanFilter.observe(mocked(), lookFor(spec))).toMatchObject({ id: "shop-prod*", spec });
    await ScanFilter.delete(mocked(), observed);
    expect(registry).toMatchObject({ scanType: "ENHANCED", rules: theirs });
    await ScanFilter.delete(mocked(), observed);
    expect(writes()).toHaveLength(2);
  });

  it("moves back to its frequency, and leaves no rule without filters", async () => {
    registry = { scanType: "ENHANCED", rules: [rule("SCAN_ON_PUSH", "shop-prod*")] };
    expect(await ScanFilter.observe(mocked(), lookFor(spec))).toMatchObject({ spec: { frequency: "SCAN_ON_PUSH" } });
    await ScanFilter.update(mocked(), observed, spec, new Set(["frequency"]));
    expect(registry.rules).toEqual([rule("CONTINUOUS_SCAN", "shop-prod*")]);
  });

  it("is written again where someone replaced the configuration meanwhile, and given up after three times", async () => {
    registry = { scanType: "ENHANCED", rules: [] };
    const theirs = { scanType: "ENHANCED" as const, rules: [rule("SCAN_ON_PUSH", "team*")] };
    let lost = 1;
    ecr
      .on(PutRegistryScanningConfigurationCommand)
      .callsFake((input: RegistryScanningConfiguration) => (registry = lost-- > 0 ? theirs : input));
    await ScanFilter.create(mocked(), spec, making());
    expect(registry.rules).toEqual([rule("SCAN_ON_PUSH", "team*"), rule("CONTINUOUS_SCAN", "shop-prod*")]);
    lost = 99;
    await expect(ScanFilter.create(mocked(), spec, making())).rejects.toThrow("written 3 times: something else");
    registry = { scanType: "BASIC", rules: [] };
    await expect(ScanFilter.create(mocked(), spec, making())).rejects.toThrow("switched to BASIC scanning meanwhile");
  });

  it("is refused where the registry has no room for it", async () => {
    const full = Array.from({ length: 100 }, (_, index) => `app-${index}`);
    registry = { scanType: "ENHANCED", rules: [rule("CONTINUOUS_SCAN", ...full)] };
    await expect(ScanFilter.create(mocked(), spec, making())).rejects.toThrow("AWS allows 100. No changes were made");
    expect(writes()).toEqual([]);
  });
});

/* The table of the ECR user guide, "Filters to choose which repositories are scanned". */
describe("a filter of repositories", () => {
  const NAMES = ["prod", "repo-prod", "prod-repo", "repo-prod-repo", "prodrepo"];
  it.each([
    ["prod", NAMES],
    ["*prod", ["prod", "repo-prod"]],
    ["prod*", ["prod", "prod-repo", "prodrepo"]],
    ["*prod*", NAMES],
    ["prod*repo", ["prod-repo", "prodrepo"]],
  ])("%s matches %j", (filter, matched) => {
    expect(NAMES.filter((name) => matches(filter, name))).toEqual(matched);
  });
});
