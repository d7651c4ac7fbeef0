import { Detector } from "../../src/aws/guardduty/detector.ts";
import { Hub } from "../../src/aws/securityhub/hub.ts";
import type { SecuritySettings } from "../../src/config/stack.ts";
import type { Scope } from "../scope.ts";

/** Services that the account has once in a region, for all of its stacks. */
export function securityServices(scope: Scope, { guardDuty, securityHub }: SecuritySettings): void {
  const { region } = scope;
  if (guardDuty) scope.add("account/guardduty", Detector, { region });
  if (securityHub) scope.add("account/security-hub", Hub, { region });
}
