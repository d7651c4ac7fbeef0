import type { Checker } from "./checker.ts";
import type { Service } from "./stack.ts";

/** CodePipeline User Guide, "Quotas in AWS CodePipeline": actions in a stage. */
const MOST_ACTIONS = 50;

/** Rules for what a release is checked for before it goes live, and for what is kept of it. */
export function checkDelivery(check: Checker): void {
  checkKept(check);
  checkScans(check);
}

/**
 * An image that is kept and that no revision names any more could not be rolled back to: each release registers a revision, so the newest
 * `keepImages` releases are within as many revisions at least.
 */
function checkKept(check: Checker): void {
  const { keepImages } = check.stack.registry;
  const { keepRevisions } = check.stack.delivery;
  if (keepRevisions < keepImages && check.usable("delivery.keepRevisions", "registry.keepImages"))
    check.report(
      "delivery.keepRevisions",
      keepRevisions,
      `is less than the number of images that are kept, and an image is rolled back to by its revision; allowed: at least ${keepImages} (registry.keepImages)`,
    );
}

/** Rules for the check of image scans. */
function checkScans(check: Checker): void {
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
