import type { ReleaseAction } from "./components/release-steps.ts";
import type { WarmStep } from "./components/warm-buildspec.ts";
import type { ScanStep } from "./components/scan-buildspec.ts";
import type { Placed } from "./services.ts";

/** A step of a release that gives a family of a service the released image. */
export const stepOf = (
  { service: { name: service }, names }: Placed,
  action: string,
  family: string,
): ReleaseAction => ({
  ...names,
  service,
  action,
  family,
});

/** The command that a release of the service runs before it deploys. */
export function beforeOf(one: Placed): ReleaseAction[] {
  const { service, names } = one;
  if (service.type === "job" || !service.release) return [];
  const run = { ecsService: names.service, logGroup: names.applicationLogGroup };
  return [{ ...stepOf(one, names.beforeAction, names.beforeFamily), run }];
}

/** The minimum that a release raises for a service. */
export function warmOf({ service, names }: Placed): WarmStep[] {
  if (service.type === "job" || service.scaling.releaseMin === undefined) return [];
  const { warmAction, coolAction, service: ecsService } = names;
  return [{ service: service.name, ecsService, releaseMin: service.scaling.releaseMin, warmAction, coolAction }];
}

/** The check of the image that is built for a service; services that run it too have none of their own. */
export const scanOf = ({
  service: { name },
  names: { scanAction, container, imageDefinitions },
}: Placed): ScanStep => ({
  service: name,
  action: scanAction,
  container,
  imageDefinitions,
});
