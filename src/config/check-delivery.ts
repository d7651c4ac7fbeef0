import type { Checker } from "./checker.ts";

/** Rules for the check of image scans before a release goes live. */
export function checkDelivery(check: Checker): void {
  const { delivery, registry, security, services } = check.stack;
  const FAIL_ON = "delivery.failOn";
  if (delivery.failOn === undefined || !check.usable(FAIL_ON)) return;
  const isScanned = registry.scanOnPush || security?.enhancedScanning === true;
  if (!isScanned && check.usable("registry.scanOnPush", "security"))
    check.report(
      FAIL_ON,
      delivery.failOn,
      "needs image scans, and registry.scanOnPush is false; allowed: with registry.scanOnPush true, or security.enhancedScanning true",
    );
  if (check.usable("services", "container.image") && services.every(({ build }) => build === undefined))
    check.report(
      FAIL_ON,
      delivery.failOn,
      "stops releases of the pipeline, and no service here builds an image, so there is no pipeline; allowed: with a service that builds one",
    );
}
