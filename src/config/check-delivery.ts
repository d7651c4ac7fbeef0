import type { Checker } from "./checker.ts";
import type { Service } from "./stack.ts";

/** CodePipeline User Guide, "Quotas in AWS CodePipeline": actions in a stage. */
const MOST_ACTIONS = 50;

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

/** How many actions of the pipeline's last stage deploy a service: a command before, a higher minimum and its end, the deployment. */
const actionsOf = (service: Service): number =>
  service.type === "job"
    ? 1
    : 1 + (service.release === undefined ? 0 : 1) + (service.scaling.releaseMin === undefined ? 0 : 2);

/** The stage has room for all of them. */
export function checkActions(check: Checker): void {
  if (!check.usable("services", "scaling")) return;
  const released = check.stack.services.filter(({ image }) => image === undefined);
  const actions = released.reduce((sum, service) => sum + actionsOf(service), 0);
  if (actions > MOST_ACTIONS)
    check.report(
      "services",
      released.length,
      `services need ${actions} actions in the last stage of the pipeline, one for each, one more with release.before and two more with scaling.releaseMin; allowed: at most ${MOST_ACTIONS} actions`,
    );
}
