import { PutRegistryScanningConfigurationCommand } from "@aws-sdk/client-ecr";
import { EnhancedScanning } from "../../src/aws/ecr/enhanced-scanning.ts";
import { ScanFilter } from "../../src/aws/ecr/scan-filter.ts";
import { contract } from "./suite.ts";

contract({
  kind: EnhancedScanning,
  spec: async (at) => ({ region: at.aws.region }),
  edits: {},
  destroy: async (at) =>
    void (await at.aws.ecr(new PutRegistryScanningConfigurationCommand({ scanType: "BASIC", rules: [] }))),
});

contract({
  kind: ScanFilter,
  async spec(at) {
    await at.aws.ecr(new PutRegistryScanningConfigurationCommand({ scanType: "ENHANCED", rules: [] }));
    return { registryId: at.aws.account, filter: "demo-test*", frequency: "CONTINUOUS_SCAN" as const };
  },
  edits: { frequency: () => "SCAN_ON_PUSH" as const },
});
