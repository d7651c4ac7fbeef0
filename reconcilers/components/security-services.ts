import { Detector } from "../../src/aws/guardduty/detector.ts";
import { EnhancedScanning } from "../../src/aws/ecr/enhanced-scanning.ts";
import { ScanFilter } from "../../src/aws/ecr/scan-filter.ts";
import { Hub } from "../../src/aws/securityhub/hub.ts";
import type { SecuritySettings } from "../../src/config/stack.ts";
import type { Scope } from "../scope.ts";

/**
 * Services that the account has once in a region, for all of its stacks. `images`: how the names of the stack's repositories begin; left out where it
 * has none.
 */
export function securityServices(
  scope: Scope,
  { guardDuty, securityHub, enhancedScanning }: SecuritySettings,
  images: string | undefined,
): void {
  const { region } = scope;
  if (guardDuty) scope.add("account/guardduty", Detector, { region });
  if (securityHub) scope.add("account/security-hub", Hub, { region });
  if (!enhancedScanning) return;
  const { registryId } = scope.add("account/enhanced-scanning", EnhancedScanning, { region });
  if (images !== undefined)
    scope.add("registry/scan-filter", ScanFilter, { registryId, filter: `${images}*`, frequency: "CONTINUOUS_SCAN" });
}
